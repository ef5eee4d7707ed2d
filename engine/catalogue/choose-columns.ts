import type { DatasetColumn, DatasetDetails } from '../../schemas/generated/messages.ts';

/** The roles that a dataset's columns play in a new benchmark. */
export interface ChosenColumns {
  readonly input: string;
  readonly target?: string | readonly string[] | undefined;
  readonly split?: { readonly field?: string; readonly train?: string; readonly test: string };
  readonly slices: readonly string[];
  /** Whether the target is one of few answers. */
  readonly isClass: boolean;
  /** What was chosen, in sentences. */
  readonly notes: readonly string[];
}

const inputNames = ['input', 'question', 'text', 'prompt', 'query', 'instruction', 'sentence', 'clause', 'document'];
const targetNames = ['target', 'label', 'answer', 'category', 'output', 'expected', 'class', 'completion', 'reference'];
const splitNames = ['split', 'subset', 'set', 'fold', 'partition'];
const testNames = ['test', 'testing', 'eval', 'evaluation', 'validation', 'dev', 'val'];
const trainNames = ['train', 'training'];

/** Chooses by name, then by content: what is asked is free text, what is expected one of few answers where there is such a column. */
export function chooseColumns(
  { columns, splits }: Pick<DatasetDetails, 'columns' | 'splits'>,
  { variables, isFolder }: { readonly variables: readonly string[]; readonly isFolder: boolean },
): ChosenColumns {
  const split = splitOf(columns, splits, isFolder);
  const free = columns.filter(({ name }) => name !== split.field && !/(^|_)id$/i.test(name));
  const texts = (free.length > 0 ? free : columns).filter(({ types }) => types.length === 0 || isScalar(types[0]));
  const pool = texts.length > 0 ? texts : columns;
  const input =
    pool.find(({ name }) => variables.includes(name)) ??
    named(pool, inputNames) ??
    pool.find(({ types, distinct }) => types[0] === 'text' && distinct === undefined) ??
    pool[0];
  const others = pool.filter(column => column !== input);
  const target = named(others, targetNames) ?? others.find(isClassLike) ?? others[0];
  const name = input?.name ?? '';
  return {
    input: name,
    target: target?.name,
    split: split.split,
    slices: [],
    isClass: target !== undefined && isClassLike(target),
    notes: [
      target === undefined
        ? `Input: ${name}. No other column could be the target.`
        : `Input and target were chosen from the columns: ${name}, ${target.name}.`,
      split.note,
    ],
  };
}

function isScalar(type: DatasetColumn['types'][number] | undefined): boolean {
  return type === 'text' || type === 'number' || type === 'boolean';
}

function isClassLike({ distinct }: DatasetColumn): boolean {
  return distinct !== undefined && distinct > 1;
}

/** By whole name first, then by a part of it such as `question_text`. */
function named(columns: readonly DatasetColumn[], names: readonly string[]): DatasetColumn | undefined {
  for (const name of names) {
    const found = columns.find(column => column.name.toLowerCase() === name);
    if (found !== undefined) return found;
  }
  for (const name of names) {
    const found = columns.find(column =>
      column.name
        .toLowerCase()
        .split(/[^a-z]+/)
        .includes(name),
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

interface ChosenSplit {
  readonly field?: string;
  readonly split: NonNullable<ChosenColumns['split']>;
  readonly note: string;
}

/** A folder's own splits, a column that names one, else a share. */
function splitOf(columns: readonly DatasetColumn[], splits: DatasetDetails['splits'], isFolder: boolean): ChosenSplit {
  const parts = splits.filter(({ field }) => field === undefined).map(({ name }) => name);
  if (isFolder && parts.length > 0) {
    const test = parts.find(name => testNames.includes(name)) ?? parts[parts.length - 1] ?? 'test';
    const train = parts.find(name => trainNames.includes(name) && name !== test);
    return { split: { ...(train === undefined ? {} : { train }), test }, note: `The split "${test}" is asked.` };
  }
  const column = columns.find(
    ({ name, distinct }) => splitNames.includes(name.toLowerCase()) && distinct !== undefined,
  );
  const values = column?.values ?? [];
  const test = values.find(value => testNames.includes(value.toLowerCase()));
  if (column !== undefined && test !== undefined) {
    const train = values.find(value => trainNames.includes(value.toLowerCase()));
    const field = column.name;
    return {
      field,
      split: { field, ...(train === undefined ? {} : { train }), test },
      note: `Rows whose ${field} is "${test}" are asked.`,
    };
  }
  return { split: { test: '30%' }, note: 'A share of 30 % of the rows is asked.' };
}
