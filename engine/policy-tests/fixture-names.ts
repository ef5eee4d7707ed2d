import type { Identity } from '../../schemas/generated/messages.ts';

export const fixtureModel = 'test-model';
export const fixtureVersion = '1';
/** Digest of what is made up: no such thing has it. */
export const fixtureDigest = '0'.repeat(64);

/** Somebody of a policy test. */
export function personOf(name: string): Identity {
  return { name, email: `${name.replaceAll(' ', '-')}@test.invalid`, assurance: 'self-asserted' };
}
