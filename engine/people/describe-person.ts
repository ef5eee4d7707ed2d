import type { Identity } from '../../schemas/generated/messages.ts';
import type { Cell } from '../reports/table.ts';

/** `Ada (ada@x.example, self-asserted)`: a name never stands without how sure it is. */
export function describePerson(identity: Identity): string {
  const { name, email, assurance } = identity;
  return hasName(identity) ? `${String(name)} (${email}, ${assurance})` : `${email} (${assurance})`;
}

/** The same in a table: how sure it is who that is stays where the name is shortened. */
export function personCell(identity: Identity): Cell {
  return {
    text: describePerson(identity),
    keep: hasName(identity) ? `, ${identity.assurance})` : ` (${identity.assurance})`,
  };
}

function hasName({ name }: Identity): boolean {
  return name !== undefined && name !== '';
}
