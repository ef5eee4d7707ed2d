import assert from 'node:assert/strict';
import { openAssessable, refused, type Assessable } from '../../test/fakes/assessable.ts';
import { day } from '../../test/fakes/evidence.ts';
import { signal } from '../../test/fakes/governed.ts';
import { makeKey, workbenchOf } from '../../test/fakes/keys.ts';
import { canonicalJson } from '../../schemas/canonical.ts';
import { validateActStatement, validateAssessmentStatement } from '../../schemas/generated/validators.js';
import { verifySignatures } from '../audit/signatures.ts';
import { verifyAudit } from '../audit/verify.ts';
import { decodeBase64 } from '../base/base64.ts';
import { readScorecard, serialiseScorecard, viewScorecard } from '../governance/scorecard.ts';
import { makeScorecard, viewAssessment } from '../governance/view.ts';
import type { LedgerKind, LedgerRecord } from '../ports/ledger.ts';
import type { SigningKey } from '../ports/signing.ts';
import { approve, requestApproval } from '../promotion/approval.ts';
import { approveWaiver, endWaiver, listWaivers, requestWaiver } from '../promotion/waivers.ts';
import { withdrawAttestation } from '../promotion/withdraw.ts';
import { proveSelf, signatureOf } from './proven.ts';
import { verifyRecord, type Signable } from './signed-record.ts';

describe('what people sign', () => {
  let world: Assessable;
  let keys: Record<'assessor' | 'reviewer' | 'requester' | 'approver' | 'one', SigningKey>;
  const as = (who: keyof typeof keys): void => {
    world.act(who);
    world.holdKey(keys[who]);
  };
  before(async () => {
    world = await openAssessable();
    keys = {
      assessor: await makeKey(),
      reviewer: await makeKey(),
      requester: await makeKey(),
      approver: await makeKey(),
      one: await makeKey(),
    };
    const vouched = Object.entries(keys).filter(([name]) => name !== 'approver');
    await world.write('workbench.yaml', workbenchOf(Object.fromEntries(vouched)));
    const step = { model: 'triage', version: '1', folder: world.folder };
    await world.measure([world.version]);
    as('assessor');
    await world.judge();
    world.holdKey(keys.reviewer);
    await world.attest();
    as('requester');
    const waiver = { model: 'triage', versions: ['1'], control: 'LINE', reason: 'Known.', folder: world.folder };
    const { id } = await requestWaiver({ ...waiver, expiresAt: world.clock.now() + 30 * day }, world.ports, signal);
    as('one');
    await approveWaiver({ waiverId: id, folder: world.folder }, world.ports, signal);
    world.act('unsigned');
    world.holdKey(undefined);
    await approveWaiver({ waiverId: id, folder: world.folder }, world.ports, signal);
    as('assessor');
    await world.judge();
    as('requester');
    await requestApproval(step, world.ports, signal);
    as('approver');
    await approve(step, world.ports, signal);
    as('one');
    await endWaiver({ waiverId: id, reason: 'Mended.', folder: world.folder }, world.ports, signal);
    const [attestation] = await world.ports.store.ledger.list({ kind: 'attestation' });
    as('reviewer');
    const taken = { attestationId: attestation?.id ?? '', reason: 'Looked again.', folder: world.folder };
    await withdrawAttestation(taken, world.ports, signal);
  });
  after(() => world.close());

  const trust = () => ({
    signers: Object.entries(keys)
      .filter(([name]) => name !== 'approver')
      .map(([name, { publicKey }]) => ({ email: `${name}@x.example`, publicKey })),
    digest: world.ports.digest,
    signing: world.ports.signing,
  });
  const newest = async (kind: LedgerKind): Promise<LedgerRecord> => {
    const [record] = await world.ports.store.ledger.list({ kind, limit: 1 });
    assert.ok(record);
    return record;
  };
  const kinds: readonly LedgerKind[] = [
    'assessment',
    'attestation',
    'attestation-withdrawal',
    'waiver',
    'waiver-end',
    'approval-request',
    'approval',
  ];

  for (const kind of kinds) {
    it(`is the ${kind}, over its record and nothing else`, async () => {
      const record = await newest(kind);
      assert.equal(signatureOf(record, trust())?.state, kind === 'approval' ? 'unknown-signer' : 'valid');
      const statement: unknown = JSON.parse(new TextDecoder().decode(decodeBase64(record.signed?.payload ?? '')));
      const isStatement = kind === 'assessment' ? validateAssessmentStatement : validateActStatement;
      assert.ok(isStatement(statement), JSON.stringify(isStatement.errors));
      assert.equal(world.ports.digest.sha256(canonicalJson(record.payload)), record.digest);
      const changes: Partial<Signable>[] = [
        { payload: { ...(record.payload as object), changed: true } },
        { digest: 'f'.repeat(64) },
        { model: 'other' },
        { actor: { ...record.actor, email: 'eve@x.example' } },
        ...(kind === 'assessment'
          ? []
          : [{ id: 'other' }, { version: '2' }, { at: record.at + 1 }, { kind: 'waiver-x' }]),
      ];
      for (const change of changes) {
        const changed = { ...record, ...change } as LedgerRecord;
        const isOver = 'payload' in change && kind !== 'assessment';
        // An act's statement covers the record's digest, and the digest the payload.
        if (!isOver) assert.equal(signatureOf(changed, trust())?.state, 'invalid', JSON.stringify(change));
      }
    });
  }

  it('does not hold with any character of the envelope changed', async () => {
    const record = await newest('attestation');
    const text = JSON.stringify(record.signed);
    const { signers, digest, signing } = trust();
    const tools = { sha256: (data: Uint8Array) => digest.sha256(data), verify: signing.verify };
    for (let at = 0; at < text.length; at += 1) {
      const other = text[at] === 'A' ? 'B' : 'A';
      let envelope: unknown;
      try {
        envelope = JSON.parse(text.slice(0, at) + other + text.slice(at + 1));
      } catch {
        continue;
      }
      const { state } = verifyRecord(envelope, record, signers, tools);
      assert.equal(state, 'invalid', `${String(at)}: ${text.slice(at - 10, at + 10)}`);
    }
    for (const envelope of [undefined, null, 5, [], {}, { ...record.signed, signatures: [null] }])
      assert.equal(verifyRecord(envelope, record, signers, tools).state, 'invalid');
  });

  it('counts for nobody else: a key of another address makes it invalid, one that nobody vouches for unknown', async () => {
    const record = await newest('attestation');
    const signers = [{ email: 'eve@x.example', publicKey: keys.reviewer.publicKey }];
    assert.equal(signatureOf(record, { ...trust(), signers })?.state, 'invalid');
    assert.equal(signatureOf(record, { ...trust(), signers: [] })?.state, 'unknown-signer');
    const given = [{ email: '', publicKey: keys.reviewer.publicKey }];
    assert.equal(signatureOf(record, { ...trust(), signers: given })?.state, 'valid');
  });

  it('marks people as signed where they are shown, and only those', async () => {
    const [waiver] = await listWaivers(world.ports, world.folder, signal);
    assert.equal(waiver?.requestedBy.assurance, 'signed');
    assert.deepEqual(
      waiver.approvals.map(({ by }) => [by.email, by.assurance]),
      [
        ['one@x.example', 'signed'],
        ['unsigned@x.example', 'self-asserted'],
      ],
    );
    const { id } = await newest('assessment');
    const view = await viewAssessment(id, world.ports, signal, world.folder);
    assert.deepEqual([view.signature?.state, view.signature?.by?.assurance], ['valid', 'signed']);
    const { approval, record } = view.scorecard;
    assert.deepEqual([approval.requestedBy?.assurance, approval.approvedBy?.assurance], ['signed', 'self-asserted']);
    const attested = record.controls.flatMap(({ checks }) => checks.flatMap(({ evidence }) => evidence));
    assert.ok(attested.some(({ kind, by }) => kind === 'attestation' && by?.assurance === 'signed'));
    assert.equal((await viewAssessment(id, world.ports, signal)).signature?.state, 'unknown-signer');
  });

  it('is what somebody is told before they act', async () => {
    const { signers, signing } = { ...trust(), signing: { ownKey: () => Promise.resolve(keys.one) } };
    const self = (name: string) =>
      proveSelf({ email: `${name}@x.example`, assurance: 'self-asserted' }, signers, signing);
    assert.deepEqual([(await self('ONE')).assurance, (await self('two')).assurance], ['signed', 'self-asserted']);
  });

  it('goes with the scorecard file', async () => {
    const { id } = await newest('assessment');
    const file = readScorecard(serialiseScorecard(await makeScorecard(id, world.ports)), 'x');
    assert.equal(viewScorecard(file, world.ports.digest, trust()).signature?.state, 'valid');
    const signed = { ...file, record: { ...file.record, score: 100 } };
    assert.equal(viewScorecard(signed, world.ports.digest, trust()).signature?.state, 'invalid');
    const bare = { ...file };
    delete bare.signed;
    assert.equal(viewScorecard(bare, world.ports.digest, trust()).signature, undefined);
  });

  it('is counted over the whole ledger', async () => {
    const { counts, faults, unproven } = await verifySignatures(world.ports.store.ledger, trust(), signal);
    assert.deepEqual(faults, []);
    assert.deepEqual(counts, { valid: 8, unknown: 1, unsigned: 1 });
    assert.equal(unproven.length, 2);
  });

  it('is sealed by the log, and a signature that does not hold carries no step', async () => {
    const { signed } = await newest('approval');
    world.dropGuards();
    const forged = `${signed?.signatures[0]?.sig.startsWith('A') === true ? 'B' : 'A'}${signed?.signatures[0]?.sig.slice(1) ?? ''}`;
    world.edit(`UPDATE audit_payloads SET payload = replace(payload, ?, ?)`, signed?.signatures[0]?.sig ?? '', forged);
    const { intact, first } = await verifyAudit(world.ports.store, world.ports.digest, signal);
    assert.deepEqual([intact, first?.action], [false, 'version.approved']);
    const { faults } = await verifySignatures(world.ports.store.ledger, trust(), signal);
    assert.match(faults[0]?.sentence ?? '', /signature of the approval .* does not hold/);
    world.act('operator');
    const { promote } = await import('../promotion/promote.ts');
    const step = { model: 'triage', version: '1', folder: world.folder };
    await assert.rejects(promote(step, world.ports, signal), refused('record-tampered', /signature of the approval/));
  });
});
