import type { Benchmark } from '../../schemas/generated/files.ts';
import { splitKind } from '../datasets/split.ts';
import type { ReportFinding } from '../documents/diagnostic.ts';
import { parseDocument } from '../documents/parse.ts';
import type { RememberedRun } from './remembered.ts';
import type { WorkspaceView } from './workspace-view.ts';

/** Larger files are not read to find out whether they are still the same. */
const mostBytes = 16 * 1024 * 1024;

/**
 * Tells, beside the dataset's path, when its file changed so that the newest run asked other rows. Where the benchmark now selects other rows of
 * it, its author knows. A file that was written before that run is not read.
 */
export async function checkDatasetChange(
  benchmark: Benchmark,
  view: WorkspaceView,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<void> {
  const { dataset } = benchmark;
  if (view.remembered === undefined || view.scan === undefined || !isOneFile(benchmark)) return;
  const last = await view.remembered.lastRun(benchmark.name, signal);
  signal.throwIfAborted();
  if (last === undefined || !asksTheSame(benchmark, last)) return;
  const facts = await view.fileFacts(dataset.path, signal);
  signal.throwIfAborted();
  if (facts?.kind !== 'file' || facts.modified <= last.createdAt || facts.size > mostBytes) return;
  const now = await view.scan(benchmark, last.limit, signal);
  signal.throwIfAborted();
  if (now === undefined || now.digest === last.dataset.digest) return;
  const rows =
    now.rows === last.dataset.rows
      ? `It has ${now.rows} rows still, and some of them are others`
      : `It asked ${last.dataset.rows} rows, and now there are ${now.rows}`;
  const message = `This dataset changed after run ${last.id} (${new Date(last.createdAt).toISOString().slice(0, 10)}). ${rows}: figures of before and after do not compare.`;
  report('dataset-changed', 'information', ['dataset', 'path'], message);
}

/** Other files that rows are read from have times of their own. */
function isOneFile({ dataset, perturbations }: Benchmark): boolean {
  const { split, audio, images } = dataset;
  return (
    audio === undefined &&
    images === undefined &&
    perturbations === undefined &&
    (split === undefined || splitKind(split) !== 'parts')
  );
}

function asksTheSame({ dataset }: Benchmark, { text }: RememberedRun): boolean {
  const before = parseDocument('bench', text).value;
  return (
    before !== undefined && JSON.stringify({ ...before.dataset, card: 0 }) === JSON.stringify({ ...dataset, card: 0 })
  );
}
