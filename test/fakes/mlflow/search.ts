import { invalid } from './rules.ts';

interface Condition {
  readonly field: string;
  readonly tag: boolean;
  readonly operator: string;
  readonly values: readonly string[];
}

/** What a thing is searched by. */
export interface Searchable {
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: ReadonlyMap<string, string>;
}

/** MLflow's filter language: conditions joined by AND, texts in quotes that nothing escapes. */
export function parseFilter(filter: string, attributes: readonly string[]): (thing: Searchable) => boolean {
  const conditions = filter.trim() === '' ? [] : split(filter).map(clause => parseClause(clause, attributes));
  return thing =>
    conditions.every(({ field, tag, operator, values }) => {
      const value = tag ? thing.tags.get(field) : thing.attributes[field];
      return value !== undefined && compare(value, operator, values);
    });
}

function split(filter: string): string[] {
  const clauses = [''];
  for (const [token] of filter.matchAll(/'[^']*'|"[^"]*"|`[^`]*`|\s+and\s+|['"`]|[^'"`\s]+|\s+/gi)) {
    if (/^['"`]$/.test(token)) throw invalid(`Invalid clause(s) in filter string: ${filter}`);
    if (/^\s+and\s+$/i.test(token)) clauses.push('');
    else clauses.push(`${clauses.pop() ?? ''}${token}`);
  }
  return clauses;
}

function parseClause(clause: string, attributes: readonly string[]): Condition {
  const pattern = /^\s*([\w.]+|tags?\.`[^`]+`)\s*(=|!=|like|ilike|in)\s*('[^']*'|"[^"]*"|\([^)]*\))\s*$/i;
  const [, left = '', operator = '', right = ''] = pattern.exec(clause) ?? [];
  if (left === '' || /\\/.test(right)) throw invalid(`Invalid clause(s) in filter string: ${clause}`);
  const [, quoted] = /^tags?\.`?([^`]+)`?$/i.exec(left) ?? [];
  const field = quoted ?? left.replace(/^attributes?\./, '');
  if (quoted === undefined && !attributes.includes(field)) throw invalid(`Invalid attribute key '${field}' specified.`);
  const isList = right.startsWith('(');
  if (isList !== (operator.toUpperCase() === 'IN')) throw invalid(`Invalid clause(s) in filter string: ${clause}`);
  const values = isList ? [...right.matchAll(/'([^']*)'/g)].map(([, text = '']) => text) : [right.slice(1, -1)];
  return { field, tag: quoted !== undefined, operator: operator.toUpperCase(), values };
}

function compare(value: string, operator: string, values: readonly string[]): boolean {
  const [first = ''] = values;
  if (operator === '=') return value === first;
  if (operator === '!=') return value !== first;
  if (operator === 'IN') return values.includes(value);
  const wanted = lower(first).replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return new RegExp(`^${wanted.replaceAll('%', '.*').replaceAll('_', '.')}$`, 'su').test(lower(value));
}

/** As SQLite, whose LIKE ignores the case of ASCII letters, and of no others. */
function lower(text: string): string {
  return text.replace(/[A-Z]/g, letter => letter.toLowerCase());
}

/** A page of what is sorted, with the token of the next: MLflow counts from the start. */
export function cut<T>(
  items: readonly T[],
  limit: number,
  most: number,
  token: string | undefined,
): { page: readonly T[]; next?: string } {
  if (limit > most) throw invalid(`Invalid value "${limit}" for parameter 'max_results' supplied.`);
  const from = offsetOf(token);
  const to = from + limit;
  const next = Buffer.from(JSON.stringify({ offset: to })).toString('base64');
  return { page: items.slice(from, to), ...(to < items.length ? { next } : {}) };
}

function offsetOf(token: string | undefined): number {
  if (token === undefined || token === '') return 0;
  try {
    return (JSON.parse(Buffer.from(token, 'base64').toString()) as { offset: number }).offset;
  } catch {
    throw invalid('Invalid page token, could not base64-decode');
  }
}
