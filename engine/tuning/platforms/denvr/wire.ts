import type { RunState } from '../../../../schemas/generated/messages.ts';
import { isRecord } from '../../../models/http/json.ts';
import type { Machine } from '../../machines/machine.ts';

/** Denvr's statuses in the states of runs. All but a destroyed application are still there, and hold what they were given. */
const states: Readonly<Record<string, RunState>> = {
  PLANNED: 'provisioning',
  PENDING: 'provisioning',
  PENDING_RESOURCES: 'queued',
  PENDING_READINESS: 'provisioning',
  ONLINE: 'running',
  OFFLINE: 'lost',
  CREATE_FAILED: 'failed',
  ADMIN_WAIT: 'failed',
  FAILED: 'failed',
};

/** What answers wrap: ABP's `{result, success, error}`. */
export function readResult(json: unknown): unknown {
  return isRecord(json) && 'result' in json ? json['result'] : json;
}

export function readItems(json: unknown): readonly unknown[] | undefined {
  const result = readResult(json);
  const items = isRecord(result) ? result['items'] : undefined;
  return Array.isArray(items) ? (items as readonly unknown[]) : undefined;
}

/** ABP's errors: `{error: {message, details, validationErrors}}`. */
export function readAbpError({ error }: Readonly<Record<string, unknown>>): string | undefined {
  if (!isRecord(error)) return undefined;
  const { message, details } = error;
  const texts = [message, details].filter((text): text is string => typeof text === 'string' && text !== '');
  return texts.length === 0 ? undefined : texts.join(' ');
}

/**
 * An application, as the list and the details tell it (`{instanceDetails, hardwarePackage}`), or as creating one answers (its fields alone).
 * Undefined for what is none. An unknown status is taken for one of an application that is there.
 */
export function readApplication(value: unknown, toTag: (name: string) => string): Machine | undefined {
  if (!isRecord(value)) return undefined;
  const details = isRecord(value['instanceDetails']) ? value['instanceDetails'] : value;
  const { id, status, creationTime } = details;
  if (typeof id !== 'string' || typeof status !== 'string') return undefined;
  const made = typeof creationTime === 'string' ? parseUtc(creationTime) : NaN;
  const hardware = isRecord(value['hardwarePackage']) ? readHardware(value['hardwarePackage']) : undefined;
  return {
    id,
    tag: toTag(id),
    state: states[status.toUpperCase()] ?? 'provisioning',
    raw: status,
    ...(Number.isFinite(made) ? { createdAt: made } : {}),
    ...(hardware?.price === undefined ? {} : { hourlyPrice: hardware.price }),
    ...(hardware?.words === undefined ? {} : { hardware: hardware.words }),
  };
}

/** Times are in UTC, with or without a zone. */
function parseUtc(text: string): number {
  return Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
}

/** A kind of hardware that applications run on. */
export interface HardwarePackage {
  readonly name: string;
  /** US dollars an hour. */
  readonly price: number | undefined;
  readonly isAvailable: boolean | undefined;
  /** Such as `1 × NVIDIA A100`. */
  readonly words: string | undefined;
}

export function readHardware(value: unknown): HardwarePackage | undefined {
  if (!isRecord(value) || typeof value['name'] !== 'string') return undefined;
  const { name, pricePerHour, available, gpuCount, gpuName } = value;
  const isPriced = typeof pricePerHour === 'number' && Number.isFinite(pricePerHour) && pricePerHour > 0;
  return {
    name,
    price: isPriced ? pricePerHour : undefined,
    isAvailable: typeof available === 'boolean' ? available : undefined,
    words:
      typeof gpuName === 'string' && typeof gpuCount === 'number' && gpuCount > 0
        ? `${String(gpuCount)} × ${gpuName}`
        : undefined,
  };
}
