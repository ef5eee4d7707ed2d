import type { Checkpoint } from '../../schemas/generated/messages.ts';
import { loadLinearClassifier } from '../models/embedded/linear-file.ts';
import type { Blobs } from '../ports/blobs.ts';
import type { TrainingOutcome } from '../ports/training.ts';
import { compareWithBase, type AnsweredAspect } from './changes.ts';
import { askService, type AskContext, type AskModel } from './ask-models.ts';
import { classifyRows, gapMetric, measureAnswers, type RowAnswers } from './measure.ts';
import { readAnswers } from './outcome.ts';
import type { JobAnswers } from './platform.ts';
import type { MeasuredAspect } from './report.ts';
import { formatEpoch } from '../reports/format.ts';

export interface MeasuringContext extends AskContext {
  readonly blobs: Blobs;
  readonly checkpoints: readonly Checkpoint[];
  readonly outcome: TrainingOutcome | undefined;
  /** Asks models that a service keeps; default: through their connection. */
  readonly askModel: AskModel | undefined;
}

/** What both models answer to the test rows, and what could not be asked. */
interface Answered {
  readonly tuned: JobAnswers | undefined;
  readonly base: JobAnswers | undefined;
  readonly notes: readonly string[];
}

export interface Measured {
  readonly aspects: readonly MeasuredAspect[];
  readonly notes: readonly string[];
}

/** Asks the best checkpoint, as it is saved, and the base where it had learnt something, all test rows, and compares the two. */
export async function measureTraining(context: MeasuringContext, signal: AbortSignal): Promise<Measured> {
  const { plan, ports } = context;
  const { metrics, seed, confidence, selection, aspects, task } = plan;
  const { tuned, base, notes } = await collectAnswers(context, signal);
  const options = { confidence, seed };
  const gaps = gapMetric(metrics, task === 'text-classification');
  const measure = async (rows: MeasuredAspect['rows'], side: JobAnswers | undefined) => {
    const answers = side?.[rows.name];
    if (answers === undefined) return undefined;
    return measureAnswers(rows.test, answers, metrics, gaps, options, ports.clock, signal);
  };
  const measured: MeasuredAspect[] = [];
  for (const rows of aspects)
    measured.push({ rows, tuned: await measure(rows, tuned), base: await measure(rows, base) });
  const leading = metrics.find(({ id }) => id === selection.metric) ?? metrics[0];
  const pairs = measured.flatMap(({ rows }) => pairOf(rows, tuned, base));
  if (leading === undefined || pairs.length === 0) return { aspects: measured, notes };
  const changes = await compareWithBase(pairs, metrics, { ...options, leading }, async () => {
    await ports.clock.sleep(0, signal);
    signal.throwIfAborted();
  });
  return {
    aspects: measured.map(aspect => {
      const change = changes[pairs.findIndex(({ rows }) => rows === aspect.rows.test)];
      return change === undefined ? aspect : { ...aspect, changes: change };
    }),
    notes,
  };
}

function pairOf(
  { name, test }: MeasuredAspect['rows'],
  tuned: JobAnswers | undefined,
  base: JobAnswers | undefined,
): AnsweredAspect[] {
  const [after, before] = [tuned?.[name], base?.[name]];
  return after === undefined || before === undefined ? [] : [{ rows: test, tuned: after, base: before }];
}

async function collectAnswers(context: MeasuringContext, signal: AbortSignal): Promise<Answered> {
  const { outcome, checkpoints, blobs } = context;
  const best = checkpoints.find(checkpoint => checkpoint.best);
  if (best === undefined) throw new Error('Training ended without a checkpoint.');
  if (outcome === undefined) return classify(best, context, signal);
  if (outcome.answersDigest !== undefined) {
    const { base, tuned } = await readAnswers(outcome.answersDigest, blobs);
    return { base, tuned, notes: [] };
  }
  return askBoth(best, context, signal);
}

/** The embedded model, in this process. */
async function classify(best: Checkpoint, context: MeasuringContext, signal: AbortSignal): Promise<Answered> {
  const { plan, blobs, ports } = context;
  const answer = async (digest: string, what: string): Promise<JobAnswers> => {
    const classifier = loadLinearClassifier(await blobs.read(digest), what);
    const answers: [string, RowAnswers][] = [];
    for (const { name, test } of plan.aspects)
      answers.push([name, await classifyRows(test, classifier, ports.clock, signal)]);
    return Object.fromEntries(answers);
  };
  const { base } = plan;
  return {
    tuned: await answer(best.digest, `The checkpoint of epoch ${formatEpoch(best.epoch)}`),
    base:
      base.kind !== 'embedded' || base.weights === undefined
        ? undefined
        : await answer(base.weights, `The weights of ${plan.job.base}`),
    notes: [],
  };
}

/** Models that a service keeps. One that cannot be asked leaves its figures out and does not fail the run: what was trained is there. */
async function askBoth(best: Checkpoint, context: MeasuringContext, signal: AbortSignal): Promise<Answered> {
  const { plan, askModel = askService } = context;
  const { base } = plan;
  if (best.service === undefined || base.kind !== 'service')
    return {
      tuned: undefined,
      base: undefined,
      notes: ['The job gave no answers to the test rows: it has no figures.'],
    };
  const notes: string[] = [];
  let paid = 0;
  const ask = async (who: string, model: string): Promise<JobAnswers | undefined> => {
    const before = paid;
    const { answers, note } = await askModel(
      { connection: best.service?.connection ?? '', model },
      {
        ...context,
        spent: context.spent + before,
        onCost: dollars => {
          paid = before + dollars;
          context.onCost(paid);
        },
      },
      signal,
    );
    if (note !== undefined) notes.push(`${who} (${model}) could not be asked: ${note}`);
    return answers;
  };
  const tuned = await ask('The tuned model', best.service.model);
  return { tuned, base: tuned === undefined ? undefined : await ask('The base', base.model), notes };
}
