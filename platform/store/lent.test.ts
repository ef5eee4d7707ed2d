import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { WorkbenchError } from '../../engine/base/errors.ts';
import type { LeaseOwner, RunWriter, Store } from '../../engine/ports/store.ts';
import type { LentRequest } from '../../schemas/generated/messages.ts';
import { createSetClock, makePlan, makeProgress, makeStoreFolder, spec } from '../../test/fakes/runs.ts';
import { describeHost } from '../host/describe.ts';
import { openStore } from './store.ts';

const request: LentRequest = {
  connection: 'house',
  family: 'gpt-4o',
  messages: [{ role: 'user', text: 'Which currency?' }],
  parameters: {},
};

describe('requests for lent models', () => {
  const clock = createSetClock();
  const here = describeHost();
  let folder = '';
  let store: Store;
  /** Another window's engine process. */
  let other: Store;
  let writer: RunWriter;
  const later = (): number => clock.now() + 60_000;

  beforeEach(async () => {
    folder = makeStoreFolder();
    store = await openStore({ folder, clock });
    other = await openStore({ folder, clock });
    writer = await begin(here);
  });
  afterEach(async () => {
    await store.close();
    await other.close();
    rmSync(path.dirname(folder), { recursive: true, force: true });
  });

  async function begin(owner: LeaseOwner): Promise<RunWriter> {
    await store.createRun({ id: `run-${owner.pid}`, spec, createdAt: clock.now() });
    const run = await store.openWriter(`run-${owner.pid}`, owner);
    await run.begin(makePlan());
    return run;
  }

  it('are answered by one window, and the reply is read once it is there', async () => {
    const id = await writer.lent.ask(request, later());
    assert.deepEqual(await writer.lent.read([id]), [{ id, taken: false }]);
    const [task] = await store.lent.take('a', 8);
    assert.equal(task?.runId, writer.runId);
    assert.deepEqual([task.id, task.run, task.request], [id, spec.name, request]);
    assert.deepEqual(await other.lent.take('b', 8), []);
    assert.deepEqual(await writer.lent.read([id]), [{ id, taken: true }]);
    assert.equal(await other.lent.reply('b', id, { text: 'no' }), false);
    assert.equal(await store.lent.reply('a', id, { text: 'EUR' }), true);
    assert.equal(await store.lent.reply('a', id, { text: 'twice' }), false);
    assert.deepEqual((await writer.lent.read([id]))[0]?.reply, { text: 'EUR' });
    assert.deepEqual(await other.lent.take('b', 8), []);
    await writer.lent.withdraw([id]);
    assert.deepEqual(await writer.lent.read([id]), []);
  });

  it('are taken again when a window stops renewing, and its late reply goes nowhere', async () => {
    const id = await writer.lent.ask(request, later());
    await store.lent.take('a', 8);
    clock.advance(9_000);
    await writer.heartbeat(makeProgress());
    assert.deepEqual(await store.lent.renew('a', [id]), [id]);
    clock.advance(9_000);
    await writer.heartbeat(makeProgress());
    assert.deepEqual(await other.lent.take('b', 8), []);
    clock.advance(2_000);
    assert.deepEqual(await writer.lent.read([id]), [{ id, taken: false }]);
    assert.equal((await other.lent.take('b', 8)).length, 1);
    assert.deepEqual(await store.lent.renew('a', [id]), []);
    assert.equal(await store.lent.reply('a', id, { text: 'late' }), false);
    assert.equal(await other.lent.reply('b', id, { text: 'EUR' }), true);
  });

  it('are given back by a window that closes', async () => {
    const id = await writer.lent.ask(request, later());
    await store.lent.take('a', 8);
    await store.lent.release('a', [id]);
    assert.equal((await other.lent.take('b', 8)).length, 1);
  });

  it('come oldest first, no more than a window has room for', async () => {
    const ids = [];
    for (let i = 0; i < 3; i++) ids.push(await writer.lent.ask(request, later()));
    assert.deepEqual(
      (await store.lent.take('a', 2)).map(({ id }) => id),
      ids.slice(0, 2),
    );
    assert.deepEqual(
      (await other.lent.take('b', 2)).map(({ id }) => id),
      ids.slice(2),
    );
  });

  it('are not taken past their deadline, nor for a run whose process is gone', async () => {
    await writer.lent.ask(request, clock.now() - 1);
    // A process that cannot exist.
    const dead = await begin({ ...here, pid: 2 ** 22 + 1 });
    await dead.lent.ask(request, later());
    assert.deepEqual(await store.lent.take('a', 8), []);
  });

  it('are withdrawn when the run ends or is taken over, and a fenced process can leave none', async () => {
    const id = await writer.lent.ask(request, later());
    clock.advance(15_001);
    const next = await store.openWriter(writer.runId, here);
    assert.deepEqual(await next.lent.read([id]), []);
    await assert.rejects(
      writer.lent.ask(request, later()),
      (error: unknown) => error instanceof WorkbenchError && error.code === 'run-lease-lost',
    );
    const second = await next.lent.ask(request, later());
    await next.finish({ state: 'cancelled', progress: makeProgress(), headlines: [] });
    assert.deepEqual(await next.lent.read([second]), []);
  });
});
