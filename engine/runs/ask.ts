import type { Price } from '../../schemas/generated/files.ts';
import type { FailureClass, SampleDetails } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { Observation } from '../metrics/metric.ts';
import { scoreObservation } from '../metrics/score.ts';
import { parametersOf as parametersOfConnection, priceOf } from '../models/connections.ts';
import { AnswerFailure, countCharacters, type Answer, type Message, type Question } from '../models/model.ts';
import type { SampleRecord } from '../ports/store.ts';
import type { Prompt } from '../prompts/prompt.ts';
import type { AnswerCache, CachedAnswer } from './answer-cache.ts';
import type { Task } from './feed.ts';
import type { Budget } from '../models/budget.ts';
import { costOf, estimateCost, estimateSoundCost } from '../models/cost.ts';
import type { OpenModel } from './models.ts';
import type { RunPlan } from './plan.ts';
import { toQuestion } from './question.ts';

/** One answered or failed sample, with what its metrics saw. */
export interface Asked {
  readonly record: SampleRecord;
  readonly observation: Observation | undefined;
  readonly failure: FailureClass | undefined;
  /** What was sent. */
  readonly messages: readonly Message[];
  /** Every column of the row. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** Asks one task of one variant, or finds its answer in the cache, and scores it. Throws only what ends the run: an abort, or the budget. */
export async function askTask(
  task: Task,
  variant: number,
  open: OpenModel,
  prompt: Prompt | undefined,
  plan: RunPlan,
  budget: Budget,
  cache: AnswerCache | undefined,
  signal: AbortSignal,
): Promise<Asked> {
  let question: Question;
  try {
    const asked = toQuestion(task, open.planned, prompt, plan, signal);
    question = asked instanceof Promise ? await asked : asked;
  } catch (error) {
    if (!(error instanceof WorkbenchError) || !isAboutRow(error)) throw error;
    const failure = new AnswerFailure('client', `${error.message} ${error.remedy ?? ''}`.trim(), 0);
    return { ...failed(task, variant, failure), messages: [], values: task.row.values };
  }
  const shown = { messages: question.messages, values: task.row.values };
  const price = open.planned.kind === 'connection' ? priceOf(open.planned.connection) : undefined;
  const key = cache?.keyOf(open, question);
  const known = key === undefined ? undefined : await cache?.find(key);
  if (known !== undefined) return { ...answered(task, variant, known, costOf(known, price), plan), ...shown };
  const estimate = mostCost(question, open, price);
  const room = budget.reserve(estimate);
  if (room !== undefined) await room;
  let cost: number | undefined;
  try {
    const answer = await open.model.answer(question, signal);
    cost = open.planned.kind === 'connection' ? costOf(answer, price) : 0;
    if (key !== undefined) cache?.keep(key, answer);
    return { ...answered(task, variant, answer, cost, plan), ...shown };
  } catch (error) {
    if (!(error instanceof AnswerFailure)) throw error;
    return { ...failed(task, variant, error), ...shown };
  } finally {
    budget.settle(estimate, cost ?? 0);
  }
}

/** The most an answer may cost, for the budget. */
function mostCost(question: Question, open: OpenModel, price: Price | undefined): number {
  if (price === undefined) return 0;
  const inWords = estimateCost(countCharacters(question.messages), longestAnswer(question, open), price);
  return inWords + estimateSoundCost(question.audio, price);
}

/** A fault of this row's own files: the others can still be asked. */
function isAboutRow({ code }: WorkbenchError): boolean {
  return code === 'dataset-invalid' || code === 'file-unreadable' || code === 'file-not-found';
}

function longestAnswer({ parameters }: Question, { planned }: OpenModel): number | undefined {
  return (
    parameters.maxTokens ??
    (planned.kind === 'connection' ? parametersOfConnection(planned.connection).maxTokens : undefined)
  );
}

/** A fresh answer, or one from the cache, which has no times of its own. */
type Given =
  Answer | (CachedAnswer & { readonly latencyMs?: never; readonly firstTokenMs?: never; readonly attempts?: never });

function answered(
  task: Task,
  variant: number,
  answer: Given,
  cost: number | undefined,
  plan: RunPlan,
): Omit<Asked, 'messages' | 'values'> {
  const { row } = task;
  const observation = observeAnswer(task, answer, cost, plan);
  const leading = observation.scores?.[plan.leading.id];
  const details = detailsOf(answer, row.perturbation !== undefined);
  const record: SampleRecord = {
    variant,
    row: row.index,
    rowDigest: row.digest,
    occurrence: task.occurrence,
    repeat: task.repeat,
    input: row.input,
    target: row.target,
    slices: row.slices,
    output: answer.output,
    ...(leading === undefined || plan.leading.right === undefined
      ? {}
      : { right: plan.leading.right.isRight(leading) }),
    scores: observation.scores ?? {},
    ...(answer.latencyMs === undefined ? {} : { latencyMs: answer.latencyMs }),
    ...(observation.firstTokenMs === undefined ? {} : { firstTokenMs: observation.firstTokenMs }),
    ...(observation.inputTokens === undefined ? {} : { inputTokens: observation.inputTokens }),
    ...(observation.outputTokens === undefined ? {} : { outputTokens: observation.outputTokens }),
    ...(observation.estimatedTokens === undefined ? {} : { estimatedTokens: observation.estimatedTokens }),
    ...(cost === undefined ? {} : { cost }),
    attempts: answer.attempts ?? 0,
    ...(details === undefined ? {} : { details }),
  };
  return { record, observation, failure: undefined };
}

/** What metrics see of a fresh answer, its scores included. */
function observeAnswer(task: Task, answer: Given, cost: number | undefined, plan: RunPlan): Observation {
  const { row } = task;
  const seen: Observation = {
    output: answer.output,
    target: row.target,
    row: row.index,
    slices: row.slices,
    ...(answer.latencyMs === undefined ? {} : { latencyMs: answer.latencyMs }),
    ...(row.choices === undefined ? {} : { choices: row.choices }),
    ...(row.perturbation === undefined ? {} : { perturbation: row.perturbation }),
    ...(answer.firstTokenMs === undefined ? {} : { firstTokenMs: answer.firstTokenMs }),
    ...(answer.inputTokens === undefined ? {} : { inputTokens: answer.inputTokens }),
    ...(answer.outputTokens === undefined ? {} : { outputTokens: answer.outputTokens }),
    ...(answer.reasoningTokens === undefined ? {} : { reasoningTokens: answer.reasoningTokens }),
    ...(answer.estimatedTokens === undefined ? {} : { estimatedTokens: answer.estimatedTokens }),
    ...(answer.toolCalls === undefined ? {} : { toolCalls: answer.toolCalls }),
    ...(answer.choiceLogprobs === undefined ? {} : { choiceLogprobs: answer.choiceLogprobs }),
    ...(answer.probabilities === undefined ? {} : { probabilities: answer.probabilities }),
    ...(cost === undefined ? {} : { cost }),
  };
  return { ...seen, scores: scoreObservation(seen, plan.metrics, plan.leading) };
}

/** An error text longer than this says nothing more. */
const longestMessage = 2000;

function failed(task: Task, variant: number, error: AnswerFailure): Omit<Asked, 'messages' | 'values'> {
  const { row } = task;
  const record: SampleRecord = {
    variant,
    row: row.index,
    rowDigest: row.digest,
    occurrence: task.occurrence,
    repeat: task.repeat,
    input: row.input,
    target: row.target,
    slices: row.slices,
    scores: {},
    attempts: error.attempts,
    failure: { class: error.class, message: error.message.slice(0, longestMessage) },
  };
  return { record, observation: undefined, failure: error.class };
}

/** What is kept of an answer for people to read; nothing for a plain one. */
function detailsOf(answer: Given, perturbed: boolean): SampleDetails | undefined {
  const { finishReason, reasoningTokens, toolCalls, fingerprint, timings } = answer;
  const plain = finishReason === undefined || finishReason === 'stop';
  const cached = answer.attempts === undefined;
  const told = [reasoningTokens, toolCalls, fingerprint, timings];
  if (plain && !cached && !perturbed && told.every(one => one === undefined)) return undefined;
  return {
    ...(cached ? { cached } : {}),
    ...(plain ? {} : { finishReason }),
    ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
    ...(toolCalls === undefined ? {} : { toolCalls: toolCalls.map(call => ({ ...call })) }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(perturbed ? { perturbed } : {}),
    ...(timings === undefined ? {} : { timings }),
  };
}
