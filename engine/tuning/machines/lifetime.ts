import type { JobBundle } from '../platform.ts';

/** Seconds a machine may live where the job has no deadline: what takes longer goes on from its saved state on another one. */
export const defaultLifetime = 86_400;
/** Seconds beyond the deadline in which the trainer saves, and its files are stored. */
const spare = 900;
/** The longest that a storage's addresses last, less the spare time for what is put last. */
const longest = 7 * 86_400 - 3600;

/**
 * Seconds after which a machine ends itself, whoever still watches: a little after the deadline and before the budget (`left`, US dollars)
 * is spent at `price` dollars an hour.
 */
export function lifetimeOf(
  { deadline, bootDeadline }: JobBundle,
  left: number | undefined,
  price: number | undefined,
): number {
  const byDeadline = deadline === undefined ? defaultLifetime : deadline + bootDeadline + spare;
  const byBudget = left === undefined || price === undefined || price <= 0 ? Infinity : (left / price) * 3600;
  return Math.max(60, Math.floor(Math.min(longest, byDeadline, byBudget)));
}
