import type { PairedComparison, Report } from '../../schemas/generated/messages.ts';
import { figureOf, leadingMetric, rankedVariants, variantName } from './figures.ts';
import { formatConfidence, formatCount, formatValue } from './format.ts';
import type { IconName } from './icons.ts';
import { showUnseen } from './text.ts';
import { gateWords, verdictWords, type Tone } from './words.ts';

export interface VerdictItem {
  readonly icon: IconName;
  readonly tone: Tone;
  readonly text: string;
}

/** What a reader takes away, in order: the best model, how it compares, the gates, what failed, what else to know. */
export function verdictItems(report: Report): readonly VerdictItem[] {
  return [
    ...leadItems(report),
    ...report.gates.map(({ outcome, sentence }) => {
      const { text, ...look } = gateWords(outcome);
      return { ...look, text: `${text}: ${showUnseen(sentence)}` };
    }),
    ...report.failures.map(({ sentence }) => ({
      icon: 'warning' as const,
      tone: 'warn' as const,
      text: showUnseen(sentence),
    })),
    ...report.notes.map(note => ({ icon: 'info' as const, tone: 'neutral' as const, text: showUnseen(note) })),
  ];
}

function leadItems(report: Report): VerdictItem[] {
  const leading = leadingMetric(report);
  if (leading === undefined) return [];
  const [best] = rankedVariants(report.variants, leading);
  const figure = best === undefined ? undefined : figureOf(report.variants[best]?.metrics ?? [], leading.metric);
  if (best === undefined || figure === undefined || figure.value === null) return [];
  const interval =
    figure.low === undefined || figure.high === undefined
      ? ''
      : ` (${formatConfidence(figure.confidence ?? report.confidence)} interval ${formatValue(figure.low, figure.unit)} to ${formatValue(figure.high, figure.unit)})`;
  const value = `${formatValue(figure.value, figure.unit)}${interval}, n ${formatCount(figure.n)}.`;
  const name = variantName(report, best);
  const isBaseline = best === report.baseline;
  const superlative = leading.direction === 'lower' ? 'lowest' : 'highest';
  const text =
    report.variants.length === 1
      ? `${name}: ${showUnseen(leading.label)} ${value}`
      : `${name}${isBaseline ? ', the baseline,' : ''} has the ${superlative} ${showUnseen(leading.label)}: ${value}`;
  const compared = comparisonFor(report, leading.metric, best);
  return [
    { icon: 'star', tone: 'neutral', text },
    ...(compared === undefined ? [] : [comparisonItem(report, compared)]),
  ];
}

function comparisonItem(report: Report, comparison: PairedComparison): VerdictItem {
  const { icon, tone } = verdictWords(comparison.verdict);
  return { icon, tone, text: comparisonSentence(report, comparison) };
}

/** The best model against the baseline; where the baseline is best, its closest rival against it. */
function comparisonFor(report: Report, metric: string, best: number): PairedComparison | undefined {
  const own = report.comparisons.filter(comparison => comparison.metric === metric);
  const direct = own.find(({ variant }) => variant === best);
  if (direct !== undefined || best !== report.baseline) return direct;
  return own
    .filter(({ difference }) => difference !== undefined)
    .sort((a, b) => Math.abs(a.difference ?? 0) - Math.abs(b.difference ?? 0))[0];
}

/** The engine's sentence; where it does not tell who is compared, that comes first. */
export function comparisonSentence(report: Report, comparison: PairedComparison): string {
  const pair = `${variantName(report, comparison.variant)} against ${variantName(report, comparison.baseline)}`;
  const figures = report.runs.length > 1 ? describeSettled(comparison) : undefined;
  if (figures !== undefined) return `${pair}: ${figures}`;
  const sentence = showUnseen(comparison.sentence);
  const model = showUnseen(report.variants[comparison.variant]?.model ?? '');
  if (model !== '' && sentence.includes(model)) return sentence;
  return `${pair}: ${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`;
}

/** `better by 0.033 (0.007 to 0.060), n 480.`: a model of the same name may stand on both sides of two runs. */
function describeSettled({ verdict, difference, low, high, unit, n }: PairedComparison): string | undefined {
  if (verdict !== 'better' && verdict !== 'worse') return undefined;
  if (difference === undefined || low === undefined || high === undefined) return undefined;
  const [least, most] = [Math.abs(low), Math.abs(high)].sort((a, b) => a - b);
  const [size, from, to] = [Math.abs(difference), least ?? 0, most ?? 0].map(value => formatValue(value, unit));
  return `${verdict} by ${size ?? ''} (${from ?? ''} to ${to ?? ''}), n ${formatCount(n)}.`;
}
