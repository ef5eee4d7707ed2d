import assert from 'node:assert/strict';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { identity } from '../../test/fakes/evidence.ts';
import { makeJob, openTuning, type TuningWorld } from '../../test/fakes/tuning.ts';
import { WorkbenchError, type ErrorCode } from '../base/errors.ts';
import { trainedModelDigest } from '../models/trained.ts';
import { promptReport } from '../reports/prompt-report.ts';
import { executeRun } from './execute.ts';
import { createRun, specifyRun } from './start.ts';
import { resolveModels } from './resolve-models.ts';
import { parseTrainedName } from '../registry/trained-name.ts';

const { signal } = new AbortController();

describe('names of trained models', () => {
  const cases: readonly (readonly [string, ReturnType<typeof parseTrainedName>])[] = [
    ['gpt', undefined],
    ['embedded:linear', undefined],
    ['checkpoint:triage', { kind: 'checkpoint', job: 'triage', which: 'best' }],
    ['checkpoint:triage@best', { kind: 'checkpoint', job: 'triage', which: 'best' }],
    ['checkpoint:triage@last', { kind: 'checkpoint', job: 'triage', which: 'last' }],
    ['checkpoint:20260101-000000-abcde@12', { kind: 'checkpoint', job: '20260101-000000-abcde', which: 12 }],
    ['registry:triage@3', { kind: 'registry', model: 'triage', version: '3' }],
    ['registry:triage@production', { kind: 'registry', model: 'triage', version: 'production' }],
    ['registry:local/triage@1', { kind: 'registry', model: 'triage', version: '1' }],
    ['registry:shared/triage@3', { kind: 'registry', registry: 'shared', model: 'triage', version: '3' }],
    ['registry:shared/org/triage@3', { kind: 'registry', registry: 'shared', model: 'org/triage', version: '3' }],
  ];
  for (const [name, parsed] of cases) {
    it(`takes ${name} apart`, () => {
      assert.deepEqual(parseTrainedName(name), parsed);
    });
  }
});

describe('trained models in benchmarks', () => {
  let world: TuningWorld;
  beforeEach(async () => (world = await openTuning()));
  afterEach(() => world.close());
  const refuses = (code: ErrorCode, message: RegExp, remedy: RegExp) => (error: unknown) => {
    assert.ok(error instanceof WorkbenchError && error.code === code, String(error));
    assert.match(error.message, message);
    assert.match(error.remedy ?? '', remedy);
    return true;
  };
  const resolve = async (name: string) => {
    const spec = {
      kind: 'benchmark',
      models: [name],
      text: '',
      path: '',
      file: '',
      name: 'b',
      origin: 'terminal',
    } as const;
    return (await resolveModels({ ...spec, folder: world.folder }, world.store, world.ports, signal)).trained;
  };

  const bench = `name: ask\ndataset: {path: tickets.jsonl, input: text, target: topic, split: {field: split, train: train, test: test}}\nmetrics: [accuracy]\n`;
  const createBench = async (models: string) => {
    const text = `${bench}models: ${models}\n`;
    const request = { path: `${world.folder}/ask.bench.yaml`, text, folder: world.folder, origin: 'terminal' } as const;
    const spec = await specifyRun(
      request,
      world.ports.files,
      { whoAmI: () => Promise.resolve(identity('ada')) },
      signal,
    );
    assert.equal(spec.kind, 'benchmark');
    assert.equal(spec.requestedBy?.email, 'ada@x.example');
    return createRun(spec, world.store, world.ports, signal);
  };
  const owner = { host: 'here', bootId: 'b', pid: process.pid };

  it('answer the one text of a prompt’s trial, beside whoever reads the prompt', async () => {
    await world.run(makeJob('hyperparameters: {epochs: 3}\n'));
    const path = `${world.folder}/sort.prompt.yml`;
    const text = 'messages: [{role: user, content: "Sort this ticket: {{text}}"}]\n';
    const nobody = { whoAmI: () => Promise.resolve(identity('ada')) };
    const given = { kind: 'prompt', path, text, folder: world.folder, origin: 'terminal' } as const;
    const choice = { models: ['checkpoint:triage'], trial: { dataset: { path: 'tickets.jsonl', target: 'topic' } } };
    const spec = await specifyRun({ ...given, ...choice }, world.ports.files, nobody, signal);
    const created = await createRun(spec, world.store, world.ports, signal);
    assert.ok(created.spec.trained?.['checkpoint:triage'] !== undefined);
    const ran = await executeRun(created.summary.id, world.store, world.ports, { owner }, signal);
    assert.equal(ran.summary.state, 'succeeded', JSON.stringify(ran.summary.failure));
    const { cases, models } = await promptReport(ran.summary.id, world.store, world.ports.clock, signal);
    assert.equal(cases.length, 5);
    const topics = new Set(cases.map(({ target }) => target));
    assert.ok(cases.every(({ answers: [answer] }) => answer?.text !== undefined && answer.text !== ''));
    assert.ok(topics.size > 0 && models[0]?.answered === 5);
  });

  it('stand for the weights they meant when the run was asked for, and answer as the tuning run measured them', async () => {
    const tuned = await world.run(
      makeJob('hyperparameters: {epochs: 3}\ncheckpoints: {every: 1}\nregister: {model: m}\n'),
    );
    const created = await createBench(
      '[checkpoint:triage, checkpoint:triage@1, registry:m@candidate, embedded:majority]',
    );
    const { checkpoints } = await world.store.readTraining(tuned.summary.id);
    const best = checkpoints.find(checkpoint => checkpoint.best)!;
    assert.deepEqual(created.spec.trained, {
      'checkpoint:triage': { weightsDigest: best.digest, runId: tuned.summary.id, epoch: best.epoch },
      'checkpoint:triage@1': { weightsDigest: checkpoints[0]!.digest, runId: tuned.summary.id, epoch: 1 },
      'registry:m@candidate': {
        weightsDigest: best.digest,
        model: 'm',
        version: '1',
        runId: tuned.summary.id,
        epoch: best.epoch,
      },
    });
    await world.run(makeJob('hyperparameters: {epochs: 5}\nseed: 99\nregister: {model: m}\n'));
    const record = await executeRun(created.summary.id, world.store, world.ports, { owner }, signal);
    assert.equal(record.summary.state, 'succeeded', JSON.stringify(record.summary.failure));
    const digests = record.variants.map(({ modelDigest }) => modelDigest);
    assert.equal(digests[0], trainedModelDigest(world.ports.digest, best.digest));
    assert.equal(digests[2], digests[0], 'the same weights are the same model');
    assert.deepEqual(
      (await world.store.listRunsAsking(digests[0])).map(({ id }) => id),
      [record.summary.id],
    );
    const accuracy = record.report!.variants.map(({ metrics }) => metrics[0]!.value);
    assert.equal(accuracy[0], tuned.tuning!.aspects[0]!.metrics[0]!.value);
    assert.equal(accuracy[2], accuracy[0]);
  });

  it('mean the newest run that succeeded, and a run by its id', async () => {
    const first = await world.run(makeJob('hyperparameters: {epochs: 1}\n'));
    const second = await world.run(makeJob('hyperparameters: {epochs: 1}\nseed: 2\n'));
    const failed = await world.run(makeJob().replace('tickets.jsonl', 'gone.jsonl'));
    assert.equal(failed.summary.state, 'failed');
    assert.equal((await resolve('checkpoint:triage'))?.['checkpoint:triage']?.runId, second.summary.id);
    const byId = `checkpoint:${first.summary.id}`;
    assert.equal((await resolve(byId))?.[byId]?.runId, first.summary.id);
    assert.equal(await resolve('embedded:linear'), undefined);
  });

  it('are refused where there is nothing behind them', async () => {
    await assert.rejects(
      resolve('checkpoint:triage'),
      refuses('model-unknown', /no tuning job "triage" has run here\.$/, /aiwb tune/),
    );
    const record = await world.run(makeJob('hyperparameters: {epochs: 2}\ncheckpoints: {every: 2}\n'));
    await assert.rejects(
      resolve('checkpoint:triag'),
      refuses('model-unknown', /did you mean "triage"\?/, /made by: triage/),
    );
    await assert.rejects(
      resolve('checkpoint:triage@7'),
      refuses('checkpoint-missing', /keeps no checkpoint of epoch 7/, /It keeps: .*2/),
    );
    await assert.rejects(
      resolve('registry:nobody@1'),
      error => error instanceof WorkbenchError && error.code === 'registry-not-found',
    );
    const created = await world.create(makeJob().replace('name: triage', 'name: fresh'));
    await assert.rejects(
      resolve('checkpoint:fresh'),
      refuses(
        'checkpoint-missing',
        /No run of the tuning job "fresh" has succeeded yet; its newest, .*, is queued/,
        new RegExp(`checkpoint:${created.summary.id}@last`),
      ),
    );
    await assert.rejects(
      resolve(`checkpoint:${created.summary.id}`),
      refuses('checkpoint-missing', /keeps no checkpoint/, /saved none/),
    );
    const { digest } = (await world.store.readTraining(record.summary.id)).checkpoints.find(({ best }) => best)!;
    rmSync(world.store.blobs.locate(digest));
    await assert.rejects(
      resolve('checkpoint:triage'),
      refuses('blob-missing', /its weights \(.*\) are not in the store/, /backup/),
    );
  });

  it('are refused when their weights are no weights', async () => {
    await world.run(makeJob('hyperparameters: {epochs: 1}\n'));
    const created = await createBench('[checkpoint:triage]');
    const file = world.store.blobs.locate(created.spec.trained!['checkpoint:triage']!.weightsDigest);
    chmodSync(file, 0o600);
    writeFileSync(file, 'not these');
    const record = await executeRun(created.summary.id, world.store, world.ports, { owner }, signal);
    assert.equal(record.summary.failure?.code, 'record-tampered');
  });
});
