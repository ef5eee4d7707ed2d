import type {
  PromptAnswer,
  PromptCase,
  PromptReport,
  SampleRow,
  TriedModel,
  TriedPrompt,
} from '../../schemas/generated/messages.ts';
import { clipText } from '../base/clip.ts';
import { omit } from '../base/omit.ts';
import { WorkbenchError } from '../base/errors.ts';
import { parseDocument } from '../documents/parse.ts';
import { readPromptVariables } from '../documents/prompt-variables.ts';
import { createMetrics } from '../metrics/benchmark-metrics.ts';
import type { Clock } from '../ports/clock.ts';
import type { RunRecord, Store } from '../ports/store.ts';
import { textOfPart } from '../templates/parts.ts';
import { runKindNames } from './kinds.ts';
import { trialMetrics } from './trial-metrics.ts';
import { VariantAggregate } from './aggregate.ts';
import { countOf } from './format.ts';
import { describeIdentities, identitiesOf } from './identities.ts';
import { runningNotes } from './running-notes.ts';

/** Samples read at a time: each may be an answer of a megabyte. */
const pageSize = 40;
/** Characters of all answers together, shared out evenly. */
const mostCharacters = 400_000;
const longestAnswer = 20_000;
const shortestAnswer = 400;
const longestInput = 4_000;
const longestTemplate = 8_000;

/**
 * The trial of a prompt as far as it is: every case's answers side by side, in bounded size. `samples/get` has the whole texts. Throws
 * `run-not-found`, and `usage` for a run of another kind.
 */
export async function promptReport(
  runId: string,
  store: Store,
  clock: Clock,
  signal: AbortSignal,
): Promise<PromptReport> {
  const record = await store.getRun(runId);
  const { summary } = record;
  if (summary.kind !== 'prompt') {
    throw new WorkbenchError(
      'usage',
      `Run ${summary.id} is ${runKindNames[summary.kind]}, not the trial of a prompt.`,
      {
        remedy: 'Show it with `aiwb runs show`, or name a trial.',
      },
    );
  }
  const collected = await collectSamples(record, store, signal);
  const trial = parseTrial(record.spec.text);
  const models = record.variants.map((variant, index) => describeModel(variant, index, collected, record));
  return {
    run: summary,
    createdAt: clock.now(),
    prompt: describePrompt(record, trial),
    models,
    rows: record.dataset?.rows ?? 0,
    repeats: trial.value?.repeats ?? 1,
    cases: [...collected.cases.values()].sort((a, b) => a.row - b.row).map(sortAnswers),
    notes: notesOf(record, models),
  };
}

interface Totals {
  readonly aggregate: VariantAggregate;
  readonly failures: Record<string, number>;
  answered: number;
  cached: number;
  cost: number | undefined;
}

interface Collected {
  readonly cases: ReadonlyMap<number, PromptCase>;
  readonly totals: readonly Totals[];
}

async function collectSamples({ summary, variants }: RunRecord, store: Store, signal: AbortSignal): Promise<Collected> {
  const metrics = createMetrics({ metrics: [...trialMetrics] });
  const totals = variants.map((): Totals => ({
    aggregate: new VariantAggregate(metrics),
    failures: {},
    answered: 0,
    cached: 0,
    cost: undefined,
  }));
  const cases = new Map<number, PromptCase>();
  const limit = answerLimit(summary.progress.total);
  let after: number | undefined;
  for (;;) {
    const page = { runId: summary.id, limit: pageSize, ...(after === undefined ? {} : { after }) };
    const { rows } = await store.querySamples(page, signal);
    signal.throwIfAborted();
    for (const row of rows) {
      const own = totals[row.variant];
      if (own === undefined) continue;
      addTotals(own, row);
      const known = cases.get(row.row) ?? startCase(row);
      cases.set(row.row, known);
      known.answers.push(toAnswer(row, limit));
    }
    after = rows.at(-1)?.id;
    if (rows.length < pageSize) return { cases, totals };
  }
}

function answerLimit(samples: number): number {
  return Math.max(shortestAnswer, Math.min(longestAnswer, Math.floor(mostCharacters / Math.max(1, samples))));
}

function addTotals(totals: Totals, sample: SampleRow): void {
  const { failure, details, cost } = sample;
  if (failure !== undefined) {
    totals.failures[failure.class] = (totals.failures[failure.class] ?? 0) + 1;
    totals.aggregate.addFailed();
    return;
  }
  const stored = { ...omit(sample, 'id'), rowDigest: '', occurrence: 0, attempts: sample.attempts ?? 0 };
  totals.aggregate.addStored(stored);
  totals.answered += 1;
  if (details?.cached === true) totals.cached += 1;
  if (cost !== undefined) totals.cost = (totals.cost ?? 0) + cost;
}

function startCase({ row, input, target, slices }: SampleRow): PromptCase {
  return {
    row,
    ...clipped('input', 'inputCharacters', input, longestInput),
    ...(target === '' ? {} : { target: clipText(target, longestInput) }),
    ...(Object.keys(slices).length === 0 ? {} : { slices }),
    answers: [],
  };
}

function toAnswer(sample: SampleRow, limit: number): PromptAnswer {
  const { details = {}, failure } = sample;
  return {
    variant: sample.variant,
    repeat: sample.repeat,
    sample: sample.id,
    ...(sample.output === undefined ? {} : clipped('text', 'characters', sample.output, limit)),
    ...(details.finishReason === undefined ? {} : { finishReason: details.finishReason }),
    ...(details.toolCalls === undefined ? {} : { toolCalls: shortCalls(details.toolCalls, limit) }),
    ...(sample.latencyMs === undefined ? {} : { latencyMs: sample.latencyMs }),
    ...(sample.firstTokenMs === undefined ? {} : { firstTokenMs: sample.firstTokenMs }),
    ...(sample.inputTokens === undefined ? {} : { inputTokens: sample.inputTokens }),
    ...(sample.outputTokens === undefined ? {} : { outputTokens: sample.outputTokens }),
    ...(sample.cost === undefined ? {} : { cost: sample.cost }),
    ...(sample.attempts === undefined ? {} : { attempts: sample.attempts }),
    ...(details.cached === true ? { cached: true } : {}),
    ...(failure === undefined ? {} : { failure }),
  };
}

type Calls = NonNullable<PromptAnswer['toolCalls']>;

/** As many calls as a page can show, their arguments cut. */
function shortCalls(calls: Calls, limit: number): Calls {
  return calls
    .slice(0, 20)
    .map(({ name, arguments: given }) => ({ name: clipText(name, 200), arguments: clipText(given, limit) }));
}

/** A text, and where it is cut how long it was. */
function clipped<Text extends string, Length extends string>(
  name: Text,
  length: Length,
  text: string,
  limit: number,
): Record<Text, string> & Partial<Record<Length, number>> {
  const short = clipText(text, limit);
  const cut = short.length < text.length ? { [length]: text.length } : {};
  return { [name]: short, ...cut } as Record<Text, string> & Partial<Record<Length, number>>;
}

function sortAnswers(one: PromptCase): PromptCase {
  return { ...one, answers: one.answers.toSorted((a, b) => a.variant - b.variant || a.repeat - b.repeat) };
}

function describeModel(
  variant: RunRecord['variants'][number],
  index: number,
  { totals }: Collected,
  { summary }: RunRecord,
): TriedModel {
  const own = totals[index];
  if (own === undefined) throw new Error('There are totals for every variant.');
  const { metrics, failed } = own.aggregate.result(summary.id, variant, { confidence: 0.95, seed: 7 }, []);
  return {
    variant: variant.variant,
    model: variant.model,
    modelDigest: variant.modelDigest,
    ...(variant.identity === undefined ? {} : { identity: variant.identity }),
    asked: own.answered + failed,
    answered: own.answered,
    failed,
    cached: own.cached,
    metrics,
    ...(own.cost === undefined ? {} : { cost: own.cost }),
    failures: own.failures,
  };
}

function describePrompt({ spec, variants }: RunRecord, trial: ReturnType<typeof parseTrial>): TriedPrompt {
  const digest = variants.find(({ promptDigest }) => promptDigest !== undefined)?.promptDigest;
  return {
    name: spec.name,
    file: spec.file,
    ...(digest === undefined ? {} : { digest }),
    variables: [...(readPromptVariables(trial) ?? [])],
    messages: (trial.value?.messages ?? []).map(({ role, content }) => {
      const text =
        typeof content === 'string'
          ? content
          : content.map(part => (part.type === 'text' ? part.text : `[${part.type}: ${textOfPart(part)}]`)).join('\n');
      return { role, ...clipped('text', 'characters', text, longestTemplate) };
    }),
  };
}

function parseTrial(text: string) {
  return parseDocument('trial', text);
}

function notesOf({ summary, variants }: RunRecord, models: readonly TriedModel[]): string[] {
  const { done, total, reused } = summary.progress;
  const untimed = models.filter(
    ({ answered, cached, metrics }) =>
      answered > cached && metrics.every(({ metric, value }) => metric !== 'latency.mean' || value === null),
  );
  return [
    ...describeIdentities(identitiesOf(variants)),
    ...(summary.state === 'succeeded' ? [] : [`Partial: ${String(done)} of ${countOf(total, 'answer')} are there.`]),
    ...(reused > 0
      ? [`Resumed: ${countOf(reused, 'stored answer')} kept, ${String(done - reused)} asked after it.`]
      : []),
    ...(untimed.length === 0
      ? []
      : [
          `No times are known of ${untimed.map(({ model }) => model).join(', ')}: models that VS Code lends tell none, and their token counts are estimates.`,
        ]),
    ...runningNotes(summary.progress, undefined),
  ];
}
