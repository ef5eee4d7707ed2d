import type { MetricValue, RunProgress, VariantResult } from '../../schemas/generated/messages.ts';
import type { SampleRecord } from '../ports/store.ts';
import { VariantAggregate } from '../reports/aggregate.ts';
import type { VariantRecord } from '../ports/run-spec.ts';
import { normalQuantile } from '../statistics/quantiles.ts';
import type { ImportedFigure, ImportedRun, ImportedVariant } from './imported.ts';

/** Level of the intervals of imported runs, and the seed of resampled ones: a benchmark's defaults. */
const confidence = 0.95;
export const importSeed = 7;

/** The figures the file states, and what its samples tell beside them. */
export function resultOf(
  variant: VariantRecord,
  imported: ImportedVariant | undefined,
  aggregate: VariantAggregate | undefined,
  runId: string,
): VariantResult {
  if (imported?.result !== undefined) {
    const stated = variant.identity === undefined ? {} : { identity: variant.identity };
    return { ...imported.result, runId, variant: variant.variant, ...stated };
  }
  const made = (aggregate ?? new VariantAggregate([])).result(runId, variant, { confidence, seed: importSeed }, []);
  const told = (imported?.figures ?? []).map(toMetricValue);
  const toldIds = new Set(told.map(({ metric }) => metric));
  const measured = made.metrics.filter(({ value, metric }) => value !== null && !toldIds.has(metric));
  return { ...made, metrics: [...told, ...measured] };
}

function toMetricValue(figure: ImportedFigure): MetricValue {
  const { id, label, unit, direction, kind, value, n, standardError } = figure;
  const base = { metric: id, label, unit, direction, kind, value, n };
  if (standardError === undefined) return base;
  const reach = normalQuantile((1 + confidence) / 2) * standardError;
  return {
    ...base,
    low: value - reach,
    high: value + reach,
    confidence,
    method: 'normal, from the stated standard error',
  };
}

/** What has come in so far. */
export interface ImportCounts {
  rows: number;
  /** Failed samples by class. */
  readonly errors: Record<string, number>;
  /** Samples by variant. */
  readonly variants: { done: number; failed: number }[];
}

export function startCounts({ variants }: ImportedRun): ImportCounts {
  return { rows: 0, errors: {}, variants: variants.map(() => ({ done: 0, failed: 0 })) };
}

export function countSample({ errors, variants }: ImportCounts, { variant, failure }: SampleRecord): void {
  const own = variants[variant];
  if (own !== undefined) own.done += 1;
  if (failure === undefined) return;
  if (own !== undefined) own.failed += 1;
  errors[failure.class] = (errors[failure.class] ?? 0) + 1;
}

export function progressOf(run: ImportedRun, counts: ImportCounts): RunProgress {
  const variants = run.variants.map(({ model, prompt }, variant) => {
    const { done = 0, failed = 0 } = counts.variants[variant] ?? {};
    return { variant, model, ...(prompt === undefined ? {} : { prompt }), total: done, done, failed };
  });
  const done = variants.reduce((sum, variant) => sum + variant.done, 0);
  const failed = variants.reduce((sum, variant) => sum + variant.failed, 0);
  return { total: done, done, failed, reused: 0, errors: { ...counts.errors }, variants };
}
