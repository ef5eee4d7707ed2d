import type { NumberRange, SampleConditions, SampleQuery, SampleSort } from '../../schemas/generated/messages.ts';
import type { SQLInputValue } from 'node:sqlite';

/** Conditions on samples `s` (and their contents `c`) as SQL, each beginning with AND. */
export interface Selection {
  /** `INDEXED BY …` where an index answers a condition. */
  readonly index: string;
  readonly where: string;
  readonly values: readonly SQLInputValue[];
  /** Whether a condition looks at the row's contents. */
  readonly joins: boolean;
}

/** What samples are ordered by, as SQL over samples `s` and contents `c`. */
export interface SortValue {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
  readonly joins: boolean;
  readonly type: 'number' | 'text';
}

/** A query's conditions. `lanes` are the run's lane keys by variant. */
export function selectSamples(query: SampleQuery, lanes: ReadonlyMap<number, number>): Selection {
  const conditions = new Conditions();
  if (query.variant !== undefined) conditions.addLanes([query.variant], lanes);
  if (query.filter === 'wrong') conditions.addWrong();
  if (query.filter === 'failed') conditions.addFailed();
  if (query.slice !== undefined) conditions.addSlices([query.slice]);
  if (query.text !== undefined && query.text !== '') conditions.addText(query.text);
  if (query.where !== undefined) addWhere(conditions, query.where, lanes);
  return conditions;
}

function addWhere(conditions: Conditions, where: SampleConditions, lanes: ReadonlyMap<number, number>): void {
  const { state, right, failures, variants, slices, scores } = where;
  if (state === 'answered') conditions.add('s.failure_class IS NULL');
  if (state === 'failed') conditions.addFailed();
  if (right === true) conditions.add('s.correct = 1');
  if (right === false) conditions.addWrong();
  if (failures !== undefined) conditions.addAny('s.failure_class', failures);
  if (variants !== undefined) conditions.addLanes(variants, lanes);
  if (slices !== undefined) conditions.addSlices(slices);
  for (const { name, ...range } of scores ?? []) {
    const score = fieldOf('s.scores', name);
    conditions.addRange(score.sql, range, score.values);
  }
  for (const [field, column] of Object.entries(rangeColumns)) {
    const range = where[field as keyof typeof rangeColumns];
    if (range !== undefined) conditions.addRange(column, range);
  }
}

const rangeColumns = {
  latencyMs: 's.latency_ms',
  firstTokenMs: 's.first_token_ms',
  cost: 's.cost',
  inputTokens: 's.input_tokens',
  outputTokens: 's.output_tokens',
  attempts: 's.attempts',
} as const;

class Conditions implements Selection {
  readonly values: SQLInputValue[] = [];
  index = '';
  where = '';
  joins = false;

  add(condition: string, ...values: SQLInputValue[]): void {
    this.where += ` AND ${condition}`;
    this.values.push(...values);
  }

  addWrong(): void {
    this.add('s.correct = 0');
    this.index = 'INDEXED BY samples_wrong';
  }

  addFailed(): void {
    this.add('s.failure_class IS NOT NULL');
    this.index = 'INDEXED BY samples_failed';
  }

  addAny(sql: string, values: readonly SQLInputValue[]): void {
    this.add(`${sql} IN (${values.map(() => '?').join(', ')})`, ...values);
  }

  addLanes(variants: readonly number[], lanes: ReadonlyMap<number, number>): void {
    this.addAny(
      's.lane',
      variants.map(variant => lanes.get(variant) ?? -1),
    );
  }

  /** Values of one column are alternatives. */
  addSlices(slices: readonly { readonly column: string; readonly value: string }[]): void {
    this.joins = true;
    for (const column of new Set(slices.map(slice => slice.column))) {
      const field = fieldOf('c.slices', column);
      const wanted = slices.filter(slice => slice.column === column).map(({ value }) => value);
      this.values.push(...field.values);
      this.addAny(field.sql, wanted);
    }
  }

  addRange(sql: string, { least, most }: NumberRange, values: readonly SQLInputValue[] = []): void {
    this.add(`${sql} >= ?`, ...values, least ?? -Number.MAX_VALUE);
    if (most !== undefined) this.add(`${sql} <= ?`, ...values, most);
  }

  addText(text: string): void {
    this.joins = true;
    const pattern = `%${text.replace(/[\\%_]/g, String.raw`\$&`)}%`;
    this.add(
      String.raw`(c.input LIKE ? ESCAPE '\' OR c.target LIKE ? ESCAPE '\' OR s.output LIKE ? ESCAPE '\')`,
      ...[pattern, pattern, pattern],
    );
  }
}

/** One member of a JSON object by its exact name, whatever characters that has. */
export function fieldOf(json: string, name: string): { readonly sql: string; readonly values: readonly string[] } {
  if (/^[a-z][\w .:-]*$/i.test(name)) return { sql: `(${json} ->> ?)`, values: [name] };
  return { sql: `(SELECT e.value FROM json_each(${json}) e WHERE e.key = ?)`, values: [name] };
}

/** Texts are ordered by this many characters: enough for people, and long answers need not be held. */
const sortedCharacters = 100;

const sortColumns: Readonly<Record<Exclude<SampleSort['by'], 'id' | 'score' | 'slice'>, Omit<SortValue, 'values'>>> = {
  row: { sql: 's.row', joins: false, type: 'number' },
  repeat: { sql: 's.repeat', joins: false, type: 'number' },
  variant: { sql: 's.lane', joins: false, type: 'number' },
  right: { sql: 's.correct', joins: false, type: 'number' },
  input: { sql: `substr(c.input, 1, ${sortedCharacters})`, joins: true, type: 'text' },
  target: { sql: `substr(c.target, 1, ${sortedCharacters})`, joins: true, type: 'text' },
  output: { sql: `substr(s.output, 1, ${sortedCharacters})`, joins: false, type: 'text' },
  latency: { sql: 's.latency_ms', joins: false, type: 'number' },
  firstToken: { sql: 's.first_token_ms', joins: false, type: 'number' },
  inputTokens: { sql: 's.input_tokens', joins: false, type: 'number' },
  outputTokens: { sql: 's.output_tokens', joins: false, type: 'number' },
  cost: { sql: 's.cost', joins: false, type: 'number' },
  attempts: { sql: 's.attempts', joins: false, type: 'number' },
  failure: { sql: 's.failure_class', joins: false, type: 'text' },
};

/** Absent for the order of completion, which samples have by themselves. */
export function sortValueOf({ by, name = '' }: SampleSort): SortValue | undefined {
  if (by === 'id') return undefined;
  if (by === 'score') return { ...fieldOf('s.scores', name), joins: false, type: 'number' };
  if (by === 'slice') return { ...fieldOf('c.slices', name), joins: true, type: 'text' };
  return { ...sortColumns[by], values: [] };
}
