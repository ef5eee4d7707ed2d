import type { SampleRecord } from '../ports/store.ts';
import type { VariantRecord } from '../ports/run-spec.ts';
import { toCsvLine } from './csv.ts';

/** A sample as exports write it, with names instead of numbers. */
export function exportedSample(sample: SampleRecord, variants: readonly VariantRecord[]): Record<string, unknown> {
  const variant = variants[sample.variant];
  return {
    model: variant?.model ?? '',
    prompt: variant?.prompt ?? null,
    row: sample.row,
    repeat: sample.repeat,
    state: sample.failure === undefined ? 'answered' : 'failed',
    input: sample.input,
    target: sample.target,
    output: sample.output ?? null,
    right: sample.right ?? null,
    scores: sample.scores,
    slices: sample.slices,
    latency_ms: sample.latencyMs ?? null,
    first_token_ms: sample.firstTokenMs ?? null,
    input_tokens: sample.inputTokens ?? null,
    output_tokens: sample.outputTokens ?? null,
    cost_usd: sample.cost ?? null,
    attempts: sample.attempts,
    error_class: sample.failure?.class ?? null,
    error: sample.failure?.message ?? null,
    row_digest: sample.rowDigest,
  };
}

/** Columns of the CSV export: the flat ones, then a column for each score and slice. */
export function csvHeader(scores: readonly string[], slices: readonly string[]): string {
  return toCsvLine([...flatColumns, ...scores.map(name => `score.${name}`), ...slices.map(name => `slice.${name}`)]);
}

export function csvLine(
  sample: SampleRecord,
  variants: readonly VariantRecord[],
  scores: readonly string[],
  slices: readonly string[],
): string {
  const flat = exportedSample(sample, variants);
  return toCsvLine([
    ...flatColumns.map(column => flat[column]),
    ...scores.map(name => sample.scores[name]),
    ...slices.map(name => sample.slices[name]),
  ]);
}

export const flatColumns = [
  'model',
  'prompt',
  'row',
  'repeat',
  'state',
  'input',
  'target',
  'output',
  'right',
  'latency_ms',
  'first_token_ms',
  'input_tokens',
  'output_tokens',
  'cost_usd',
  'attempts',
  'error_class',
  'error',
  'row_digest',
] as const;
