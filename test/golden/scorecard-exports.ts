import type { Digest } from '../../engine/ports/digest.ts';
import { renderExport } from '../../engine/governance-exports/render.ts';
import { scorecardEndings, type ScorecardFormat } from '../../schemas/scorecard-formats.ts';
import { makeSource, sha256 } from '../fakes/scorecards.ts';

/** Formats whose text is our own to the last byte; a page changes with the code of its script. */
const formats: readonly ScorecardFormat[] = [
  'json',
  'markdown',
  'model-card',
  'csv',
  'junit',
  'sarif',
  'oscal',
  'cyclonedx',
];

/** The sample assessment in every such format, by the name of its golden file. */
export async function exportsOfSample(): Promise<ReadonlyMap<string, string>> {
  const made = new Map<string, string>();
  const tools = {
    digest: { sha256 } as unknown as Digest,
    pageAssets: () => Promise.reject(new Error('no page is asked for')),
    printer: { printPdf: () => Promise.reject(new Error('nothing is printed')) },
  };
  for (const format of formats) {
    const content = await renderExport(makeSource(), format, tools, new AbortController().signal);
    if (typeof content === 'string') made.set(`triage.${scorecardEndings[format]}`, content);
  }
  return made;
}
