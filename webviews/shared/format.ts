import type { Unit } from '../../schemas/generated/messages.ts';

const minus = '\u2212';

/** 12,345 */
export function formatCount(value: number): string {
  return formatFixed(value, 0);
}

/** `1 row`, `3 rows`. */
export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

/** An epoch or step: `12`, `3.5`, `2.78`; epochs may be measured inside. */
export function formatPlace(at: number): string {
  if (Number.isInteger(at)) return formatFixed(at, 0);
  return formatFixed(at, Math.abs(at * 10 - Math.round(at * 10)) < 0.005 ? 1 : 2);
}

/** Grouped digits, a real minus sign, never a negative zero. */
export function formatFixed(value: number, decimals: number): string {
  const digits = numberFormat(decimals).format(Math.abs(value));
  return value < 0 && /[1-9]/.test(digits) ? `${minus}${digits}` : digits;
}

const numberFormats = new Map<number, Intl.NumberFormat>();

/** Making one takes longer than writing a thousand numbers with it. */
function numberFormat(decimals: number): Intl.NumberFormat {
  const known = numberFormats.get(decimals);
  if (known !== undefined) return known;
  const options = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  const made = new Intl.NumberFormat('en-US', options);
  numberFormats.set(decimals, made);
  return made;
}

/** A value with its unit: `0.821`, `12.3 ms`, `4.1 s`, `0.0042 USD`, `1,204`. */
export function formatValue(value: number, unit: Unit): string {
  if (unit === 'ms' && Math.abs(value) >= 10_000) return `${formatFixed(value / 1000, 1)} s`;
  const digits = formatFixed(value, decimalsFor([value], unit));
  return unit === 'ms' ? `${digits} ms` : unit === 'USD' ? `${digits} USD` : digits;
}

/** A difference always carries its sign: `+0.041`, `−0.120`, `0.000`. */
export function formatSigned(value: number, decimals: number): string {
  const text = formatFixed(value, decimals);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/** Decimals that give every figure of a column the same ones: three for shares, three significant digits of the largest otherwise. */
export function decimalsFor(values: readonly number[], unit: Unit): number {
  if (unit === 'ratio' || unit === 'score') return 3;
  if (unit === 'points') return 1;
  if (unit === 'count' || unit === 'tokens') return values.every(Number.isInteger) ? 0 : 1;
  const largest = Math.max(0, ...values.map(Math.abs).filter(Number.isFinite));
  if (largest === 0) return unit === 'USD' ? 2 : 1;
  const least = unit === 'USD' ? 2 : 0;
  return Math.min(unit === 'ms' ? 4 : 6, Math.max(least, 2 - Math.floor(Math.log10(largest))));
}

/**
 * How a column writes its figures: with the same decimals, so that they line up, unless they lie so far apart that the small
 * ones would lose their digits.
 */
export function columnFormat(values: readonly number[], unit: Unit): (value: number, like?: number) => string {
  const sizes = values.map(Math.abs).filter(size => size > 0);
  const isWide = (unit === 'ms' || unit === 'USD') && sizes.length > 1 && Math.max(...sizes) > 100 * Math.min(...sizes);
  const shared = decimalsFor(values, unit);
  return (value, like = value) => formatFixed(value, isWide ? decimalsFor([like], unit) : shared);
}

/** What a column's header says after its name. A share needs no unit. */
export function unitName(unit: Unit): string {
  return unit === 'ratio' || unit === 'score' || unit === 'points' || unit === 'count' ? '' : unit;
}

/** `<0.001`, `0.034`. */
export function formatPValue(value: number): string {
  return value < 0.001 ? '<0.001' : formatFixed(value, 3);
}

/** `95 %` */
export function formatConfidence(confidence: number): string {
  return `${String(Number((confidence * 100).toFixed(1)))} %`;
}

/** `0.4 s`, `42 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 10) return `${formatFixed(Math.max(0, seconds), 1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${String(whole)} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60)
    return whole % 60 === 0 ? `${String(minutes)} min` : `${String(minutes)} min ${String(whole % 60)} s`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${formatCount(hours)} h` : `${formatCount(hours)} h ${String(minutes % 60)} min`;
}

/** Rounded for a forecast: `less than 5 s`, `about 40 s`, `about 12 min`. */
export function formatTimeLeft(seconds: number): string {
  if (seconds < 5) return 'less than 5 s left';
  if (seconds < 60) return `about ${String(Math.ceil(seconds / 5) * 5)} s left`;
  if (seconds < 3600) return `about ${String(Math.ceil(seconds / 60))} min left`;
  return `about ${formatDuration(Math.ceil(seconds / 600) * 600)} left`;
}

let dateAndTime: Intl.DateTimeFormat | undefined;
let dateAlone: Intl.DateTimeFormat | undefined;

/** Date and time where the reader is: `Nov 21, 2026, 2:37 PM`. */
export function formatDate(milliseconds: number): string {
  dateAndTime ??= new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
  return formatMoment(milliseconds, dateAndTime);
}

/** For `<time datetime>`. */
export function isoDate(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.valueOf()) ? '' : date.toISOString();
}

/** How far a moment is from another, in words: `in 12 days`, `3 hours ago`, `in less than an hour`. */
export function formatRelative(milliseconds: number, now: number): string {
  const size = spanWords(Math.abs(milliseconds - now) / 3_600_000);
  return milliseconds < now ? `${size} ago` : `in ${size}`;
}

function spanWords(hours: number): string {
  const days = hours / 24;
  if (hours < 1) return 'less than an hour';
  if (days < 2) return countOf(Math.floor(hours), 'hour');
  if (days < 90) return countOf(Math.floor(days), 'day');
  if (days < 730) return countOf(Math.floor(days / 30.44), 'month');
  if (days < 36_525) return countOf(Math.floor(days / 365.25), 'year');
  return 'more than 100 years';
}

/** A moment as a date alone, where the reader is: `Nov 21, 2026`. */
export function formatDay(milliseconds: number): string {
  dateAlone ??= new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
  return formatMoment(milliseconds, dateAlone);
}

/** No calendar reaches the numbers that a file from elsewhere may hold. */
function formatMoment(milliseconds: number, format: Intl.DateTimeFormat): string {
  return Number.isNaN(new Date(milliseconds).valueOf()) ? 'at no date' : format.format(milliseconds);
}

/** `812 B`, `1.4 MB`: powers of 1,024, as VS Code counts file sizes. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${formatFixed(value, power === 0 || value >= 100 ? 0 : 1)} ${units[power] ?? ''}`;
}

/** Sums of weights are rarely exact in binary. */
const tolerance = 1e-9;

/** `84`, `84.6`: rounded down, so that what is shown as 85 has reached 85. `decimals` where a column shares them. */
export function formatPoints(value: number, decimals?: number): string {
  const shown = Math.floor((value + tolerance) * 10) / 10;
  return formatFixed(shown, decimals ?? (Number.isInteger(shown) ? 0 : 1));
}
