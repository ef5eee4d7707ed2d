import type { ExportFormat } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';
import type { SampleRecord, Store } from '../ports/store.ts';
import type { VariantRecord } from '../runs/spec.ts';
import { kindOfRuns } from '../runs/kinds.ts';
import { compareAny } from './compare-any.ts';
import { compareRuns } from './compare-runs.ts';
import { csvHeader, csvLine, exportedSample } from './export-samples.ts';
import { compareTuning } from '../tuning/compare.ts';
import { renderHtml, renderTuningHtml, type PageAssets, type PageName } from './html.ts';

export interface ExportDependencies {
  readonly store: Store;
  readonly clock: Clock;
  /** A standalone page, read only when an HTML file is asked for. */
  readonly pageAssets: (page: PageName) => Promise<PageAssets>;
}

const sampleFormats: ReadonlySet<ExportFormat> = new Set<ExportFormat>(['jsonl', 'csv']);
/** Wrong answers that travel inside an HTML file. */
const embeddedSamples = 200;

/** Writes runs to `path`, atomically. */
export function exportRuns(
  runIds: readonly string[],
  format: ExportFormat,
  path: string,
  dependencies: ExportDependencies & { readonly files: Files },
  signal: AbortSignal,
): Promise<void> {
  return dependencies.files.writePieces(path, exportPieces(runIds, format, dependencies, signal));
}

/** Runs as text: reports as json, markdown or html, samples as jsonl or csv (one run at a time). */
export async function* exportPieces(
  runIds: readonly string[],
  format: ExportFormat,
  dependencies: ExportDependencies,
  signal: AbortSignal,
): AsyncIterable<string> {
  if (!sampleFormats.has(format)) {
    yield await reportAs(format, runIds, dependencies, signal);
    return;
  }
  const [runId] = runIds;
  if (runId === undefined || runIds.length !== 1) {
    throw new WorkbenchError(
      'usage',
      `${format} holds the samples of one run, and ${String(runIds.length)} were named.`,
      {
        remedy: 'Export the runs one by one, or choose json, markdown or html.',
      },
    );
  }
  yield* samplesAs(format, runId, dependencies.store, signal);
}

async function reportAs(
  format: ExportFormat,
  runIds: readonly string[],
  { store, clock, pageAssets }: ExportDependencies,
  signal: AbortSignal,
): Promise<string> {
  if (format !== 'html') {
    const compared = await compareAny(runIds, store, clock, signal);
    return format === 'json' ? `${JSON.stringify(compared.content, undefined, 2)}\n` : compared.markdown();
  }
  if ((await kindOfRuns(runIds, store)) === 'tune')
    return renderTuningHtml(await compareTuning(runIds, store), await pageAssets('tuning'));
  const report = await compareRuns(runIds, store, clock, signal);
  const [run] = report.runs;
  const worst =
    run === undefined
      ? undefined
      : await store.querySamples({ runId: run.id, filter: 'wrong', limit: embeddedSamples });
  return renderHtml(report, worst, await pageAssets('report'));
}

function notExported(format: ExportFormat): WorkbenchError {
  return new WorkbenchError('usage', `A tuning run has no ${format} export.`, {
    remedy: 'Export it as html, json or markdown; a benchmark of its checkpoint has samples.',
  });
}

async function* samplesAs(
  format: ExportFormat,
  runId: string,
  store: Store,
  signal: AbortSignal,
): AsyncIterable<string> {
  const { variants, summary } = await store.getRun(runId);
  if (summary.kind === 'tune') throw notExported(format);
  const write = format === 'jsonl' ? asJsonLines : asCsv;
  yield* write(store.readSamples(summary.id, signal), variants);
}

async function* asJsonLines(
  batches: AsyncIterable<readonly SampleRecord[]>,
  variants: readonly VariantRecord[],
): AsyncIterable<string> {
  for await (const samples of batches) {
    yield samples.map(sample => `${JSON.stringify(exportedSample(sample, variants))}\n`).join('');
  }
}

/** Every sample of a run has the same scores and slices but failed ones, which have no scores. */
async function* asCsv(
  batches: AsyncIterable<readonly SampleRecord[]>,
  variants: readonly VariantRecord[],
): AsyncIterable<string> {
  let columns: { readonly scores: readonly string[]; readonly slices: readonly string[] } | undefined;
  for await (const samples of batches) {
    const answered = samples.find(sample => sample.failure === undefined) ?? samples[0];
    if (answered === undefined) continue;
    if (columns === undefined) {
      columns = { scores: Object.keys(answered.scores), slices: Object.keys(answered.slices) };
      yield `${csvHeader(columns.scores, columns.slices)}\r\n`;
    }
    const { scores, slices } = columns;
    yield samples.map(sample => `${csvLine(sample, variants, scores, slices)}\r\n`).join('');
  }
}
