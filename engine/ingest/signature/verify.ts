import type { IngestFile, IngestSignature } from '../../../schemas/generated/messages.ts';
import { decodeBase64, encodeBase64 } from '../../base/base64.ts';
import type { Digest } from '../../ports/digest.ts';
import type { Signatures, VerifiedBy } from '../../ports/signatures.ts';
import { quoted, type Observed } from '../scan/findings.ts';
import { isRecord } from '../scan/safetensors.ts';
import { readBundle, type LogEntry, type ModelSignature } from './bundle.ts';

/** What a signature may be verified by. */
export interface Trust {
  /** PEM. */
  readonly key?: string;
  /** PEM, one or more certificates. */
  readonly ca?: string;
  /** JSON of a Sigstore trusted root. */
  readonly trustRoot?: string;
  /** Name that the signing certificate must carry: an address, a URI. */
  readonly signer?: string;
  /** Whether a model without a verified signature is refused. */
  readonly required: boolean;
}

export interface Verified {
  readonly signature: IngestSignature;
  readonly findings: readonly Observed[];
}

/** Checks a model's signature: that it fits key or certificates, and that it covers exactly the files there are. `text` is the signature file's. */
export function verifySignature(
  text: string | undefined,
  file: string,
  files: readonly IngestFile[],
  trust: Trust,
  ports: { readonly signatures: Signatures; readonly digest: Digest },
): Verified {
  if (text === undefined) {
    const asked = trust.required || trust.key !== undefined || trust.ca !== undefined || trust.trustRoot !== undefined;
    const sentence = 'It is not signed.';
    return {
      signature: { state: 'none', sentence },
      findings: [
        {
          rule: 'signature-missing',
          severity: asked ? 'unsafe' : 'note',
          message: `${sentence} There is no model.sig.`,
          ...(asked ? { remedy: 'Ask for the signed model (OpenSSF model signing).' } : {}),
        },
      ],
    };
  }
  const bundle = readBundle(text);
  if (typeof bundle === 'string') return invalid(file, `The signature cannot be read: ${bundle}.`);
  const mismatch = compareFiles(bundle, file, files, ports.digest);
  if (mismatch !== undefined) return invalid(file, `The signature does not cover these files: ${mismatch}.`);
  const { material } = bundle;
  const verified = verifyMaterial(bundle, trust, ports);
  const method = material.kind;
  if (verified === undefined) {
    const sentence =
      method === 'key'
        ? 'It is signed with a key, identity not verified: no key was given.'
        : 'It is signed with a certificate, identity not verified: nothing was given that it could lead to.';
    const option = method === 'key' ? '--key' : method === 'sigstore' ? '--trust-root' : '--ca';
    return {
      signature: { state: 'unverified', method, sentence },
      findings: [
        {
          rule: 'signature-unverified',
          severity: trust.required ? 'unsafe' : 'warning',
          file,
          message: sentence,
          remedy: `Give what it is verified by: ${option}.`,
        },
      ],
    };
  }
  if (!verified.ok)
    return invalid(file, `The signature is not valid: ${verified.reason ?? 'it does not fit'}.`, method);
  const names = [verified.subject, ...(verified.names ?? [])].filter(name => name !== undefined);
  if (trust.signer !== undefined && !names.includes(trust.signer))
    return invalid(
      file,
      `It was signed by ${quoted(names.join(', ') || 'a key')}, not by ${quoted(trust.signer)}.`,
      method,
    );
  // A public authority certifies anybody: that somebody signed it says nothing until it is asked who.
  if (method === 'sigstore' && trust.signer === undefined) {
    const sentence = `It is signed by ${quoted(names.at(-1) ?? 'somebody')}, which a log vouches for; identity not verified: nobody was named.`;
    return {
      signature: { state: 'unverified', method, sentence },
      findings: [
        {
          rule: 'signature-unverified',
          severity: trust.required ? 'unsafe' : 'warning',
          file,
          message: sentence,
          remedy: 'Say who must have signed it: --signer.',
        },
      ],
    };
  }
  const signer = verified.names?.[0] ?? verified.subject ?? verified.fingerprint;
  return {
    signature: {
      state: 'verified',
      method,
      ...(signer === undefined ? {} : { signer }),
      ...(verified.issuer === undefined ? {} : { issuer: verified.issuer }),
      sentence: `The signature over ${String(bundle.resources.length)} files is valid${signer === undefined ? '' : ` (${signer.slice(0, 120)})`}.`,
    },
    findings: [],
  };
}

function invalid(file: string, message: string, method?: IngestSignature['method']): Verified {
  return {
    signature: { state: 'invalid', sentence: message, ...(method === undefined ? {} : { method }) },
    findings: [
      {
        rule: 'signature-invalid',
        severity: 'unsafe',
        file,
        message,
        remedy: 'Fetch model and signature again from where the author keeps them; else do not take it.',
      },
    ],
  };
}

/** What keeps the signed files from being the files there are; undefined where they are the same. */
function compareFiles(
  { resources, rootDigest, ignored, method }: ModelSignature,
  own: string,
  files: readonly IngestFile[],
  digest: Digest,
): string | undefined {
  if (method !== 'files') return `it was made by the method "${method.slice(0, 40)}", and only "files" is read`;
  const all = digest.startSha256();
  const bySigned = new Map<string, string>();
  for (const { name, algorithm, digest: own } of resources) {
    if (algorithm !== 'sha256') return `it hashes by ${algorithm.slice(0, 40)}, and only sha256 is read`;
    const bytes = bytesOfHex(own);
    if (bytes === undefined) return `the digest of ${quoted(name)} is none`;
    if (bySigned.has(name)) return `it names ${quoted(name)} twice`;
    all.update(bytes);
    bySigned.set(name, own);
  }
  if (all.hex() !== rootDigest) return 'its subject is not made of the files it names';
  for (const { path, sha256 } of files) {
    const signed = bySigned.get(path);
    if (signed === undefined) {
      if (path === own || ignored.some(skipped => isWithin(path, skipped))) continue;
      return `${quoted(path)} is not signed`;
    }
    if (signed !== sha256) return `${quoted(path)} has another content than was signed`;
    bySigned.delete(path);
  }
  const [missing] = bySigned.keys();
  return missing === undefined ? undefined : `${quoted(missing)} was signed and is not there`;
}

/** Only what signers leave out by themselves: a signature must not say of its own accord that weights need none. */
const mayBeIgnored: ReadonlySet<string> = new Set(['.git', '.gitattributes', '.github', '.gitignore', '.cache']);

function isWithin(path: string, ignored: string): boolean {
  const [first = ''] = path.split('/');
  return mayBeIgnored.has(first) && ignored.replace(/\/$/, '').endsWith(first);
}

function verifyMaterial(
  bundle: ModelSignature,
  trust: Trust,
  { signatures, digest }: { readonly signatures: Signatures; readonly digest: Digest },
): VerifiedBy | undefined {
  const { material, signed, signature } = bundle;
  if (trust.key !== undefined && material.kind === 'key')
    return signatures.verifyWithKey(trust.key, signed, signature, material.hint);
  if (trust.key !== undefined)
    return { ok: false, reason: 'it was made with a certificate and not with the given key' };
  if (material.kind === 'key')
    return trust.ca === undefined && trust.trustRoot === undefined
      ? undefined
      : { ok: false, reason: 'it was made with a bare key and not with a certificate' };
  if (trust.ca !== undefined) return signatures.verifyWithChain(material.chain, [trust.ca], signed, signature);
  if (trust.trustRoot === undefined) return undefined;
  return verifySigstore(bundle, trust.trustRoot, signatures, digest);
}

/**
 * Keyless signing: the certificate leads to an authority of the trusted root, and a transparency log of it promised to have taken the
 * signature in while the certificate was valid. The promise is checked; the log itself is not asked.
 */
function verifySigstore(
  { material, signed, signature }: ModelSignature,
  trustRoot: string,
  signatures: Signatures,
  digest: Digest,
): VerifiedBy {
  if (material.kind === 'key') return { ok: false, reason: 'it was made with a bare key' };
  const root = readTrustRoot(trustRoot);
  if (root === undefined) return { ok: false, reason: 'the trusted root cannot be read' };
  const entries = material.kind === 'sigstore' ? material.entries : [];
  for (const entry of entries) {
    if (!bodyFits(entry, signed, signature, digest)) continue;
    const log = root.logs.find(({ keyId }) => encodeBase64(keyId) === encodeBase64(entry.logId));
    if (log === undefined || entry.promise === undefined) continue;
    // RFC 8785: keys in order, no blanks.
    const promised = `{"body":"${entry.canonicalizedBody}","integratedTime":${entry.integratedTime},"logID":"${hexOf(entry.logId)}","logIndex":${entry.logIndex}}`;
    if (!/^\d+$/.test(entry.integratedTime) || !/^\d+$/.test(entry.logIndex)) continue;
    if (!signatures.verifyWithSpki(log.spki, new TextEncoder().encode(promised), entry.promise)) continue;
    return signatures.verifyWithChain(
      material.chain,
      root.authorities,
      signed,
      signature,
      Number(entry.integratedTime) * 1000,
    );
  }
  return { ok: false, reason: 'no transparency log of the trusted root vouches for it' };
}

/** Whether a log entry is about this envelope: it holds the payload's digest, or the signature itself. */
function bodyFits({ canonicalizedBody }: LogEntry, signed: Uint8Array, signature: Uint8Array, digest: Digest): boolean {
  const bytes = decodeBase64(canonicalizedBody);
  if (bytes === undefined) return false;
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return false;
  }
  const spec = isRecord(body) && isRecord(body['spec']) ? body['spec'] : {};
  const payloadHash = isRecord(spec['payloadHash']) ? spec['payloadHash']['value'] : undefined;
  const list = spec['signatures'];
  const first: unknown = Array.isArray(list) ? list[0] : undefined;
  const logged = isRecord(first) ? first['signature'] : undefined;
  return payloadHash === digest.sha256(payloadOf(signed)) && logged === encodeBase64(signature);
}

/** The payload behind the pre-authentication encoding's five words. */
function payloadOf(signed: Uint8Array): Uint8Array {
  let at = 0;
  for (let blanks = 0; blanks < 4 && at < signed.length; at++) if (signed[at] === 32) blanks += 1;
  return signed.subarray(at);
}

function readTrustRoot(text: string):
  | {
      readonly authorities: readonly Uint8Array[];
      readonly logs: readonly { readonly keyId: Uint8Array; readonly spki: Uint8Array }[];
    }
  | undefined {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(root)) return undefined;
  const authorities = list(root['certificateAuthorities']).flatMap(authority =>
    list(isRecord(authority['certChain']) ? authority['certChain']['certificates'] : undefined).flatMap(certificate =>
      bytes(certificate['rawBytes']),
    ),
  );
  const logs = list(root['tlogs']).flatMap(log => {
    const [keyId] = bytes(isRecord(log['logId']) ? log['logId']['keyId'] : undefined);
    const [spki] = bytes(isRecord(log['publicKey']) ? log['publicKey']['rawBytes'] : undefined);
    return keyId === undefined || spki === undefined ? [] : [{ keyId, spki }];
  });
  return authorities.length === 0 ? undefined : { authorities, logs };
}

function list(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? (value as unknown[]).filter(isRecord) : [];
}

function bytes(value: unknown): readonly Uint8Array[] {
  const decoded = typeof value === 'string' ? decodeBase64(value) : undefined;
  return decoded === undefined ? [] : [decoded];
}

function bytesOfHex(text: string): Uint8Array | undefined {
  if (!/^(?:[0-9a-f]{2})+$/i.test(text)) return undefined;
  return Uint8Array.from(text.match(/../g) ?? [], pair => parseInt(pair, 16));
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
}
