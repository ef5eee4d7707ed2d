import type { RunState } from '../../../../schemas/generated/messages.ts';
import { isRecord } from '../../../models/http/json.ts';
import type { Machine } from '../../machines/machine.ts';

/** RunPod's statuses (REST API v2, schema PodStatus) in the states of runs. A pod that was exited or is in error is still there. */
const states: Readonly<Record<string, RunState>> = {
  PROVISIONING: 'provisioning',
  STARTING: 'provisioning',
  RUNNING: 'running',
  EXITED: 'lost',
  ERROR: 'failed',
};

/** A pod as the API tells it; undefined for what is none, or has been terminated. An unknown status is taken for one of a pod that is there. */
export function readPod(value: unknown): Machine | undefined {
  if (!isRecord(value)) return undefined;
  const { id, name, status, cost, createdAt, gpu } = value;
  if (typeof id !== 'string' || typeof name !== 'string' || typeof status !== 'string') return undefined;
  if (status === 'TERMINATED') return undefined;
  const made = typeof createdAt === 'string' ? Date.parse(createdAt) : NaN;
  const hardware = isRecord(gpu) ? readHardware(gpu) : undefined;
  return {
    id,
    tag: name,
    state: states[status] ?? 'provisioning',
    raw: status,
    ...(Number.isFinite(made) ? { createdAt: made } : {}),
    // A pod that has exited tells 0; its disk may cost something all the same.
    ...(typeof cost === 'number' && cost > 0 ? { hourlyPrice: cost } : {}),
    ...(hardware === undefined ? {} : { hardware }),
  };
}

function readHardware({ id, count }: Readonly<Record<string, unknown>>): string | undefined {
  return typeof id === 'string' ? `${String(typeof count === 'number' ? count : 1)} × ${id}` : undefined;
}

/** The array that a list answer wraps under a key; undefined for anything else. */
export function readList(json: unknown, key: string): readonly unknown[] | undefined {
  const list = isRecord(json) ? json[key] : undefined;
  return Array.isArray(list) ? (list as readonly unknown[]) : undefined;
}

/** A kind of GPU in the catalogue. */
export interface GpuType {
  readonly id: string;
  /** US dollars an hour of one, in the cloud asked for. */
  readonly price: number | undefined;
  /** Most that one pod may have. */
  readonly most: number | undefined;
  readonly isAvailable: boolean | undefined;
  /** `NONE`, `LOW`, `MEDIUM`, `HIGH`. */
  readonly availability: string | undefined;
}

export function readGpuType(
  value: unknown,
  cloud: 'secure' | 'community',
  dataCenters: readonly string[],
): GpuType | undefined {
  if (!isRecord(value) || typeof value['id'] !== 'string') return undefined;
  const { id, price, maxCount } = value;
  const availability = availabilityIn(value, dataCenters);
  return {
    id,
    price: numberOf(price, cloud),
    most: numberOf(maxCount, cloud),
    availability,
    isAvailable: availability === undefined ? undefined : availability !== 'NONE',
  };
}

function numberOf(value: unknown, cloud: string): number | undefined {
  const number = isRecord(value) ? value[cloud] : undefined;
  return typeof number === 'number' && Number.isFinite(number) && number > 0 ? number : undefined;
}

const levels = ['NONE', 'LOW', 'MEDIUM', 'HIGH'];

/** The best of the data centres that are asked for; that of all where none is. */
function availabilityIn(value: Readonly<Record<string, unknown>>, dataCenters: readonly string[]): string | undefined {
  const { availability, dataCenters: listed } = value;
  const whole = typeof availability === 'string' ? availability : undefined;
  if (dataCenters.length === 0 || !Array.isArray(listed)) return whole;
  const found = listed.flatMap(one =>
    isRecord(one) &&
    typeof one['id'] === 'string' &&
    dataCenters.includes(one['id']) &&
    typeof one['availability'] === 'string'
      ? [one['availability']]
      : [],
  );
  return found.sort((a, b) => levels.indexOf(b) - levels.indexOf(a))[0] ?? 'NONE';
}

/** Errors have the form of RFC 9457: title, status, detail, and sometimes a list of errors. */
export function readProblem({ title, detail, errors }: Readonly<Record<string, unknown>>): string | undefined {
  const all = [detail ?? title, ...(Array.isArray(errors) ? (errors as readonly unknown[]) : [])];
  const texts = all.filter((text): text is string => typeof text === 'string');
  return texts.length === 0 ? undefined : texts.join('; ');
}

/** The lines of a stream of server-sent events, as far as it came. */
export function readLogStream(text: string): string {
  return text
    .split('\n')
    .flatMap(line => (line.startsWith('data:') ? [lineOf(line.slice(5).trim())] : []))
    .join('\n');
}

function lineOf(data: string): string {
  try {
    const value: unknown = JSON.parse(data);
    if (!isRecord(value)) return data;
    const text = [value['message'], value['line'], value['log']].find(one => typeof one === 'string');
    return typeof text === 'string' ? text : data;
  } catch {
    return data;
  }
}
