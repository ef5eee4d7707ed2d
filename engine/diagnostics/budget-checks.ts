import type { DryRunEstimate } from '../../schemas/generated/messages.ts';
import { formatNumber } from '../reports/format.ts';
import { readLimits } from '../documents/limits.ts';
import type { Diagnostic } from '../documents/diagnostic.ts';
import type { ParsedDocument } from '../documents/parse.ts';

/** Whether a benchmark's budget pays for what a run is estimated to cost, judges and embeddings included. */
export function checkBudget(
  parsed: ParsedDocument<'bench'>,
  estimate: Pick<DryRunEstimate, 'cost' | 'measuringCost'> | undefined,
): readonly Diagnostic[] {
  const { budget } = readLimits(parsed.value?.limits);
  if (budget === undefined || estimate?.cost === undefined) return [];
  const cost = estimate.cost + (estimate.measuringCost ?? 0);
  if (cost <= budget) return [];
  const message = `A run is estimated to cost ${formatNumber(cost, 'USD')}, more than this budget: it would stop before its end. Raise the budget, or ask fewer rows (\`dataset.limit\`).`;
  const range = parsed.locate(['limits', 'budget'], 'value');
  return [{ code: 'budget-below-estimate', severity: 'warning', message, range }];
}
