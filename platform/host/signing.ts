import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { WorkbenchError } from '../../engine/base/errors.ts';
import type { Signing, SigningKey } from '../../engine/ports/signing.ts';
import { defaultUserConfigPath } from '../secrets/user-config.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** Name of the environment variable that may hold the key, PKCS #8 in PEM; for CI. */
const variable = 'AIWB_SIGNING_KEY';

/** Where a person's key lies: beside their configuration, outside every workspace. */
export function signingKeyPath(environment: Variables): string {
  return path.join(path.dirname(defaultUserConfigPath(environment)), 'signing-key.pem');
}

export function createSigning(environment: Variables = process.env): Signing {
  return {
    ownKey() {
      try {
        return Promise.resolve(readOwnKey(environment));
      } catch (error) {
        return Promise.reject(error);
      }
    },
    verify(publicKey, bytes, signature) {
      const key = toPublicKey(publicKey);
      return key !== undefined && signature.length === 64 && verify(null, bytes, key, signature);
    },
  };
}

/** Makes a key that only its owner may read. Throws `usage` where there is one: what it signed would lose its signer. */
export function createSigningKey(environment: Variables = process.env): SigningKey {
  const file = signingKeyPath(environment);
  const { privateKey } = generateKeyPairSync('ed25519');
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  try {
    writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new WorkbenchError('usage', `There is a signing key already: ${file}.`, {
      remedy: 'See its public part with `aiwb keys show`. Move the file away to make another one.',
      cause: error,
    });
  }
  return toSigningKey(privateKey);
}

function readOwnKey(environment: Variables): SigningKey | undefined {
  const given = environment[variable];
  const place = given === undefined || given === '' ? signingKeyPath(environment) : `the variable ${variable}`;
  let pem: string;
  if (given === undefined || given === '') {
    try {
      pem = readFileSync(place, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw unusable(place, error);
    }
  } else pem = given;
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    // The cause would quote what it could not read.
    throw unusable(place);
  }
  if (key.asymmetricKeyType !== 'ed25519') throw unusable(place);
  return toSigningKey(key);
}

function unusable(place: string, cause?: unknown): WorkbenchError {
  return new WorkbenchError(
    'file-invalid',
    `The signing key in ${place} cannot be used: it is no Ed25519 key in PEM.`,
    {
      remedy: 'Make one with `aiwb keys create`.',
      cause,
    },
  );
}

function toSigningKey(key: KeyObject): SigningKey {
  const raw = Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url');
  return {
    publicKey: `ed25519:${raw.toString('base64')}`,
    keyId: createHash('sha256').update(raw).digest('hex'),
    sign: bytes => new Uint8Array(sign(null, bytes, key)),
  };
}

function toPublicKey(text: string): KeyObject | undefined {
  const [, base64] = /^ed25519:([A-Za-z0-9+/]{43}=)$/.exec(text) ?? [];
  if (base64 === undefined) return undefined;
  const x = Buffer.from(base64, 'base64').toString('base64url');
  try {
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  } catch {
    return undefined;
  }
}
