import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { WorkbenchError } from '../../engine/base/errors.ts';
import type { LeaseOwner, Store } from '../../engine/ports/store.ts';
import type { RunState } from '../../schemas/generated/messages.ts';
import { createSetClock, makePlan, makeProgress, makeSamples, makeStoreFolder, spec } from '../../test/fakes/runs.ts';
import { describeHost } from '../host/describe.ts';
import { openStore } from './store.ts';

describe("a run's lease", () => {
  const clock = createSetClock();
  const here = describeHost();
  /** Same machine, a process that cannot exist. */
  const dead: LeaseOwner = { ...here, pid: 2 ** 22 + 1 };
  let folder = '';
  let store: Store;

  beforeEach(async () => {
    folder = makeStoreFolder();
    store = await openStore({ folder, clock });
    await store.createRun({ id: 'run', spec, createdAt: clock.now() });
  });
  afterEach(async () => {
    await store.close();
    rmSync(path.dirname(folder), { recursive: true, force: true });
  });
  const state = async (): Promise<RunState> => (await store.getRun('run')).summary.state;

  it('is held by one process at a time', async () => {
    const writer = await store.openWriter('run', here);
    assert.equal(writer.epoch, 1);
    await assert.rejects(store.openWriter('run', here), hasCode('run-active'));
    clock.advance(14_000);
    await writer.heartbeat(makeProgress());
    clock.advance(14_000);
    await assert.rejects(store.openWriter('run', here), hasCode('run-active'));
  });

  it('expires without a heartbeat; the process that wakes up late is fenced out', async () => {
    const late = await store.openWriter('run', here);
    await late.begin(makePlan());
    await late.append(makeSamples(3), makeProgress(3));
    clock.advance(15_001);
    assert.equal(await state(), 'lost');
    assert.equal((await store.getRun('run')).summary.resumable, true);
    const next = await store.openWriter('run', here);
    assert.equal(next.epoch, 2);
    await assert.rejects(late.append(makeSamples(3, {}, 3), makeProgress(6)), hasCode('run-lease-lost'));
    await assert.rejects(late.heartbeat(makeProgress(6)), hasCode('run-lease-lost'));
    const ending = { state: 'failed' as const, progress: makeProgress(6), headlines: [] };
    await assert.rejects(late.finish(ending), hasCode('run-lease-lost'));
    await assert.rejects(late.begin(makePlan()), hasCode('run-lease-lost'));
    assert.equal((await store.facts()).samples, 3);
    await next.begin(makePlan());
    await next.append(makeSamples(2, {}, 2), makeProgress(4));
    assert.equal((await store.facts()).samples, 4);
  });

  it('goes on after a sleep when nobody took the run over', async () => {
    const writer = await store.openWriter('run', here);
    await writer.begin(makePlan());
    clock.advance(60_000);
    assert.equal(await state(), 'lost');
    await writer.heartbeat(makeProgress());
    assert.equal(await state(), 'running');
  });

  it('ends at once when its process is dead or the machine was restarted', async () => {
    await store.openWriter('run', dead);
    assert.equal(await state(), 'lost');
    await store.openWriter('run', { ...here, bootId: 'another-boot/1' });
    assert.equal(await state(), 'lost');
    assert.equal((await store.openWriter('run', here)).epoch, 3);
  });

  it('is believed when it cannot be checked from here', async () => {
    const boot = here.bootId.split('/')[0] ?? '';
    const container: LeaseOwner = { ...dead, bootId: `${boot}/another-namespace` };
    await store.openWriter('run', container);
    assert.equal(await state(), 'provisioning');
    await assert.rejects(openStore({ folder, clock }), hasCode('store-remote'));
    clock.advance(15_001);
    assert.equal(await state(), 'lost');
  });

  it('carries a request to cancel to its holder', async () => {
    const writer = await store.openWriter('run', here);
    await writer.begin(makePlan());
    assert.deepEqual(await writer.heartbeat(makeProgress()), { cancelRequested: false });
    assert.equal((await store.requestCancel('run')).state, 'cancelling');
    assert.equal(await state(), 'cancelling');
    assert.deepEqual(await writer.heartbeat(makeProgress()), { cancelRequested: true });
    await writer.finish({ state: 'cancelled', progress: makeProgress(), headlines: [] });
    assert.equal(await state(), 'cancelled');
    assert.equal((await store.getRun('run')).summary.resumable, true);
    assert.equal((await store.requestCancel('run')).state, 'cancelled');
  });

  it('is not needed to cancel a run nobody holds, whose holder stays out', async () => {
    const writer = await store.openWriter('run', here);
    await writer.begin(makePlan());
    clock.advance(15_001);
    assert.equal((await store.requestCancel('run')).state, 'cancelled');
    await assert.rejects(writer.heartbeat(makeProgress()), hasCode('run-lease-lost'));
    assert.equal((await store.openWriter('run', here)).epoch, 2);
  });

  it('cannot be taken once the run was cancelled in the queue or has succeeded', async () => {
    assert.equal((await store.requestCancel('run')).state, 'cancelled');
    assert.equal((await store.getRun('run')).summary.resumable, false);
    await assert.rejects(store.openWriter('run', here), hasCode('run-finished'));
    await store.createRun({ id: 'other', spec, createdAt: clock.now() });
    const writer = await store.openWriter('other', here);
    await writer.finish({ state: 'succeeded', progress: makeProgress(), headlines: [] });
    await assert.rejects(store.openWriter('other', here), hasCode('run-finished'));
    await assert.rejects(writer.heartbeat(makeProgress()), hasCode('run-lease-lost'));
  });

  it('is missed in a queued run that nobody takes up', async () => {
    clock.advance(59_000);
    assert.equal(await state(), 'queued');
    clock.advance(2_000);
    assert.equal(await state(), 'lost');
    assert.equal((await store.openWriter('run', here)).epoch, 1);
    assert.equal(await state(), 'provisioning');
  });

  it('clears what an earlier attempt ended with', async () => {
    const first = await store.openWriter('run', here);
    await first.begin(makePlan());
    const failure = { code: 'run-failed', message: 'no' };
    await first.finish({ state: 'failed', progress: makeProgress(), headlines: [], failure });
    assert.deepEqual((await store.getRun('run')).summary.failure, failure);
    await store.openWriter('run', here);
    const { summary } = await store.getRun('run');
    assert.equal(summary.failure, undefined);
    assert.equal(summary.endedAt, undefined);
  });

  it('does not let a changed run be resumed', async () => {
    const first = await store.openWriter('run', here);
    await first.begin(makePlan());
    await first.finish({ state: 'failed', progress: makeProgress(), headlines: [] });
    const plan = makePlan();
    const again = await store.openWriter('run', here);
    await again.begin(plan);
    const [one, two] = plan.variants;
    assert.ok(one && two && plan.dataset);
    const changes = [
      { ...plan, variants: [one] },
      { ...plan, variants: [one, { ...two, modelDigest: 'other' }] },
      { ...plan, variants: [one, { ...two, promptDigest: 'other' }] },
      { ...plan, dataset: { ...plan.dataset, digest: 'other' } },
    ];
    for (const changed of changes) await assert.rejects(again.begin(changed), hasCode('run-changed'));
  });

  it('keeps another host out while it lives', async () => {
    await store.openWriter('run', here);
    const elsewhere = { host: 'elsewhere', bootId: 'x/1' };
    await assert.rejects(openStore({ folder, clock, self: elsewhere }), hasCode('store-remote'));
    clock.advance(15_001);
    const remote = await openStore({ folder, clock, self: elsewhere });
    await remote.createRun({ id: 'remote', spec, createdAt: clock.now() });
    await assert.rejects(store.createRun({ id: 'x', spec, createdAt: clock.now() }), hasCode('store-remote'));
    await remote.close();
  });
});

function hasCode(code: string): (error: unknown) => boolean {
  return error => error instanceof WorkbenchError && error.code === code;
}
