import type { DryRunEstimate, PreflightFinding } from '../schemas/generated/messages.ts';
import { countOf, formatNumber, groupDigits, variantName } from '../engine/reports/format.ts';
import type { Cell } from '../engine/reports/table.ts';
import { layTable } from './output.ts';

/** A tuning job's dry run for a terminal. */
export function renderTuningEstimate({ name, rows, trainingRows, notes, preflight = [] }: DryRunEstimate): string {
  return [
    `${name}: ${countOf(trainingRows, 'training row')}, ${countOf(rows, 'test row')}. Nothing was trained.`,
    '',
    ...notes,
    ...(preflight.length === 0 ? [] : ['', ...renderPreflight(preflight)]),
  ].join('\n');
}

/** What was found out before the start, a line each: what stands in the way first. */
export function renderPreflight(findings: readonly PreflightFinding[]): readonly string[] {
  const marks = { error: '✗', warning: '!', ok: '✓' } as const;
  return (['error', 'warning', 'ok'] as const).flatMap(level =>
    findings
      .filter(finding => finding.level === level)
      .map(({ message, remedy }) => `${marks[level]} ${message}${remedy === undefined ? '' : ` ${remedy}`}`),
  );
}

/** A dry run's estimate for a terminal. */
export function renderEstimate(estimate: DryRunEstimate): string {
  const right = (text: string): Cell => ({ text, align: 'right' });
  const header = [{ text: 'Model' }, right('Samples'), right('Input tokens'), right('Output tokens'), right('Cost')];
  const rows = estimate.variants.map(variant => [
    { text: variantName(variant) },
    right(groupDigits(variant.samples)),
    right(groupDigits(variant.inputTokens)),
    right(groupDigits(variant.outputTokens)),
    right(variant.cost === undefined ? 'unknown' : formatNumber(variant.cost, 'USD')),
  ]);
  const training = estimate.trainingRows > 0 ? `, ${countOf(estimate.trainingRows, 'training row')}` : '';
  const times = estimate.repeats > 1 ? ` × ${String(estimate.repeats)} repeats` : '';
  return [
    `${estimate.name}: ${countOf(estimate.rows, 'row')}${times} × ${countOf(estimate.variants.length, 'variant')} = ${countOf(estimate.samples, 'sample')}${training}. Nothing was sent.`,
    '',
    layTable(header, rows, ['Model']),
    ...(estimate.cost === undefined ? [] : ['', `Estimated cost: ${formatNumber(estimate.cost, 'USD')}.`]),
    ...(estimate.measuringCost === undefined
      ? []
      : [`Judges and embeddings beside it: ${formatNumber(estimate.measuringCost, 'USD')}.`]),
    ...(estimate.notes.length === 0 ? [] : ['', ...estimate.notes]),
  ].join('\n');
}
