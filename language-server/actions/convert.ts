import { parseDocument } from '../../engine/documents/parse.ts';
import { convertConfiguration, recogniseConfiguration } from '../../engine/convert/convert-file.ts';
import { convertTestData, hasTestData } from '../../engine/convert/convert-test-data.ts';
import type { Converted, ConvertedFile } from '../../engine/convert/converted.ts';
import { removeField } from '../../engine/edits/fields.ts';
import { pairAt } from '../../engine/edits/places.ts';
import { pathOfUri } from '../uris.ts';
import { mappingOf } from '../workspace.ts';
import { resolveInside } from './files.ts';
import { actionKinds, type Edits, type NewFile, type Offer, type Scene } from './offer.ts';
import { nameOfFile } from './placeholders.ts';

const titles = { promptfoo: 'promptfoo configuration', 'lm-eval': 'lm-eval task' } as const;

/** Another tool's configuration in a benchmark's place becomes the benchmark, with its prompts and rows in files beside it. */
export function offerConversion(scene: Scene, kind: string): readonly Offer[] {
  const { parsed, server, uri } = scene;
  if (parsed.kind !== 'bench' || !server.client.fileOperations) return [];
  const found = recogniseConfiguration(mappingOf(parsed.draft));
  const path = pathOfUri(uri);
  if (found === undefined || path === undefined) return [];
  return [
    {
      title: `Convert this ${titles[found]} to a benchmark`,
      kind,
      isPreferred: kind === actionKinds.fix,
      edits: signal => convertHere(scene, path, signal),
    },
  ];
}

async function convertHere(scene: Scene, path: string, signal: AbortSignal): Promise<Edits | undefined> {
  const { files } = scene.server.ports;
  const converted = await convertConfiguration(mappingOf(scene.parsed.draft), path, files, signal);
  const [benchmark, ...beside] = converted?.files ?? [];
  if (converted === undefined || benchmark === undefined) return undefined;
  const placed = await placeFiles(scene, benchmark, beside, signal);
  const notes = [...converted.notes, ...placed.notes].map(note => `# ${note.replace(/[\r\n]+/g, ' ')}\n`).join('');
  const text = notes + placed.benchmark;
  return { files: placed.files, changes: [{ start: 0, end: scene.parsed.text.length, text }] };
}

/** Files that are there already stay: new ones get a number, and connections are told where they belong. */
async function placeFiles(
  scene: Scene,
  benchmark: ConvertedFile,
  beside: readonly ConvertedFile[],
  signal: AbortSignal,
): Promise<{ readonly benchmark: string; readonly files: readonly NewFile[]; readonly notes: readonly string[] }> {
  let { text } = benchmark;
  const files: NewFile[] = [];
  const notes: string[] = [];
  for (const file of beside) {
    signal.throwIfAborted();
    const isWorkbench = file.path === 'workbench.yaml';
    if (isWorkbench && (await scene.server.workspace.findWorkbench(scene.uri)) !== undefined) {
      notes.push(`Declare in workbench.yaml: ${connectionsOf(file.text)}.`);
      continue;
    }
    const free = await findFree(scene, file.path);
    if (free === undefined) continue;
    // Paths of these files are plain words, which stand in the text as they are.
    if (free.path !== file.path) text = text.replaceAll(file.path, free.path);
    files.push({ path: free.absolute, text: file.text });
  }
  return { benchmark: text, files, notes };
}

function connectionsOf(text: string): string {
  return Object.keys(mappingOf(mappingOf(parseDocument('workbench', text).draft)['connections'])).join(', ');
}

async function findFree(
  scene: Scene,
  path: string,
): Promise<{ readonly path: string; readonly absolute: string } | undefined> {
  const [, name = path, ending = ''] = /^(.*?)((?:\.[a-z]+)*\.[a-z]+)$/.exec(path) ?? [];
  for (let number = 1; number < 100; number++) {
    const candidate = number === 1 ? path : `${name}-${number}${ending}`;
    const absolute = await resolveInside(scene, candidate);
    if (absolute === undefined) return undefined;
    if ((await scene.server.ports.files.facts(absolute)) === undefined) return { path: candidate, absolute };
  }
  return undefined;
}

/** Test rows and evaluators, which GitHub Models keeps in the prompt, become a benchmark beside it. */
export function offerTestData(scene: Scene, kind: string): readonly Offer[] {
  const { parsed, server, uri } = scene;
  const path = pathOfUri(uri);
  if (parsed.kind !== 'prompt' || !server.client.fileOperations || path === undefined) return [];
  if (!uri.startsWith('file:') || !hasTestData(mappingOf(parsed.draft))) return [];
  return [
    {
      title: 'Move test data and evaluators into a benchmark',
      kind,
      isPreferred: kind === actionKinds.fix,
      edits: signal => moveTestData(scene, path, signal),
    },
  ];
}

async function moveTestData(scene: Scene, path: string, signal: AbortSignal): Promise<Edits | undefined> {
  const { parsed } = scene;
  const fields = mappingOf(parsed.draft);
  const { name } = fields;
  const title = typeof name === 'string' && name !== '' ? name : (nameOfFile(scene.uri) ?? 'prompt');
  const own = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  const { files } = await writeTestData(scene, convertTestData(fields, own, title), signal);
  const changes = ['testData', 'evaluators'].flatMap(field => {
    const found = pairAt(parsed, [field]);
    return found === undefined ? [] : (removeField(parsed, found) ?? []);
  });
  return files.length === 0 ? undefined : { files, changes };
}

async function writeTestData(
  scene: Scene,
  { files: [benchmark, ...beside] }: Converted,
  signal: AbortSignal,
): Promise<{ readonly files: readonly NewFile[] }> {
  if (benchmark === undefined) return { files: [] };
  const placed = await placeFiles(scene, benchmark, beside, signal);
  const free = await findFree(scene, benchmark.path);
  return { files: free === undefined ? [] : [...placed.files, { path: free.absolute, text: placed.benchmark }] };
}
