import assert from 'node:assert/strict';
import { createSeeded } from '../../../test/fakes/seeded.ts';
import { makeJob, openTuning, type TuningWorld } from '../../../test/fakes/tuning.ts';
import type { TuningReport } from '../../../schemas/generated/messages.ts';
import { WorkbenchError } from '../../base/errors.ts';
import { parseDocument } from '../../documents/parse.ts';
import type { RunRecord } from '../../ports/store.ts';
import { planTuning } from '../plan.ts';
import { applyTrial } from './apply-trial.ts';
import { chooseTrial, measureTrial } from './choose.ts';
import { estimateSearch } from './estimate.ts';
import { expandSearch } from './expand.ts';
import { runSearch, type SearchOutcome } from './run-search.ts';
import { renderSearch } from './text.ts';
import { createTuningRun } from './create.ts';
import { foreseeTrial } from './trials.ts';

const { signal } = new AbortController();
const search = 'search: {parameters: {epochs: [1, 2], learningRate: [0.5, 0.001]}}\n';

function jobOf(text: string) {
  const { value } = parseDocument('tune', text);
  assert.ok(value);
  return value;
}

describe('the combinations of a search', () => {
  it('are a grid in the order of the file, the last parameter changing first', () => {
    assert.deepEqual(expandSearch(jobOf(makeJob(search)), 7), [
      { epochs: 1, learningRate: 0.5 },
      { epochs: 1, learningRate: 0.001 },
      { epochs: 2, learningRate: 0.5 },
      { epochs: 2, learningRate: 0.001 },
    ]);
    assert.deepEqual(expandSearch(jobOf(makeJob()), 7), []);
  });

  it('are drawn without repetition, the same by the same seed', () => {
    const random = createSeeded(3);
    for (let round = 0; round < 40; round += 1) {
      const values = (count: number) =>
        Array.from({ length: 1 + Math.floor(random() * count) }, (_, index) => index + 1);
      const parameters = {
        epochs: values(32),
        batchSize: values(32),
        maxLength: values(8).map(each => each + 8),
        rank: values(32),
      };
      const trials = 1 + Math.floor(random() * 64);
      const seed = Math.floor(random() * 2 ** 32);
      const job = { search: { strategy: 'random' as const, trials, parameters } };
      const drawn = expandSearch(job, seed);
      const all = Object.values(parameters).reduce((product, each) => product * each.length, 1);
      assert.equal(drawn.length, Math.min(trials, all));
      assert.equal(new Set(drawn.map(each => JSON.stringify(each))).size, drawn.length);
      assert.deepEqual(expandSearch(job, seed), drawn);
      for (const each of drawn)
        for (const [name, value] of Object.entries(each)) assert.ok(parameters[name as 'rank'].includes(value));
    }
  });

  it('can be as many as the largest search there may be', () => {
    const values = Array.from({ length: 32 }, (_, index) => index + 1);
    const names = [
      'epochs',
      'learningRate',
      'batchSize',
      'gradientAccumulation',
      'weightDecay',
      'warmupRatio',
      'maxLength',
      'learningRateMultiplier',
      'rank',
      'l2',
    ];
    const parameters = Object.fromEntries(names.map(name => [name, values]));
    const drawn = expandSearch({ search: { strategy: 'random', trials: 64, parameters } }, 1);
    assert.equal(new Set(drawn.map(each => JSON.stringify(each))).size, 64);
    assert.ok(drawn.every(each => Object.values(each).every(Number.isInteger)));
  });
});

describe('a trial', () => {
  it('takes the place of the file’s values, searches no further and registers nothing', () => {
    const job = jobOf(makeJob(`hyperparameters: {epochs: 9, l2: 0.1}\nregister: {model: m}\n${search}`));
    const applied = applyTrial(job, { parameters: { epochs: 2 } });
    assert.deepEqual(applied.hyperparameters, { epochs: 2, l2: 0.1 });
    assert.deepEqual([applied.search, applied.register, applied.method], [undefined, undefined, undefined]);
  });

  it('gives its rank to the adapter, which keeps its other settings', () => {
    const job = { ...jobOf(makeJob()), base: 'hub:o/m' };
    assert.deepEqual(applyTrial(job, { parameters: { rank: 4 } }).method, { lora: { rank: 4 } });
    const method = { lora: { rank: 8, dropout: 0.1 } };
    assert.deepEqual(applyTrial({ ...job, method }, { parameters: { rank: 4 } }).method, {
      lora: { rank: 4, dropout: 0.1 },
    });
  });
});

describe('the best trial', () => {
  const report = (trial: number, figures: readonly number[], state = 'succeeded', direction = 'higher') =>
    ({
      run: { id: `r${String(trial)}`, state },
      selection: { aspect: 'core-performance', metric: 'accuracy', label: 'Accuracy', direction },
      trial: { search: 'r1', trial, trials: 4, parameters: {} },
      epochs: figures.map((accuracy, index) => ({
        epoch: index + 1,
        aspects: [{ aspect: 'core-performance', scores: { accuracy } }],
      })),
    }) as unknown as TuningReport;
  const best = (...reports: TuningReport[]) => chooseTrial(reports.map(measureTrial))?.report.run.id;

  it('has the best figure at its best epoch, and is the earlier among equals', () => {
    assert.equal(best(report(1, [0.5, 0.7]), report(2, [0.9, 0.1]), report(3, [0.8])), 'r2');
    assert.equal(best(report(3, [0.9]), report(2, [0.9]), report(1, [0.2])), 'r2');
    assert.equal(best(report(1, [3, 2], 'succeeded', 'lower'), report(2, [2.5], 'succeeded', 'lower')), 'r1');
  });

  it('is none that failed or measured nothing, where another did', () => {
    assert.equal(best(report(1, [0.9], 'failed'), report(2, []), report(3, [0.1])), 'r3');
    assert.equal(best(report(1, [], 'failed')), undefined);
    assert.equal(best(report(1, [Number.NaN]), report(2, [0.1])), 'r2');
  });
});

describe('a search', () => {
  let world: TuningWorld;
  beforeEach(async () => (world = await openTuning()));
  afterEach(() => world.close());

  /** The spec of a job's text, as the command line makes it. */
  const begin = async (text: string): Promise<RunRecord> => {
    const { spec } = await world.create(text);
    await planTuning(foreseeTrial(spec), world.ports, world.store.blobs, signal);
    return createTuningRun(spec, world.store, world.ports, signal);
  };
  const go = (
    of: RunRecord,
    execute: (trial: RunRecord, stop: AbortSignal) => Promise<RunRecord> = (trial, stop) =>
      world.execute(trial, {}, stop),
    notes: string[] = [],
    stop = signal,
  ): Promise<SearchOutcome> =>
    runSearch(of, world.store, world.ports, { execute, onNote: note => notes.push(note) }, stop);
  const versions = async () => {
    const models = await world.store.registry.listModels({}, signal);
    return models.length === 0 ? [] : world.store.registry.listVersions('m', signal);
  };

  it('runs every combination and registers the best alone', async () => {
    const first = await begin(makeJob(`${search}register: {model: m}\n`));
    const outcome = await go(first);
    assert.equal(outcome.search, first.summary.id);
    assert.deepEqual(
      outcome.measured.map(({ report }) => report.trial?.parameters),
      expandSearch(jobOf(first.spec.text), 7),
    );
    assert.deepEqual(
      outcome.measured.map(({ report }) => report.hyperparameters['epochs']),
      [1, 1, 2, 2],
    );
    const figures = outcome.measured.map(({ figure }) => figure ?? 0);
    assert.equal(figures.indexOf(Math.max(...figures)) + 1, outcome.best?.trial?.trial);
    const all = await versions();
    assert.equal(all.length, 1);
    assert.equal(all[0]?.lineage.runId, outcome.best?.run.id);
    assert.match(renderSearch(outcome), /4 of 4 trials[^]*the best[^]*Registered as m, version 1\./);
  });

  it('goes on past a trial that fails, and later runs that one again alone', async () => {
    const first = await begin(makeJob(`${search}register: {model: m}\n`));
    const notes: string[] = [];
    const outcome = await go(
      first,
      (trial, stop) => {
        if (trial.spec.trial?.trial !== 2) return world.execute(trial, {}, stop);
        return world.execute(
          trial,
          {
            createPlatform: () => {
              throw new Error('No machine is free.');
            },
          },
          stop,
        );
      },
      notes,
    );
    assert.deepEqual(
      outcome.measured.map(({ report }) => report.run.state),
      ['succeeded', 'failed', 'succeeded', 'succeeded'],
    );
    assert.match(notes.join('\n'), /^Trial 2 of 4 \(run .*\) failed: /);
    assert.equal((await versions()).length, 1);
    const again: number[] = [];
    const resumed = await go(await world.store.getRun(first.summary.id), (trial, stop) => {
      again.push(trial.spec.trial?.trial ?? 0);
      return world.execute(trial, {}, stop);
    });
    assert.deepEqual(again, [2]);
    assert.deepEqual(
      resumed.measured.map(({ report }) => report.run.id).toSorted(),
      outcome.measured.map(({ report }) => report.run.id).toSorted(),
    );
  });

  it('stops where a trial is cancelled, registers nothing, and goes on from any of its runs', async () => {
    const first = await begin(makeJob(`${search}register: {model: m}\n`));
    const stop = new AbortController();
    const outcome = await go(
      first,
      (trial, combined) => {
        if (trial.spec.trial?.trial === 2) stop.abort(new WorkbenchError('cancelled', 'Cancelled.'));
        return world.execute(trial, {}, combined);
      },
      [],
      stop.signal,
    );
    assert.equal(outcome.stopped, true);
    assert.deepEqual(
      outcome.measured.map(({ report }) => report.run.state),
      ['succeeded', 'cancelled'],
    );
    assert.deepEqual(await versions(), []);
    assert.match(renderSearch(outcome), new RegExp(`aiwb tune --resume ${first.summary.id}`));
    const second = await world.store.getRun(outcome.measured[1]!.report.run.id);
    const resumed = await go(second);
    assert.equal(resumed.measured.length, 4);
    assert.equal(resumed.stopped, false);
    assert.equal((await versions()).length, 1);
    assert.deepEqual((await go(second)).registered, resumed.registered);
    assert.equal((await versions()).length, 1);
  });

  it('is refused before anything is recorded where nobody could register its best', async () => {
    const { spec } = await world.create(makeJob(`${search}register: {model: m}\n`), { anonymous: true });
    assert.throws(() => foreseeTrial(spec), { code: 'identity-missing' });
  });

  it('is estimated with how often it trains', async () => {
    const { spec } = await world.create(makeJob(search));
    const { notes } = await estimateSearch(spec, world.ports, undefined, signal);
    assert.match(
      notes[0] ?? '',
      /^4 trials, one after another; the figures are of the first \(epochs 1, learningRate 0\.5\)/,
    );
    assert.match(notes[1] ?? '', /^1 epoch from embedded:linear/);
  });
});
