import { AnswerFailure, type Answer, type Message, type ModelParameters, type Question } from '../../models/model.ts';
import type { MeasureTools, MeasuringModel } from '../measure.ts';
import { findJsonObject } from './reply.ts';

/** What a judge is asked, and how its reply is read. */
export interface JudgeQuestion {
  readonly messages: readonly Message[];
  /** JSON Schema of the reply. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** The reply's field that holds the verdict. */
  readonly field: string;
  /** What the reply must be, for the judge that wrote something else. */
  readonly format: string;
  /** The verdict as a number; undefined where what was written is none. `reply` is all that the judge wrote. */
  read(written: unknown, reply: Readonly<Record<string, unknown>>): number | undefined;
  readonly maxTokens: number | undefined;
}

/** One judge's word on one question. Exactly one of `score` and `failure` is there. */
export interface Judgement {
  readonly score?: number;
  readonly reasons?: string;
  readonly failure?: string;
  /** US dollars of all requests; absent where no price is known. */
  readonly cost?: number;
}

const usualTokens = 1024;
const longestReasons = 4000;
const longestExcerpt = 300;

/** Judges that refused structured output or the temperature once are not asked for it again. */
const plainJudges = new WeakSet<object>();

/**
 * Asks one judge. A reply that is no judgement is asked for once more, with what was wrong about it; a second one is a failure with an
 * excerpt, never a score. Throws only what ends the run.
 */
export async function askJudge(
  judge: MeasuringModel,
  question: JudgeQuestion,
  tools: Pick<MeasureTools, 'timeout' | 'seed'>,
  signal: AbortSignal,
): Promise<Judgement> {
  const spent: Spent = { cost: undefined };
  let messages = question.messages;
  let problem = '';
  for (let attempt = 0; attempt < 2; attempt += 1) {
    let answer: Answer;
    try {
      answer = await answerOnce(judge, messages, question, tools, signal);
    } catch (error) {
      if (!(error instanceof AnswerFailure)) throw error;
      return { ...totalOf(spent), failure: `${judge.name}: ${error.class}: ${error.message}` };
    }
    const cost = judge.costOf(answer);
    if (cost !== undefined) spent.cost = (spent.cost ?? 0) + cost;
    const object = findJsonObject(answer.output, question.field);
    const score = object === undefined ? undefined : question.read(object[question.field], object);
    if (score !== undefined) return { ...totalOf(spent), score, reasons: reasonsOf(object) };
    problem = describeProblem(answer, object, question);
    messages = [
      ...question.messages,
      { role: 'assistant', content: answer.output.slice(0, 2000) || '(nothing)' },
      { role: 'user', content: `That was no valid judgement: ${problem}. Answer again. ${question.format}` },
    ];
  }
  return { ...totalOf(spent), failure: `${judge.name} gave no judgement, asked twice: ${problem}.` };
}

async function answerOnce(
  judge: MeasuringModel,
  messages: readonly Message[],
  { schema, maxTokens }: JudgeQuestion,
  tools: Pick<MeasureTools, 'timeout' | 'seed'>,
  signal: AbortSignal,
): Promise<Answer> {
  const input = messages.map(({ content }) => (typeof content === 'string' ? content : '')).join('\n\n');
  const limit = maxTokens ?? judge.parameters.maxTokens ?? usualTokens;
  const plain = { input, messages, stream: false, timeout: tools.timeout } as const;
  if (!plainJudges.has(judge)) {
    const parameters: ModelParameters = { temperature: 0, seed: tools.seed, ...judge.parameters, maxTokens: limit };
    const structured: Question = {
      ...plain,
      parameters,
      responseFormat: { type: 'json-schema', name: 'judgement', schema },
    };
    try {
      return await judge.model.answer(structured, signal);
    } catch (error) {
      // Some endpoints know no structured output, and some models no temperature: they are asked in plain words.
      if (!(error instanceof AnswerFailure) || error.class !== 'client') throw error;
      const answer = await judge.model.answer({ ...plain, parameters: { maxTokens: limit } }, signal);
      plainJudges.add(judge);
      return answer;
    }
  }
  return judge.model.answer({ ...plain, parameters: { maxTokens: limit } }, signal);
}

interface Spent {
  cost: number | undefined;
}

function totalOf({ cost }: Spent): Judgement {
  return cost === undefined ? {} : { cost };
}

function reasonsOf(object: Readonly<Record<string, unknown>> | undefined): string {
  const reasons = object?.['reasons'];
  return typeof reasons === 'string' ? reasons.slice(0, longestReasons) : '';
}

function describeProblem(
  { output, finishReason }: Answer,
  object: Readonly<Record<string, unknown>> | undefined,
  { field }: JudgeQuestion,
): string {
  const excerpt = JSON.stringify(output.trim().slice(0, longestExcerpt));
  if (output.trim() === '') return finishReason === 'length' ? 'it ran out of tokens before a word' : 'it was empty';
  if (object !== undefined) {
    return `its ${field} was ${JSON.stringify(object[field] ?? null).slice(0, longestExcerpt)}, which is none of those asked for`;
  }
  if (finishReason === 'length')
    return `it was cut off at its longest (raise maxTokens), ending in no JSON: ${excerpt}`;
  return `it held no JSON object with ${field}: ${excerpt}`;
}
