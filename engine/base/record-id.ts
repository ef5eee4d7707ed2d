import { createRunId } from './run-id.ts';

/** Id of a record in the ledger: its kind's word and, as for runs, its time and five random letters. */
export function createRecordId(word: string, clock: { now(): number }, random: () => number): string {
  return `${word}-${createRunId(clock, random)}`;
}
