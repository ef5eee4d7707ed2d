import type { MeasureNeeds, Measurement, MeasureTools } from '../measure.ts';
import { defaultJudge } from '../measure.ts';
import { askJudge, type Judgement, type JudgeQuestion } from './ask.ts';

/** Names of the judges the parameters name; the workbench's own where they name none. */
export function judgesOf({
  model,
  models,
}: {
  readonly model?: string;
  readonly models?: readonly string[];
}): readonly string[] {
  return [
    ...new Set([...(model === undefined ? [] : [model]), ...(models ?? [])]),
    ...((model ?? models) ? [] : [defaultJudge]),
  ];
}

/** Each judge's word on a question, all at once. Throws only what ends the run. */
export async function askPanel(
  judges: readonly string[],
  question: JudgeQuestion,
  tools: MeasureTools,
  signal: AbortSignal,
): Promise<readonly Judgement[]> {
  return Promise.all(judges.map(judge => askJudge(tools.model(judge), question, tools, signal)));
}

/** What every judgement cost together; absent where no price is known. */
export function costOfAll(judgements: readonly Judgement[]): Pick<Measurement, 'cost'> {
  const costs = judgements.flatMap(({ cost }) => cost ?? []);
  return costs.length === 0 ? {} : { cost: costs.reduce((sum, cost) => sum + cost, 0) };
}

/** Why judgements are missing, in one text; undefined where none is. */
export function failuresOf(judgements: readonly Judgement[]): string | undefined {
  const failures = judgements.flatMap(({ failure }) => failure ?? []);
  return failures.length === 0 ? undefined : failures.join(' ');
}

/** What a panel loads its judges with, for estimates: `requests` a sample of about `characters` beside the texts judged. */
export function loadOf(
  judges: readonly string[],
  requests: number,
  characters: number,
  maxTokens: number | undefined,
): Pick<MeasureNeeds, 'load'> {
  // Reasons of at most 80 words and a verdict come to about 150 tokens.
  const outputTokens = Math.min(maxTokens ?? 150, 150);
  return { load: judges.map(model => ({ model, requests, characters, outputTokens })) };
}
