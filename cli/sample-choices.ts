import { WorkbenchError } from '../engine/base/errors.ts';
import type { RunRecord } from '../engine/ports/store.ts';
import type {
  FailureClass,
  NumberRange,
  SampleConditions,
  SampleQuery,
  SampleSort,
} from '../schemas/generated/messages.ts';
import { readCount } from './options.ts';

/** Options that choose samples, as written. */
export interface SampleChoices {
  readonly sort?: string;
  readonly descending?: boolean;
  readonly where?: readonly string[];
  readonly limit?: string;
}

const defaultLimit = 20;

const plainColumns: Readonly<Record<string, SampleSort['by']>> = {
  id: 'id',
  row: 'row',
  repeat: 'repeat',
  model: 'variant',
  right: 'right',
  input: 'input',
  target: 'target',
  output: 'output',
  latency: 'latency',
  'first-token': 'firstToken',
  'input-tokens': 'inputTokens',
  'output-tokens': 'outputTokens',
  cost: 'cost',
  attempts: 'attempts',
  failure: 'failure',
};

const failureClasses: readonly FailureClass[] = [
  ...(['rate-limit', 'server', 'network', 'timeout', 'refused', 'malformed', 'client', 'model'] as const),
];

/** The query that the options ask for. `leading` is the score that `--sort score` means. Throws `usage`. */
export function readSampleQuery(
  { sort, descending, where = [], limit }: SampleChoices,
  record: RunRecord,
  leading: string | undefined,
): SampleQuery {
  const conditions = new Conditions(record);
  for (const condition of where) conditions.add(condition);
  return {
    runId: record.summary.id,
    limit: limit === undefined ? defaultLimit : Math.min(1000, readCount(limit)),
    ...conditions.query(),
    ...(sort === undefined ? {} : { sort: { ...readSort(sort, leading), descending: descending === true } }),
  };
}

function readSort(text: string, leading: string | undefined): SampleSort {
  const [by, name] = splitAt(text, ':');
  const plain = Object.hasOwn(plainColumns, by) && name === undefined ? plainColumns[by] : undefined;
  if (plain !== undefined) return { by: plain };
  if (by === 'score' && (name ?? leading) !== undefined) return { by, name: name ?? leading ?? '' };
  if (by === 'slice' && name !== undefined) return { by, name };
  throw new WorkbenchError('usage', `Samples cannot be sorted by "${text}".`, {
    remedy: `Use one of ${Object.keys(plainColumns).join(', ')}, score:NAME or slice:NAME.`,
  });
}

type Writable<Type> = { -readonly [Name in keyof Type]: Type[Name] };

class Conditions {
  readonly #record: RunRecord;
  readonly #where: Writable<SampleConditions> = {};
  #text: string | undefined;

  constructor(record: RunRecord) {
    this.#record = record;
  }

  query(): Pick<SampleQuery, 'where' | 'text'> {
    return {
      ...(Object.keys(this.#where).length === 0 ? {} : { where: this.#where }),
      ...(this.#text === undefined ? {} : { text: this.#text }),
    };
  }

  add(condition: string): void {
    const [kind, value] = splitAt(condition, ':');
    if (value === undefined && this.#addWord(condition)) return;
    if (value !== undefined && this.#addNamed(kind, value)) return;
    if (value === undefined && this.#addRange(condition)) return;
    throw new WorkbenchError('usage', `"${condition}" is no condition on samples.`, {
      remedy:
        'Write wrong, right, failed, answered, failed:timeout, model:NAME, slice:NAME=VALUE, score:NAME<0.5, latency>1000, cost>0.01 or text:WORDS.',
    });
  }

  #addWord(word: string): boolean {
    if (word === 'wrong' || word === 'right') this.#where.right = word === 'right';
    else if (word === 'failed' || word === 'answered') this.#where.state = word;
    else return false;
    return true;
  }

  #addNamed(kind: string, value: string): boolean {
    switch (kind) {
      case 'text':
        this.#text = value;
        return true;
      case 'model':
        this.#where.variants = [...(this.#where.variants ?? []), ...this.#variantsOf(value)];
        return true;
      case 'failed':
        return this.#addFailure(value);
      case 'slice':
        return this.#addSlice(value);
      case 'score':
        return this.#addScore(value);
      default:
        return false;
    }
  }

  #variantsOf(model: string): number[] {
    const { variants } = this.#record;
    const found = variants.filter(variant => variant.model === model).map(({ variant }) => variant);
    if (found.length > 0) return found;
    throw new WorkbenchError('usage', `The run asked no model named ${model}.`, {
      remedy: `It asked ${[...new Set(variants.map(variant => variant.model))].join(', ')}.`,
    });
  }

  #addFailure(name: string): boolean {
    const failure = failureClasses.find(candidate => candidate === name);
    if (failure === undefined) return false;
    this.#where.failures = [...(this.#where.failures ?? []), failure];
    return true;
  }

  #addSlice(text: string): boolean {
    const [column, value] = splitAt(text, '=');
    if (value === undefined) return false;
    this.#where.slices = [...(this.#where.slices ?? []), { column, value }];
    return true;
  }

  #addScore(text: string): boolean {
    const range = readRange(text);
    if (range === undefined) return false;
    this.#where.scores = [...(this.#where.scores ?? []), { name: range.name, ...range.range }];
    return true;
  }

  #addRange(text: string): boolean {
    const found = readRange(text);
    const field = found === undefined || !Object.hasOwn(rangeFields, found.name) ? undefined : rangeFields[found.name];
    if (found === undefined || field === undefined) return false;
    this.#where[field] = { ...this.#where[field], ...found.range };
    return true;
  }
}

const rangeFields: Readonly<
  Record<string, 'latencyMs' | 'firstTokenMs' | 'cost' | 'inputTokens' | 'outputTokens' | 'attempts'>
> = {
  latency: 'latencyMs',
  'first-token': 'firstTokenMs',
  cost: 'cost',
  'input-tokens': 'inputTokens',
  'output-tokens': 'outputTokens',
  attempts: 'attempts',
};

/** `name<0.5` or `name>0.5`; both include the bound. */
function readRange(text: string): { readonly name: string; readonly range: NumberRange } | undefined {
  const at = Math.max(text.lastIndexOf('<'), text.lastIndexOf('>'));
  const written = text.slice(at + 1).replace(/^=/, '');
  const bound = Number(written);
  if (at < 1 || written.trim() === '' || !Number.isFinite(bound)) return undefined;
  return { name: text.slice(0, at), range: text[at] === '<' ? { most: bound } : { least: bound } };
}

function splitAt(text: string, separator: string): [before: string, after: string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
