import type { MetricValue } from '../../schemas/generated/messages.ts';
import { formatConfidence, formatCount, formatValue } from './format.ts';
import { showUnseen } from './text.ts';
import { changeOf, type TestRow } from './tuning.ts';
import type { VerdictItem } from './verdicts.ts';

/** Which of several has the best figure on the same rows, and how it stands to the next one. `names` are theirs, in order. */
export function leaderItems(task: string, row: TestRow, names: readonly string[]): readonly VerdictItem[] {
  const { label, direction, figures } = row;
  if (direction === 'neutral') return [];
  const [first, second] = figures
    .flatMap((figure, index) =>
      figure === undefined || figure.value === null ? [] : [{ name: names[index] ?? '', figure, value: figure.value }],
    )
    .sort((a, b) => (direction === 'lower' ? a.value - b.value : b.value - a.value));
  if (first === undefined || second === undefined) return [];
  const apart = changeOf(first.figure, second.figure)?.apart;
  const relation = apart === undefined ? '' : apart ? '; their intervals lie apart' : '; their intervals overlap';
  const superlative = direction === 'lower' ? 'lowest' : 'highest';
  const lead =
    first.value === second.value
      ? `${first.name} and ${second.name} have the same ${showUnseen(label)}, ${intervalWords(first.figure)}`
      : `${first.name} has the ${superlative} ${showUnseen(label)}, ${intervalWords(first.figure)}, against ${formatValue(second.value, second.figure.unit)} of ${second.name}${relation}`;
  const n = first.figure.n === 0 ? '' : `, n ${formatCount(first.figure.n)}`;
  const look =
    apart === true ? ({ icon: 'arrowUp', tone: 'good' } as const) : ({ icon: 'equal', tone: 'neutral' } as const);
  return [{ ...look, text: `${task}: ${lead}${n}.` }];
}

/** `0.890 (95 % interval 0.858 to 0.915)` */
export function intervalWords({ value, low, high, unit, confidence }: MetricValue): string {
  if (value === null) return 'not computed';
  if (low === undefined || high === undefined) return formatValue(value, unit);
  const level = confidence === undefined ? '' : `${formatConfidence(confidence)} `;
  return `${formatValue(value, unit)} (${level}interval ${formatValue(low, unit)} to ${formatValue(high, unit)})`;
}
