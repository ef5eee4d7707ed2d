import type {
  FailureClass,
  FocusSamples,
  NumberRange,
  Report,
  RunSummary,
  SampleConditions,
  SampleSort,
  SliceChoice,
} from '../../schemas/generated/messages.ts';
import { validateSampleConditions, validateSampleSort } from '../../schemas/generated/validators.js';
import type { Ranges } from './range-menu.ts';
import type { WholeQuery } from './sample-list.ts';

/** Which outcomes show; `failed:timeout` for one way to fail. */
export type Outcome = 'all' | 'right' | 'wrong' | 'failed' | `failed:${string}`;

/** Which samples a reader looks at, in what order, and which columns of them. */
export interface SampleChoice {
  /** Position in the report of their run. */
  readonly run: number;
  /** Positions in the report of their models; none for all. */
  readonly variants: readonly number[];
  readonly outcome: Outcome;
  /** None for every row. */
  readonly slices: readonly SliceChoice[];
  /** By `latencyMs` and the like, or `score:NAME`. */
  readonly ranges: Ranges;
  /** Absent for the order of completion. */
  readonly sort?: SampleSort | undefined;
  /** Ids of the columns to show; absent for the usual ones. */
  readonly columns?: readonly string[] | undefined;
}

export const everySample: SampleChoice = { run: 0, variants: [], outcome: 'all', slices: [], ranges: {} };

/** Measures besides scores that can be narrowed, with their names for people. */
export const measures = {
  latencyMs: 'Latency, ms',
  firstTokenMs: 'First token, ms',
  cost: 'Cost, USD',
  inputTokens: 'Tokens in',
  outputTokens: 'Tokens out',
  attempts: 'Attempts',
} as const;

export function isMeasure(id: string): id is keyof typeof measures {
  return Object.hasOwn(measures, id);
}

export function runOfChoice(report: Report, { run }: SampleChoice): RunSummary | undefined {
  return report.runs[run] ?? report.runs[0];
}

/** The choice as a question for the host. Simple ones are asked in the words that indexes answer. */
export function queryOf(report: Report, choice: SampleChoice, text: string): WholeQuery | undefined {
  const run = runOfChoice(report, choice);
  if (run === undefined) return undefined;
  const { outcome, slices, sort } = choice;
  const variants = choice.variants
    .map(position => report.variants[position])
    .flatMap(variant => (variant?.runId === run.id ? [variant.variant] : []));
  const where: SampleConditions = {
    ...(variants.length > 1 ? { variants } : {}),
    ...(outcome === 'right' ? { right: true } : {}),
    ...(outcome.startsWith('failed:') ? { failures: [outcome.slice('failed:'.length) as FailureClass] } : {}),
    ...(slices.length > 1 ? { slices: [...slices] } : {}),
    ...rangeConditions(choice.ranges),
  };
  const [slice, another] = slices;
  return {
    runId: run.id,
    ...(variants.length === 1 ? { variant: variants[0] ?? 0 } : {}),
    filter: outcome === 'wrong' ? 'wrong' : outcome.startsWith('failed') ? 'failed' : 'all',
    ...(slice !== undefined && another === undefined ? { slice } : {}),
    ...(Object.keys(where).length === 0 ? {} : { where }),
    ...(text === '' ? {} : { text }),
    ...(sort === undefined ? {} : { sort }),
  };
}

function rangeConditions(ranges: Ranges): Partial<SampleConditions> {
  const scores = Object.entries(ranges).flatMap(([id, range]) =>
    id.startsWith('score:') ? [{ name: id.slice('score:'.length), ...range }] : [],
  );
  const others = Object.entries(ranges).filter(([id]) => isMeasure(id));
  return { ...(scores.length === 0 ? {} : { scores }), ...Object.fromEntries<NumberRange>(others) };
}

/** Where a host leads: what it does not name narrows nothing. Order and columns stay as they are. */
export function choiceOfFocus(report: Report, focus: FocusSamples, former: SampleChoice): SampleChoice {
  const { sample, filter = 'all', slice, variant, runId } = focus;
  const kept = { ...everySample, columns: former.columns, sort: former.sort };
  if (sample !== undefined) {
    return { ...kept, run: Math.max(0, runId === undefined ? 0 : report.runs.findIndex(({ id }) => id === runId)) };
  }
  const position = report.variants.findIndex(each => each.runId === report.runs[0]?.id && each.variant === variant);
  return {
    ...kept,
    outcome: filter,
    slices: slice === undefined ? [] : [slice],
    variants: position < 0 ? [] : [position],
  };
}

/** A choice out of kept state, which may be from any version of the page: what does not fit is left out. */
export function readSampleChoice(kept: unknown): SampleChoice {
  if (typeof kept !== 'object' || kept === null) return everySample;
  const { run, variants, outcome, slices, ranges, sort, columns } = kept as Record<string, unknown>;
  return {
    run: isPosition(run) ? run : 0,
    variants: Array.isArray(variants) ? variants.filter(isPosition) : [],
    outcome: isOutcome(outcome) ? outcome : 'all',
    slices: Array.isArray(slices) && isConditions({ slices }) ? (slices as SliceChoice[]) : [],
    ranges: isRanges(ranges) ? ranges : {},
    ...(validateSampleSort(sort) ? { sort } : {}),
    ...(Array.isArray(columns) ? { columns: columns.filter(column => typeof column === 'string') } : {}),
  };
}

function isPosition(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function isOutcome(value: unknown): value is Outcome {
  if (typeof value !== 'string') return false;
  if (value.startsWith('failed:')) return isConditions({ failures: [value.slice('failed:'.length)] });
  return value === 'all' || value === 'right' || value === 'wrong' || value === 'failed';
}

function isRanges(value: unknown): value is Ranges {
  if (typeof value !== 'object' || value === null) return false;
  const known = Object.keys(value).every(id => id.startsWith('score:') || isMeasure(id));
  return known && isConditions(rangeConditions(value as Ranges));
}

function isConditions(value: unknown): boolean {
  return validateSampleConditions(value);
}
