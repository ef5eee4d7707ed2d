import type { Identity } from '../../schemas/generated/messages.ts';

/**
 * Whether two identities are one person, as far as e-mail addresses tell: case and surrounding white space do not count.
 * Every rule that asks for two people (attestation, waiver, approval) asks here.
 */
export function isSamePerson(a: Identity, b: Identity): boolean {
  return normalise(a.email) === normalise(b.email);
}

function normalise(email: string): string {
  return email.trim().toLowerCase();
}
