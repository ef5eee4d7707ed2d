import type { FigureChange, TuningReport, Verdict } from '../../schemas/generated/messages.ts';
import { formatNumber, groupDigits } from '../reports/format.ts';
import { aspectWords } from './rows.ts';

export const verdictNames: Readonly<Record<Verdict, string>> = {
  better: 'better',
  worse: 'worse',
  'not-distinguishable': 'not distinguishable',
  'not-computed': 'not computed',
};

const leads: Readonly<Record<Verdict, string>> = {
  better: 'Better on',
  worse: 'Worse on',
  'not-distinguishable': 'No certain change on',
  'not-computed': 'Not compared on',
};

/** What a reader takes away first: a sentence an aspect, then what got worse. */
export function verdictSentences({ aspects, selection, regressions = [] }: TuningReport): readonly string[] {
  const changes = aspects.flatMap(({ aspect, changes: own = [] }) => {
    const leading = own.find(({ metric }) => metric === selection.metric) ?? own[0];
    return leading === undefined ? [] : [`${leads[leading.verdict]} ${aspectWords(aspect)}: ${figures(leading)}.`];
  });
  return [...changes, ...regressions.map(({ message }) => message)];
}

/** `WER 0.212 → 0.141 (-0.071, -0.090 to -0.052, n 480)` */
function figures({ label, base, tuned, difference, low, high, unit, n }: FigureChange): string {
  if (base === null || tuned === null || difference === undefined) return `${label}, n ${groupDigits(n)}`;
  const signed = (value: number): string => `${value > 0 ? '+' : ''}${formatNumber(value, unit)}`;
  const interval = low === undefined || high === undefined ? '' : `, ${signed(low)} to ${signed(high)}`;
  return `${label} ${formatNumber(base, unit)} → ${formatNumber(tuned, unit)} (${signed(difference)}${interval}, n ${groupDigits(n)})`;
}
