import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { identity } from '../../test/fakes/evidence.ts';
import { openGoverned, signal, type Governed } from '../../test/fakes/governed.ts';
import { approved, ready, takeStep, takeSteps } from '../../test/fakes/release-steps.ts';
import { canonicalJson } from '../../schemas/canonical.ts';
import { WorkbenchError } from '../base/errors.ts';
import { describeVersion } from '../versions/details.ts';
import { approve, requestApproval } from './approval.ts';
import { lockBaseline } from './baseline.ts';
import type { promote } from './promote.ts';

describe('what a release leaves behind', () => {
  let world: Governed;
  beforeEach(async () => (world = await openGoverned()));
  afterEach(() => world.close());

  it('retires the version it replaces, and can be called back', async () => {
    const [one, two] = [await world.register('w1'), await world.register('w2')];
    await takeSteps(world, [...approved, { do: 'promote' }], one);
    await takeSteps(world, [...approved, { do: 'promote' }], two);
    const statuses = async () =>
      (await world.ports.store.registry.listVersions('triage', signal)).map(({ version, status }) => [version, status]);
    assert.deepEqual(await statuses(), [
      ['2', 'production'],
      ['1', 'retired'],
    ]);
    const { replaced } = (await takeStep(world, { do: 'promote' }, one)) as Awaited<ReturnType<typeof promote>>;
    assert.equal(replaced, '2');
    assert.deepEqual(await statuses(), [
      ['2', 'retired'],
      ['1', 'production'],
    ]);
    assert.deepEqual(
      (await world.ports.store.registry.getModel('triage', signal)).aliases['baseline'],
      '2',
      'a baseline stays',
    );
  });

  it('locks the figures it was measured at, signed for by digest', async () => {
    const subject = await world.register('w1');
    await takeSteps(world, approved, subject);
    const baseline = await lockBaseline(
      { model: 'triage', version: 'approved', folder: world.folder },
      world.ports,
      signal,
    );
    assert.equal(baseline.approvedBy.email, 'approver@x.example');
    assert.deepEqual(
      baseline.metrics.map(({ value }) => value),
      [0.8],
    );
    const { digest, ...content } = baseline;
    assert.equal(world.ports.digest.sha256(canonicalJson(content)), digest);
    assert.equal((await describeVersion('triage', '1', world.ports.store, signal)).baseline?.digest, digest);
  });

  it('keeps comments, and refuses endless ones', async () => {
    const subject = await world.register('w1');
    await takeSteps(world, ready, subject);
    const step = { model: 'triage', version: '1', folder: world.folder };
    await assert.rejects(requestApproval({ ...step, comment: 'x'.repeat(2001) }, world.ports, signal), /2,000/);
    world.act('requester');
    await requestApproval({ ...step, comment: '  please look  ' }, world.ports, signal);
    world.act('approver');
    const { requestComment, approvalComment } = await approve({ ...step, comment: 'seen' }, world.ports, signal);
    assert.deepEqual([requestComment, approvalComment], ['please look', 'seen']);
  });

  it('is out of use with its model', async () => {
    const subject = await world.register('w1');
    await takeSteps(world, approved, subject);
    await world.ports.store.registry.setArchived('triage', true, identity('author'));
    await assert.rejects(takeStep(world, { do: 'promote' }, subject), /archived/);
  });

  it('does not go to production with other weights, or without any', async () => {
    const subject = await world.register('w1');
    await takeSteps(world, approved, subject);
    writeFileSync(world.ports.store.blobs.locate(subject.weightsDigest), 'others');
    await assert.rejects(takeStep(world, { do: 'promote' }, subject), (error: unknown) => {
      return error instanceof WorkbenchError && error.code === 'record-tampered';
    });
    assert.equal(
      (await describeVersion('triage', '1', world.ports.store, signal)).baseline,
      undefined,
      'nothing was locked',
    );
  });
});
