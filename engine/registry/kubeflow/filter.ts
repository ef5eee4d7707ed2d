import type { FilterTerm, RegistryFilter } from '../../ports/registry-filter.ts';
import { keys, keyPrefix } from '../keys.ts';

/** A filter, taken apart into what the server evaluates and what is left for the caller. */
export interface PushedFilter {
  /** Absent where the server evaluates nothing. */
  readonly filterQuery?: string;
  readonly residual?: RegistryFilter;
}

/**
 * Only conditions that the server evaluates to exactly what they mean here are given to it. It joins properties, so that it cannot say
 * "has no such property": negations and `untracked` stay here. Of texts it takes printable ASCII without quotes and backslashes, since
 * it cuts quotes off the ends of a text and knows no other way to write them.
 */
export function pushModelFilter(filter: RegistryFilter | undefined): PushedFilter {
  return push(filter, term => {
    if (term.kind !== 'field' || term.not || !pushedFields.has(term.field)) return undefined;
    return anyOf(term.values.map(value => ilike(term.field, value)));
  });
}

export function pushVersionFilter(filter: RegistryFilter | undefined): PushedFilter {
  return push(filter, term => {
    if (term.kind === 'status') return pushStatus(term.values, term.not);
    if (term.kind === 'figure') return pushFigure(term);
    // An author is stored as `Ada <ada@example.com>`, and is asked for by either part. Where none is stored, "unknown" is what is shown.
    const isAuthor = term.kind === 'field' && term.field === 'author' && !term.not;
    if (!isAuthor || term.values.some(value => value.toLowerCase() === 'unknown')) return undefined;
    return anyOf(term.values.map(value => ilike('author', value, '%')));
  });
}

const pushedFields: ReadonlySet<string> = new Set(['name', 'owner', 'provider', 'license']);

/** What `RegistryCapabilities.serverFilters` says. */
export const serverFilters: readonly string[] = [...pushedFields, 'author', 'status'];

function push(filter: RegistryFilter | undefined, conditionOf: (term: FilterTerm) => string | undefined): PushedFilter {
  if (filter === undefined) return {};
  const conditions: string[] = [];
  const left: FilterTerm[] = [];
  for (const term of filter.terms) {
    const condition = conditionOf(term);
    if (condition !== undefined) conditions.push(condition);
    // What a figure or a person is called is for the caller to say: the server only sends fewer versions to look at.
    const isRough = term.kind === 'figure' || (term.kind === 'field' && term.field === 'author');
    if (condition === undefined || isRough) left.push(term);
  }
  return {
    ...(conditions.length === 0 ? {} : { filterQuery: conditions.join(' AND ') }),
    ...(left.length === 0 ? {} : { residual: { text: filter.text, terms: left } }),
  };
}

function anyOf(conditions: readonly (string | undefined)[]): string | undefined {
  if (conditions.length === 0 || conditions.includes(undefined)) return undefined;
  return conditions.length === 1 ? conditions[0] : `(${conditions.join(' OR ')})`;
}

/** Case does not matter, in ASCII only: other texts stay here. */
function ilike(field: string, value: string, around = ''): string | undefined {
  if (!/^[\x20-\x7e]+$/.test(value) || /['"\\]/.test(value)) return undefined;
  // One backslash for LIKE, which is two in a text of the filter.
  return `${field} ILIKE '${around}${value.replace(/[%_]/g, '\\\\$&')}${around}'`;
}

function pushStatus(values: readonly string[], not: boolean): string | undefined {
  if (not || values.length === 0 || values.includes('untracked') || !values.every(value => /^[a-z]+$/.test(value))) {
    return undefined;
  }
  return `${quoteKey(keys.status)} IN (${values.map(value => `'${value}'`).join(', ')})`;
}

const largestInteger = 2 ** 31 - 1;

/**
 * A figure with its scope (`baseline.ttft_p90`, `custom.claims.accuracy`) is one property. Without a scope it could be any of several,
 * which the server cannot say.
 */
function pushFigure({ figure, comparison, value }: FilterTerm & { kind: 'figure' }): string | undefined {
  if (!/^(?:baseline|custom)(?:\.[A-Za-z0-9_-]+)+$/.test(figure) || Math.abs(value) > largestInteger) return undefined;
  const key = quoteKey(keyPrefix + figure);
  const number = String(value);
  if (!/^-?\d+(?:\.\d+)?(?:e-?\d+)?$/.test(number)) return undefined;
  const condition = `${key} ${comparison} ${number}`;
  if (Number.isInteger(value) || comparison === '=') return condition;
  // A number with a fraction is only compared to doubles: whole numbers that others wrote as integers are asked for beside them.
  const whole = comparison.startsWith('<') ? `${key} <= ${Math.floor(value)}` : `${key} >= ${Math.ceil(value)}`;
  return `(${condition} OR ${whole})`;
}

/** Keys have dots, which need backticks. */
function quoteKey(key: string): string {
  return `\`${key}\``;
}
