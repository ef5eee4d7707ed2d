import type { GateCondition } from '../../schemas/generated/files.ts';
import type { GateResult, MetricValue, RunSummary, VariantResult } from '../../schemas/generated/messages.ts';
import { formatNumber, formatValue, variantName } from './format.ts';

/**
 * Judges a benchmark's gate. The interval's bound is judged unless `on: point` is set: a figure that only may reach the bar
 * has not reached it. A model with several prompts must pass with each. A run that did not finish is not computed.
 */
export function judgeGates(
  conditions: readonly GateCondition[],
  variants: readonly VariantResult[],
  finished: boolean,
): GateResult[] {
  return conditions.flatMap(condition => {
    const own = variants.filter(variant => variant.model === condition.model);
    if (own.length === 0) return [notComputed(condition, undefined, `${condition.model} was not part of this run`)];
    return own.map(variant => judge(condition, variant, finished));
  });
}

/** One word for all conditions; absent when there are none. */
export function overallGate(results: readonly GateResult[]): RunSummary['gate'] {
  if (results.length === 0) return undefined;
  if (results.some(({ outcome }) => outcome === 'not-met')) return 'not-met';
  return results.some(({ outcome }) => outcome === 'not-computed') ? 'not-computed' : 'met';
}

function judge(condition: GateCondition, variant: VariantResult, finished: boolean): GateResult {
  const figure =
    variant.metrics.find(({ metric }) => metric === condition.metric) ??
    variant.metrics.find(({ metric }) => metric.startsWith(`${condition.metric}.`));
  if (!finished) return notComputed(condition, variant, 'the run did not finish');
  if (figure?.value === undefined) return notComputed(condition, variant, `${condition.metric} was not measured`);
  if (figure.value === null)
    return notComputed(condition, variant, figure.note ?? `${condition.metric} could not be computed`);
  const bound = judgedBound(condition, figure, figure.value);
  if (bound === undefined) return notComputed(condition, variant, `too few answers for an interval of ${figure.label}`);
  const met =
    (condition.atLeast === undefined || bound.low >= condition.atLeast) &&
    (condition.atMost === undefined || bound.high <= condition.atMost);
  const failsLow = condition.atLeast !== undefined && bound.low < condition.atLeast;
  const shown = failsLow || condition.atMost === undefined ? bound.low : bound.high;
  const what = condition.on === 'point' ? 'is' : condition.atLeast !== undefined ? 'is at least' : 'is at most';
  const sentence =
    `${figure.label} of ${variantName(variant)} ${what} ${formatNumber(shown, figure.unit)}` +
    ` (measured ${formatValue(figure)}); required ${wordCondition(condition, figure)}.`;
  return {
    ...describe(condition, variant, figure),
    actual: figure.value,
    bound: shown,
    judged: formatNumber(shown, figure.unit),
    outcome: met ? 'met' : 'not-met',
    sentence,
  };
}

/** Totals (cost, tokens) have no interval and are judged as they are; any other figure without the bound asked for is not judged. */
function judgedBound(
  condition: GateCondition,
  figure: MetricValue,
  value: number,
): { readonly low: number; readonly high: number } | undefined {
  const isTotal = figure.kind === 'cost' || figure.kind === 'usage';
  if (condition.on === 'point' || isTotal) return { low: value, high: value };
  if (condition.atLeast !== undefined && figure.low === undefined) return undefined;
  if (condition.atMost !== undefined && figure.high === undefined) return undefined;
  return { low: figure.low ?? value, high: figure.high ?? value };
}

function notComputed(condition: GateCondition, variant: VariantResult | undefined, reason: string): GateResult {
  const sentence = `${condition.metric} of ${condition.model} could not be judged: ${reason}.`;
  return { ...describe(condition, variant, undefined), outcome: 'not-computed', sentence };
}

function describe(condition: GateCondition, variant: VariantResult | undefined, figure: MetricValue | undefined) {
  return {
    metric: figure?.metric ?? condition.metric,
    label: figure?.label ?? condition.metric,
    model: condition.model,
    ...(variant?.prompt === undefined ? {} : { prompt: variant.prompt }),
    condition: wordCondition(condition, figure),
  };
}

function wordCondition(condition: GateCondition, figure: MetricValue | undefined): string {
  const number = (value: number): string => formatNumber(value, figure?.unit ?? 'count');
  const parts: string[] = [];
  if (condition.atLeast !== undefined) parts.push(`at least ${number(condition.atLeast)}`);
  if (condition.atMost !== undefined) parts.push(`at most ${number(condition.atMost)}`);
  return parts.join(' and ');
}
