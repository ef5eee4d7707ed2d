import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openGoverned, signal, type Governed } from '../../test/fakes/governed.ts';
import { approved, takeSteps } from '../../test/fakes/release-steps.ts';
import { createSigning, createSigningKey, signingKeyPath } from '../../platform/host/signing.ts';
import { canonicalJson } from '../../schemas/canonical.ts';
import type { DsseEnvelope, PromotionStatement } from '../../schemas/generated/messages.ts';
import { decodeBase64 } from '../base/base64.ts';
import type { SigningKey } from '../ports/signing.ts';
import { signedPromotion } from '../promotion/promotion-record.ts';
import { encodeForSigning, inTotoPayload, signText } from './dsse.ts';
import { verifyPromotion, type PromotionTrust } from './verify-promotion.ts';

const noTrust: PromotionTrust = { keys: [] };

function makeKey(): { readonly key: SigningKey; readonly environment: Record<string, string> } {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-key-'));
  const environment = { XDG_CONFIG_HOME: folder, APPDATA: folder };
  return { key: createSigningKey(environment), environment };
}

describe('signing keys', () => {
  it('are made once, for their owner alone, and found again', async () => {
    const { key, environment } = makeKey();
    assert.match(key.publicKey, /^ed25519:[A-Za-z0-9+/]{43}=$/);
    const file = signingKeyPath(environment);
    if (process.platform !== 'win32') assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.throws(() => createSigningKey(environment), /There is a signing key already/);
    const again = await createSigning(environment).ownKey();
    assert.equal(again?.publicKey, key.publicKey);
    const pem = readFileSync(file, 'utf8');
    assert.equal((await createSigning({ AIWB_SIGNING_KEY: pem }).ownKey())?.keyId, key.keyId);
    await assert.rejects(createSigning({ AIWB_SIGNING_KEY: 'no key' }).ownKey(), /no Ed25519 key/);
  });

  it('sign as RFC 8032 does', () => {
    // Section 7.1, test 2: secret key, public key, message 72 and its signature.
    const seed = '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb';
    const publicKey = `ed25519:${Buffer.from('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c', 'hex').toString('base64')}`;
    const signature = Buffer.from(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
      'hex',
    );
    const { verify } = createSigning({});
    assert.equal(seed.length, 64);
    assert.equal(verify(publicKey, Uint8Array.of(0x72), signature), true);
    assert.equal(verify(publicKey, Uint8Array.of(0x73), signature), false);
    assert.equal(verify('ed25519:AAAA', Uint8Array.of(0x72), signature), false);
    assert.equal(verify(publicKey, Uint8Array.of(0x72), Uint8Array.of(1, 2)), false);
  });

  it('encode as the DSSE specification does', () => {
    const bytes = encodeForSigning('http://example.com/HelloWorld', new TextEncoder().encode('hello world'));
    assert.equal(new TextDecoder().decode(bytes), 'DSSEv1 29 http://example.com/HelloWorld 11 hello world');
  });
});

describe('a signed promotion record', () => {
  let world: Governed;
  let key: SigningKey;
  let envelope: DsseEnvelope;
  let trust: PromotionTrust;
  before(async () => {
    world = await openGoverned();
    ({ key } = makeKey());
    const subject = await world.register('w1');
    world.holdKey(key);
    await takeSteps(world, [...approved, { by: 'operator', do: 'promote' }], subject);
    ({ envelope } = await signedPromotion({ model: 'triage', version: 'production' }, world.ports, signal));
    trust = { keys: [{ email: 'operator@x.example', publicKey: key.publicKey }] };
  });
  after(() => world.close());

  const verify = (record: unknown, against = trust) =>
    verifyPromotion(typeof record === 'string' ? record : JSON.stringify(record), against, world.ports);
  const statement = (): PromotionStatement =>
    JSON.parse(new TextDecoder().decode(decodeBase64(envelope.payload))) as PromotionStatement;
  const signed = (changed: PromotionStatement, by = key) => signText(inTotoPayload, canonicalJson(changed), by);

  it('holds where its signer is vouched for', () => {
    const { state, checks, sentence } = verify(envelope);
    assert.equal(state, 'valid', sentence);
    assert.ok(checks.length >= 8 && checks.every(({ ok }) => ok));
    assert.equal(verify(envelope, { keys: [{ email: '', publicKey: key.publicKey }] }).state, 'valid');
  });

  it('holds, but is nobody’s, where the key is unknown', () => {
    const { state, sentence } = verify(envelope, noTrust);
    assert.equal(state, 'unknown-signer');
    assert.match(sentence, /nobody vouches for/);
  });

  it('is not believed when another person’s key signed it', () => {
    const { state, sentence } = verify(envelope, { keys: [{ email: 'eve@x.example', publicKey: key.publicKey }] });
    assert.equal(state, 'invalid');
    assert.match(sentence, /with the key of eve/);
  });

  it('shows a change of any byte', () => {
    const text = JSON.stringify(envelope);
    let checked = 0;
    for (let at = 0; at < text.length; at += 7) {
      const other = text[at] === 'A' ? 'B' : 'A';
      const changed = text.slice(0, at) + other + text.slice(at + 1);
      const { state } = verify(changed);
      // The id beside a signature is a hint and no part of what is signed.
      const isHint = changed.replace(/"keyid":"[^"]*"/, '') === text.replace(/"keyid":"[^"]*"/, '');
      assert.equal(state === 'valid', isHint, `byte ${at}: ${changed.slice(Math.max(0, at - 20), at + 20)}`);
      checked += 1;
    }
    assert.ok(checked > 500);
  });

  it('is held against itself even when its signer signs it', () => {
    const cases: readonly [RegExp, (draft: PromotionStatement) => void][] = [
      [
        /different versions|same weights/,
        draft => (draft.subject = [{ name: 'triage@9', digest: { sha256: draft.predicate.promotion.weightsDigest } }]),
      ],
      [/not of the same weights/, draft => (draft.predicate.promotion.weightsDigest = 'f'.repeat(64))],
      [/baseline is not the one/, draft => (draft.predicate.baseline.lockedAt += 1)],
      [/rest on different assessments/, draft => (draft.predicate.assessment.recordDigest = 'e'.repeat(64))],
      [/gate was not passed/, draft => (draft.predicate.assessment.gate = 'failed')],
      [/made or assessed it/, draft => draft.predicate.makers.push(draft.predicate.approval.approvedBy)],
      [/signed by another person/, draft => (draft.predicate.promotion.promotedBy.email = 'eve@x.example')],
    ];
    for (const [words, change] of cases) {
      const draft = statement();
      change(draft);
      const { state, sentence } = verify(signed(draft));
      assert.equal(state, 'invalid', String(words));
      assert.match(sentence, words);
    }
    assert.equal(verify(signed(statement())).state, 'valid', 'the unchanged one holds');
  });

  it('is held against weights and scorecard at hand', () => {
    const { promotion } = statement().predicate;
    assert.equal(
      verify(envelope, { ...trust, weightsDigest: promotion.weightsDigest, recordDigest: promotion.recordDigest })
        .state,
      'valid',
    );
    assert.match(verify(envelope, { ...trust, weightsDigest: 'a'.repeat(64) }).sentence, /weights at hand are others/);
    assert.match(verify(envelope, { ...trust, recordDigest: 'a'.repeat(64) }).sentence, /scorecard at hand is another/);
  });

  it('is told from anything else', () => {
    for (const text of [
      '',
      '{}',
      '[]',
      'null',
      '{"payloadType":"x","payload":"","signatures":[]}',
      '\u0000',
      '{"a":'.repeat(1000),
    ]) {
      assert.equal(verify(text).state, 'invalid');
    }
    assert.match(verify(signText(inTotoPayload, '{"_type":"x"}', key)).sentence, /no promotion record/);
  });
});
