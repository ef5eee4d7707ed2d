import type { Headline } from '../../schemas/generated/messages.ts';
import type { RunEntry } from './run-book.ts';

/** Whether a run's figure is of something that is to be compared. */
export type IsWanted = (headline: Headline, entry: RunEntry) => boolean;

/**
 * The newest runs in which everything wanted can be compared: one run that has figures of all, else of one benchmark the newest run of each.
 * Entries come newest first. Absent where no benchmark has measured all.
 */
export function latestTogether(entries: readonly RunEntry[], wanted: readonly IsWanted[]): RunEntry[] | undefined {
  const has = (entry: RunEntry, isWanted: IsWanted): boolean =>
    entry.run.headlines.some(headline => isWanted(headline, entry));
  const measured = entries.filter(({ run }) => run.kind === 'benchmark' && run.headlines.length > 0 && !run.archived);
  const whole = measured.find(entry => wanted.every(isWanted => has(entry, isWanted)));
  if (whole !== undefined) return [whole];
  for (const own of Map.groupBy(measured, ({ folder, run }) => `${folder}\n${run.name}`).values()) {
    const found = wanted.map(isWanted => own.find(entry => has(entry, isWanted)));
    if (found.every(entry => entry !== undefined)) return [...new Set(found)];
  }
  return undefined;
}
