import type { RunState } from '../../../../schemas/generated/messages.ts';
import { isRecord } from '../../../models/http/json.ts';
import type { Machine } from '../../machines/machine.ts';

/** Tag of every job of ours, which holds the run's tag; jobs are listed by a tag's key. */
export const tagKey = 'aiwb-tag';

/** As the Azure Machine Learning REST API 2024-04-01 names a job's states (JobStatus). */
const states: Readonly<Record<string, RunState>> = {
  NotStarted: 'queued',
  Starting: 'provisioning',
  Provisioning: 'provisioning',
  Preparing: 'provisioning',
  Queued: 'queued',
  Running: 'running',
  Finalizing: 'running',
  CancelRequested: 'cancelling',
  Completed: 'succeeded',
  Failed: 'failed',
  Canceled: 'cancelled',
  // It may be heard of again: whether it still trains, its events tell.
  NotResponding: 'running',
  Paused: 'queued',
  Unknown: 'running',
};

/** A job as ARM describes it; undefined for jobs that are not ours. */
export function readJob(value: unknown, price: number | undefined): Machine | undefined {
  if (!isRecord(value) || !isRecord(value['properties'])) return undefined;
  const { name, systemData } = value;
  const { status, tags, services } = value['properties'];
  const tag = isRecord(tags) ? tags[tagKey] : undefined;
  if (typeof name !== 'string' || typeof status !== 'string' || typeof tag !== 'string') return undefined;
  const state = states[status] ?? 'running';
  const created = isRecord(systemData) ? Date.parse(String(systemData['createdAt'])) : NaN;
  const studio = isRecord(services) && isRecord(services['Studio']) ? services['Studio']['endpoint'] : undefined;
  const reason = state === 'failed' && typeof studio === 'string' ? `its log is at ${studio.slice(0, 300)}` : undefined;
  return {
    id: name,
    tag,
    state,
    raw: status,
    ended: state === 'succeeded' || state === 'failed' || state === 'cancelled',
    ...(Number.isNaN(created) ? {} : { createdAt: created }),
    ...(price === undefined ? {} : { hourlyPrice: price }),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** What ARM says went wrong: `{error: {code, message, details}}`. */
export function readArmError(body: Readonly<Record<string, unknown>>): string | undefined {
  const { error } = body;
  if (!isRecord(error)) return undefined;
  const { code, message } = error;
  return [code, message].filter((part): part is string => typeof part === 'string' && part !== '').join(': ');
}

/** A compute target as far as a job needs it. */
export interface Compute {
  /** Such as `AmlCompute`. */
  readonly type: string;
  /** Such as `Succeeded`, `Failed`. */
  readonly provisioning: string;
  /** Of compute instances: such as `Running`, `Stopped`. */
  readonly state?: string;
  readonly vmSize?: string;
  readonly location?: string;
  readonly isLowPriority: boolean;
  /** Of clusters: nodes at most, and those that are there and not idle. */
  readonly nodes?: { readonly most: number; readonly busy: number; readonly idle: number };
}

export function readCompute(value: unknown): Compute | undefined {
  if (!isRecord(value) || !isRecord(value['properties'])) return undefined;
  const outer = value['properties'];
  const inner = isRecord(outer['properties']) ? outer['properties'] : {};
  const { computeType, provisioningState } = outer;
  if (typeof computeType !== 'string') return undefined;
  const { vmSize, vmPriority, scaleSettings, nodeStateCounts, state } = inner;
  const counts = isRecord(nodeStateCounts) ? nodeStateCounts : {};
  const countOf = (name: string) => (typeof counts[name] === 'number' ? counts[name] : 0);
  const most = isRecord(scaleSettings) ? scaleSettings['maxNodeCount'] : undefined;
  const busy = countOf('runningNodeCount') + countOf('preparingNodeCount');
  return {
    type: computeType,
    provisioning: typeof provisioningState === 'string' ? provisioningState : 'Unknown',
    isLowPriority: vmPriority === 'LowPriority',
    ...(typeof state === 'string' ? { state } : {}),
    ...(typeof vmSize === 'string' ? { vmSize } : {}),
    ...(typeof value['location'] === 'string' ? { location: value['location'] } : {}),
    ...(typeof most === 'number' ? { nodes: { most, busy, idle: countOf('idleNodeCount') } } : {}),
  };
}

/** How many cores a family of machines may use in the workspace's region, and uses. */
export interface Quota {
  readonly family: string;
  readonly used: number;
  readonly limit: number;
}

/** Quotas of families, of which a size's is asked by the letters of its name: `STANDARD_NC24ads_A100_v4`. */
export function readQuotas(value: unknown): Quota[] {
  const entries = isRecord(value) && Array.isArray(value['value']) ? value['value'] : [];
  return entries.flatMap((entry: unknown) => {
    if (!isRecord(entry) || !isRecord(entry['name'])) return [];
    const { currentValue, limit, name } = entry;
    const family = name['value'];
    if (typeof family !== 'string' || typeof currentValue !== 'number' || typeof limit !== 'number') return [];
    return [{ family, used: currentValue, limit }];
  });
}
