import type { Identity } from '../../schemas/generated/messages.ts';

/** `Ada (ada@x.example, self-asserted)`: a name never stands without how sure it is. */
export function describePerson({ name, email, assurance }: Identity): string {
  return name === undefined || name === '' ? `${email} (${assurance})` : `${name} (${email}, ${assurance})`;
}
