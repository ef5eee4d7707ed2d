import type { RunSummary } from '../../schemas/generated/messages.ts';
import { isEnded } from '../../schemas/run-states.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { Store } from '../ports/store.ts';
import { countOf, formatNumber, formatSeconds, groupDigits } from '../reports/format.ts';

export function hasEnded({ state }: RunSummary): boolean {
  return isEnded(state);
}

/** The run an agent names by its id, a beginning of it, or `latest`. Throws `run-not-found`. */
export async function runNamed(name: string, store: Store): Promise<RunSummary> {
  if (name !== 'latest') return (await store.getRun(name)).summary;
  const [newest] = await store.listRuns({ limit: 1 });
  if (newest !== undefined) return newest;
  throw new WorkbenchError('run-not-found', 'There is no run yet.', { remedy: 'Start one with aiwb_run.' });
}

/** Where a run stands, in figures alone: nothing of it comes from a file or a model. */
export function sentenceOf(run: RunSummary): string {
  const { done, total, failed, cost, measuringCost, secondsLeft, waitingFor } = run.progress;
  const unit = run.kind === 'tune' ? 'epoch' : 'sample';
  const spent = sumOf(cost, measuringCost);
  const parts = [
    `${groupDigits(done)} of ${countOf(total, unit)}`,
    ...(failed > 0 ? [`${groupDigits(failed)} failed`] : []),
    ...(spent === undefined ? [] : [`${formatNumber(spent, 'USD')}${hasEnded(run) ? '' : ' so far'}`]),
    ...(hasEnded(run) || secondsLeft === undefined ? [] : [`about ${formatSeconds(secondsLeft)} left`]),
    ...(waitingFor === 'window' ? ['waiting for a VS Code window that lends its models'] : []),
    ...(run.gate === undefined ? [] : [gateWords[run.gate]]),
  ];
  return `Run ${run.id} (${run.kind === 'tune' ? 'tuning job' : 'benchmark'}): ${run.state}, ${parts.join(', ')}.`;
}

const gateWords = { met: 'gate met', 'not-met': 'gate NOT met', 'not-computed': 'gate not computed' } as const;

/** The same with names and figures, for a program. */
export function factsOf(run: RunSummary): Record<string, unknown> {
  const { done, total, failed, errors, cost, measuringCost, secondsLeft } = run.progress;
  return {
    id: run.id,
    name: run.name,
    kind: run.kind,
    file: run.file,
    state: run.state,
    ended: hasEnded(run),
    done,
    total,
    failed,
    errors,
    cost: sumOf(cost, measuringCost),
    secondsLeft: hasEnded(run) ? undefined : secondsLeft,
    createdAt: dateOf(run.createdAt),
    endedAt: dateOf(run.endedAt),
    gate: run.gate,
    figures: run.headlines
      .slice(0, 20)
      .map(({ model, prompt, label, value, unit }) => ({ model, prompt, label, value, unit })),
    failure: run.failure && { code: run.failure.code, message: run.failure.message, remedy: run.failure.remedy },
  };
}

/** What comes from elsewhere in a run's summary, a line each. */
export function linesOf(run: RunSummary): string[] {
  const figures = run.headlines
    .slice(0, 20)
    .map(({ model, label, value, unit }) => `${model} ${formatNumber(value, unit ?? 'ratio')} ${label}`);
  return [
    `${run.id}: ${run.name}, ${run.file}`,
    ...(figures.length === 0 ? [] : [`  ${figures.join('; ')}`]),
    ...(run.failure === undefined ? [] : [`  ${[run.failure.message, run.failure.remedy].filter(Boolean).join(' ')}`]),
  ];
}

export function sumOf(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0);
}

function dateOf(time: number | undefined): string | undefined {
  return time === undefined ? undefined : new Date(time).toISOString();
}
