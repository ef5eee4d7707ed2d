import { readFileSync, readlinkSync } from 'node:fs';
import { uptime } from 'node:os';

/**
 * How two processes that report the same host name stand to each other:
 * `same`: their process ids can be compared; `earlier`: the other one ran before a restart of the machine and is gone;
 * `apart`: same machine, but a container lies between, so process ids say nothing.
 */
export type BootRelation = 'same' | 'earlier' | 'apart';

/** Seconds by which a boot time taken from two clocks may wander (clock adjustments, sleep). */
const bootTimeTolerance = 120;

let known: string | undefined;

/**
 * Identifies the boot and, on Linux, the namespace that process ids are counted in: `<boot id>/<namespace>`.
 * Elsewhere the time of the boot stands in, in seconds since the epoch: `@<seconds>`.
 */
export function findBootId(): string {
  known ??= readBootId() ?? `@${Math.round(Date.now() / 1000 - uptime())}`;
  return known;
}

/** Relates another process's boot id to ours. Both come from `findBootId` under the same host name. */
export function relateBoots(ours: string, theirs: string): BootRelation {
  if (ours === theirs) return 'same';
  if (ours.startsWith('@') && theirs.startsWith('@')) {
    const apart = Math.abs(Number(ours.slice(1)) - Number(theirs.slice(1)));
    return apart <= bootTimeTolerance ? 'same' : 'earlier';
  }
  const [ourBoot] = ours.split('/');
  const [theirBoot] = theirs.split('/');
  return ourBoot === theirBoot ? 'apart' : 'earlier';
}

function readBootId(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${readlinkSync('/proc/self/ns/pid').replace(/\D/g, '')}`;
  } catch {
    return undefined;
  }
}
