import type { Identity } from '../../schemas/generated/messages.ts';

/** `Ada (ada@x.example, self-asserted)`: a name never stands without how sure it is. */
export function describePerson(identity: Identity): string {
  const { name, email, assurance } = identity;
  return hasName(identity) ? `${String(name)} (${email}, ${assurance})` : `${email} (${assurance})`;
}

/** Whether there is more than an address to call somebody by. */
export function hasName({ name }: Identity): boolean {
  return name !== undefined && name !== '';
}
