import { isMap, stringify } from 'yaml';
import { fileName } from '../../engine/convert/converted.ts';
import type { DocumentPath } from '../../engine/documents/diagnostic.ts';
import { kindOfPath } from '../../engine/documents/kinds.ts';
import { writePrompt } from '../../engine/prompts/trial-text.ts';
import { writeContent } from '../../engine/notebooks/cell-text.ts';
import { replaceField } from '../../engine/edits/fields.ts';
import { nodeAt } from '../../engine/edits/places.ts';
import { writeFlow } from '../../engine/edits/write-value.ts';
import { draftAt, matchesPath } from '../tree.ts';
import { mappingOf } from '../workspace.ts';
import { findFreePath, readCurrent, resolveInside } from './files.ts';
import { actionKinds, inTitle, type Edits, type FixMaker, type Offer, type Scene } from './offer.ts';
import { nameOfFile } from './placeholders.ts';
import { pathAtOffset, pathOf } from './spots.ts';

/** As many characters as the schema gives criteria. */
const mostCriteria = 20_000;

/** Moves what is written into the document to a file of its own, or a file's text into the document. */
export async function offerMoves(scene: Scene): Promise<readonly Offer[]> {
  const path = pathAtOffset(scene, scene.start);
  return [
    ...extractCriteria(scene, path),
    ...(await inlineRubric(scene, path)),
    ...extractPrompt(scene, path.slice(0, 2), actionKinds.extract),
    ...saveCell(scene),
  ];
}

/** A prompt written where its path is wanted goes to a file of its own. */
export const extractWrittenPrompt: FixMaker = (finding, scene) =>
  extractPrompt(scene, pathOf(finding, scene).slice(0, 2), actionKinds.fix);

function extractPrompt(scene: Scene, path: DocumentPath, kind: string): readonly Offer[] {
  if (scene.parsed.kind !== 'bench' || !matchesPath(path, 'prompts.*') || !scene.server.client.fileOperations)
    return [];
  const node = nodeAt(scene.parsed, path);
  const text = textOfPrompt(draftAt(scene.parsed.draft, path));
  if (text === undefined || !node?.range) return [];
  const [start, end] = node.range;
  const { text: source } = scene.parsed;
  const last = start + source.slice(start, end).trimEnd().length;
  return [
    {
      title: 'Move the prompt into a file of its own',
      kind,
      isPreferred: kind === actionKinds.fix,
      edits: async () => {
        const free = await findFreePath(scene, `prompts/${nameOf(scene)}`, '.prompt.yml');
        if (free === undefined) return undefined;
        return {
          files: [{ path: free.absolute, text }],
          changes: [{ start, end: last, text: writeFlow(free.path) }],
        };
      },
    },
  ];
}

/** What a prompt file would hold of a value that is no path of one. */
function textOfPrompt(value: unknown): string | undefined {
  if (typeof value === 'string') {
    const isText = value.includes('{{') || /\s/.test(value.trim());
    return isText && kindOfPath(value) !== 'prompt'
      ? stringify({ messages: [{ role: 'user', content: value }] })
      : undefined;
  }
  const { messages, role, content } = mappingOf(value);
  if (Array.isArray(messages)) return stringify(value, { lineWidth: 0 });
  return typeof role === 'string' && typeof content === 'string'
    ? stringify({ messages: [{ role, content }] })
    : undefined;
}

function nameOf(scene: Scene): string {
  const { name } = mappingOf(scene.parsed.draft);
  return fileName(typeof name === 'string' ? name : (nameOfFile(scene.uri) ?? 'prompt'));
}

function extractCriteria(scene: Scene, path: DocumentPath): readonly Offer[] {
  const criteria = draftAt(scene.parsed.draft, path);
  if (scene.parsed.kind !== 'bench' || !matchesPath(path, 'metrics.*.*.criteria') || typeof criteria !== 'string')
    return [];
  if (!scene.server.client.fileOperations) return [];
  const { name } = mappingOf(draftAt(scene.parsed.draft, path.slice(0, -1)));
  const wanted = fileName(typeof name === 'string' ? name : `${nameOf(scene)}-${String(path[2])}`);
  return [
    {
      title: 'Move the criteria into a rubric file',
      kind: actionKinds.extract,
      edits: async () => {
        const free = await findFreePath(scene, `rubrics/${wanted}`, '.md');
        const changes = free && replaceField(scene.parsed, path, { name: 'rubric', value: free.path });
        if (free === undefined || changes === undefined) return undefined;
        return {
          files: [{ path: free.absolute, text: criteria.endsWith('\n') ? criteria : `${criteria}\n` }],
          changes,
        };
      },
    },
  ];
}

async function inlineRubric(scene: Scene, path: DocumentPath): Promise<readonly Offer[]> {
  const rubric = draftAt(scene.parsed.draft, path);
  if (scene.parsed.kind !== 'bench' || !matchesPath(path, 'metrics.*.*.rubric') || typeof rubric !== 'string')
    return [];
  // Only judges take criteria in place of a file.
  if (path[2] !== 'judge' && path[2] !== 'pairwise') return [];
  const file = await resolveInside(scene, rubric);
  const facts = file === undefined ? undefined : await scene.server.ports.files.facts(file);
  if (file === undefined || facts?.kind !== 'file' || facts.size > mostCriteria * 4) return [];
  return [
    {
      title: `Write the text of ${inTitle(rubric)} here`,
      kind: actionKinds.inline,
      edits: signal => writeCriteria(scene, path, file, signal),
    },
  ];
}

async function writeCriteria(
  scene: Scene,
  path: DocumentPath,
  file: string,
  signal: AbortSignal,
): Promise<Edits | undefined> {
  const text = (await readCurrent(scene, file, signal))?.replaceAll('\r\n', '\n').trimEnd();
  if (text === undefined || text === '' || text.length > mostCriteria) return undefined;
  const changes = replaceField(scene.parsed, path, {
    name: 'criteria',
    value: text.includes('\n') ? `${text}\n` : text,
  });
  return changes && { changes };
}

/** A notebook's prompt becomes one that benchmarks can name, without what it was tried with. */
function saveCell(scene: Scene): readonly Offer[] {
  const { parsed, uri, server } = scene;
  if (parsed.kind !== 'trial' || parsed.value === undefined || !server.client.fileOperations) return [];
  if (!isMap(parsed.contents)) return [];
  const { name } = mappingOf(parsed.draft);
  return [
    {
      title: 'Save this prompt as a file',
      kind: actionKinds.extract,
      edits: async () => {
        const free = await findFreePath(
          scene,
          `prompts/${fileName(typeof name === 'string' ? name : (nameOfFile(uri) ?? 'prompt'))}`,
          '.prompt.yml',
        );
        return free && { files: [{ path: free.absolute, text: writePrompt(writeContent(parsed, [], 'cut')) }] };
      },
    },
  ];
}
