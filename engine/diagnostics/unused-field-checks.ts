import type { Benchmark } from '../../schemas/generated/files.ts';
import { splitKind } from '../datasets/split.ts';
import { metricEntries, metricNameOf } from '../metrics/benchmark-metrics.ts';
import { metricCatalogue } from '../metrics/catalogue.ts';
import { mayBeServed } from '../documents/formats.ts';
import type { DocumentPath, ReportFinding } from '../documents/diagnostic.ts';

/** Tells fields that are written and change nothing. */
export function checkUnusedFields(benchmark: Benchmark, report: ReportFinding): void {
  const tell = (path: DocumentPath, why: string): void => {
    report('unused-field', 'information', path, `This does nothing: ${why}`, { part: 'key' });
  };
  checkWithoutConnections(benchmark, tell);
  checkCache(benchmark, tell);
  checkSplit(benchmark, tell);
}

type Tell = (path: DocumentPath, why: string) => void;

/** Models of the workbench's own are asked nothing over a network. */
function checkWithoutConnections(benchmark: Benchmark, tell: Tell): void {
  const { models, limits = {} } = benchmark;
  if (models.some(mayBeServed) || needsConnection(benchmark)) return;
  const why = 'the models here run in this process, and none is asked over a network.';
  for (const field of ['requestsPerMinute', 'tokensPerMinute', 'budget', 'retries'] as const)
    if (limits[field] !== undefined) tell(['limits', field], why);
}

/** Judges, embeddings and classifiers are asked over a network too. */
function needsConnection(benchmark: Benchmark): boolean {
  const asking = new Set(['judge', 'pairwise', 'similarity', 'toxicity', 'pii']);
  return metricEntries(benchmark).some(entry => asking.has(metricNameOf(entry)));
}

function checkCache(benchmark: Benchmark, tell: Tell): void {
  if (benchmark.cache !== true) return;
  if ((benchmark.repeats ?? 1) > 1) tell(['cache'], 'repeats are always asked anew.');
  else if (metricEntries(benchmark).some(entry => metricCatalogue.get(metricNameOf(entry))?.kind === 'latency'))
    tell(['cache'], 'where latency is measured, every answer is asked anew.');
}

function checkSplit({ dataset }: Benchmark, tell: Tell): void {
  const { split, limit, sample } = dataset;
  if (limit !== undefined && sample !== undefined && limit >= sample.rows)
    tell(['dataset', 'limit'], `\`sample\` draws no more than ${sample.rows} rows.`);
  if (split === undefined || splitKind(split) === 'shares') return;
  for (const field of ['seed', 'stratify'] as const)
    if (split[field] !== undefined)
      tell(['dataset', 'split', field], 'it is for splits by shares, such as `test: 30%`.');
}
