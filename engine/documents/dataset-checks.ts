import { formatOfPath, type DatasetFormat } from '../datasets/rows.ts';
import type { DocumentPath, ReportFinding } from './diagnostic.ts';
import { askDidYouMean, listWords, suggestWord } from './suggest.ts';
import type { WorkspaceView } from './workspace-view.ts';

/** What benchmarks and tuning jobs say alike of their ground truth. */
export interface CheckedDataset {
  readonly path: string;
  readonly format?: DatasetFormat;
  readonly input: string;
  readonly target: string;
  readonly split?: { readonly field: string; readonly group?: string };
  readonly slices?: readonly string[];
  readonly card?: string;
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
): Promise<readonly string[] | undefined> {
  await checkCard(dataset.card, [...at, 'card'], view, report, signal);
  if (!(await checkFile(dataset, [...at, 'path'], view, report, signal))) return undefined;
  const columns = await view.datasetColumns(dataset.path, dataset.format, signal);
  signal.throwIfAborted();
  if (columns === undefined) {
    report(
      'unreadable-file',
      'warning',
      [...at, 'path'],
      `No columns could be read from \`${dataset.path}\`: its first rows are missing or broken.`,
    );
    return undefined;
  }
  checkColumns(dataset, columns, at, report);
  return columns;
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

async function checkFile(
  dataset: CheckedDataset,
  at: DocumentPath,
  view: WorkspaceView,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<boolean> {
  const facts = await view.fileFacts(dataset.path, signal);
  signal.throwIfAborted();
  if (facts === undefined) {
    report('missing-file', 'error', at, `There is no file \`${dataset.path}\` (looked up from this file's folder).`);
  } else if (facts.kind !== 'file') {
    report('unreadable-file', 'error', at, `\`${dataset.path}\` is no file.`);
  } else if (dataset.format === undefined && formatOfPath(dataset.path) === undefined) {
    report(
      'unreadable-file',
      'error',
      at,
      `The ending of \`${dataset.path}\` does not say how to read it. Add \`format: jsonl\`, \`csv\` or \`tsv\`.`,
    );
  } else if (facts.size === 0) {
    report('unreadable-file', 'error', at, `\`${dataset.path}\` is empty.`);
  } else return true;
  return false;
}

function checkColumns(
  dataset: CheckedDataset,
  columns: readonly string[],
  at: DocumentPath,
  report: ReportFinding,
): void {
  const named: [DocumentPath, string | undefined][] = [
    [['input'], dataset.input],
    [['target'], dataset.target],
    [['split', 'field'], dataset.split?.field],
    [['split', 'group'], dataset.split?.group],
    ...(dataset.slices ?? []).map((slice, index): [DocumentPath, string] => [['slices', index], slice]),
  ];
  for (const [path, column] of named) {
    if (column === undefined || columns.includes(column)) continue;
    const suggestion = suggestWord(column, columns);
    const message = `\`${dataset.path}\` has no column \`${column}\`.${askDidYouMean(suggestion)} Its columns: ${listWords(columns, 20)}.`;
    report('unknown-column', 'error', [...at, ...path], message, { replacement: suggestion });
  }
  if (dataset.input === dataset.target && columns.includes(dataset.input)) {
    report(
      'unknown-column',
      'warning',
      [...at, 'target'],
      'Input and target are the same column: every model would be told the answer.',
    );
  }
}
