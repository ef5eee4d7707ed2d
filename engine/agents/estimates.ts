import type { DryRunEstimate } from '../../schemas/generated/messages.ts';
import { countOf, formatNumber, groupDigits, variantName } from '../reports/format.ts';
import { sumOf } from './runs.ts';

/** US dollars a run is estimated to cost, measuring included; what has no known price is not in it. */
export function totalCost({ cost, measuringCost }: DryRunEstimate): number {
  return sumOf(cost, measuringCost) ?? 0;
}

/** Size and cost in figures alone. */
export function estimateSentence(estimate: DryRunEstimate): string {
  const { rows, repeats, samples, variants, trainingRows, inputTokens } = estimate;
  const outputTokens = variants.reduce((sum, variant) => sum + variant.outputTokens, 0);
  const parts = [
    `${countOf(samples, 'sample')} (${countOf(rows, 'row')}${repeats > 1 ? ` × ${String(repeats)} repeats` : ''} × ${countOf(variants.length, 'variant')})`,
    ...(trainingRows > 0 ? [countOf(trainingRows, 'training row')] : []),
    ...(inputTokens === undefined || inputTokens === 0
      ? []
      : [`about ${groupDigits(inputTokens)} input and ${groupDigits(outputTokens)} output tokens`]),
    `estimated cost ${costWords(estimate)}`,
  ];
  return `${parts.join(', ')}.`;
}

/** `1.20 USD`, and whether that is all of it. */
function costWords(estimate: DryRunEstimate): string {
  const { unpriced } = estimate;
  const total = totalCost(estimate);
  if (unpriced === undefined) return formatNumber(total, 'USD');
  const without = `no price is known for ${countOf(unpriced.length, 'model')}`;
  return total === 0 ? `unknown (${without})` : `${formatNumber(total, 'USD')} and more (${without})`;
}

/** What comes from files in an estimate, a line each. */
export function estimateLines(estimate: DryRunEstimate): string[] {
  const { name, variants, notes, unpriced } = estimate;
  return [
    name,
    ...variants.slice(0, 50).map(variant => {
      const cost = variant.cost === undefined ? 'cost unknown' : formatNumber(variant.cost, 'USD');
      return `- ${variantName(variant)}: ${countOf(variant.samples, 'sample')}, ${cost}`;
    }),
    ...(variants.length > 50 ? [`- and ${String(variants.length - 50)} more`] : []),
    ...(unpriced === undefined ? [] : [`No price is known for: ${unpriced.join(', ')}`]),
    ...notes,
  ];
}

/** An estimate for a program. The first rendered request is left out: a row is shown once a person has let it be run. */
export function estimateFacts(estimate: DryRunEstimate): Record<string, unknown> {
  const { name, rows, trainingRows, repeats, samples, inputTokens, cost, measuringCost, unpriced, notes } = estimate;
  return {
    name,
    rows,
    trainingRows,
    repeats,
    samples,
    inputTokens,
    cost,
    measuringCost,
    unpriced,
    totalCost: totalCost(estimate),
    variants: estimate.variants
      .slice(0, 50)
      .map(({ model, prompt, samples: asked, inputTokens: sent, outputTokens, cost: each }) => ({
        model,
        prompt,
        samples: asked,
        inputTokens: sent,
        outputTokens,
        cost: each,
      })),
    notes: notes.slice(0, 30),
  };
}
