import type { ScanGroup, ScanSource } from '../../schemas/generated/messages.ts';
import { plainLine } from '../base/plain-text.ts';

/** A scanner's report, read: what it is of and what it found. Texts from it are shortened and without unseen characters. */
export interface ScanContent {
  readonly source: ScanSource;
  /** With its version where the report says it. */
  readonly tool: string;
  /** When the scan ran, where the report says so. */
  readonly at?: ScanTime;
  /** Models that were scanned, as the report names them. */
  readonly targets: readonly string[];
  readonly groups: readonly ScanGroup[];
  /** Why a person must look before it counts. */
  readonly doubts: readonly string[];
  readonly notes: readonly string[];
}

export interface ScanTime {
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** The report gives the time of a clock without saying where it hangs: `time` takes it for UTC. */
  readonly isLocal: boolean;
}

/** Names out of a report are cut at this many UTF-16 code units. */
const longestName = 200;
/** Texts of an attack or a finding at this many. */
const longestSample = 300;

/** A name out of a report, on one line and with unseen characters spelled out. */
export function nameFrom(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const name = plainLine(value, longestName).trim();
  return name === '' ? undefined : name;
}

/** A text out of a report, shortened, on one line and with unseen characters spelled out. */
export function sampleFrom(text: string): string {
  return plainLine(text, longestSample).trim();
}

/** The moment an ISO 8601 text names; one without an offset is taken for UTC and marked as local. */
export function timeFrom(value: unknown): ScanTime | undefined {
  if (typeof value !== 'string' || value.length > 40) return undefined;
  const parts = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)(Z|[+-]\d{2}:?\d{2})?$/.exec(value.trim());
  if (parts === null) return undefined;
  const [, day, clock, offset] = parts;
  const time = Date.parse(`${day ?? ''}T${clock ?? ''}${offset ?? 'Z'}`);
  return Number.isNaN(time) ? undefined : { time, isLocal: offset === undefined };
}

/** The earliest of several times. */
export function earliest(times: readonly (ScanTime | undefined)[]): ScanTime | undefined {
  return times.reduce<ScanTime | undefined>(
    (first, each) => (each === undefined || (first !== undefined && first.time <= each.time) ? first : each),
    undefined,
  );
}
