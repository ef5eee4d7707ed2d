/** How columnar files' numbers become values as JSON would hold them. */

/** A whole number: text with its exact digits beyond 2⁵³. */
export function wholeNumber(value: bigint): number | string {
  const safe = value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
  return safe ? Number(value) : value.toString();
}

/** Parts of a second, as a power of ten. */
export type SecondParts = 0 | 3 | 6 | 9;

/** The digits of a decimal, as many after the point as its scale says. */
export function decimalText(unscaled: bigint, scale: number): string {
  const sign = unscaled < 0n ? '-' : '';
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString();
  // The format allows no more digits than fit into a fixed array; a wild scale is no decimal's.
  if (scale <= 0 || scale > 1000) return sign + digits;
  const padded = digits.padStart(scale + 1, '0');
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}

const longestDay = 100_000_000;

/** `2026-01-31` for days since 1970; a day that no calendar has stays a number. */
export function dateText(days: number): string | number {
  if (!(Math.abs(days) <= longestDay)) return days;
  return new Date(days * 86_400_000).toISOString().split('T')[0] ?? '';
}

/** `23:59:59.5` for parts of a second since midnight. */
export function timeText(count: bigint, unit: SecondParts): string {
  const perSecond = 10n ** BigInt(unit);
  const seconds = count / perSecond;
  const two = (part: bigint): string => part.toString().padStart(2, '0');
  return `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}${fractionText(count % perSecond, unit)}`;
}

/** ISO 8601 for parts of a second since 1970; with `Z` where it is known to be UTC. */
export function timestampText(count: bigint, unit: SecondParts, utc: boolean): string {
  const perSecond = 10n ** BigInt(unit);
  const part = ((count % perSecond) + perSecond) % perSecond;
  const seconds = Number((count - part) / perSecond);
  if (Math.abs(seconds) > longestDay * 86_400) return count.toString();
  const whole = new Date(seconds * 1000).toISOString().replace('.000Z', '');
  return `${whole}${fractionText(part, unit)}${utc ? 'Z' : ''}`;
}

/** Nothing, milliseconds, microseconds or nanoseconds: as many as are needed. */
function fractionText(part: bigint, unit: SecondParts): string {
  if (part === 0n) return '';
  const digits = part.toString().padStart(unit, '0');
  return `.${digits.replace(/(?:000)+$/, '')}`;
}
