import type { Identity } from '../../../schemas/generated/messages.ts';
import type { LocalVersion } from '../../ports/registry.ts';
import { isSamePerson } from '../../people/same-person.ts';

/** Whether somebody made the version: then they cannot say that it is good. */
export function makerRole(by: Identity, { author, lineage }: LocalVersion): 'author' | 'trainer' | undefined {
  if (isSamePerson(by, author)) return 'author';
  return lineage.trainer !== undefined && isSamePerson(by, lineage.trainer) ? 'trainer' : undefined;
}

/** Whether the version came out of a run whose starter is not recorded: nobody can be shown to be another person. */
export function isTrainerUnknown({ lineage }: LocalVersion): boolean {
  return lineage.trainer === undefined && lineage.runId !== undefined;
}
