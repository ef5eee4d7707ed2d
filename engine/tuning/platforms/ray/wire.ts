import type { RunState } from '../../../../schemas/generated/messages.ts';
import { isRecord } from '../../../models/http/json.ts';
import type { Machine } from '../../machines/machine.ts';

/** Key in a job's metadata that holds its tag. */
export const tagKey = 'aiwb-tag';

const states: Readonly<Record<string, RunState>> = {
  PENDING: 'provisioning',
  RUNNING: 'running',
  STOPPED: 'cancelled',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
};

/** A job as the Jobs API describes it; undefined for jobs that were not submitted by us. */
export function readJob(value: unknown, price: number | undefined): Machine | undefined {
  if (!isRecord(value)) return undefined;
  const { submission_id: id, status, message, metadata, start_time: start } = value;
  const tag = isRecord(metadata) ? metadata[tagKey] : undefined;
  if (typeof id !== 'string' || typeof status !== 'string' || typeof tag !== 'string') return undefined;
  const state = states[status] ?? 'running';
  const reason = state === 'failed' && typeof message === 'string' ? readReason(message) : undefined;
  return {
    id,
    tag,
    state,
    raw: status,
    ended: state === 'succeeded' || state === 'failed' || state === 'cancelled',
    ...(typeof start === 'number' && start > 0 ? { createdAt: start } : {}),
    ...(price === undefined ? {} : { hourlyPrice: price }),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** The message of a job that failed, without the log that Ray writes behind it. */
function readReason(message: string): string {
  const [first = ''] = message.split(/, last available logs|\n/);
  return first.slice(0, 300);
}

/** How much of each resource the cluster has and uses now; undefined where it does not tell. */
export function readResources(
  body: unknown,
  resource: 'CPU' | 'GPU',
): { readonly used: number; readonly total: number } | undefined {
  const report = ['data', 'clusterStatus', 'loadMetricsReport', 'usage'].reduce<unknown>(
    (value, name) => (isRecord(value) ? value[name] : undefined),
    body,
  );
  if (!isRecord(report) || Object.keys(report).length === 0) return undefined;
  const pair: unknown = report[resource];
  if (!Array.isArray(pair)) return { used: 0, total: 0 };
  return { used: Number(pair[0]), total: Number(pair[1]) };
}
