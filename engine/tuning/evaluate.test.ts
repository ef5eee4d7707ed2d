import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { modelsOf } from '../runs/asked-models.ts';
import { planBenchmark } from '../runs/plan.ts';
import { resolveSpec, specifyRun } from '../runs/start.ts';
import { identity } from '../../test/fakes/evidence.ts';
import { coreAspect, makeJob, openTuning, type TuningWorld } from '../../test/fakes/tuning.ts';
import { planEvaluation } from './evaluate.ts';

const { signal } = new AbortController();
const short = 'hyperparameters: {epochs: 2}\n';
const bench = (models: string): string =>
  `name: ask\ndataset: {path: tickets.jsonl, input: text, target: topic, split: {field: split, train: train, test: test}}\nmodels: [${models}]\nmetrics: [accuracy]\n`;

describe('planEvaluation', function () {
  this.timeout(60_000);
  let world: TuningWorld;
  beforeEach(async () => {
    world = await openTuning();
  });
  afterEach(() => world.close());

  const plan = (runId: string) => planEvaluation({ runId }, world.store, world.ports, signal);

  it('asks the tuned model alone where the base had learnt nothing, and says why', async () => {
    const { summary } = await world.run(makeJob(short));
    const found = await plan(summary.id);
    assert.deepEqual(found.models, ['checkpoint:triage']);
    assert.deepEqual(found.benchmarks, []);
    assert.match(found.notes.join(), /embedded:linear had learnt nothing and has no answers/);
  });

  it('asks the very checkpoint the run started from beside the tuned one, also after the base job has run again', async () => {
    const base = await world.run(makeJob(short));
    const record = await world.run(
      makeJob(short).replace('triage', 'warm').replace('embedded:linear', 'checkpoint:triage'),
    );
    await world.run(makeJob(short));
    const found = await plan(record.summary.id);
    const [asked] = found.models;
    assert.match(asked ?? '', new RegExp(`^checkpoint:${base.summary.id}@[12]$`));
    assert.equal(found.models[1], 'checkpoint:warm');
  });

  it('names the registered version where there is one', async () => {
    const { summary } = await world.run(makeJob(`${short}register: {model: triage-model}\n`));
    assert.deepEqual((await plan(summary.id)).models, ['registry:triage-model@1']);
  });

  it('runs each benchmark once, whichever aspects name it, and tells of one that is not there', async () => {
    world.write('ask.bench.yaml', bench('embedded:majority'));
    world.write('gone.bench.yaml', bench('embedded:majority'));
    const aspects = `${coreAspect('    benchmark: ask.bench.yaml\n')}${coreAspect('    benchmark: ask.bench.yaml\n').replace('core-performance', 'robustness')}${coreAspect('    benchmark: gone.bench.yaml\n').replace('core-performance', 'ethical-alignment')}`;
    const { summary } = await world.run(makeJob(short, aspects));
    assert.equal(summary.state, 'succeeded', summary.failure?.message);
    rmSync(path.join(world.folder, 'gone.bench.yaml'));
    const found = await plan(summary.id);
    assert.deepEqual(found.benchmarks, [
      { path: path.join(world.folder, 'ask.bench.yaml'), aspects: ['core-performance', 'robustness'] },
    ]);
    assert.match(found.notes.join('\n'), /The benchmark of ethical alignment, gone\.bench\.yaml, is not there\./);
  });

  it('gives the benchmark models in place of its own, the base as its baseline', async () => {
    await world.run(makeJob(short));
    const warm = makeJob(short).replace('triage', 'warm').replace('embedded:linear', 'checkpoint:triage');
    const { summary } = await world.run(warm);
    world.write(
      'ask.bench.yaml',
      `${bench('embedded:majority, embedded:knn')}compare: {baseline: embedded:knn}\ngate: [{metric: accuracy, model: embedded:knn, atLeast: 0.9}]\n`,
    );
    const { models } = await plan(summary.id);
    const request = {
      path: path.join(world.folder, 'ask.bench.yaml'),
      folder: world.folder,
      origin: 'editor' as const,
    };
    const whoAmI = () => Promise.resolve(identity('ada'));
    const specified = await specifyRun({ ...request, askModels: models }, world.ports.files, { whoAmI }, signal);
    const spec = await resolveSpec(specified, world.store, world.ports, signal);
    assert.deepEqual(modelsOf(spec), models);
    const planned = await planBenchmark(spec, world.ports, signal);
    assert.deepEqual(
      [planned.models.map(({ name }) => name), planned.baseline, planned.benchmark.gate],
      [models, models[0], undefined],
    );
  });

  it('refuses what is no tuning run, and one that has kept nothing', async () => {
    const queued = await world.create(makeJob(short));
    await assert.rejects(plan(queued.summary.id), { code: 'checkpoint-missing' });
    await assert.rejects(plan('nothing'), { code: 'run-not-found' });
  });
});
