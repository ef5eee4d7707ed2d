import type { Dataset } from '../../schemas/generated/files.ts';
import { formatOfPath, type DatasetFormat } from '../datasets/formats.ts';
import type { DatasetPart } from '../datasets/huggingface/layout.ts';
import { shareOf, splitKind } from '../datasets/split.ts';
import type { DocumentPath, ReportFinding } from '../documents/diagnostic.ts';
import { checkDigest } from './digest-checks.ts';
import { askDidYouMean, listWords, suggestWord } from '../documents/suggest.ts';
import type { WorkspaceView } from './workspace-view.ts';

/** What benchmarks and tuning jobs say alike of their ground truth. Tuning jobs know the simple forms only. */
export interface CheckedDataset extends Partial<Pick<Dataset, ExtraField>> {
  readonly path: string;
  readonly format?: DatasetFormat;
  readonly input?: string;
  readonly target?: string | readonly string[];
  /** Of tuning jobs: the column of conversations. */
  readonly messages?: string;
  readonly split?: {
    readonly field?: string;
    readonly train?: string;
    readonly test: string;
    readonly stratify?: string;
    readonly group?: string;
  };
  readonly slices?: readonly string[];
  readonly card?: string;
  readonly digest?: string;
}

type ExtraField = 'config' | 'choices' | 'audio' | 'images' | 'filter' | 'sample';

/** What could be told of a dataset. */
export interface CheckedColumns {
  readonly columns: readonly string[];
  /** Where they were read. */
  readonly source: CheckedSource;
}

/**
 * Whether the dataset written at `at` is there and has the columns it is said to have. Answers with its columns, absent where
 * they could not be told.
 */
export async function checkDataset(
  dataset: CheckedDataset,
  at: DocumentPath,
  view: WorkspaceView,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<CheckedColumns | undefined> {
  await checkCard(dataset.card, [...at, 'card'], view, report, signal);
  checkInput(dataset, at, report);
  const kind = await checkFile(dataset, [...at, 'path'], view, report, signal);
  if (kind === undefined) return undefined;
  await checkDigest(dataset, kind, at, view, report, signal);
  const source = await checkSplit(dataset, kind, at, view, report, signal);
  if (source === undefined) return undefined;
  const columns = await view.datasetColumns(source.path, source.format, signal, source.part);
  signal.throwIfAborted();
  if (columns === undefined) {
    await reportUnreadable(source, at, view, report, signal);
    return undefined;
  }
  checkColumns(dataset, columns, at, report);
  checkRoles(dataset, at, report);
  return { columns, source };
}

/** Which file or folder tells the columns, and what names it. */
export interface CheckedSource {
  readonly path: string;
  readonly format: DatasetFormat | undefined;
  readonly part: DatasetPart;
  readonly at: DocumentPath;
}

async function reportUnreadable(
  { path, format, part, at: named }: CheckedSource,
  at: DocumentPath,
  view: WorkspaceView,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<void> {
  const fault = await view.datasetFault?.(path, format, signal, part);
  signal.throwIfAborted();
  const why = fault ?? 'its first rows are missing or broken.';
  // The folder itself can be read: then it is the split that is not in it.
  const folder = part.split === undefined ? undefined : await view.datasetColumns(path, format, signal, { any: true });
  if (folder === undefined) {
    report('unreadable-file', 'warning', [...at, 'path'], `No columns could be read from \`${path}\`: ${why}`);
  } else report('missing-split', 'error', [...at, ...named], `\`${path}\` has no such split: ${why}`);
}

function checkInput(dataset: CheckedDataset, at: DocumentPath, report: ReportFinding): void {
  const { input, audio, messages, format } = dataset;
  if ((input ?? audio ?? messages) !== undefined || format === 'wav-folder') return;
  const message =
    'Missing `input` in `dataset`. The column that is asked; only datasets with `audio` may leave it out.';
  report('missing-field', 'error', at, message, { part: 'key' });
}

/** Whether a card that is named is there. */
export async function checkCard(
  card: string | undefined,
  at: DocumentPath,
  view: WorkspaceView,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<void> {
  if (card === undefined) return;
  const facts = await view.fileFacts(card, signal);
  signal.throwIfAborted();
  if (facts === undefined) {
    report('missing-file', 'error', at, `There is no file \`${card}\` (looked up from this file's folder).`);
  } else if (facts.kind !== 'file') report('unreadable-file', 'error', at, `\`${card}\` is no file.`);
}

/** Whether the dataset is a file or a folder; absent where it is at fault. */
async function checkFile(
  dataset: CheckedDataset,
  at: DocumentPath,
  view: WorkspaceView,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<'file' | 'folder' | undefined> {
  const { path, format } = dataset;
  const facts = await view.fileFacts(path, signal);
  signal.throwIfAborted();
  const ofFolder = format === 'huggingface' || format === 'wav-folder';
  if (facts === undefined) {
    report('missing-file', 'error', at, `There is no file \`${path}\` (looked up from this file's folder).`);
  } else if (facts.kind === 'folder' && (ofFolder || isFolderPath(dataset))) return 'folder';
  else if (facts.kind !== 'file') report('unreadable-file', 'error', at, `\`${path}\` is no file.`);
  else if (ofFolder)
    report('unreadable-file', 'error', at, `\`${path}\` is no folder, as \`format: ${format}\` needs one.`);
  else if (format === undefined && formatOfPath(path) === undefined) {
    report(
      'unreadable-file',
      'error',
      at,
      `The ending of \`${path}\` does not say how to read it. Add \`format: jsonl\`, \`json\`, \`csv\`, \`tsv\` or \`parquet\`.`,
    );
  } else if (facts.size === 0) report('unreadable-file', 'error', at, `\`${path}\` is empty.`);
  else return 'file';
  return undefined;
}

/** Whether a folder will do: one that is not named like a file, or whose files the split names. */
function isFolderPath({ path, format, split }: CheckedDataset): boolean {
  if (format === undefined && formatOfPath(path) === undefined) return true;
  return split !== undefined && splitKind(split) === 'parts' && formatOfPath(split.test) !== undefined;
}

/** What tells the columns: the dataset, or the file or part of a folder that is asked. Absent where the split is at fault. */
async function checkSplit(
  dataset: CheckedDataset,
  kind: 'file' | 'folder',
  at: DocumentPath,
  view: WorkspaceView,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<CheckedSource | undefined> {
  const { path, format, config, split } = dataset;
  const whole = { path, format, part: { config }, at: ['path'] };
  if (split === undefined || split.field !== undefined) return whole;
  if (splitKind(split) === 'shares') {
    checkShares(split, at, report);
    return whole;
  }
  let asked: CheckedSource | undefined;
  for (const role of ['train', 'test'] as const) {
    const name = split[role];
    if (name === undefined) continue;
    const place = ['split', role];
    if (formatOfPath(name) === undefined) {
      asked = kind === 'folder' ? { path, format, part: { config, split: name }, at: place } : undefined;
      if (kind === 'folder') continue;
      const message = `\`${name}\` is no file, no share such as \`30%\` and, as \`${path}\` is no folder, no split of it. Add \`field\` with the column that names a row's split.`;
      report('missing-split', 'error', [...at, ...place], message);
      return undefined;
    }
    const file = beside(path, kind, name);
    if ((await view.fileFacts(file, signal))?.kind !== 'file') {
      report(
        'missing-file',
        'error',
        [...at, ...place],
        `There is no file \`${file}\` (looked up from this file's folder).`,
      );
      return undefined;
    }
    asked = { path: file, format: formatOfPath(name), part: {}, at: place };
  }
  return asked;
}

/** A split's file lies in the dataset's folder. */
function beside(path: string, kind: 'file' | 'folder', name: string): string {
  const cut = path.replaceAll('\\', '/').lastIndexOf('/');
  const folder = kind === 'folder' ? path : cut === -1 ? '.' : path.slice(0, cut);
  return folder === '.' ? name : `${folder.endsWith('/') ? folder.slice(0, -1) : folder}/${name}`;
}

function checkShares(split: NonNullable<CheckedDataset['split']>, at: DocumentPath, report: ReportFinding): void {
  let sum = 0;
  for (const role of ['train', 'test'] as const) {
    const written = split[role];
    if (written === undefined) continue;
    const share = shareOf(written);
    const place = [...at, 'split', role];
    if (share === undefined) {
      report('bad-format', 'error', place, `\`${written}\` is no share; write both as percentages, such as \`30%\`.`);
      return;
    }
    if (share <= 0 || share > 1) {
      report('out-of-range', 'error', place, `A share lies above 0% and is 100% at most, and this is \`${written}\`.`);
      return;
    }
    sum += share;
  }
  if (sum <= 1 + 1e-9) return;
  const message = 'Training and test share are more than 100% together: some rows would be learnt and asked.';
  report('out-of-range', 'error', [...at, 'split', 'train'], message);
}

function checkColumns(
  dataset: CheckedDataset,
  columns: readonly string[],
  at: DocumentPath,
  report: ReportFinding,
): void {
  for (const [path, column] of namedColumns(dataset)) {
    if (column === undefined || hasColumn(columns, column)) continue;
    const suggestion = suggestWord(column, columns);
    const message = `\`${dataset.path}\` has no column \`${column}\`.${askDidYouMean(suggestion)} Its columns: ${listWords(columns, 20)}.`;
    report('unknown-column', 'error', [...at, ...path], message, { replacement: suggestion });
  }
}

/** A column that has two parts to play gives one of them away. */
function checkRoles(dataset: CheckedDataset, at: DocumentPath, report: ReportFinding): void {
  const { input, target, split, slices = [], choices } = dataset;
  const tell = (path: DocumentPath, message: string): void => {
    report('column-used-twice', 'warning', [...at, ...path], message);
  };
  const targets = typeof target === 'object' ? target : [target];
  targets.forEach((column, index) => {
    const path = typeof target === 'object' ? ['target', index] : ['target'];
    if (column === undefined) return;
    if (column === input) tell(path, 'Input and target are the same column: every model would be told the answer.');
    else if (column === split?.field)
      tell(path, 'Target and split are the same column: every row that is asked would have the same answer.');
  });
  if (split?.field !== undefined && split.field === input)
    tell(['split', 'field'], 'Input and split are the same column: every row that is asked would be the same.');
  if (typeof choices === 'string' && (choices === input || targets.includes(choices)))
    tell(
      ['choices'],
      `\`${choices}\` is also the ${choices === input ? 'input' : 'target'}. Choices have a column of their own.`,
    );
  slices.forEach((slice, index) => {
    if (slice === split?.field)
      tell(
        ['slices', index],
        `\`${slice}\` names the split: all rows that are asked have the same value, so there is one slice.`,
      );
    else if (slice === input)
      tell(['slices', index], `\`${slice}\` is the input: slices of one row each tell nothing.`);
  });
}

/** Whether there is a column of this name, or one that `a.b` may be a field of. */
export function hasColumn(columns: readonly string[], name: string): boolean {
  return columns.includes(name) || columns.includes(name.split('.')[0] ?? '');
}

function namedColumns(dataset: CheckedDataset): readonly (readonly [DocumentPath, string | undefined])[] {
  const { input, target, messages, split, sample, slices, choices, audio, images, filter } = dataset;
  const each = (name: string, value: string | readonly string[] | undefined): [DocumentPath, string | undefined][] =>
    typeof value === 'object' ? value.map((one, index) => [[name, index], one]) : [[[name], value]];
  return [
    [['input'], input],
    ...each('target', target),
    [['messages'], messages],
    [['split', 'field'], split?.field],
    [['split', 'stratify'], split?.stratify],
    [['split', 'group'], split?.group],
    [['sample', 'stratify'], sample?.stratify],
    ...each('slices', slices ?? []),
    ...(typeof choices === 'string' ? each('choices', choices) : []),
    ...(typeof choices === 'object' && 'columns' in choices
      ? choices.columns.map((one, index): [DocumentPath, string] => [['choices', 'columns', index], one])
      : []),
    [['audio'], audio],
    ...each('images', images),
    ...Object.keys(filter ?? {}).map((one): [DocumentPath, string] => [['filter', one], one]),
  ];
}
