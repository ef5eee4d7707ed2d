import type { Identity } from '../../schemas/generated/messages.ts';
import { describePerson, hasName } from '../people/describe-person.ts';
import type { Cell } from './table.ts';

/** Somebody in a table: how sure it is who that is stays where the name is shortened. */
export function personCell(identity: Identity): Cell {
  return {
    text: describePerson(identity),
    keep: hasName(identity) ? `, ${identity.assurance})` : ` (${identity.assurance})`,
  };
}
