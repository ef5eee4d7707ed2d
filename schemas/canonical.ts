/**
 * Canonical JSON (RFC 8785): keys in order of their UTF-16 code units, no white space, numbers as ECMAScript writes them.
 * What a digest covers is this text in UTF-8. Fields that are `undefined` do not exist. Throws on numbers JSON has no form for.
 */
export function canonicalJson(value: unknown): string {
  // The runtime's own writer is several times as fast, and writes keys as an object has them: mostly in the order they were added.
  const ordered = putInOrder(value);
  return ordered === unorderable ? write(value) : JSON.stringify(ordered);
}

/** Canonical JSON of an object one of whose fields, which may be large, is written already: `written` is that field in canonical JSON. */
export function canonicalJsonWith(value: object, field: string, written: string): string {
  const texts = Object.entries(value as Readonly<Record<string, unknown>>).flatMap(
    ([key, other]): [string, string][] =>
      other === undefined ? [] : [[key, key === field ? written : canonicalJson(other)]],
  );
  return writeFields(texts);
}

const unorderable = Symbol('unorderable');

/** A copy whose objects have their keys in order; `unorderable` where an object cannot have them so. */
function putInOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return checkNumber(value);
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const item of value as unknown[]) {
      const ordered = putInOrder(item ?? null);
      if (ordered === unorderable) return unorderable;
      items.push(ordered);
    }
    return items;
  }
  const fields = value as Readonly<Record<string, unknown>>;
  const copy: Record<string, unknown> = {};
  for (const key of sortKeys(Object.keys(fields))) {
    // An object has keys that are whole numbers first, by their value, and `__proto__` is none of its keys when it is assigned.
    if (startsWithDigit(key) || key === '__proto__') return unorderable;
    const field = fields[key];
    if (field === undefined) continue;
    const ordered = putInOrder(field);
    if (ordered === unorderable) return unorderable;
    copy[key] = ordered;
  }
  return copy;
}

/** Most objects have a few keys, which `sort` would take longer to prepare for than to order. */
const fewKeys = 24;

/** Orders keys in place by their UTF-16 code units. */
function sortKeys(keys: string[]): string[] {
  // Without an order of its own, `sort` compares code units, as `>` does.
  if (keys.length > fewKeys) return keys.sort();
  for (let at = 1; at < keys.length; at += 1) {
    const key = keys[at] as string;
    let place = at;
    for (; place > 0 && (keys[place - 1] as string) > key; place -= 1) keys[place] = keys[place - 1] as string;
    keys[place] = key;
  }
  return keys;
}

function write(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(item => write(item ?? null)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    return writeFields(fields.map(([key, field]): [string, string] => [key, write(field)]));
  }
  return JSON.stringify(checkNumber(value));
}

function writeFields(fields: readonly (readonly [key: string, written: string])[]): string {
  const ordered = [...fields].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${ordered.map(([key, written]) => `${JSON.stringify(key)}:${written}`).join(',')}}`;
}

function checkNumber(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('JSON has no such number.');
  return value;
}

function startsWithDigit(key: string): boolean {
  const first = key.charCodeAt(0);
  return first >= 48 && first <= 57;
}
