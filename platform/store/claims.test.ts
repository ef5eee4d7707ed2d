import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import type { Store } from '../../engine/ports/store.ts';
import { createSetClock, makeStoreFolder } from '../../test/fakes/runs.ts';
import { leaseLife } from './context.ts';
import { openStore } from './store.ts';

const key = { runId: 'run-1', notebook: '/w/story.ipynb' };

describe('claims to write an output', () => {
  const clock = createSetClock();
  let folder = '';
  let store: Store;
  /** Another window's engine process. */
  let other: Store;

  beforeEach(async () => {
    folder = makeStoreFolder();
    store = await openStore({ folder, clock });
    other = await openStore({ folder, clock });
  });
  afterEach(async () => {
    await store.close();
    await other.close();
    rmSync(path.dirname(folder), { recursive: true, force: true });
  });

  it("are one window's, for each run in each notebook", async () => {
    assert.equal(await store.claims.take(key, 'a'), true);
    assert.equal(await other.claims.take(key, 'b'), false);
    assert.equal(await store.claims.take(key, 'a'), true);
    assert.equal(await other.claims.take({ ...key, runId: 'run-2' }, 'b'), true);
    assert.equal(await other.claims.take({ ...key, notebook: '/w/other.ipynb' }, 'b'), true);
  });

  it('run out unless they are renewed', async () => {
    await store.claims.take(key, 'a');
    clock.advance(leaseLife - 1);
    assert.equal(await store.claims.take(key, 'a'), true);
    clock.advance(leaseLife - 1);
    assert.equal(await other.claims.take(key, 'b'), false);
    clock.advance(1);
    assert.equal(await other.claims.take(key, 'b'), true);
    // A window that slept comes back too late.
    assert.equal(await store.claims.take(key, 'a'), false);
  });

  it('are given up at once, or after a while, and only by their holder', async () => {
    await store.claims.take(key, 'a');
    await other.claims.release(key, 'b', 0);
    assert.equal(await other.claims.take(key, 'b'), false);
    await store.claims.release(key, 'a', 60_000);
    clock.advance(59_999);
    assert.equal(await other.claims.take(key, 'b'), false);
    await store.claims.release(key, 'a', 0);
    assert.equal(await other.claims.take(key, 'b'), true);
  });
});
