import type { VouchedKey } from '../../engine/people/roles.ts';

/** Keys that count, from `{"ada@example.com": "ed25519:…"}`. Throws for anything else. */
export function readSigners(text: string, name: string): readonly VouchedKey[] {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${name} is no list of signers.`);
  const signers = Object.entries(value as Record<string, unknown>).map(([email, publicKey]) => {
    if (typeof publicKey === 'string' && /^ed25519:[A-Za-z0-9+/]{43}=$/.test(publicKey)) return { email, publicKey };
    throw new Error(`${name} has no public key for ${email}: it looks like ed25519:…, see \`aiwb keys show\`.`);
  });
  if (signers.length === 0) throw new Error(`${name} names no signer.`);
  return signers;
}
