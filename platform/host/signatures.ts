import { createHash, createPublicKey, verify, X509Certificate, type KeyObject } from 'node:crypto';
import type { Signatures, VerifiedBy } from '../../engine/ports/signatures.ts';

/** Signatures by the host's OpenSSL. */
export function createSignatures(): Signatures {
  return {
    verifyWithKey(pem, data, signature, hint) {
      const key = quietly(() => createPublicKey(pem));
      if (key === undefined) return { ok: false, reason: 'the given key is no public key in PEM' };
      const fingerprint = fingerprintOf(key);
      if (hint !== undefined && hint !== fingerprint)
        return { ok: false, fingerprint, reason: 'it was made with another key than the given one' };
      const ok = verifyData(key, data, signature);
      return { ok, fingerprint, ...(ok ? {} : { reason: 'it does not fit the given key' }) };
    },
    verifyWithChain: (chain, trusted, data, signature, at) => verifyChain(chain, trusted, data, signature, at),
    verifyWithSpki(spki, data, signature) {
      const key = quietly(() => createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }));
      return key !== undefined && verifyData(key, data, signature);
    },
  };
}

const hashOfCurve: Readonly<Record<string, string>> = {
  prime256v1: 'sha256',
  secp384r1: 'sha384',
  secp521r1: 'sha512',
};

function verifyData(key: KeyObject, data: Uint8Array, signature: Uint8Array): boolean {
  if (key.asymmetricKeyType === 'ed25519') return quietly(() => verify(null, data, key, signature)) ?? false;
  const hash = hashOfCurve[key.asymmetricKeyDetails?.namedCurve ?? ''];
  if (key.asymmetricKeyType !== 'ec' || hash === undefined) return false;
  return quietly(() => verify(hash, data, key, signature)) ?? false;
}

/** As signers write it down: over the PEM text. */
function fingerprintOf(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'pem' }))
    .digest('hex');
}

const longestChain = 8;

function verifyChain(
  chain: readonly Uint8Array[],
  trusted: readonly (string | Uint8Array)[],
  data: Uint8Array,
  signature: Uint8Array,
  at?: number,
): VerifiedBy {
  const certificates = chain.map(der => quietly(() => new X509Certificate(der)));
  const [leaf] = certificates;
  if (leaf === undefined || certificates.some(certificate => certificate === undefined))
    return { ok: false, reason: 'a certificate in it cannot be read' };
  const anchors = trusted.flatMap(readAnchors);
  if (anchors.length === 0) return { ok: false, reason: 'the trusted certificates cannot be read' };
  const facts = {
    subject: leaf.subject.replaceAll('\n', ', '),
    issuer: leaf.issuer.replaceAll('\n', ', '),
    names: (leaf.subjectAltName ?? '')
      .split(', ')
      .map(name => name.replace(/^(?:email|URI|DNS):/, ''))
      .filter(name => name !== ''),
  };
  const time = at ?? Date.parse(leaf.validFrom);
  const others = certificates.slice(1).filter(certificate => certificate !== undefined);
  const fault = followChain(leaf, others, anchors, time);
  if (fault !== undefined) return { ok: false, ...facts, reason: fault };
  if (!maySign(leaf)) return { ok: false, ...facts, reason: 'its certificate is not made for signing' };
  const ok = verifyData(leaf.publicKey, data, signature);
  return { ok, ...facts, ...(ok ? {} : { reason: 'it does not fit its certificate' }) };
}

/** What keeps a certificate from leading to a trusted one. */
function followChain(
  leaf: X509Certificate,
  others: readonly X509Certificate[],
  anchors: readonly X509Certificate[],
  time: number,
): string | undefined {
  let current = leaf;
  for (let length = 0; length < longestChain; length++) {
    if (time < Date.parse(current.validFrom) || time > Date.parse(current.validTo))
      return 'a certificate was not valid when it was signed';
    const issued = (issuer: X509Certificate): boolean =>
      issuer.ca && current.checkIssued(issuer) && (quietly(() => current.verify(issuer.publicKey)) ?? false);
    if (anchors.some(anchor => anchor.fingerprint256 === current.fingerprint256)) return undefined;
    const anchor = anchors.find(issued);
    if (anchor !== undefined)
      return time < Date.parse(anchor.validFrom) || time > Date.parse(anchor.validTo)
        ? 'the trusted certificate was not valid when it was signed'
        : undefined;
    const next = others.find(issued);
    if (next === undefined || next.fingerprint256 === current.fingerprint256)
      return 'its certificate does not lead to a trusted one';
    current = next;
  }
  return 'its chain of certificates is too long';
}

/** Key usage `digitalSignature`, or extended key usage `codeSigning`. */
function maySign(leaf: X509Certificate): boolean {
  // Absent where the certificate has no extended usage.
  const usages = leaf.keyUsage as readonly string[] | undefined;
  if (usages?.includes('1.3.6.1.5.5.7.3.3')) return true;
  return hasDigitalSignature(leaf.raw);
}

/** Node tells only the extended usage; the plain one (2.5.29.15) is a bit string in the certificate itself. */
function hasDigitalSignature(der: Buffer): boolean {
  const at = der.indexOf(Buffer.from([0x06, 0x03, 0x55, 0x1d, 0x0f]));
  if (at < 0) return false;
  const bits = der.indexOf(Buffer.from([0x04, 0x04, 0x03, 0x02]), at);
  return bits >= 0 && bits - at <= 8 && ((der[bits + 5] ?? 0) & 0x80) !== 0;
}

function readAnchors(trusted: string | Uint8Array): readonly X509Certificate[] {
  if (typeof trusted !== 'string') {
    const one = quietly(() => new X509Certificate(trusted));
    return one === undefined ? [] : [one];
  }
  const texts = trusted.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  return texts.flatMap(text => quietly(() => new X509Certificate(text)) ?? []);
}

/** What OpenSSL cannot read it throws at; here that is one more way not to be valid. */
function quietly<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
