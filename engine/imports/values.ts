type Fields = Readonly<Record<string, unknown>>;

/** An object's fields; nothing of what is none. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textFrom(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A finite number, as a number or as text of one. */
export function numberFrom(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'string' || !/^\s*-?\d+(\.\d+)?(e[+-]?\d+)?\s*$/i.test(value)) return undefined;
  return Number(value);
}

/** Non-negative whole number. */
export function countFrom(value: unknown): number | undefined {
  const number = numberFrom(value);
  return number === undefined || number < 0 ? undefined : Math.round(number);
}

/** A value as the text a row holds: texts as they are, everything else as JSON. */
export function rowText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : JSON.stringify(value);
}

/** Milliseconds since the epoch of an ISO date, or of seconds since the epoch. */
export function dateFrom(value: unknown): number | undefined {
  const seconds = typeof value === 'number' ? value : undefined;
  if (seconds !== undefined) return seconds > 1e11 ? seconds : seconds * 1000;
  const parsed = typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** A name as a score's key: lower-case letters, digits and hyphens, beginning with a letter, at most 40 characters. */
export function scoreId(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const begun = /^[a-z]/.test(slug) ? slug : `m-${slug}`;
  return begun.slice(0, 40).replace(/-+$/, '');
}

/** Makes ids distinct by a number behind them. */
export function distinctIds(names: readonly string[]): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  const taken = new Set<string>();
  for (const name of names) {
    if (ids.has(name)) continue;
    const base = scoreId(name);
    let id = base;
    for (let next = 2; taken.has(id); next++) id = `${base.slice(0, 36)}-${next}`;
    taken.add(id);
    ids.set(name, id);
  }
  return ids;
}

/** A field with its value, or no field where the value is not known. */
export function optional<Name extends string>(name: Name, value: number | undefined): Partial<Record<Name, number>> {
  return value === undefined ? {} : ({ [name]: value } as Record<Name, number>);
}
