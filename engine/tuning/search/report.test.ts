import assert from 'node:assert/strict';
import { makeJob, openTuning, type TuningWorld } from '../../../test/fakes/tuning.ts';
import { validateRunOutput, validateSearchReport } from '../../../schemas/generated/validators.js';
import { unpackOutput } from '../../../schemas/packed-output.ts';
import type { RunOutput, SearchReport } from '../../../schemas/generated/messages.ts';
import { bundleRun } from '../../notebooks/bundles.ts';
import { runMime } from '../../notebooks/output-types.ts';
import type { RunRecord } from '../../ports/store.ts';
import { allowToGoOn, cancelRun } from './cancel.ts';
import { reportSearch } from './report.ts';
import { resumeFrom } from './resume.ts';
import { runSearch, type SearchOutcome } from './run-search.ts';
import { createTuningRun } from './create.ts';

const { signal } = new AbortController();
const job = makeJob('search: {parameters: {epochs: [1, 2], learningRate: [0.5, 0.001]}}\nregister: {model: m}\n');

describe('a search as one thing', () => {
  let world: TuningWorld;
  let first: RunRecord;
  beforeEach(async () => {
    world = await openTuning();
    const { spec } = await world.create(job);
    first = await createTuningRun(spec, world.store, world.ports, signal);
  });
  afterEach(() => world.close());

  const go = (before: (trial: number) => unknown = () => undefined, after = before): Promise<SearchOutcome> =>
    runSearch(
      first,
      world.store,
      world.ports,
      {
        async execute(record, stop) {
          await before(record.spec.trial?.trial ?? 0);
          const ended = await world.execute(record, {}, stop);
          if (after !== before) await after(record.spec.trial?.trial ?? 0);
          return ended;
        },
      },
      signal,
    );
  const report = async (runId = first.summary.id, later = 0): Promise<SearchReport> => {
    const found = await reportSearch(runId, world.store, { now: world.ports.clock.now() + later }, signal);
    assert.ok(validateSearchReport(found), JSON.stringify(validateSearchReport.errors));
    return found;
  };
  const nothing = (): undefined => undefined;

  it('tells all trials, those that have not begun too, while it goes on', async () => {
    const seen: SearchReport[] = [];
    await go(async trial => {
      if (trial === 3) seen.push(await report());
    });
    const [live] = seen;
    assert.ok(live);
    assert.deepEqual(
      live.trials.map(({ state }) => state),
      ['succeeded', 'succeeded', 'queued', undefined],
    );
    assert.deepEqual(live.trials[3], { trial: 4, parameters: { epochs: 2, learningRate: 0.001 } });
    assert.deepEqual([live.run.id, live.run.state, live.run.endedAt], [first.summary.id, 'running', undefined]);
    assert.deepEqual([live.run.progress.done, live.run.progress.total], [2, 4]);
    assert.ok([live.trials[0]?.runId, live.trials[1]?.runId].includes(live.best));
  });

  it('has ended when the best is registered, and is found from any of its runs', async () => {
    const { best, report: told } = await go();
    const found = await report(told.trials[2]?.runId);
    assert.deepEqual(found, told);
    assert.equal(found.run.state, 'succeeded');
    assert.equal(found.best, best?.run.id);
    assert.deepEqual(found.registered, { model: 'm', version: '1' });
    for (const { figure, loss, seconds, epochs, ofEpochs } of found.trials) {
      assert.ok(figure !== undefined && loss !== undefined && seconds !== undefined);
      assert.equal(epochs, ofEpochs);
    }
  });

  it('stops as a whole when it is cancelled while a trial waits, and goes on with every trial that is left', async () => {
    const stopped = await go(async trial => {
      if (trial === 2) await cancelRun(first.summary.id, world.store);
    });
    assert.equal(stopped.stopped, true);
    assert.deepEqual(
      stopped.report.trials.map(({ state }) => state),
      ['succeeded', 'cancelled', undefined, undefined],
    );
    assert.equal((await report(undefined, 3_600_000)).run.state, 'cancelled');
    const again = await go();
    assert.equal(again.stopped, true, 'nobody said that it may go on');
    await allowToGoOn(first, world.store);
    const resumed = await go();
    assert.deepEqual(
      resumed.report.trials.map(({ state }) => state),
      Array(4).fill('succeeded'),
    );
  });

  it('stops when it is cancelled between two trials', async () => {
    const stopped = await go(nothing, async trial => {
      if (trial === 2) assert.equal((await cancelRun(first.summary.id, world.store)).state, 'succeeded');
    });
    assert.equal(stopped.stopped, true);
    assert.equal(stopped.registered, undefined);
    assert.deepEqual(
      stopped.report.trials.map(({ state }) => state),
      ['succeeded', 'succeeded', undefined, undefined],
    );
    assert.equal(stopped.report.run.state, 'cancelled');
  });

  it('is lost where nobody begins its next trial', async () => {
    await world.execute(first);
    assert.equal((await report()).run.state, 'running');
    assert.equal((await report(undefined, 61_000)).run.state, 'lost');
  });

  it('goes on after it was lost between two trials with the next, which is recorded once and at once', async () => {
    await world.execute(first);
    const next = await resumeFrom(first, world.store, world.ports, signal);
    assert.deepEqual([next.spec.trial?.trial, next.spec.trial?.search], [2, first.summary.id]);
    assert.equal((await report(undefined, 61_000)).run.state, 'running', 'for the next trial waits');
    await assert.rejects(resumeFrom(first, world.store, world.ports, signal), {
      code: 'run-active',
      message: `The search ${first.summary.id} goes on: its trial 2 (run ${next.summary.id}) is queued.`,
    });
    const { report: told } = await go();
    assert.equal(told.trials[1]?.runId, next.summary.id);
    assert.deepEqual(
      told.trials.map(({ state }) => state),
      Array(4).fill('succeeded'),
    );
    const runs = await Promise.all((await world.store.listRuns({})).map(({ id }) => world.store.getRun(id)));
    assert.equal(runs.filter(({ spec }) => spec.trial !== undefined).length, 4);
  });

  it('goes on from the run itself where there is no next trial, or another is to be gone on with first', async () => {
    const { summary } = await world.create(makeJob());
    const alone = await world.store.getRun(summary.id);
    assert.equal(await resumeFrom(alone, world.store, world.ports, signal), alone);
    await go(async trial => {
      if (trial === 2) await cancelRun(first.summary.id, world.store);
    });
    assert.equal((await resumeFrom(first, world.store, world.ports, signal)).summary.id, first.summary.id);
    await go();
    assert.equal((await resumeFrom(first, world.store, world.ports, signal)).summary.id, first.summary.id);
  });

  it('knows its trials when they are archived', async () => {
    const { report: told } = await go();
    for (const { runId = '' } of told.trials.slice(1, 3)) await world.store.setArchived(runId, true);
    assert.deepEqual(await report(undefined, 61_000), told);
  });

  it('is no run that searches nothing', async () => {
    const { summary } = await world.create(makeJob());
    await assert.rejects(reportSearch(summary.id, world.store, { now: 0 }, signal), { code: 'usage' });
  });

  it('leaves an output with all trials and the best one’s report, the same whenever it is made', async () => {
    const bundle = async () => {
      const { summary } = await world.store.getRun(first.summary.id);
      return bundleRun(summary, 'tuned', world.store, world.ports.clock, signal);
    };
    const before = unpackOutput((await bundle())[runMime]) as RunOutput;
    assert.ok(validateRunOutput(before), JSON.stringify(validateRunOutput.errors));
    assert.deepEqual([before.state, before.search?.trials.length, before.tuning], ['queued', 4, undefined]);
    const { report: told } = await go();
    const ended = await bundle();
    const output = unpackOutput(ended[runMime]) as RunOutput;
    assert.ok(validateRunOutput(output), JSON.stringify(validateRunOutput.errors));
    assert.deepEqual([output.runId, output.state], [first.summary.id, 'succeeded']);
    assert.equal(output.tuning?.run.id, told.best);
    assert.match(String(ended['text/markdown']), /4 of 4 trials[^]*Registered as m, version 1[^]*the best/);
    assert.match(String(ended['text/html']), /Trials of the search/);
    assert.deepEqual(await bundle(), ended);
  });
});
