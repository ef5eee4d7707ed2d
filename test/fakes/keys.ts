import { generateKeyPairSync } from 'node:crypto';
import { createSigning } from '../../platform/host/signing.ts';
import type { SigningKey } from '../../engine/ports/signing.ts';

/** A new signing key that lies in no file. */
export async function makeKey(): Promise<SigningKey> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const key = await createSigning({ AIWB_SIGNING_KEY: pem }).ownKey();
  if (key === undefined) throw new Error('A key was given.');
  return key;
}

/** A workbench.yaml that vouches for keys and lists roles. */
export function workbenchOf(
  signers: Readonly<Record<string, SigningKey>>,
  roles: Readonly<Record<string, readonly string[]>> = {},
): string {
  const keys = Object.entries(signers).map(([name, { publicKey }]) => [`${name}@x.example`, publicKey]);
  const lists = Object.entries(roles).map(([role, names]) => [role, names.map(name => `${name}@x.example`)]);
  return JSON.stringify({
    ...(keys.length === 0 ? {} : { signers: Object.fromEntries(keys) }),
    ...(lists.length === 0 ? {} : { roles: Object.fromEntries(lists) }),
  });
}
