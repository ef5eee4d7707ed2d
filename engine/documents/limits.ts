import type { Benchmark } from '../../schemas/generated/files.ts';
import { readDuration } from '../base/durations.ts';

/** A benchmark's limits in the engine's units. */
export interface RunLimits {
  readonly concurrency: number;
  readonly requestsPerMinute: number | undefined;
  readonly tokensPerMinute: number | undefined;
  /** US dollars. */
  readonly budget: number | undefined;
  /** Share of failed samples, 0..1. */
  readonly maxErrorRate: number | undefined;
  /** Milliseconds. */
  readonly timeout: number;
  readonly retries: number;
}

/** Reads the limits of a validated benchmark, with the defaults the schema names. */
export function readLimits(limits: Benchmark['limits']): RunLimits {
  return {
    concurrency: limits?.concurrency ?? 16,
    requestsPerMinute: limits?.requestsPerMinute,
    tokensPerMinute: limits?.tokensPerMinute,
    budget: limits?.budget === undefined ? undefined : Number.parseFloat(limits.budget),
    maxErrorRate: limits?.maxErrorRate === undefined ? undefined : Number.parseFloat(limits.maxErrorRate) / 100,
    timeout: readDuration(limits?.timeout ?? '60s'),
    retries: limits?.retries ?? 4,
  };
}

/** The lower of two limits, of which either may be absent. */
export function lowerLimit(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}
