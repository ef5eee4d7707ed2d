import type { PreflightFinding } from '../../../schemas/generated/messages.ts';
import type { Blobs } from '../../ports/blobs.ts';
import { formatNumber } from '../../reports/format.ts';
import type { RunPorts } from '../../runs/ports.ts';
import { toCost, type Forecast } from '../forecast.ts';
import type { TuningPlan } from '../plan.ts';
import type { JobBundle, TuningPlatform } from '../platform.ts';
import { checkData } from './check-data.ts';
import { checkMemory } from './check-memory.ts';

export interface PreflightInput {
  readonly plan: TuningPlan;
  readonly bundle: JobBundle;
  /** Asked about itself. */
  readonly platform: Pick<TuningPlatform, 'preflight'>;
  /** What the training is expected to take. */
  readonly forecast: Forecast;
  readonly blobs: Blobs | undefined;
}

/**
 * Everything that can be told before a job is started or paid, all together: its rows, whether it fits into memory, whether the budget holds,
 * and what its platform says. A finding of level `error` stops the run. The embedded model, which needs none of this, has no findings.
 */
export async function runPreflight(
  { plan, bundle, platform, forecast, blobs }: PreflightInput,
  ports: RunPorts,
  signal: AbortSignal,
): Promise<readonly PreflightFinding[]> {
  if (plan.base.kind === 'embedded') return [];
  const findings = [
    ...(await checkData(plan, ports.clock, signal)),
    ...(await checkMemory(plan, ports, blobs, signal)),
    ...checkBudget(plan, forecast),
    ...((await platform.preflight?.(bundle, signal)) ?? []),
  ];
  signal.throwIfAborted();
  return findings;
}

function checkBudget({ budget }: TuningPlan, forecast: Forecast): readonly PreflightFinding[] {
  const cost = toCost(forecast);
  if (budget === undefined || cost === undefined) return [];
  const sum = `${formatNumber(cost, 'USD')} (an estimate), and the budget is ${formatNumber(budget, 'USD')}`;
  if (cost <= budget) return [{ check: 'budget', level: 'ok', message: `The training costs about ${sum}.` }];
  return [
    {
      ...{ check: 'budget', level: 'error', message: `The training would cost about ${sum}.` },
      remedy: 'Raise limits.budget, train fewer epochs or on fewer rows, or choose a cheaper platform.',
    },
  ];
}
