import type { ScorecardFormat } from '../../schemas/scorecard-formats.ts';
import { gatherAssessment, type GatherPorts } from './gather.ts';
import { renderExport, type RenderTools } from './render.ts';
import type { ExportSource } from './source.ts';

/** What exporting needs beside the ports. */
export interface ExportTools extends Pick<RenderTools, 'pageAssets' | 'printer'> {
  /** Absolute path of the workspace folder. */
  readonly folder: string;
}

/** A file to write. */
export interface ExportTarget {
  readonly format: ScorecardFormat;
  /** Absolute. */
  readonly path: string;
}

/**
 * Writes a stored assessment in several formats at once: as the scorecard file that can be verified (`json`), as a page, and as other
 * tools read it. Throws what `viewAssessment` and `renderExport` throw.
 */
export async function exportAssessmentAs(
  assessmentId: string,
  targets: readonly ExportTarget[],
  ports: GatherPorts,
  tools: ExportTools,
  signal: AbortSignal,
): Promise<void> {
  const formats = targets.map(({ format }) => format);
  const source = await gatherAssessment(assessmentId, formats, tools.folder, ports, signal);
  await writeExports(source, targets, ports, tools, signal);
}

/** Writes an assessment into several files; every one is made before the first is written, and each is written whole or not at all. */
export async function writeExports(
  source: ExportSource,
  targets: readonly ExportTarget[],
  { files, digest }: Pick<GatherPorts, 'files' | 'digest'>,
  tools: ExportTools,
  signal: AbortSignal,
): Promise<void> {
  const made: { readonly path: string; readonly content: string | Uint8Array }[] = [];
  for (const { format, path } of targets) {
    made.push({ path, content: await renderExport(source, format, { ...tools, digest }, signal) });
    signal.throwIfAborted();
  }
  for (const { path, content } of made) {
    if (typeof content === 'string') await files.writeText(path, content);
    else await files.writePieces(path, onePiece(content));
  }
}

async function* onePiece(content: Uint8Array): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(content);
}
