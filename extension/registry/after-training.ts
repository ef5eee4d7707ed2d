import type { RunSummary, VersionDetails } from '../../schemas/generated/messages.ts';
import { isEnded } from '../../schemas/run-states.ts';
import { isResumable } from '../runs/states.ts';

/** What can be done with a tuned model. */
export type NextStep = 'evaluate' | 'resume' | 'register' | 'compare' | 'openVersion' | 'assess' | 'baseline';

/**
 * The steps that make sense after a tuning run, in the order of the workflow. Whether the last ones are allowed is for the engine to say.
 *
 * @param version that came out of the run, where one was registered
 */
export function nextSteps(run: RunSummary, version: Pick<VersionDetails, 'baseline'> | undefined): NextStep[] {
  const succeeded = run.state === 'succeeded';
  return [
    ...(isResumable(run) ? ['resume' as const] : []),
    // What ended early may have kept a checkpoint; the engine tells where there is none.
    ...(isEnded(run.state) ? ['evaluate' as const] : []),
    ...(succeeded && version === undefined ? ['register' as const] : []),
    ...(version === undefined ? [] : (['openVersion', 'assess'] as const)),
    ...(version !== undefined && version.baseline === undefined ? ['baseline' as const] : []),
    'compare',
  ];
}
