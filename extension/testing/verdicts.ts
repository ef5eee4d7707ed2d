import type { DryRunEstimate, GateResult, JudgedGates } from '../../schemas/generated/messages.ts';
import { t } from '../base/translate.ts';
import { formatFigure, formatMoment } from '../runs/format.ts';

/** How a condition came out, as the Test Explorer tells it. */
export type Verdict =
  | { readonly kind: 'passed' }
  | { readonly kind: 'skipped'; readonly reason: string }
  | { readonly kind: 'failed'; readonly failures: readonly FailedGate[] };

export interface FailedGate {
  /** What happened, and what to know of the figures. */
  readonly message: string;
  readonly expected: string;
  readonly actual: string;
}

/** A condition's verdict: it must hold with each of its model's prompts. */
export function verdictOf(results: readonly GateResult[], stale: readonly string[]): Verdict {
  if (results.length === 0) return { kind: 'skipped', reason: t('No stored run: run the benchmark first.') };
  const missed = results.filter(({ outcome }) => outcome === 'not-met');
  if (missed.length > 0) return { kind: 'failed', failures: missed.map(result => failureOf(result, stale)) };
  const [open] = results.filter(({ outcome }) => outcome === 'not-computed');
  return open === undefined ? { kind: 'passed' } : { kind: 'skipped', reason: open.sentence };
}

/** VS Code puts the last two side by side at the condition's line: they are short, and the message says it all. */
function failureOf({ sentence, condition, judged }: GateResult, stale: readonly string[]): FailedGate {
  return {
    message: [sentence, ...stale].join('\n\n'),
    expected: condition,
    actual: judged ?? t('not computed'),
  };
}

/** What stands beside a benchmark: which run was judged, and whether it is current. */
export function describeJudged({ run, stale }: JudgedGates): string {
  if (run === undefined) return t('not run yet');
  const when = formatMoment(run.endedAt ?? run.createdAt);
  return stale.length === 0 ? t('run of {0}', when) : t('out of date · run of {0}', when);
}

/** What a person agrees to before a benchmark is run: rows, tokens and money. */
export function describePlan(estimate: DryRunEstimate): string {
  const { rows, samples, inputTokens, variants, cost, notes } = estimate;
  const lines = [t('{0} rows, {1} samples', formatFigure(rows, 'count'), formatFigure(samples, 'count'))];
  const outputTokens = variants.reduce((sum, variant) => sum + variant.outputTokens, 0);
  if ((inputTokens ?? 0) + outputTokens > 0) {
    lines.push(
      t('≈ {0} tokens in, {1} out', formatFigure(inputTokens ?? 0, 'count'), formatFigure(outputTokens, 'count')),
    );
  }
  lines.push(
    cost === undefined
      ? t('No price is known: no cost is claimed')
      : cost === 0
        ? t('Costs nothing: its models run here')
        : t('≈ {0}', formatFigure(cost, 'USD')),
  );
  return [lines.join('\n'), ...notes].join('\n\n');
}
