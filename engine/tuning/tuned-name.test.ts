import assert from 'node:assert/strict';
import path from 'node:path';
import { makeJob, openTuning, type TuningWorld } from '../../test/fakes/tuning.ts';
import type { Registries } from '../registry/registries.ts';
import { findTuned } from './tuned-name.ts';

const { signal } = new AbortController();

describe('findTuned', () => {
  let world: TuningWorld;
  let lineage: { readonly runId?: string } = {};
  beforeEach(async () => {
    world = await openTuning();
    lineage = {};
  });
  afterEach(() => world.close());

  const opened: (string | undefined)[] = [];
  const registries = {
    open: (registry?: string) => {
      opened.push(registry);
      return { getVersion: () => Promise.resolve({ model: 'm', version: '7', lineage }) };
    },
  } as unknown as Registries;
  const find = (name: string, here = world.folder) =>
    findTuned(
      name,
      { store: world.store, registries, files: world.ports.files, folder: world.folder, here, now: Date.now() },
      signal,
    );

  it('takes a run, a version of any registry, and a file from wherever it is named', async () => {
    const { summary } = await world.run(makeJob('hyperparameters: {epochs: 1}\n'));
    assert.deepEqual(await find(summary.id), { runId: summary.id });
    assert.deepEqual(await find(summary.id.slice(0, -1)), { runId: summary.id });
    lineage = { runId: summary.id };
    assert.deepEqual(await find('registry:ours/m@candidate'), { runId: summary.id, model: 'registry:ours/m@7' });
    assert.equal(opened.at(-1), 'ours');
    assert.deepEqual(await find('m@7'), { runId: summary.id, model: 'registry:m@7' });
    assert.equal(opened.at(-1), undefined);
    const inside = path.join(world.folder, 'jobs');
    assert.deepEqual(await find('../triage.tune.yaml', inside), { runId: summary.id });
  });

  it('means the newest run of a file that has succeeded', async () => {
    const { summary } = await world.run(makeJob('hyperparameters: {epochs: 1}\n'));
    const waiting = await world.create(makeJob());
    assert.deepEqual(await find('triage.tune.yaml'), { runId: summary.id });
    await world.store.setArchived(summary.id, true);
    await assert.rejects(find('triage.tune.yaml'), {
      code: 'run-not-found',
      message: `No run of triage.tune.yaml has succeeded yet; its newest, ${waiting.summary.id}, is queued.`,
    });
  });

  it('refuses versions that came out of no tuning run, or of one that is not here', async () => {
    await assert.rejects(find('m@7'), { code: 'usage', message: /came out of no tuning run/ });
    lineage = { runId: '01GONE' };
    await assert.rejects(find('m@7'), { code: 'run-not-found', message: /m@7 came out of tuning run 01GONE, which/ });
    await assert.rejects(find('registry:m'), { code: 'usage', message: /names no model version/ });
  });
});
