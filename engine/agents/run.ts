import type { AgentRunInput, AgreedRun, DryRunEstimate } from '../../schemas/generated/messages.ts';
import { formatNumber } from '../reports/format.ts';
import { lowerLimit } from '../documents/limits.ts';
import type { Outcome } from './answer.ts';
import type { AgentDesk, CallOptions } from './desk.ts';
import { estimateFor, startOf } from './dry-run.ts';
import { estimateFacts, estimateLines, estimateSentence, totalCost } from './estimates.ts';
import { factsOf, hasEnded, linesOf, sentenceOf } from './runs.ts';
import { waitForEnd } from './wait.ts';

const usualWait = 20;

/** Starts a run, unless it might cost more than was allowed. */
export async function run(
  input: AgentRunInput,
  desk: AgentDesk,
  options: CallOptions,
  signal: AbortSignal,
): Promise<Outcome> {
  const estimate = await estimateFor(input, desk, signal);
  const refusal = refuseCost(estimate, input, options);
  if (refusal !== undefined) return refused(refusal, estimate);
  const budget = lowerLimit(input.maxCost, options.ceiling);
  const request = { ...(await startOf(input, desk)), ...(budget === undefined ? {} : { budget }) };
  const started = await desk.start(request, signal);
  const [state = started] = await waitForEnd([started.id], input.wait ?? usualWait, desk, options, signal);
  return {
    text: `${sentenceOf(state)} ${nextStep(state.id, hasEnded(state))}`,
    data: [{ title: 'RUN', text: linesOf(state).join('\n') }],
    content: { started: true, run: factsOf(state), estimate: estimateFacts(estimate) },
  };
}

/** Why a run may not be started, as far as its cost is concerned. */
export function refuseCost(
  estimate: DryRunEstimate,
  { maxCost, acceptUnknownCost }: AgentRunInput,
  { confirmed, ceiling }: CallOptions,
): string | undefined {
  const total = totalCost(estimate);
  if (ceiling !== undefined && total > ceiling) {
    return `The estimate is above ${formatNumber(ceiling, 'USD')}, the most that the person who set this server up lets a run cost. Ask fewer rows or models.`;
  }
  if (maxCost !== undefined && total > maxCost) {
    return `The estimate is above the ${formatNumber(maxCost, 'USD')} of \`maxCost\`. Ask the person, or ask fewer rows or models.`;
  }
  const isUnknown = estimate.unpriced !== undefined;
  if (isUnknown && ceiling !== undefined) {
    return 'No price is known for some model, and the person who set this server up limits what a run may cost. Give the connection a `price` in workbench.yaml.';
  }
  if (confirmed !== undefined) {
    return isWithin(estimate, confirmed)
      ? undefined
      : 'What it would ask or cost has grown since the person agreed. Call again, so that they are asked anew.';
  }
  if (total > 0 && maxCost === undefined) {
    return 'It would cost money, and nobody was asked. Ask the person; where they agree, call again with `maxCost` in US dollars.';
  }
  if (isUnknown && acceptUnknownCost !== true) {
    return 'No price is known for some model, so what it would cost cannot be told. Ask the person; where they agree, call again with `acceptUnknownCost: true`.';
  }
  return undefined;
}

/** What a person agrees to with an estimate. */
export function agreedBy(estimate: DryRunEstimate): AgreedRun {
  return { cost: totalCost(estimate), samples: estimate.samples, models: modelsOf(estimate) };
}

function isWithin(estimate: DryRunEstimate, { cost, samples, models }: AgreedRun): boolean {
  const agreed = new Set(models);
  return (
    totalCost(estimate) <= cost + 1e-9 &&
    estimate.samples <= samples &&
    modelsOf(estimate).every(model => agreed.has(model))
  );
}

function modelsOf({ variants, unpriced = [] }: DryRunEstimate): string[] {
  return [...new Set([...variants.map(({ model }) => model), ...unpriced])];
}

function refused(why: string, estimate: DryRunEstimate): Outcome {
  return {
    text: `Nothing was started. ${why} It would ask ${estimateSentence(estimate)}`,
    data: [{ title: 'ESTIMATE', text: estimateLines(estimate).join('\n') }],
    content: { started: false, why, estimate: estimateFacts(estimate) },
    failed: true,
  };
}

function nextStep(id: string, ended: boolean): string {
  return ended
    ? `Read its results with aiwb_results and {"runs": ["${id}"]}.`
    : `It goes on by itself. Follow it with aiwb_results and {"runs": ["${id}"], "wait": 60}; stop it with aiwb_cancel.`;
}
