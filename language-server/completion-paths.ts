import { CompletionItemKind } from 'vscode-languageserver';
import type { DocumentPath } from '../engine/documents/diagnostic.ts';
import type { DocumentKind } from '../engine/documents/kinds.ts';
import { describeDataset } from './describe-dataset.ts';
import type { Scene, ValueOffer } from './offers.ts';
import { draftAt, matchesPath } from './tree.ts';
import { mappingOf } from './workspace.ts';

/** What a field names by its path: files of which name, and what they are called. */
interface PathField {
  readonly name: RegExp;
  readonly detail: string;
  /** Whether a folder will do by itself. */
  readonly isFolder?: boolean;
}

const datasets: PathField = { name: /\.((jsonl|ndjson|json|csv|tsv)(\.gz)?|parquet)$/i, detail: 'dataset' };
const cards: PathField = { name: /\.md$/i, detail: 'card' };
const rubrics: PathField = { name: /\.(md|txt)$/i, detail: 'rubric' };
const prompts: PathField = { name: /\.prompt\.ya?ml$/i, detail: 'prompt' };
const certificates: PathField = { name: /\.(pem|crt|cer|key)$/i, detail: 'certificate or key' };

const inMetric: readonly (readonly [pattern: string, field: PathField])[] = [
  ['judge.rubric', rubrics],
  ['judge.prompt', prompts],
  ['pairwise.rubric', rubrics],
  ['toxicity.rubric', rubrics],
  ['toxicity.words', { name: /\.txt$/i, detail: 'list of words' }],
  ['json-schema.schema', { name: /\.json$/i, detail: 'schema' }],
];
const inDataset: readonly (readonly [pattern: string, field: PathField])[] = [
  ['path', datasets],
  ['card', cards],
];

const pathFields: Readonly<Record<DocumentKind, readonly (readonly [pattern: string, field: PathField])[]>> = {
  bench: [
    ...inDataset.map(([pattern, field]) => [`dataset.${pattern}`, field] as const),
    ['prompts.*', prompts],
    ['perturbations.*.paraphrases.path', datasets],
    ...inMetric.map(([pattern, field]) => [`metrics.*.${pattern}`, field] as const),
  ],
  tune: [
    ...inDataset.map(([pattern, field]) => [`aspects.*.dataset.${pattern}`, field] as const),
    ['register.card', cards],
    ...inMetric.map(([pattern, field]) => [`evaluation.metrics.*.${pattern}`, field] as const),
  ],
  policy: [
    ['source.document', { name: /\.(pdf|md|docx?|html?|txt)$/i, detail: 'document' }],
    ['assess.scorecard', { name: /\.scorecard\.json$/i, detail: 'scorecard' }],
  ],
  workbench: [
    ['connections.*.path', { name: /\.(jsonl|ndjson)$/i, detail: 'recorded answers' }],
    ['store', { name: /^$/, detail: 'store', isFolder: true }],
    ['network.caCertificates.*', certificates],
    ['network.clientCertificate.cert', certificates],
    ['network.clientCertificate.key', certificates],
  ],
  prompt: [],
};

function pathFieldAt(kind: DocumentKind, path: DocumentPath): PathField | undefined {
  return pathFields[kind].find(([pattern]) => matchesPath(path, pattern))?.[1];
}

/** Files and folders where a path is written, step by step; absent where none is. */
export async function offerPaths(scene: Scene, signal: AbortSignal): Promise<readonly ValueOffer[] | undefined> {
  const { workspace, uri, parsed, path, typed } = scene;
  const field = pathFieldAt(parsed.kind, path);
  if (field === undefined) return undefined;
  const folder = workspace.folderOf(uri);
  if (folder === undefined) return [];
  const step = typed.slice(0, typed.lastIndexOf('/') + 1);
  if (step !== '') return offerStep(scene, field, step, signal);
  const near = field.isFolder === true ? [] : await scene.files.below(folder, field.name, signal);
  return [
    ...near.map(value => offerFile(scene, field, value)),
    ...(await offerStep(scene, field, '', signal)).filter(({ value }) => value.endsWith('/')),
    { value: '../', detail: 'folder above', kind: CompletionItemKind.Folder, isBeginning: true },
  ];
}

/** What one folder holds. Paths of other machines are left alone: looking would sign in there. */
async function offerStep(
  scene: Scene,
  field: PathField,
  step: string,
  signal: AbortSignal,
): Promise<readonly ValueOffer[]> {
  const folder = /^[\\/]{2}/.test(step) ? undefined : scene.workspace.resolve(scene.uri, step === '' ? '.' : step);
  if (folder === undefined) return [];
  const entries = await scene.files.inside(folder, signal);
  const folders = entries
    .filter(({ isFolder }) => isFolder)
    .map(({ name }): ValueOffer => ({
      value: `${step}${name}/`,
      detail: 'folder',
      kind: CompletionItemKind.Folder,
      isBeginning: true,
    }));
  const files = entries.filter(({ name, isFolder }) => !isFolder && field.name.test(name));
  const above = /^(\.\.\/)+$/.test(step)
    ? [{ value: `${step}../`, detail: 'folder above', kind: CompletionItemKind.Folder, isBeginning: true }]
    : [];
  return [...files.map(({ name }) => offerFile(scene, field, `${step}${name}`)), ...folders, ...above];
}

function offerFile(scene: Scene, field: PathField, value: string): ValueOffer {
  const { context, uri } = scene;
  return {
    value,
    detail: field.detail,
    kind: CompletionItemKind.File,
    ...(field === datasets && {
      describe: () => describeDataset(context, uri, { path: value }, new AbortController().signal),
    }),
  };
}

/** Files of a dataset's folder, which splits name; absent where the dataset is none. */
export async function offerSplitFiles(
  scene: Scene,
  at: DocumentPath,
  signal: AbortSignal,
): Promise<readonly ValueOffer[] | undefined> {
  const { path } = mappingOf(draftAt(scene.parsed.draft, at));
  const folder = typeof path === 'string' && path !== '' ? scene.workspace.resolve(scene.uri, path) : undefined;
  if (folder === undefined || /^[\\/]{2}/.test(String(path))) return undefined;
  const files = (await scene.files.inside(folder, signal)).filter(
    ({ name, isFolder }) => !isFolder && datasets.name.test(name),
  );
  if (files.length === 0) return undefined;
  return files.map(({ name }) => ({ value: name, detail: 'file of the dataset', kind: CompletionItemKind.File }));
}
