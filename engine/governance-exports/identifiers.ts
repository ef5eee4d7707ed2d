/**
 * A UUID made of a name: the same name gives the same id, as version 5 does, over SHA-256 in place of SHA-1. Exports of one record
 * are so the same file each time, and nothing in them tells when or where they were written.
 */
export function uuidOf(sha256: (text: string) => string, ...name: readonly (string | number)[]): string {
  const hex = sha256(JSON.stringify(name));
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/**
 * An id as OSCAL's tokens allow it: letters, digits, `.`, `-` and `_`, no digit first. One that had to be changed ends in the beginning
 * of its digest, so that no two become one.
 */
export function tokenOf(sha256: (text: string) => string, id: string): string {
  if (/^[\p{L}_][\p{L}\p{N}.\-_]*$/u.test(id)) return id;
  const kept = id.replace(/[^\p{L}\p{N}.\-_]+/gu, '_').slice(0, 80);
  return `_${kept}.${sha256(id).slice(0, 8)}`;
}

/** Whether a digest of a record has the form of a SHA-256; records come from anywhere. */
export function isSha256(text: string | undefined): text is string {
  return text !== undefined && /^[0-9a-f]{64}$/.test(text);
}

/** A time of a record in ISO 8601, UTC; undefined for one beyond the calendar. */
export function isoTime(at: number | undefined): string | undefined {
  return at === undefined || !(Math.abs(at) <= 8.64e15) ? undefined : new Date(at).toISOString();
}

/** The latest of the times that are known. */
export function newest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter(time => time !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

/** The earliest of the times that are known. */
export function oldest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter(time => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
