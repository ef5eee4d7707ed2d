import type { Benchmark } from '../../schemas/generated/files.ts';
import { formatOfPath } from '../datasets/rows.ts';
import { checkFigures } from './figure-checks.ts';
import type { Diagnostic, DocumentPath, ReportFinding } from './diagnostic.ts';
import { embeddedModelNames } from './formats.ts';
import type { ParsedDocument } from './parse.ts';
import { askDidYouMean, listWords, suggestWord } from './suggest.ts';
import type { WorkspaceView } from './workspace-view.ts';

/**
 * Whether a benchmark fits what is around it: connections, dataset, columns, prompts, and its own parts one another.
 * Nothing when the file itself has errors. Rejects only with the signal's reason.
 */
export async function checkBenchmark(
  parsed: ParsedDocument<'bench'>,
  view: WorkspaceView,
  signal: AbortSignal,
): Promise<Diagnostic[]> {
  const benchmark = parsed.value;
  if (benchmark === undefined) return [];
  const found: Diagnostic[] = [];
  const report: ReportFinding = (code, severity, path, message, { part = 'value', replacement } = {}) => {
    const range = parsed.locate(path, part);
    found.push({ code, severity, message, range, ...(replacement !== undefined && { replacement }) });
  };
  await checkConnections(benchmark, view, report, signal);
  signal.throwIfAborted();
  checkTraining(benchmark, report);
  checkBaseline(benchmark, report);
  checkFigures(benchmark, report);
  const columns = await checkDataset(benchmark, view, report, signal);
  signal.throwIfAborted();
  await checkPrompts(benchmark, columns, view, report, signal);
  signal.throwIfAborted();
  return found.sort(
    (a, b) => a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character,
  );
}

export function isEmbedded(model: string): boolean {
  return model.startsWith('embedded:');
}

async function checkConnections(
  benchmark: Benchmark,
  view: WorkspaceView,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<void> {
  if (benchmark.models.every(isEmbedded)) return;
  const connections = await view.connections(signal);
  if (connections.state === 'broken') return;
  const names = connections.state === 'known' ? connections.names : [];
  benchmark.models.forEach((model, index) => {
    if (isEmbedded(model) || names.includes(model)) return;
    const suggestion =
      suggestWord(model, names) ?? embeddedModelNames.find(embedded => embedded === `embedded:${model}`);
    const known = names.length === 0 ? 'It declares none.' : `It declares ${listWords(names)}.`;
    const message =
      connections.state === 'absent'
        ? `No \`workbench.yaml\` was found here or above, so there is no connection \`${model}\`. Create one with \`connections:\`, or use an embedded model such as \`embedded:linear\`.`
        : `\`workbench.yaml\` declares no connection \`${model}\`.${askDidYouMean(suggestion)} ${known}`;
    report('unknown-connection', 'error', ['models', index], message, { replacement: suggestion });
  });
}

function checkTraining(benchmark: Benchmark, report: ReportFinding): void {
  const { split } = benchmark.dataset;
  const index = benchmark.models.findIndex(isEmbedded);
  if (split?.train !== undefined) {
    if (split.train === split.test) {
      report(
        'missing-split',
        'warning',
        ['dataset', 'split', 'train'],
        'Training and test split are the same: embedded models would be asked what they learnt from.',
      );
    }
    return;
  }
  if (index < 0) return;
  const message = `\`${benchmark.models[index] ?? ''}\` must be trained: say which rows it learns from with \`dataset.split\`, such as \`{field: split, train: train, test: test}\`.`;
  report('missing-split', 'error', ['models', index], message);
}

function checkBaseline(benchmark: Benchmark, report: ReportFinding): void {
  const baseline = benchmark.compare?.baseline;
  if (baseline === undefined || benchmark.models.includes(baseline)) return;
  const suggestion = suggestWord(baseline, benchmark.models);
  const message = `The baseline \`${baseline}\` is not among \`models\`.${askDidYouMean(suggestion)} They are ${listWords(benchmark.models)}.`;
  report('unknown-model', 'error', ['compare', 'baseline'], message, { replacement: suggestion });
}

/** The dataset's columns, where they could be told. */
async function checkDataset(
  benchmark: Benchmark,
  view: WorkspaceView,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const { dataset } = benchmark;
  const facts = await view.fileFacts(dataset.path, signal);
  signal.throwIfAborted();
  const at = ['dataset', 'path'];
  if (facts === undefined) {
    report('missing-file', 'error', at, `There is no file \`${dataset.path}\` (looked up from this file's folder).`);
    return undefined;
  }
  if (facts.kind !== 'file') {
    report('unreadable-file', 'error', at, `\`${dataset.path}\` is no file.`);
    return undefined;
  }
  if (dataset.format === undefined && formatOfPath(dataset.path) === undefined) {
    report(
      'unreadable-file',
      'error',
      at,
      `The ending of \`${dataset.path}\` does not say how to read it. Add \`format: jsonl\`, \`csv\` or \`tsv\`.`,
    );
    return undefined;
  }
  if (facts.size === 0) {
    report('unreadable-file', 'error', at, `\`${dataset.path}\` is empty.`);
    return undefined;
  }
  const columns = await view.datasetColumns(dataset.path, dataset.format, signal);
  if (columns === undefined) {
    report(
      'unreadable-file',
      'warning',
      at,
      `No columns could be read from \`${dataset.path}\`: its first rows are missing or broken.`,
    );
    return undefined;
  }
  const named: [DocumentPath, string | undefined][] = [
    [['dataset', 'input'], dataset.input],
    [['dataset', 'target'], dataset.target],
    [['dataset', 'split', 'field'], dataset.split?.field],
    ...(dataset.slices ?? []).map((slice, index): [DocumentPath, string] => [['dataset', 'slices', index], slice]),
  ];
  for (const [path, column] of named) {
    if (column === undefined || columns.includes(column)) continue;
    const suggestion = suggestWord(column, columns);
    const message = `\`${dataset.path}\` has no column \`${column}\`.${askDidYouMean(suggestion)} Its columns: ${listWords(columns, 20)}.`;
    report('unknown-column', 'error', path, message, { replacement: suggestion });
  }
  if (dataset.input === dataset.target && columns.includes(dataset.input)) {
    report(
      'unknown-column',
      'warning',
      ['dataset', 'target'],
      'Input and target are the same column: every model would be told the answer.',
    );
  }
  return columns;
}

async function checkPrompts(
  benchmark: Benchmark,
  columns: readonly string[] | undefined,
  view: WorkspaceView,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<void> {
  const prompts = benchmark.prompts ?? [];
  for (const [index, prompt] of prompts.entries()) {
    const at = ['prompts', index];
    const facts = await view.fileFacts(prompt, signal);
    signal.throwIfAborted();
    if (facts?.kind !== 'file') {
      report('missing-file', 'error', at, `There is no file \`${prompt}\` (looked up from this file's folder).`);
      continue;
    }
    const variables = await view.promptVariables(prompt, signal);
    signal.throwIfAborted();
    if (variables === undefined) {
      report('unreadable-file', 'error', at, `\`${prompt}\` has errors; open it to see them.`);
      continue;
    }
    for (const name of columns === undefined ? [] : variables) {
      if (columns?.includes(name) !== false) continue;
      const suggestion = suggestWord(name, columns);
      const message = `\`${prompt}\` reads \`{{${name}}}\`, and the dataset has no such column.${askDidYouMean(suggestion)} Its columns: ${listWords(columns, 20)}.`;
      report('unknown-column', 'error', at, message);
    }
  }
}
