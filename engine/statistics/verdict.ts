import type { MetricValue, Verdict } from '../../schemas/generated/messages.ts';
import type { PairedResult } from './compare.ts';

/**
 * Better or worse only where both the (adjusted) p-value and the interval say so: the interval shown never contradicts the verdict.
 * `direction` tells which sign is better.
 */
export function verdictOf(
  { difference, low, high }: PairedResult,
  pValue: number,
  confidence: number,
  direction: MetricValue['direction'] = 'higher',
): Verdict {
  if (difference === undefined || low === undefined || high === undefined) return 'not-computed';
  const isSettled = pValue <= 1 - confidence && (low > 0 || high < 0);
  if (!isSettled) return 'not-distinguishable';
  return difference > 0 === (direction !== 'lower') ? 'better' : 'worse';
}

/**
 * The verdict in words, such as `embedded:linear is better than embedded:majority by 0.61 (0.56 to 0.66), n 480.`
 * `format` writes a figure's size; by default a share with two decimals, three where the interval is narrow.
 */
export function verdictSentence(
  verdict: Verdict,
  { n, difference, low, high, rowsNeeded }: PairedResult,
  variant: string,
  baseline: string,
  format?: (size: number) => string,
): string {
  if (difference === undefined || low === undefined || high === undefined || verdict === 'not-computed') {
    return `${variant} and ${baseline} cannot be compared: ${describeTooFew(n)}.`;
  }
  const write = format ?? createShareFormat(high - low);
  if (verdict === 'not-distinguishable') {
    const [middle, least, most] = [difference, low, high].map(value => formatSigned(value, write));
    const figures = `difference ${middle} (${least} to ${most}), n ${formatCount(n)}`;
    return `Not distinguishable at this sample size: ${figures}. ${describeRowsNeeded(n, rowsNeeded)}`;
  }
  const [least, most] = difference > 0 ? [low, high] : [-high, -low];
  const figures = `${write(Math.abs(difference))} (${write(least)} to ${write(most)}), n ${formatCount(n)}`;
  return `${variant} is ${verdict} than ${baseline} by ${figures}.`;
}

function describeTooFew(n: number): string {
  return n === 0 ? 'there is no row that both answered' : `${n} row that both answered is too few`;
}

function describeRowsNeeded(n: number, rowsNeeded: number | undefined): string {
  if (rowsNeeded === undefined) return 'They did equally well on these rows.';
  if (rowsNeeded > 1_000_000) return 'More than a million rows would be needed to settle it.';
  if (rowsNeeded <= n) return 'A few more rows may settle it.';
  return `About ${formatCount(roundToTwoDigits(rowsNeeded))} rows would settle it.`;
}

function roundToTwoDigits(count: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(count)) - 1);
  return Math.ceil(count / unit) * unit;
}

function createShareFormat(width: number): (size: number) => string {
  const decimals = width < 0.05 ? 3 : 2;
  return size => size.toFixed(decimals);
}

function formatSigned(value: number, format: (size: number) => string): string {
  const size = format(Math.abs(value));
  if (Number(size) === 0) return size;
  return value < 0 ? `−${size}` : `+${size}`;
}

function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
