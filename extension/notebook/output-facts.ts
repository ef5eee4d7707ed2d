import type { NamedResult, RunState, RunSummary } from '../../schemas/generated/messages.ts';
import { unpackOutput } from '../../schemas/packed-output.ts';
import { isEnded, runStates } from '../../schemas/run-states.ts';
import { headlineOf, type ResultHeadline } from './result-headline.ts';

export const runMime = 'application/vnd.aiwb.run+json';
const assessmentMime = 'application/vnd.aiwb.assessment+json';
const comparisonMime = 'application/vnd.aiwb.comparison+json';

/** What an output of ours says of itself, for all that is not drawing it. */
export interface OutputFacts {
  readonly kind: NamedResult['kind'];
  /** Of the run or the assessment; of a comparison, the ids of its runs with spaces between. */
  readonly id: string;
  /** How the cell calls its result. */
  readonly as: string | undefined;
  /** What was run, assessed or compared. */
  readonly title: string;
  readonly createdAt: number;
  readonly endedAt: number | undefined;
  /** An assessment and a comparison are there when they are done. */
  readonly state: RunState;
  readonly gate: Gate | undefined;
  /** Of a cell that searches: the runs of its trials that had begun. `id` is the search's. */
  readonly trials?: readonly string[];
  /** Of a search the run of its best trial: what the result's name stands for. */
  readonly best?: string;
  /** Samples behind the headline. */
  readonly n: number | undefined;
  readonly headline: ResultHeadline | undefined;
}

type Gate = NonNullable<RunSummary['gate']>;
type Fields = Readonly<Record<string, unknown>>;

const longestName = 200;
const states: ReadonlySet<string> = new Set(runStates);

/** Whether an output item of this type is one that facts are read from. */
export function hasFacts(mime: string): boolean {
  return mime === runMime || mime === assessmentMime || mime === comparisonMime;
}

/** Reads an output item; absent where it is none of ours, or of another version. Notebooks come from anywhere. */
export function readOutputFacts(mime: string, data: Uint8Array): OutputFacts | undefined {
  if (!hasFacts(mime)) return undefined;
  try {
    return factsOfContent(mime, JSON.parse(new TextDecoder().decode(data)));
  } catch {
    return undefined;
  }
}

/** The same of content that was parsed already. */
export function factsOfContent(mime: string, value: unknown): OutputFacts | undefined {
  const content = fieldsOf(unpackOutput(value));
  if (content?.['version'] !== 1) return undefined;
  if (mime === runMime) return runFacts(content);
  if (mime === assessmentMime) return assessmentFacts(content);
  return mime === comparisonMime ? comparisonFacts(content) : undefined;
}

function runFacts(content: Fields): OutputFacts | undefined {
  const { runId, state, createdAt, name, report } = content;
  if (typeof runId !== 'string' || typeof state !== 'string' || !states.has(state)) return undefined;
  return {
    ...named(content),
    kind: runKind(content['kind']),
    id: runId,
    title: clip(name),
    createdAt: numberOr(createdAt, 0),
    endedAt: typeof content['endedAt'] === 'number' ? content['endedAt'] : undefined,
    state: state as RunState,
    gate: gateOf(list(fieldsOf(report)?.['gates']).map(gate => fieldsOf(gate)?.['outcome'])),
    ...searchFacts(fieldsOf(content['search'])),
    ...headlineOf(content),
  };
}

function searchFacts(search: Fields | undefined): Pick<OutputFacts, 'trials' | 'best'> {
  if (search === undefined) return {};
  const { trials, best } = search;
  const begun = list(trials).map(trial => fieldsOf(trial)?.['runId']);
  return {
    trials: begun.filter(id => typeof id === 'string'),
    ...(typeof best === 'string' ? { best } : {}),
  };
}

function assessmentFacts(content: Fields): OutputFacts | undefined {
  const record = fieldsOf(fieldsOf(fieldsOf(content['view'])?.['scorecard'])?.['record']);
  if (typeof record?.['id'] !== 'string') return undefined;
  const subject = fieldsOf(record['subject']);
  const outcome = fieldsOf(record['gate'])?.['outcome'];
  const score = record['score'];
  return {
    ...named(content),
    kind: 'assessment',
    id: record['id'],
    title: `${clip(subject?.['model'])}@${clip(subject?.['version'])}`,
    createdAt: numberOr(record['assessedAt'], 0),
    endedAt: undefined,
    state: 'succeeded',
    gate: outcome === 'passed' ? 'met' : outcome === 'failed' ? 'not-met' : 'not-computed',
    n: list(record['controls']).length,
    headline: typeof score === 'number' ? { value: score, unit: 'points', label: 'score' } : undefined,
  };
}

function comparisonFacts(content: Fields): OutputFacts | undefined {
  const runIds = list(content['runIds']).filter(id => typeof id === 'string');
  if (runIds.length === 0) return undefined;
  const names = list(content['names']).filter(name => typeof name === 'string');
  return {
    ...named(content),
    kind: 'comparison',
    id: runIds.join(' '),
    title: names.length === 0 ? '' : clip(names.join(', ')),
    createdAt: numberOr(content['createdAt'], 0),
    endedAt: undefined,
    state: 'succeeded',
    gate: undefined,
    n: undefined,
    headline: undefined,
  };
}

function named(content: Fields): Pick<OutputFacts, 'as'> {
  const { as } = content;
  return { as: typeof as === 'string' && as !== '' && as.length <= longestName ? as : undefined };
}

function runKind(value: unknown): OutputFacts['kind'] {
  return value === 'tune' || value === 'prompt' ? value : 'benchmark';
}

/** One condition that is not met decides. */
function gateOf(outcomes: readonly unknown[]): Gate | undefined {
  if (outcomes.length === 0) return undefined;
  if (outcomes.includes('not-met')) return 'not-met';
  return outcomes.every(outcome => outcome === 'met') ? 'met' : 'not-computed';
}

/** Whether an output shows less than its run has become: it was written before the run ended, or was resumed. */
export function isBehind(
  facts: { readonly state: RunState; readonly endedAt?: number | undefined },
  run: { readonly state: RunState; readonly endedAt?: number },
): boolean {
  if (!isEnded(facts.state)) return true;
  return facts.state !== run.state || (facts.endedAt !== undefined && facts.endedAt !== run.endedAt);
}

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function clip(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, longestName) : '';
}

function numberOr(value: unknown, other: number): number {
  return typeof value === 'number' ? value : other;
}
