import type { Clock } from '../ports/clock.ts';
import { createRunId } from '../runs/identity.ts';

/** Id of a record in the ledger: its kind's word and, as for runs, its time and five random letters. */
export function createRecordId(word: string, clock: Clock, random: () => number): string {
  return `${word}-${createRunId(clock, random)}`;
}
