import assert from 'node:assert/strict';
import { makeJob, openTuning, type TuningWorld } from '../../test/fakes/tuning.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { RunRecord } from '../ports/store.ts';
import { resolveModels } from '../runs/resolve-models.ts';
import { planEvaluation } from './evaluate.ts';
import { findJobResult } from './job-result.ts';
import { createTuningRun } from './search/create.ts';
import { runSearch } from './search/run-search.ts';

const { signal } = new AbortController();
/** The last trial, of the smallest learning rate, is not the best. */
const searching = makeJob('search: {parameters: {epochs: [2], learningRate: [0.5, 0.3, 0.0001]}}\n');
const plain = makeJob('hyperparameters: {epochs: 1}\n');

describe('what a tuning job stands for', function () {
  this.timeout(60_000);
  let world: TuningWorld;
  beforeEach(async () => (world = await openTuning()));
  afterEach(() => world.close());

  /** Records a search, and runs its first trials only where it is to be left under way. */
  async function search(trials = 3): Promise<{ id: string; best: string; runs: readonly string[] }> {
    const { spec } = await world.create(searching);
    const first = await createTuningRun(spec, world.store, world.ports, signal);
    const runs: string[] = [];
    const stop = new Error('Killed.');
    const execute = (record: RunRecord): Promise<RunRecord> => {
      if (runs.length === trials) throw stop;
      runs.push(record.summary.id);
      return world.execute(record);
    };
    const outcome = await runSearch(first, world.store, world.ports, { execute }, signal).catch((error: unknown) => {
      assert.equal(error, stop);
    });
    return { id: first.summary.id, best: outcome?.best?.run.id ?? '', runs };
  }
  const resolve = async (name = 'checkpoint:triage'): Promise<string | undefined> => {
    const spec = { kind: 'benchmark', models: [name], text: '', path: '', file: '', name: 'b', origin: 'terminal' };
    const { trained } = await resolveModels(
      { ...spec, kind: 'benchmark', origin: 'terminal', folder: world.folder },
      world.store,
      world.ports,
      signal,
    );
    return trained?.[name]?.runId;
  };
  const find = (later = 0) => findJobResult({ name: 'triage' }, world.store, world.ports.clock.now() + later, signal);

  it('is the best trial of a search, and not its newest', async () => {
    const { id, best, runs } = await search();
    assert.ok(runs.slice(0, 2).includes(best), 'the newest is not the best');
    assert.equal(await resolve(), best);
    assert.equal(await resolve('checkpoint:triage@last'), best);
    const newest = `checkpoint:${runs[2] ?? ''}`;
    assert.equal(await resolve(newest), runs[2]);
    const found = await find();
    assert.deepEqual([found.run?.id, found.search, found.newest?.id], [best, id, runs[2]]);
    const { models } = await planEvaluation({ runId: best }, world.store, world.ports, signal);
    assert.deepEqual(models, ['checkpoint:triage']);
    const other = await planEvaluation({ runId: runs[2] ?? '' }, world.store, world.ports, signal);
    assert.deepEqual(other.models, [newest]);
  });

  it('is the last that came to something while a newer search is under way', async () => {
    const { best } = await search();
    const under = await search(1);
    assert.equal((await find()).newest?.state, 'queued');
    assert.equal(await resolve(), best);
    assert.equal(await resolve(`checkpoint:${under.runs[0] ?? ''}`), under.runs[0]);
    const first = await world.store.getRun(under.id);
    const hooks = { execute: (record: RunRecord) => world.execute(record) };
    const ended = await runSearch(first, world.store, world.ports, hooks, signal);
    assert.equal(await resolve(), ended.best?.run.id);
  });

  it('is nothing yet while its only search is under way, which names the best so far', async () => {
    const { id, runs } = await search(1);
    await assert.rejects(resolve(), (error: unknown) => {
      assert.ok(error instanceof WorkbenchError && error.code === 'checkpoint-missing', String(error));
      assert.match(error.message, new RegExp(`The search ${id} of the tuning job "triage" is running`));
      assert.match(error.remedy ?? '', new RegExp(`checkpoint:${runs[0] ?? ''}\\.$`));
      return true;
    });
    const found = await find();
    assert.deepEqual([found.run, found.underWay?.best], [undefined, runs[0]]);
  });

  it('is a run without a search where that is the newest', async () => {
    const { best } = await search();
    const { summary } = await world.run(plain);
    assert.equal(await resolve(), summary.id);
    await world.store.setArchived(summary.id, true);
    assert.equal(await resolve(), best);
  });

  it('stays what it was in a run that is recorded', async () => {
    const { best } = await search();
    const warm = await world.create(plain.replace('triage', 'warm').replace('embedded:linear', 'checkpoint:triage'));
    const again = await search();
    assert.equal(await resolve(), again.best);
    const { spec, tuning } = await world.execute(warm);
    assert.equal(spec.trained?.['checkpoint:triage']?.runId, best);
    assert.equal(tuning?.baseDigest, spec.trained['checkpoint:triage'].weightsDigest);
  });
});
