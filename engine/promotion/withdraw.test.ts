import assert from 'node:assert/strict';
import { checkOf, openAssessable, refused, type Assessable } from '../../test/fakes/assessable.ts';
import { openAuditStore } from '../../test/fakes/audit-store.ts';
import { day } from '../../test/fakes/evidence.ts';
import { signal } from '../../test/fakes/governed.ts';
import { workbenchOf } from '../../test/fakes/keys.ts';
import type { AssessmentRecord } from '../../schemas/generated/messages.ts';
import { verifyAudit } from '../audit/verify.ts';
import { approve, requestApproval } from './approval.ts';
import { lockBaseline } from './baseline.ts';
import { promote } from './promote.ts';
import { approveWaiver, endWaiver, listWaivers, requestWaiver } from './waivers.ts';
import { withdrawAttestation } from './withdraw.ts';

/** PERF is measured too low and waived; LOOK is attested. */
const strict = `id: strict
version: 1.0.0
level: team
scoring: {gate: {failOn: [critical, high], minEvidenceCoverage: 100}}
controls:
  - id: PERF
    title: Nearly always right
    severity: high
    checks: [{id: PERF.acc, type: metric, benchmark: core, metric: accuracy, assert: {op: ">=", value: 0.99}}]
  - id: LOOK
    title: A person has looked
    severity: high
    checks: [{id: LOOK.read, type: attestation, role: reviewer, statement: I have read them.}]
`;

describe('what is taken back', () => {
  let world: Assessable;
  let step: { readonly model: string; readonly version: string; readonly folder: string };
  beforeEach(async () => {
    world = await openAssessable();
    step = { model: 'triage', version: '1', folder: world.folder };
    await world.write('policies/strict.policy.yaml', strict);
    await world.measure([world.version]);
    await assess();
    await world.attest();
    world.act('requester');
    const request = { model: 'triage', versions: ['1'], control: 'PERF', reason: 'Mended in the next.' };
    const expiresAt = world.clock.now() + 30 * day;
    const { id } = await requestWaiver({ ...request, expiresAt, folder: world.folder }, world.ports, signal);
    for (const by of ['one', 'two']) {
      world.act(by);
      await approveWaiver({ waiverId: id, folder: world.folder }, world.ports, signal);
    }
  });
  afterEach(() => world.close());

  function assess(): Promise<AssessmentRecord> {
    world.act('assessor');
    const policies = [{ path: world.file('policies/strict.policy.yaml') }];
    return world.recordOf({ model: 'triage', version: '1', policies });
  }
  const end = async (by = 'somebody'): Promise<void> => {
    const [waiver] = await listWaivers(world.ports, world.folder, signal);
    world.act(by);
    const ended = await endWaiver(
      { waiverId: waiver?.id ?? '', reason: 'It was worse.', folder: world.folder },
      world.ports,
      signal,
    );
    assert.equal(ended.ended?.reason, 'It was worse.');
  };
  const withdraw = async (by = 'reviewer'): Promise<void> => {
    const [attestation] = await world.ports.store.ledger.list({ kind: 'attestation' });
    world.act(by);
    const withdrawal = { attestationId: attestation?.id ?? '', reason: 'Looked again.', folder: world.folder };
    await withdrawAttestation(withdrawal, world.ports, signal);
  };
  const by = (who: string): void => world.act(who);

  it('does not count in the next assessment', async () => {
    const before = await assess();
    assert.deepEqual([before.gate.outcome, before.waived], ['passed', 1]);
    await end();
    const ended = await assess();
    assert.deepEqual([ended.gate.outcome, ended.waived, ended.waivers], ['failed', 0, []]);
    await withdraw();
    const withdrawn = await assess();
    assert.equal(checkOf(withdrawn, 'LOOK.read')?.state, 'missing');
    assert.ok((await verifyAudit(world.ports.store, world.ports.digest, signal)).intact);
  });

  const paths: readonly [
    what: string,
    reached: readonly ('request' | 'approve')[],
    then: 'request' | 'approve' | 'baseline' | 'promote',
  ][] = [
    ['a request for approval', [], 'request'],
    ['an approval', ['request'], 'approve'],
    ['a baseline', ['request', 'approve'], 'baseline'],
    ['a promotion', ['request', 'approve'], 'promote'],
  ];
  const deeds = {
    request: () => requestApproval(step, world.ports, signal),
    approve: () => approve(step, world.ports, signal),
    baseline: () => lockBaseline(step, world.ports, signal),
    promote: () => promote(step, world.ports, signal),
  };
  for (const [what, reached, then] of paths) {
    for (const [taken, takeBack, message] of [
      ['a waiver that was ended', () => end(), /waiver .* of PERF, which it rests on, was ended/],
      ['an attestation that was withdrawn', () => withdraw(), /attestation of LOOK, which it rests on, was taken back/],
      ['a waiver that has expired', async () => world.clock.advance(31 * day), /expired on/],
    ] as const) {
      it(`carries no ${what.replace(/^an? /, '')} on the strength of ${taken}`, async () => {
        await assess();
        for (const deed of reached) {
          by(deed === 'request' ? 'requester' : 'approver');
          await deeds[deed]();
        }
        await takeBack();
        by('fresh');
        await assert.rejects(deeds[then](), refused('gate-not-met', message));
      });
    }
  }

  for (const [taken, takeBack, kind, message] of [
    ['a waiver was ended', () => end(), 'waiver-end', /waiver .* of PERF, which it rests on, was ended/],
    [
      'an attestation was withdrawn',
      () => withdraw(),
      'attestation-withdrawal',
      /attestation of LOOK, which it rests on, was taken/,
    ],
  ] as const) {
    it(`stays taken back when the words are erased in which ${taken}`, async () => {
      await assess();
      await takeBack();
      const log = openAuditStore(world.folder);
      const [record] = await world.ports.store.ledger.list({ kind });
      log.erase(record?.sequence ?? 0);
      await assert.rejects(deeds.request(), refused('gate-not-met', message));
      assert.equal((await assess()).gate.outcome, 'failed');
      // A workbench that kept nothing leaves open what was taken back: so nothing may rest on any of it.
      log.seal(() => null);
      await assert.rejects(
        assess(),
        refused('record-tampered', /content of the \S+ \S+ was erased: what it said counts no more/),
      );
    });
  }

  for (const kind of ['waiver', 'waiver-approval'] as const) {
    it(`does not count any more, as ${kind}, in the next assessment once its words were erased`, async () => {
      await assess();
      const records = await world.ports.store.ledger.list({ kind });
      openAuditStore(world.folder).erase(...records.map(({ sequence }) => sequence));
      assert.deepEqual((await verifyAudit(world.ports.store, world.ports.digest, signal)).faults, []);
      if (kind === 'waiver') {
        const gone = /waiver .* of PERF, which it rests on, is not there: it was erased/;
        await assert.rejects(deeds.request(), refused('gate-not-met', gone));
      }
      const { gate, waived } = await assess();
      assert.deepEqual([gate.outcome, waived], ['failed', 0]);
    });
  }

  it('is taken back once, with a reason', async () => {
    const [waiver] = await listWaivers(world.ports, world.folder, signal);
    const ending = { waiverId: waiver?.id ?? '', reason: ' ', folder: world.folder };
    await assert.rejects(endWaiver(ending, world.ports, signal), refused('usage', /reason/));
    await end();
    await assert.rejects(end(), refused('usage', /was ended on/));
    by('three');
    await assert.rejects(
      approveWaiver({ waiverId: waiver?.id ?? '', folder: world.folder }, world.ports, signal),
      refused('usage', /was ended on/),
    );
    await withdraw();
    await assert.rejects(withdraw(), refused('usage', /taken back already/));
    const assessment = await assess();
    const wrong = { attestationId: assessment.id, reason: 'No.', folder: world.folder };
    await assert.rejects(
      withdrawAttestation(wrong, world.ports, signal),
      refused('record-not-found', /no attestation/),
    );
  });

  it('leaves out approvals and attestations of people whom the workspace lists no more, unless they were listed then', async () => {
    await world.write('workbench.yaml', workbenchOf({}, { 'waiver-approver': ['one'], reviewer: ['other'] }));
    const record = await assess();
    assert.deepEqual([record.waived, checkOf(record, 'LOOK.read')?.state], [0, 'missing']);
    assert.match(checkOf(record, 'LOOK.read')?.reason ?? '', /not listed as reviewer/);
    const lists = { 'waiver-approver': ['one', 'two'], reviewer: ['reviewer'] };
    await world.write('workbench.yaml', workbenchOf({}, lists));
    assert.equal((await assess()).gate.outcome, 'passed');
    await world.attest();
    await world.write('workbench.yaml', workbenchOf({}, { reviewer: ['other'] }));
    assert.equal(checkOf(await assess(), 'LOOK.read')?.state, 'pass');
  });
});
