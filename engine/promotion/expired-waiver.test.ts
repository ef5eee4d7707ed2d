import assert from 'node:assert/strict';
import { openAssessable, refused, type Assessable } from '../../test/fakes/assessable.ts';
import { day } from '../../test/fakes/evidence.ts';
import { signal } from '../../test/fakes/governed.ts';
import { previewAssessment } from '../governance/preview.ts';
import { requirePublishable } from '../handoff/status.ts';
import type { LocalVersion } from '../ports/registry.ts';
import { approve, requestApproval } from './approval.ts';
import { lockBaseline } from './baseline.ts';
import { demote } from './demote.ts';
import { promote } from './promote.ts';
import { rollBack } from './roll-back.ts';
import { approveWaiver, requestWaiver } from './waivers.ts';

type Step = 'request' | 'approve' | 'baseline' | 'promote';

describe('a version that stands on a waiver', () => {
  let world: Assessable;
  let assessmentId: string;

  /** The version fails its critical control, and a waiver of five days opens the gate all the same. */
  beforeEach(async () => {
    world = await openAssessable();
    await world.measure([world.version], { value: 0.6, gate: 'met' });
    await world.recordTraining();
    await world.judge();
    await world.attest();
    world.act('author');
    const request = { model: 'triage', versions: ['1'], control: 'PERF', reason: 'Known.', folder: world.folder };
    const { id } = await requestWaiver({ ...request, expiresAt: world.clock.now() + 5 * day }, world.ports, signal);
    for (const approver of ['bea', 'cem']) {
      world.act(approver);
      await approveWaiver({ waiverId: id, folder: world.folder }, world.ports, signal);
    }
    world.act('assessor');
    const record = await world.recordOf();
    assert.equal(record.gate.outcome, 'passed', record.gate.sentence);
    assert.equal(record.waived, 1);
    assessmentId = record.id;
  });
  afterEach(() => world.close());

  const take = (step: Step | 'roll back' | 'publish', version: LocalVersion = world.version): Promise<unknown> => {
    world.act(step === 'approve' ? 'approver' : 'somebody');
    const of = { model: 'triage', version: version.version, folder: world.folder };
    switch (step) {
      case 'request':
        return requestApproval(of, world.ports, signal);
      case 'approve':
        return approve(of, world.ports, signal);
      case 'baseline':
        return lockBaseline(of, world.ports, signal);
      case 'promote':
        return promote(of, world.ports, signal);
      case 'roll back':
        return rollBack(of, world.ports, signal);
      case 'publish':
        return requirePublishable(version, undefined, world.ports, signal);
    }
  };
  const expire = (): void => world.clock.advance(6 * day);
  const expired = refused('gate-not-met', /Evidence or a waiver of its newest assessment .* expired/);

  const paths: readonly [taken: readonly Step[], next: Step | 'roll back' | 'publish'][] = [
    [[], 'request'],
    [['request'], 'approve'],
    [['request', 'approve'], 'baseline'],
    [['request', 'approve'], 'promote'],
    [['request', 'approve', 'baseline'], 'promote'],
    [['request', 'approve'], 'publish'],
    [['request', 'approve', 'baseline'], 'publish'],
    [['request', 'approve', 'promote'], 'publish'],
  ];
  for (const [taken, next] of paths) {
    it(`takes the step ${next} after ${taken.join(', ') || 'nothing'} while it lasts, and not once it has expired`, async () => {
      for (const step of taken) await take(step);
      expire();
      await assert.rejects(take(next), expired);
      world.clock.advance(-6 * day);
      await take(next);
    });
  }

  it('is not rolled back to once it has expired', async () => {
    for (const step of ['request', 'approve', 'promote'] as const) await take(step);
    const later = await world.register('other weights');
    await world.measure([later], { gate: 'met' });
    world.act('assessor');
    await world.assess(later);
    for (const step of ['request', 'approve', 'promote'] as const) await take(step, later);
    expire();
    await assert.rejects(take('roll back'), expired);
    world.act('somebody');
    await demote({ model: 'triage', version: '2', reason: 'Wrong.', folder: world.folder }, world.ports, signal);
    await assert.rejects(take('roll back'), expired);
    world.clock.advance(-6 * day);
    await take('roll back');
  });

  it('does not pass its gate in an assessment or a preview from the moment it expires', async () => {
    world.clock.advance(5 * day - 1 - (world.clock.now() - (await findRequested())));
    const gate = async (): Promise<string> => {
      const request = { assessmentId, folder: world.folder };
      const { scorecard } = await previewAssessment(request, world.ports, undefined, signal);
      const record = await world.recordOf();
      assert.equal(record.gate.outcome, scorecard.record.gate.outcome);
      return record.gate.outcome;
    };
    world.act('assessor');
    assert.equal(await gate(), 'passed', 'its last millisecond');
    world.clock.advance(1);
    assert.equal(await gate(), 'failed');
  });

  async function findRequested(): Promise<number> {
    const [record] = await world.ports.store.ledger.list({ kind: 'waiver' });
    return record?.at ?? 0;
  }
});
