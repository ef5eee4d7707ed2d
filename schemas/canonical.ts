/**
 * Canonical JSON (RFC 8785): keys in order of their UTF-16 code units, no white space, numbers as ECMAScript writes them.
 * What a digest covers is this text in UTF-8. Fields that are `undefined` do not exist. Throws on numbers JSON has no form for.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(item => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`);
    return `{${fields.join(',')}}`;
  }
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('JSON has no such number.');
  return JSON.stringify(value);
}
