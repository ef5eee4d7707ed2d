/** RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe in front. */
export function toCsvLine(values: readonly unknown[]): string {
  return values.map(toCsvField).join(',');
}

function toCsvField(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}
