import { cutSample } from './cut-sample.ts';
import type { NumberRange, SamplePage, SampleQuery, SampleRow, SampleSort } from './generated/messages.ts';

/** Rows a question is about, in its order: those that match all its conditions. The store answers alike. */
export function selectRows(rows: readonly SampleRow[], query: SampleQuery): readonly SampleRow[] {
  return sortRows(
    rows.filter(row => isAsked(row, query)),
    query.sort,
  );
}

/** The page of selected rows that a question asks for. */
export function pageOfRows(matching: readonly SampleRow[], query: SampleQuery): SamplePage {
  const found = query.find === undefined ? -1 : matching.findIndex(({ id }) => id === query.find);
  const offset = startOf(matching, query, found);
  const { textLimit, limit } = query;
  const shown = matching.slice(offset, offset + limit);
  const rows = textLimit === undefined ? shown : shown.map(row => cutSample(row, textLimit));
  const page = { rows, total: matching.length, offset };
  return found < 0 ? page : { ...page, found };
}

function startOf(rows: readonly SampleRow[], { after, offset = 0, find, limit }: SampleQuery, found: number): number {
  if (find !== undefined) return found < 0 ? 0 : found - (found % limit);
  if (after === undefined) return offset;
  const last = rows.findIndex(({ id }) => id === after);
  return last < 0 ? rows.length : last + 1;
}

function isAsked(row: SampleRow, query: SampleQuery): boolean {
  const { variant, filter, slice, text = '', where = {} } = query;
  const { state, right, failures, variants } = where;
  const slices = [...(slice === undefined ? [] : [slice]), ...(where.slices ?? [])];
  const isFailed = row.state === 'failed';
  return (
    (variant === undefined || row.variant === variant) &&
    (variants === undefined || variants.includes(row.variant)) &&
    (filter !== 'failed' || isFailed) &&
    (filter !== 'wrong' || row.right === false) &&
    (state === undefined || row.state === state) &&
    (right === undefined || row.right === right) &&
    (failures === undefined || (row.failure !== undefined && failures.includes(row.failure.class))) &&
    isInSlices(row, slices) &&
    isInRanges(row, where) &&
    hasText(row, text.toLowerCase())
  );
}

/** Values of one column are alternatives; every column named must match. */
function isInSlices(row: SampleRow, slices: NonNullable<NonNullable<SampleQuery['where']>['slices']>): boolean {
  const columns = new Set(slices.map(({ column }) => column));
  return [...columns].every(column =>
    slices.some(slice => slice.column === column && ownOf(row.slices, column) === slice.value),
  );
}

function isInRanges(row: SampleRow, where: NonNullable<SampleQuery['where']>): boolean {
  const { scores = [], latencyMs, firstTokenMs, cost, inputTokens, outputTokens, attempts } = where;
  return (
    scores.every(({ name, ...range }) => isInRange(ownOf(row.scores, name), range)) &&
    isInRange(row.latencyMs, latencyMs) &&
    isInRange(row.firstTokenMs, firstTokenMs) &&
    isInRange(row.cost, cost) &&
    isInRange(row.inputTokens, inputTokens) &&
    isInRange(row.outputTokens, outputTokens) &&
    isInRange(row.attempts, attempts)
  );
}

function isInRange(value: number | undefined, range: NumberRange | undefined): boolean {
  if (range === undefined) return true;
  return value !== undefined && value >= (range.least ?? -Infinity) && value <= (range.most ?? Infinity);
}

function hasText({ input, target, output = '' }: SampleRow, text: string): boolean {
  return text === '' || [input, target, output].some(field => field.toLowerCase().includes(text));
}

/** Equal ones keep the order of completion; those without a value come last either way. */
function sortRows(rows: readonly SampleRow[], sort: SampleSort | undefined): readonly SampleRow[] {
  const byId = [...rows].sort((a, b) => a.id - b.id);
  if (sort === undefined) return byId;
  const sign = sort.descending === true ? -1 : 1;
  const keyed = byId.map(row => ({ row, key: keyOf(row, sort) }));
  keyed.sort(({ key: a }, { key: b }) => {
    if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
    return a === b ? 0 : sign * (a < b ? -1 : 1);
  });
  return keyed.map(({ row }) => row);
}

function keyOf(row: SampleRow, { by, name = '' }: SampleSort): string | number | undefined {
  switch (by) {
    case 'score':
      return ownOf(row.scores, name);
    case 'slice':
      return ownOf(row.slices, name);
    case 'right':
      return row.right === undefined ? undefined : Number(row.right);
    case 'latency':
      return row.latencyMs;
    case 'firstToken':
      return row.firstTokenMs;
    case 'failure':
      return row.failure?.class;
    default:
      return row[by];
  }
}

/** Names come from files: `constructor` is a name like any other. */
function ownOf<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
