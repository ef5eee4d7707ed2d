import { leadingMetric } from '../metrics/benchmark-metrics.ts';
import type { Metric } from '../metrics/metric.ts';
import type { Digest } from '../ports/digest.ts';
import type { RunWriter, SampleRecord } from '../ports/store.ts';
import type { VariantAggregate } from '../reports/aggregate.ts';
import type { ImportPorts } from './ports.ts';
import { countSample, progressOf, startCounts, type ImportCounts } from './imported-results.ts';
import type { ImportedRun, ImportedSample } from './imported.ts';

export async function writeSamples(
  run: ImportedRun,
  metrics: readonly Metric[],
  aggregates: readonly VariantAggregate[],
  writer: RunWriter,
  { digest }: ImportPorts,
  dataset: ReturnType<Digest['startSha256']>,
  signal: AbortSignal,
): Promise<ImportCounts> {
  const leading = leadingMetric(metrics);
  const occurrence = createOccurrences();
  const rows = new Set<string>();
  const counted = startCounts(run);
  for await (const batch of run.samples(signal)) {
    signal.throwIfAborted();
    const records = batch.map(sample => toRecord(sample, occurrence, leading, digest));
    for (const record of records) {
      aggregates[record.variant]?.addStored(record);
      countSample(counted, record);
      const row = `${record.rowDigest}/${record.occurrence}`;
      if (rows.has(row)) continue;
      rows.add(row);
      dataset.update(record.rowDigest);
    }
    await writer.append(records, progressOf(run, counted));
  }
  return { ...counted, rows: rows.size };
}

/** Which of several equal rows a sample belongs to: told apart by the tool's own row numbers, within a variant and repeat. */
function createOccurrences(): (sample: ImportedSample, digest: string) => number {
  const rowsOf = new Map<string, number[]>();
  return ({ variant, row }, digest) => {
    const key = `${variant}/${digest}`;
    const rows = rowsOf.get(key);
    if (rows === undefined) {
      rowsOf.set(key, [row]);
      return 0;
    }
    const known = rows.indexOf(row);
    if (known >= 0) return known;
    return rows.push(row) - 1;
  };
}

function toRecord(
  sample: ImportedSample,
  occurrenceOf: (sample: ImportedSample, digest: string) => number,
  leading: Metric,
  digest: Digest,
): SampleRecord {
  const { reasons, scores, ...plain } = sample;
  // The digest is a row's as a benchmark would make it, so that rows pair with our own runs'.
  const rowDigest = digest.sha256(JSON.stringify([sample.input, sample.target, sample.slices]));
  const score = scores[leading.id];
  return {
    ...plain,
    rowDigest,
    occurrence: occurrenceOf(sample, rowDigest),
    scores,
    ...(sample.right !== undefined || score === undefined || leading.right === undefined
      ? {}
      : { right: leading.right.isRight(score) }),
    attempts: sample.attempts ?? 1,
    ...(reasons === undefined
      ? {}
      : { details: { measured: Object.fromEntries(Object.entries(reasons).map(([id, reason]) => [id, { reason }])) } }),
  };
}
