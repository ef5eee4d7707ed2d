import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import type { NewPublication } from '../../engine/ports/catalogue.ts';
import type { Store } from '../../engine/ports/store.ts';
import { createSetClock, makeStoreFolder, type SetClock } from '../../test/fakes/runs.ts';
import { openStore } from './store.ts';

describe('publications', () => {
  let clock: SetClock;
  let folder: string;
  let store: Store;
  beforeEach(async () => {
    clock = createSetClock(1000);
    folder = makeStoreFolder();
    store = await openStore({ folder, clock });
  });
  afterEach(async () => {
    await store.close();
    rmSync(path.dirname(folder), { recursive: true, force: true, maxRetries: 5 });
  });

  const version = (changes: Partial<NewPublication> = {}): NewPublication => ({
    registry: 'shared',
    model: 'granite',
    version: '3',
    kind: 'version',
    local: { model: 'triage', version: '3' },
    request: '{"kind":"version"}',
    ...changes,
  });

  it('are noted before and ended after, and survive the process in between', async () => {
    const turn = await store.publications.begin(version());
    await store.close();
    store = await openStore({ folder, clock });
    const [open] = await store.publications.open();
    assert.deepEqual(open, {
      key: turn.key,
      registry: 'shared',
      model: 'granite',
      version: '3',
      kind: 'version',
      state: 'pending',
      at: 1000,
      attempts: 1,
      request: '{"kind":"version"}',
      local: { model: 'triage', version: '3' },
    });
    clock.advance(10);
    await store.publications.end(turn, { version: '7', id: '42', url: 'https://x.example/7', status: 'candidate' });
    assert.deepEqual(await store.publications.open(), []);
    assert.deepEqual(await store.publications.ofVersion('triage', '3'), [
      {
        registry: 'shared',
        model: 'granite',
        version: '7',
        kind: 'version',
        state: 'done',
        at: 1010,
        attempts: 1,
        id: '42',
        url: 'https://x.example/7',
        status: 'candidate',
      },
    ]);
  });

  it('are one row for one thing, under whatever name it has there', async () => {
    const first = await store.publications.begin(version());
    await store.publications.end(first, { version: '7', id: '42' });
    const again = await store.publications.begin(version());
    assert.equal(again.key, first.key);
    await store.publications.end(again, { failure: { code: 'registry-unreachable', message: 'Down.' } });
    const [kept, ...others] = await store.publications.ofVersion('triage', '3');
    assert.deepEqual(others, []);
    assert.deepEqual(
      [kept?.state, kept?.version, kept?.id, kept?.attempts, kept?.failure?.message],
      ['failed', '7', '42', 1, 'Down.'],
    );
    const another = await store.publications.begin(version({ local: { model: 'triage', version: '4' }, version: '4' }));
    assert.notEqual(another.key, first.key);
    const run = await store.publications.begin(version({ kind: 'run', runId: 'run-1', version: '7' }));
    const other = await store.publications.begin(version({ kind: 'run', runId: 'run-2', version: '7' }));
    assert.notEqual(run.key, other.key);
  });

  it('count attempts while they fail', async () => {
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const turn = await store.publications.begin(version());
      await store.publications.end(turn, { failure: { code: 'registry-unreachable', message: 'Down.' } });
    }
    assert.equal((await store.publications.open())[0]?.attempts, 3);
    await store.publications.begin(version({ later: true }));
    const [noted] = await store.publications.open();
    assert.deepEqual([noted?.state, noted?.attempts], ['pending', 3]);
  });

  it('stay open where the same thing was noted again meanwhile', async () => {
    const turn = await store.publications.begin(version({ kind: 'status' }));
    await store.publications.begin(version({ kind: 'status', later: true }));
    await store.publications.end(turn, { id: '42' });
    assert.equal((await store.publications.open())[0]?.state, 'pending');
  });

  it('tell where versions were published, once each', async () => {
    const done = await store.publications.begin(version());
    await store.publications.end(done, { id: '42' });
    const renamed = await store.publications.begin(version({ model: 'other' }));
    await store.publications.end(renamed, { id: '43' });
    await store.publications.begin(version({ registry: 'unfinished' }));
    const expected = [{ model: 'triage', version: '3', registry: 'shared' }];
    assert.deepEqual(await store.publications.publishedTo('triage'), expected);
    assert.deepEqual(await store.publications.publishedTo(undefined), expected);
    assert.deepEqual(await store.publications.publishedTo('none'), []);
  });
});
