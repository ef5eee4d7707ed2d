import assert from 'node:assert/strict';
import { openGoverned, signal, type Governed } from '../../test/fakes/governed.ts';
import { approved, takeStep, takeSteps } from '../../test/fakes/release-steps.ts';
import { verifyAudit } from '../audit/verify.ts';
import { WorkbenchError, type ErrorCode } from '../base/errors.ts';
import type { LocalVersion } from '../ports/registry.ts';
import { demote } from './demote.ts';
import { describeVersion } from '../versions/details.ts';
import { revoke } from './revoke.ts';
import { rollBack } from './roll-back.ts';

function failsWith(code: ErrorCode, words: RegExp) {
  return (error: unknown): boolean =>
    error instanceof WorkbenchError && error.code === code && words.test(error.message);
}

describe('steps back from production', () => {
  let world: Governed;
  let first: LocalVersion;
  let second: LocalVersion;
  beforeEach(async () => {
    world = await openGoverned();
    [first, second] = [await world.register('w1'), await world.register('w2')];
    await takeSteps(world, [...approved, { do: 'promote' }], first);
    await takeSteps(world, [...approved, { do: 'promote' }], second);
  });
  afterEach(() => world.close());

  const state = async () => {
    const { registry } = world.ports.store;
    const versions = await registry.listVersions('triage', signal);
    const { aliases } = await registry.getModel('triage', signal);
    return { statuses: versions.map(({ version, status }) => `${version} ${status}`), aliases };
  };
  const auditHolds = async () => {
    const { intact, faults } = await verifyAudit(world.ports.store, world.ports.digest, signal);
    assert.deepEqual(faults, []);
    assert.equal(intact, true);
  };
  const back = (version: LocalVersion, reason: string) => ({
    model: 'triage',
    version: version.version,
    reason,
    folder: world.folder,
  });

  it('demotes: the alias goes, and the version is the baseline it was locked as', async () => {
    world.act('operator');
    const demotion = await demote(back(second, ' answers too slowly '), world.ports, signal);
    assert.equal(demotion.reason, 'answers too slowly');
    assert.equal(demotion.demotedBy.email, 'operator@x.example');
    const { statuses, aliases } = await state();
    assert.deepEqual(statuses, ['2 baseline', '1 retired']);
    assert.equal('production' in aliases, false);
    await auditHolds();
    await takeStep(world, { do: 'promote' }, second);
    assert.equal((await state()).aliases['production'], '2');
  });

  it('demotes nothing that is not in production, and nothing without a reason', async () => {
    await assert.rejects(
      demote(back(first, 'why not'), world.ports, signal),
      failsWith('usage', /is not in production: it is retired/),
    );
    await assert.rejects(demote(back(second, '  '), world.ports, signal), failsWith('usage', /No reason/));
    assert.deepEqual((await state()).statuses, ['2 production', '1 retired']);
  });

  it('rolls back to the version that was replaced, through its gate', async () => {
    world.act('operator');
    const promotion = await rollBack({ model: 'triage', folder: world.folder }, world.ports, signal);
    assert.equal(promotion.version, '1');
    assert.equal(promotion.rolledBackFrom, '2');
    const { statuses, aliases } = await state();
    assert.deepEqual(statuses, ['2 retired', '1 production']);
    assert.equal(aliases['production'], '1');
    await auditHolds();
  });

  it('rolls back after a demotion to what stood behind it', async () => {
    await demote(back(second, 'broken'), world.ports, signal);
    const { version, rolledBackFrom } = await rollBack({ model: 'triage', folder: world.folder }, world.ports, signal);
    assert.deepEqual([version, rolledBackFrom], ['1', '2']);
    await auditHolds();
  });

  it('does not roll back to what no longer may be used, or to nothing', async () => {
    await revoke(back(first, 'leaks names'), world.ports, signal);
    await assert.rejects(
      rollBack({ model: 'triage', folder: world.folder }, world.ports, signal),
      failsWith('usage', /was revoked/),
    );
    assert.equal((await state()).aliases['production'], '2');
    await world.register('other', { model: 'fresh' });
    await assert.rejects(
      rollBack({ model: 'fresh', folder: world.folder }, world.ports, signal),
      failsWith('usage', /nothing was ever promoted/),
    );
  });

  it('does not roll back on evidence that has expired', async () => {
    await takeStep(world, { by: 'assessor', do: 'assess, gate failed' }, first);
    await assert.rejects(
      rollBack({ model: 'triage', folder: world.folder }, world.ports, signal),
      failsWith('approval-missing', /not approved/),
    );
    assert.equal((await state()).aliases['production'], '2');
  });

  it('revokes for good: aliases go, and no step leads on', async () => {
    world.act('security');
    const revocation = await revoke(back(second, 'trained on leaked data'), world.ports, signal);
    assert.deepEqual([...revocation.aliases].sort(), ['approved', 'baseline', 'candidate', 'production']);
    const { statuses, aliases } = await state();
    assert.deepEqual(statuses, ['2 revoked', '1 retired']);
    assert.deepEqual(aliases, {});
    await auditHolds();
    assert.deepEqual(await revoke(back(second, 'again'), world.ports, signal), revocation, 'the first reason stays');
    for (const deed of ['request', 'approve', 'baseline', 'promote'] as const) {
      await assert.rejects(takeStep(world, { do: deed }, second), failsWith('usage', /was revoked and stays so/), deed);
    }
    await assert.rejects(demote(back(second, 'x'), world.ports, signal), failsWith('usage', /was revoked/));
    const { approval } = await describeVersion('triage', '2', world.ports.store, signal);
    assert.match(approval.sentence, /^Revoked on \S+ by .*security.*: trained on leaked data\. .*approved/);
  });

  it('freezes what a baseline rests on', async () => {
    const [record] = await world.ports.store.ledger.list({ kind: 'baseline', model: 'triage', version: '2' });
    const { frozen } = record?.payload as { frozen: Record<string, { digest: string; runId?: string }[]> };
    const results = frozen['results'] ?? [];
    assert.equal(results.length, 1);
    assert.match(results[0]?.digest ?? '', /^[0-9a-f]{64}$/);
    assert.ok(frozen['datasets']?.some(({ digest }) => digest === 'rows-1'));
    assert.ok(frozen['policies'] !== undefined);
  });
});
