import type { ExportFormat } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';
import type { SampleRecord, Store } from '../ports/store.ts';
import type { VariantRecord } from '../ports/run-spec.ts';
import { kindOfRuns } from '../reports/kinds.ts';
import { compareAny, requireOneTrial } from '../comparisons/compare-any.ts';
import { compareRuns } from '../reports/compare-runs.ts';
import { collectColumns, type ExportColumns } from '../reports/export-columns.ts';
import { asParquet } from '../reports/export-parquet.ts';
import { runFilePieces, type SampleShare } from './export-run-file.ts';
import { csvHeader, csvLine, exportedSample } from '../reports/export-samples.ts';
import { compareTuning } from '../tuning/compare.ts';
import { renderModelIndex } from '../reports/hf-model-index.ts';
import { renderHtml, renderPromptHtml, renderTuningHtml, type PageAssets, type PageName } from './html.ts';
import { renderJunit } from '../reports/junit.ts';
import { writeLmEval } from '../reports/lm-eval.ts';
import { promptReport } from '../reports/prompt-report.ts';

export interface ExportDependencies {
  readonly store: Store;
  readonly clock: Clock;
  /** A standalone page, read only when an HTML file is asked for. */
  readonly pageAssets: (page: PageName) => Promise<PageAssets>;
  /** Version of the workbench, for run files. */
  readonly workbench: string;
  /** Of a run file: the samples of each run that travel along. Default none. */
  readonly samples?: SampleShare | undefined;
}

export interface FileExportDependencies extends ExportDependencies {
  readonly files: Files;
  readonly digest: Digest;
}

const sampleFormats: ReadonlySet<ExportFormat> = new Set<ExportFormat>(['jsonl', 'csv', 'parquet']);
/** What only benchmarks have. */
const benchmarkFormats: ReadonlySet<ExportFormat> = new Set<ExportFormat>(['junit', 'lm-eval', 'hf-model-index']);
/** Wrong answers that travel inside an HTML file. */
const embeddedSamples = 200;

/** Writes runs to `path`, atomically; `lm-eval` writes its files into the folder `path`, each atomically. */
export async function exportRuns(
  runIds: readonly string[],
  format: ExportFormat,
  path: string,
  dependencies: FileExportDependencies,
  signal: AbortSignal,
): Promise<void> {
  if (format !== 'lm-eval')
    return dependencies.files.writePieces(path, exportPieces(runIds, format, dependencies, signal));
  const runId = requireOne(runIds, format);
  await requireFormat([runId], format, dependencies.store);
  const report = await compareRuns([runId], dependencies.store, dependencies.clock, signal);
  await writeLmEval(report, path, dependencies, signal);
}

/** Runs as text or bytes: reports of one or several, samples of one run at a time. */
export async function* exportPieces(
  runIds: readonly string[],
  format: ExportFormat,
  dependencies: ExportDependencies,
  signal: AbortSignal,
): AsyncIterable<string | Uint8Array> {
  if (format === 'lm-eval')
    throw new WorkbenchError('usage', 'lm-eval results are several files and cannot go to the standard output.', {
      remedy: 'Name a folder for them: --output results.',
    });
  await requireFormat(runIds, format, dependencies.store);
  if (format === 'run') yield* runFilePieces(runIds, dependencies.samples ?? 0, dependencies, signal);
  else if (sampleFormats.has(format)) yield* samplesAs(format, requireOne(runIds, format), dependencies.store, signal);
  else yield await reportAs(format, runIds, dependencies, signal);
}

function requireOne(runIds: readonly string[], format: ExportFormat): string {
  const [runId] = runIds;
  if (runId !== undefined && runIds.length === 1) return runId;
  throw new WorkbenchError(
    'usage',
    `${format} holds the samples of one run, and ${String(runIds.length)} were named.`,
    { remedy: 'Export the runs one by one, or choose json, markdown or html.' },
  );
}

/** Only benchmarks are measured, and only what asks models has samples. */
async function requireFormat(runIds: readonly string[], format: ExportFormat, store: Store): Promise<void> {
  const hasSamples = sampleFormats.has(format);
  if (!hasSamples && !benchmarkFormats.has(format)) return;
  const kind = await kindOfRuns(runIds, store);
  if (kind === 'benchmark' || (kind === 'prompt' && hasSamples)) return;
  const name = kind === 'tune' ? 'A tuning run' : 'The trial of a prompt';
  const remedy =
    kind === 'tune'
      ? 'Export it as html, json or markdown; a benchmark of its checkpoint has samples.'
      : 'Export it as html, json, jsonl, csv, parquet or markdown; a benchmark of the prompt measures its models.';
  throw new WorkbenchError('usage', `${name} has no ${format} export.`, { remedy });
}

async function reportAs(
  format: ExportFormat,
  runIds: readonly string[],
  { store, clock, pageAssets }: ExportDependencies,
  signal: AbortSignal,
): Promise<string> {
  if (format === 'json' || format === 'markdown') {
    const compared = await compareAny(runIds, store, clock, signal);
    return format === 'json' ? `${JSON.stringify(compared.content, undefined, 2)}\n` : compared.markdown();
  }
  const kind = format === 'html' ? await kindOfRuns(runIds, store) : 'benchmark';
  if (kind === 'tune') return renderTuningHtml(await compareTuning(runIds, store), await pageAssets('tuning'));
  if (kind === 'prompt') {
    const trial = await promptReport(requireOneTrial(runIds), store, clock, signal);
    return renderPromptHtml(trial, await pageAssets('prompt'));
  }
  const report = await compareRuns(runIds, store, clock, signal);
  if (format === 'junit') return renderJunit(report);
  if (format === 'hf-model-index') return renderModelIndex(report);
  const [run] = report.runs;
  const worst =
    run === undefined
      ? undefined
      : await store.querySamples({ runId: run.id, filter: 'wrong', limit: embeddedSamples }, signal);
  return renderHtml(report, worst, await pageAssets('report'));
}

async function* samplesAs(
  format: ExportFormat,
  runId: string,
  store: Store,
  signal: AbortSignal,
): AsyncIterable<string | Uint8Array> {
  const { variants, summary } = await store.getRun(runId);
  const samples = store.readSamples(summary.id, signal);
  if (format === 'jsonl') {
    yield* asJsonLines(samples, variants);
    return;
  }
  const columns = await collectColumns(summary.id, store, signal);
  if (format === 'csv') yield* asCsv(samples, variants, columns);
  else yield* asParquet(samples, variants, columns);
}

async function* asJsonLines(
  batches: AsyncIterable<readonly SampleRecord[]>,
  variants: readonly VariantRecord[],
): AsyncIterable<string> {
  for await (const samples of batches) {
    yield samples.map(sample => `${JSON.stringify(exportedSample(sample, variants))}\n`).join('');
  }
}

async function* asCsv(
  batches: AsyncIterable<readonly SampleRecord[]>,
  variants: readonly VariantRecord[],
  { scores, slices }: ExportColumns,
): AsyncIterable<string> {
  yield `${csvHeader(scores, slices)}\r\n`;
  for await (const samples of batches) {
    yield samples.map(sample => `${csvLine(sample, variants, scores, slices)}\r\n`).join('');
  }
}
