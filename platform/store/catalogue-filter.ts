import type { SQLInputValue } from 'node:sqlite';
import { figuresCalled } from '../../engine/registry/filter/figure-names.ts';
import {
  asksVersions,
  type FilterField,
  type FilterTerm,
  type RegistryFilter,
} from '../../engine/ports/registry-filter.ts';
import type { Driver } from './driver.ts';

/** A part of a WHERE clause with the values it binds. */
interface Clause {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

/** A filter as conditions over `catalogue_models m` and `catalogue_versions v`. */
export interface CompiledFilter {
  /** Conditions on the model alone. */
  readonly model: Clause;
  /** Conditions on a version, with its model: all but those above. */
  readonly version: Clause;
  /** The same, for the versions of one model at a time. */
  readonly versionOfOne: Clause;
  /** What `version` says of a model without versions: absent where only a version could fulfil it. */
  readonly empty: Clause | undefined;
  /** Whether `version` asks for figures, which an index finds for all versions at once. */
  readonly asksFigures: boolean;
  /** Words of the filter that nothing is called by. */
  readonly unmatched: readonly string[];
}

/** Compiles a filter for one shelf. Every value is bound, none is put into the SQL. */
export function compileFilter(driver: Driver, shelf: number, filter: RegistryFilter | undefined): CompiledFilter {
  const terms = filter?.terms ?? [];
  const unmatched = [...(filter?.unmatched ?? [])];
  const [model, version, empty]: [Clause[], Clause[], Clause[]] = [[], [], []];
  const ofOne = new Map<number, Clause>();
  let names: readonly (readonly [name: string, key: number])[] | undefined;
  for (const term of terms) {
    if (term.kind === 'field' && !asksVersions(term)) model.push(modelClause(term.field, term.values, term.not));
    else if (term.kind === 'text') {
      const word = term.text.toLowerCase();
      const not = term.not ? 'NOT ' : '';
      version.push({ sql: `${not}(instr(m.words, ?) > 0 OR instr(v.words, ?) > 0)`, values: [word, word] });
      empty.push({ sql: `${not}(instr(m.words, ?) > 0)`, values: [word] });
    } else if (term.kind === 'figure') {
      names ??= readNames(driver, shelf);
      const found = clauseOfFigure(term, names);
      if ('unmatched' in found) unmatched.push(found.unmatched);
      version.push('unmatched' in found ? never : found.ofAll);
      ofOne.set(version.length - 1, 'unmatched' in found ? never : found.ofOne);
    } else version.push(versionClause(term));
  }
  const needsVersions = terms.some(asksVersions);
  return {
    model: all(model),
    version: all(version),
    versionOfOne: all(version.map((clause, index) => ofOne.get(index) ?? clause)),
    empty: needsVersions ? undefined : all(empty),
    asksFigures: terms.some(term => term.kind === 'figure'),
    unmatched,
  };
}

const never: Clause = { sql: '0', values: [] };

function all(clauses: readonly Clause[]): Clause {
  if (clauses.length === 0) return { sql: '1', values: [] };
  return { sql: clauses.map(({ sql }) => sql).join(' AND '), values: clauses.flatMap(({ values }) => values) };
}

const listed: Readonly<Partial<Record<FilterField, string>>> = { task: 'tasks', language: 'languages' };

function modelClause(field: FilterField, values: readonly string[], negated: boolean): Clause {
  const not = negated ? 'NOT ' : '';
  const lower = values.map(value => value.toLowerCase());
  const column = listed[field];
  if (column !== undefined) return { sql: `${not}(${anyOf(`m.${column}`, lower)})`, values: lower };
  const marks = lower.map(() => '?').join(', ');
  const of = field === 'name' ? 'lower(m.name)' : `coalesce(m.${field}, '')`;
  return { sql: `${not}(${of} IN (${marks}))`, values: lower };
}

function versionClause(term: Exclude<FilterTerm, { kind: 'text' | 'figure' }>): Clause {
  const not = term.not ? 'NOT ' : '';
  if (term.kind === 'status')
    return { sql: `${not}(v.status IN (${term.values.map(() => '?').join(', ')}))`, values: term.values };
  const lower = term.values.map(value => value.toLowerCase());
  if (term.field === 'author') return { sql: `${not}(${anyOf('v.author', lower)})`, values: lower };
  const marks = lower.map(() => '?').join(', ');
  const at = `SELECT 1 FROM json_each(m.aliases) a WHERE a.value = v.version AND lower(a.key) IN (${marks})`;
  return { sql: `${not}(m.aliases <> '{}' AND EXISTS (${at}))`, values: lower };
}

/** Several are kept between line breaks, each in lower case. */
function anyOf(column: string, values: readonly string[]): string {
  return values.map(() => `instr(${column}, char(10) || ? || char(10)) > 0`).join(' OR ');
}

function clauseOfFigure(
  { figure, comparison, value }: Extract<FilterTerm, { kind: 'figure' }>,
  names: readonly (readonly [name: string, key: number])[],
): { readonly ofAll: Clause; readonly ofOne: Clause } | { readonly unmatched: string } {
  const called = figuresCalled(
    figure,
    names.map(([name]) => name),
  );
  if (called.length !== 1) {
    const several = called.slice(0, 5).join(', ') + (called.length > 5 ? ', …' : '');
    return { unmatched: called.length === 0 ? figure : `${figure} (${several})` };
  }
  const key = names.find(([name]) => name === called[0])?.[1] ?? 0;
  const values = [key, value];
  const where = `f.name = ? AND f.value ${comparison} ?`;
  return {
    // Asked for once, not for every version: the index has them in the order of their value.
    ofAll: { sql: `v.key IN (SELECT f.version FROM catalogue_figures f WHERE ${where})`, values },
    ofOne: { sql: `EXISTS (SELECT 1 FROM catalogue_figures f WHERE f.version = v.key AND ${where})`, values },
  };
}

function readNames(driver: Driver, shelf: number): (readonly [string, number])[] {
  const rows = driver.all('SELECT name, key FROM catalogue_names WHERE shelf = ? ORDER BY name', shelf);
  return rows.map(row => [String(row['name']), Number(row['key'])] as const);
}
