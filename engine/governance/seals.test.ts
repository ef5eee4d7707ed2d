import assert from 'node:assert/strict';
import { verifyAudit } from '../audit/verify.ts';
import { checkOf, openAssessable, refused, team, type Assessable } from '../../test/fakes/assessable.ts';
import { day, identity } from '../../test/fakes/evidence.ts';
import { signal } from '../../test/fakes/governed.ts';
import { approvePolicy } from './policy-approvals.ts';
import { sealPolicies } from './seals.ts';

describe('seals and approvals of policies over a real store', () => {
  let world: Assessable;

  beforeEach(async () => {
    world = await openAssessable();
  });
  afterEach(() => world.close());

  const seal = async (): Promise<void> => {
    await sealPolicies([{ path: world.file('policies/team.policy.yaml') }], world.folder, world.ports, signal);
  };
  const sealedOf = async (id = 'PERF.acc') => checkOf(await world.recordOf(), id)?.sealed;

  it('show that the bar is older than the result', async () => {
    await seal();
    const at = world.clock.now();
    world.clock.advance(day);
    await world.measure([world.version]);
    assert.deepEqual(await sealedOf(), { at, by: identity('assessor'), before: true });
  });

  it('show that the bar is younger than the result, and keep the oldest seal', async () => {
    await world.measure([world.version]);
    world.clock.advance(day);
    await seal();
    const at = world.clock.now();
    assert.equal((await sealedOf())?.before, false);
    world.clock.advance(day);
    await seal();
    assert.deepEqual([(await sealedOf())?.at, (await sealedOf())?.before], [at, false]);
  });

  it('cover the check as it counts, and no other', async () => {
    await seal();
    assert.ok(await sealedOf('CARD.use'));
    await world.write('policies/team.policy.yaml', team.replace('0.82', '0.85'));
    assert.equal(await sealedOf(), undefined);
    assert.ok(await sealedOf('CARD.use'));
    await world.write('policies/team.policy.yaml', team);
    assert.ok(await sealedOf());
  });

  it('are in the audit log, and one that was changed seals nothing', async () => {
    await seal();
    const intact = await verifyAudit(world.ports.store, world.ports.digest, signal);
    assert.ok(intact.intact, intact.sentence);
    assert.ok(await sealedOf());
    world.dropGuards();
    world.edit("UPDATE ledger SET digest = ? WHERE kind = 'seal'", 'f'.repeat(64));
    assert.equal(await sealedOf(), undefined);
    assert.equal((await verifyAudit(world.ports.store, world.ports.digest, signal)).intact, false);
  });

  it('refuse a policy without checks', async () => {
    await world.write('policies/empty.policy.yaml', 'id: empty\nversion: 1.0.0\nlevel: team\n');
    const path = world.file('policies/empty.policy.yaml');
    await assert.rejects(
      sealPolicies([{ path }], world.folder, world.ports, signal),
      refused('usage', /nothing to seal/),
    );
  });

  const source = 'a'.repeat(64);
  const drafted = team.replace('level: team\n', `level: team\nsource: {document: rules.pdf, sha256: ${source}}\n`);
  const approve = async (): Promise<void> => {
    const policy = { path: world.file('policies/team.policy.yaml') };
    await approvePolicy({ policy, comment: 'Read beside the document.', folder: world.folder }, world.ports, signal);
  };
  const standingOf = async () => (await world.recordOf()).policies.map(({ id, approval }) => [id, approval?.state]);

  it('call a policy that was put together from a document a draft until its text is approved', async () => {
    assert.deepEqual(await standingOf(), [
      ['corp', undefined],
      ['team', undefined],
    ]);
    await world.write('policies/team.policy.yaml', drafted);
    assert.deepEqual((await standingOf())[1], ['team', 'draft']);
    world.act('approver');
    await approve();
    assert.deepEqual((await standingOf())[1], ['team', 'approved']);
    assert.equal((await world.recordOf()).policies[1]?.approval?.by?.email, 'approver@x.example');
    await world.write('policies/team.policy.yaml', drafted.replace('0.82', '0.83'));
    assert.deepEqual((await standingOf())[1], ['team', 'draft']);
  });

  it('let nobody approve what was put together from a document of their own', async () => {
    await world.write('policies/team.policy.yaml', drafted);
    const payload = {
      digest: source,
      name: 'rules.pdf',
      mediaType: 'application/pdf',
      size: 1,
      addedAt: world.clock.now(),
      addedBy: identity('uploader'),
      state: 'read',
      characters: 1,
      notes: [],
    };
    const record = { id: 'source-1', kind: 'source-document' as const, model: '', version: '', at: payload.addedAt };
    await world.ports.store.ledger.append({ ...record, actor: payload.addedBy, payload });
    world.act('uploader');
    await assert.rejects(approve(), refused('separation-of-duties', /uploaded the document/));
    world.act('approver');
    await approve();
    assert.deepEqual((await standingOf())[1], ['team', 'approved']);
  });

  it('approve nothing that does not hold together', async () => {
    await world.write('policies/team.policy.yaml', drafted.replace('0.82', '0.5'));
    await assert.rejects(approve(), refused('policy-invalid', /asks for at least `0\.8`/));
  });

  it('count no approval that was changed', async () => {
    await world.write('policies/team.policy.yaml', drafted);
    await approve();
    world.dropGuards();
    world.edit("UPDATE ledger SET digest = ? WHERE kind = 'policy-approval'", 'f'.repeat(64));
    assert.deepEqual((await standingOf())[1], ['team', 'draft']);
  });
});
