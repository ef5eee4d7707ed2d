import assert from 'node:assert/strict';
import type { RegistryEntry } from '../../schemas/generated/messages.ts';
import { makeRegistryEntry } from '../../test/fakes/registry-rows.ts';
import { createFreshness } from './freshness.ts';
import type { RegistryPlace } from './registry-book.ts';

const minute = 60_000;
const place = { folder: '/w', registry: 'shared' };
const settle = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

function open(cache: Partial<RegistryEntry['cache']>, minutes = 15) {
  const state = { now: 100 * minute, failure: undefined as Error | undefined, minutes };
  const synced: RegistryPlace[] = [];
  const failed: unknown[] = [];
  let listed = 0;
  const entry = makeRegistryEntry({ name: 'shared', type: 'mlflow', cache: { models: 0, versions: 0, ...cache } });
  const freshness = createFreshness({
    book: {
      entry: ({ registry }) => (registry === 'shared' ? entry : makeRegistryEntry()),
      async sync(asked) {
        synced.push(asked);
        await Promise.resolve();
        if (state.failure) throw state.failure;
      },
      async load() {
        listed++;
      },
    },
    now: () => state.now,
    refreshMinutes: () => state.minutes,
    onChanged() {},
    onFailed: error => failed.push(error),
  });
  return { freshness, state, synced, failed, listed: () => listed };
}

describe('freshness', () => {
  it('has a registry read that was never read, once', async () => {
    const { freshness, synced, listed } = open({});
    freshness.look(place);
    freshness.look(place);
    assert.equal(freshness.isReading(place), true);
    await settle();
    assert.equal(freshness.isReading(place), false);
    freshness.look(place);
    assert.deepEqual([synced, listed()], [[place], 1]);
  });

  it('has it read again once it is old', () => {
    const { freshness, synced } = open({ syncedAt: 86 * minute });
    freshness.look(place);
    assert.deepEqual(synced, []);
    const old = open({ syncedAt: 85 * minute });
    old.freshness.look(place);
    assert.deepEqual(old.synced, [place]);
  });

  it('does not ask a registry that is down before the time is over', async () => {
    const { freshness, state, synced, failed } = open({});
    state.failure = new Error('down');
    freshness.look(place);
    await settle();
    freshness.look(place);
    state.now += 14 * minute;
    freshness.look(place);
    assert.deepEqual([synced.length, failed.length], [1, 1]);
    state.now += minute;
    freshness.look(place);
    assert.equal(synced.length, 2);
  });

  it('leaves the local one, one that is being read, and all where it is done by hand', async () => {
    const { freshness, synced } = open({}, 0);
    freshness.look(place);
    assert.deepEqual(synced, []);
    await freshness.read({ folder: '/w', registry: 'local' });
    assert.deepEqual(synced, []);
    await freshness.read(place);
    assert.deepEqual(synced, [place]);
    const busy = open({ syncing: true });
    busy.freshness.look(place);
    assert.deepEqual(busy.synced, []);
  });
});
