import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import type { IngestFile } from '../../../schemas/generated/messages.ts';
import { createDigest } from '../../../platform/host/digest.ts';
import { createSignatures } from '../../../platform/host/signatures.ts';
import { createSeeded } from '../../../test/fakes/seeded.ts';
import { readGolden } from '../../../test/golden/read.ts';
import { readBundle } from './bundle.ts';
import { verifySignature, type Trust, type Verified } from './verify.ts';

const golden = readGolden('model-signatures.json') as {
  readonly model: readonly { readonly path: string; readonly text: string }[];
  readonly cases: readonly {
    readonly name: string;
    readonly method: string;
    readonly key?: string;
    readonly ca?: string;
    readonly otherCa?: string;
    readonly signer?: string;
    readonly signature: string;
  }[];
};
const ports = { signatures: createSignatures(), digest: createDigest() };
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const files: readonly IngestFile[] = golden.model.map(({ path, text }) => ({
  path,
  bytes: Buffer.byteLength(text),
  sha256: sha256(text),
  role: 'other',
  format: 'text',
}));
const verify = (text: string | undefined, trust: Partial<Trust>, own = files): Verified =>
  verifySignature(text, 'model.sig', own, { required: false, ...trust }, ports);
const state = (text: string | undefined, trust: Partial<Trust>, own = files): string =>
  verify(text, trust, own).signature.state;

describe('model signatures', () => {
  const [p256, p384] = golden.cases;
  const certificate = golden.cases.find(({ method }) => method === 'certificate');

  it('of the reference implementation are valid, on every curve', () => {
    for (const { name, key, signature } of golden.cases.filter(({ method }) => method === 'key')) {
      const { signature: verified, findings } = verify(signature, key === undefined ? {} : { key });
      assert.equal(verified.state, 'verified', `${name}: ${verified.sentence}`);
      assert.deepEqual(findings, []);
      assert.match(verified.signer ?? '', /^[0-9a-f]{64}$/);
    }
  });

  it('are not valid by another key, over other files, or changed', () => {
    assert.ok(p256 !== undefined && p384?.key !== undefined && p256.key !== undefined);
    assert.equal(state(p256.signature, { key: p384.key }), 'invalid');
    const trust = { key: p256.key };
    const [first, ...rest] = files;
    assert.ok(first !== undefined);
    assert.equal(state(p256.signature, trust, [{ ...first, sha256: '0'.repeat(64) }, ...rest]), 'invalid');
    assert.equal(state(p256.signature, trust, rest), 'invalid');
    assert.equal(state(p256.signature, trust, [...files, { ...first, path: 'added.bin' }]), 'invalid');
    assert.equal(state(p256.signature, trust, [...files, { ...first, path: '.gitattributes' }]), 'verified');
    assert.equal(
      state(p256.signature, trust, [...files, { ...first, path: 'model.sig', role: 'signature' }]),
      'verified',
    );
    const bundle = JSON.parse(p256.signature) as { dsseEnvelope: { payload: string; signatures: { sig: string }[] } };
    const statement = Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString();
    bundle.dsseEnvelope.payload = Buffer.from(statement.replace('tiny', 'tony')).toString('base64');
    assert.equal(state(JSON.stringify(bundle), trust), 'invalid');
  });

  it('lead over their certificates to the one that is trusted', () => {
    assert.ok(certificate?.ca !== undefined && certificate.otherCa !== undefined);
    const { signature } = certificate;
    const { signature: verified } = verify(signature, { ca: certificate.ca });
    assert.equal(verified.state, 'verified', verified.sentence);
    assert.equal(verified.signer, 'ada@author.example');
    assert.equal(state(signature, { ca: certificate.otherCa }), 'invalid');
    assert.equal(state(signature, { ca: certificate.ca, signer: 'ada@author.example' }), 'verified');
    assert.equal(state(signature, { ca: certificate.ca, signer: 'eve@other.example' }), 'invalid');
    assert.equal(state(signature, { key: p256?.key ?? '' }), 'invalid');
  });

  it('that nothing verifies are told as such, and refused where one is required', () => {
    assert.ok(p256 !== undefined);
    const { signature, findings } = verify(p256.signature, {});
    assert.equal(signature.state, 'unverified');
    assert.match(signature.sentence, /identity not verified/);
    assert.equal(findings[0]?.severity, 'warning');
    assert.equal(verify(p256.signature, { required: true }).findings[0]?.severity, 'unsafe');
    assert.equal(verify(undefined, {}).findings[0]?.severity, 'note');
    assert.equal(verify(undefined, { required: true }).findings[0]?.severity, 'unsafe');
    assert.equal(verify(undefined, { key: p256.key ?? '' }).findings[0]?.severity, 'unsafe');
  });

  it('by Ed25519 are valid too', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const pem = String(publicKey.export({ type: 'spki', format: 'pem' }));
    const text = makeBundle(data => sign(null, data, privateKey), { publicKey: { hint: sha256(pem) } });
    assert.equal(state(text, { key: pem }), 'verified');
    assert.equal(state(text, { key: p256?.key ?? '' }), 'invalid');
  });

  it('without certificates are verified by a log and an authority of a trusted root', () => {
    assert.ok(certificate?.ca !== undefined);
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const spki = publicKey.export({ type: 'spki', format: 'der' });
    const logId = createHash('sha256').update(spki).digest();
    const bundle = JSON.parse(certificate.signature) as {
      dsseEnvelope: { payload: string; signatures: { sig: string }[] };
      verificationMaterial: Record<string, unknown>;
    };
    const payload = Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString();
    const body = Buffer.from(
      JSON.stringify({
        kind: 'dsse',
        spec: {
          payloadHash: { algorithm: 'sha256', value: sha256(payload) },
          signatures: [{ signature: bundle.dsseEnvelope.signatures[0]?.sig }],
        },
      }),
    ).toString('base64');
    const integratedTime = String(Date.parse('2026-03-01T00:00:00Z') / 1000);
    const promised = `{"body":"${body}","integratedTime":${integratedTime},"logID":"${logId.toString('hex')}","logIndex":7}`;
    const entry = (time: string): unknown => ({
      logId: { keyId: logId.toString('base64') },
      logIndex: '7',
      integratedTime: time,
      canonicalizedBody: body,
      inclusionPromise: { signedEntryTimestamp: sign('sha256', Buffer.from(promised), privateKey).toString('base64') },
    });
    const der = Buffer.from(certificate.ca.replace(/-----[^-]+-----|\s/g, ''), 'base64').toString('base64');
    const trustRoot = JSON.stringify({
      certificateAuthorities: [{ certChain: { certificates: [{ rawBytes: der }] } }],
      tlogs: [{ logId: { keyId: logId.toString('base64') }, publicKey: { rawBytes: spki.toString('base64') } }],
    });
    bundle.verificationMaterial['tlogEntries'] = [entry(integratedTime)];
    const signer = 'ada@author.example';
    const { signature } = verify(JSON.stringify(bundle), { trustRoot, signer });
    assert.equal(signature.state, 'verified', signature.sentence);
    assert.equal(state(JSON.stringify(bundle), { trustRoot, signer: 'eve@other.example' }), 'invalid');
    // Anybody may be certified by a public authority.
    assert.equal(state(JSON.stringify(bundle), { trustRoot }), 'unverified');
    assert.equal(signature.method, 'sigstore');
    bundle.verificationMaterial['tlogEntries'] = [entry(String(Number(integratedTime) + 1))];
    assert.equal(state(JSON.stringify(bundle), { trustRoot, signer }), 'invalid');
    assert.equal(state(certificate.signature, { trustRoot }), 'invalid');
    assert.equal(state(JSON.stringify(bundle), { trustRoot: 'nonsense' }), 'invalid');
  });

  it('are read without failing, whatever they are', () => {
    const random = createSeeded(5);
    for (const { signature } of golden.cases) {
      for (let round = 0; round < 200; round++) {
        const at = Math.floor(random() * signature.length);
        const text = signature.slice(0, at) + String.fromCharCode(32 + random() * 90) + signature.slice(at + 1);
        readBundle(text);
        verify(text, { key: p256?.key ?? '' });
        verify(text, { ca: certificate?.ca ?? '' });
      }
    }
    for (const text of ['', 'null', '[]', '{"dsseEnvelope":1}', '{"dsseEnvelope":{"signatures":{}}}'])
      assert.equal(state(text, {}), 'invalid');
  });
});

/** A signature over the files, as the reference implementation lays it out. */
function makeBundle(signer: (data: Buffer) => Buffer, material: unknown): string {
  const resources = files
    .map(({ path, sha256: digest }) => ({ name: path, algorithm: 'sha256', digest }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const root = createHash('sha256');
  for (const { digest } of resources) root.update(Buffer.from(digest, 'hex'));
  const payload = JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'tiny', digest: { sha256: root.digest('hex') } }],
    predicateType: 'https://model_signing/signature/v1.0',
    predicate: { serialization: { method: 'files' }, resources },
  });
  const type = 'application/vnd.in-toto+json';
  const signed = Buffer.from(`DSSEv1 ${type.length} ${type} ${Buffer.byteLength(payload)} ${payload}`);
  return JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: material,
    dsseEnvelope: {
      payload: Buffer.from(payload).toString('base64'),
      payloadType: type,
      signatures: [{ sig: signer(signed).toString('base64'), keyid: '' }],
    },
  });
}
