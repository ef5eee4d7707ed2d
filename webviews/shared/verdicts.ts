import type { PairedComparison, Regression, Report } from '../../schemas/generated/messages.ts';
import { figureOf, leadingMetric, metricColumns, rankedVariants, variantName, type MetricColumn } from './figures.ts';
import { countOf, formatConfidence, formatCount, formatValue } from './format.ts';
import type { IconName } from './icons.ts';
import { showUnseen } from './text.ts';
import { gateWords, verdictWords, type Tone } from './words.ts';

export interface VerdictItem {
  readonly icon: IconName;
  readonly tone: Tone;
  readonly text: string;
}

/** Further metrics, or models that changed, told one by one; the sections below have all of them. */
const mostFurther = 6;

/**
 * What a reader takes away, in order: the best model, how it compares, a line for each further metric, what changed since an earlier
 * run, the gates, what failed, what else to know.
 */
export function verdictItems(report: Report): readonly VerdictItem[] {
  return [
    ...leadItems(report),
    ...furtherItems(report),
    ...regressionItems(report),
    ...report.gates.map(({ outcome, sentence }) => {
      const { text, ...look } = gateWords(outcome);
      return { ...look, text: `${text}: ${showUnseen(sentence)}` };
    }),
    ...report.failures.map(({ sentence }) => ({
      icon: 'warning' as const,
      tone: 'warn' as const,
      text: showUnseen(sentence),
    })),
    ...report.notes.map(note => noteItem(note, report)),
  ];
}

/** That nobody knows whether a registered version answered must not be read over. */
function noteItem(note: string, { variants }: Report): VerdictItem {
  const doubts = variants.some(({ identity }) => identity?.state === 'unverified' && note.includes(identity.sentence));
  const look = doubts ? ({ icon: 'warning', tone: 'warn' } as const) : ({ icon: 'info', tone: 'neutral' } as const);
  return { ...look, text: showUnseen(note) };
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

/** A line for each further metric that models were compared by: who is best, and whether that is certain. */
function furtherItems(report: Report): VerdictItem[] {
  const leading = leadingMetric(report)?.metric;
  const compared = new Set(report.comparisons.map(({ metric }) => metric).filter(metric => metric !== leading));
  const columns = metricColumns(report.variants).filter(({ metric }) => compared.has(metric));
  const items = columns.map(column => furtherItem(report, column)).filter(item => item !== undefined);
  const rest = items.length - mostFurther;
  if (rest <= 0) return items;
  const text = `${countOf(rest, 'further metric')} compared below.`;
  return [...items.slice(0, mostFurther), { icon: 'info', tone: 'neutral', text }];
}

/** What changed since an earlier run: models that became worse first, then those that lost most rows. */
function regressionItems({ regressions = [] }: Report): VerdictItem[] {
  const isWorse = ({ verdict }: Regression): number => Number(verdict === 'worse');
  const worstFirst = [...regressions].sort((a, b) => isWorse(b) - isWorse(a) || b.lost - a.lost);
  const items = worstFirst.slice(0, mostFurther).map(({ verdict, sentence }) => {
    const { icon, tone } = verdictWords(verdict);
    return { icon, tone, text: showUnseen(sentence) };
  });
  const rest = regressions.length - items.length;
  if (rest === 0) return items;
  const text = `${countOf(rest, 'further model')} compared with an earlier run below.`;
  return [...items, { icon: 'info', tone: 'neutral', text }];
}

function furtherItem(report: Report, column: MetricColumn): VerdictItem | undefined {
  const [best] = rankedVariants(report.variants, column);
  const figure = best === undefined ? undefined : figureOf(report.variants[best]?.metrics ?? [], column.metric);
  if (best === undefined || figure === undefined || figure.value === null) return undefined;
  const superlative = column.direction === 'lower' ? 'lowest' : 'highest';
  const lead = `${showUnseen(column.label)}: ${variantName(report, best)} has the ${superlative}, ${formatValue(figure.value, column.unit)}`;
  const compared = comparisonFor(report, column.metric, best);
  if (compared === undefined) return { icon: 'info', tone: 'neutral', text: `${lead}.` };
  // A rival that is worse than the baseline is no bad news.
  const isRival = best !== compared.variant && compared.verdict === 'worse';
  const { icon, tone } = isRival ? ({ icon: 'info', tone: 'neutral' } as const) : verdictWords(compared.verdict);
  return { icon, tone, text: `${lead}; ${againstWords(report, compared, best)}.` };
}

/** How the best stands to whom it was compared with, or the closest rival to it. */
function againstWords(
  report: Report,
  { variant, baseline, verdict, unit, difference }: PairedComparison,
  best: number,
): string {
  const [subject, other] =
    best === variant ? ['', variantName(report, baseline)] : [`${variantName(report, variant)} is `, 'it'];
  if (verdict === 'not-computed') return `${subject}not compared with ${other}`;
  if (verdict === 'not-distinguishable') return `${subject}not distinguishable from ${other}`;
  const size = difference === undefined ? '' : ` by ${formatValue(Math.abs(difference), unit)}`;
  return `${subject}${verdict} than ${other}${size}`;
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
