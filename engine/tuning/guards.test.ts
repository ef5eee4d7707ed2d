import assert from 'node:assert/strict';
import { beforeEpoch, playEvents, reportOf } from '../../test/fakes/tuning-platforms.ts';
import { makeJob, makeTickets, openTuning, toJsonLines, type TuningWorld } from '../../test/fakes/tuning.ts';
import type { Clock } from '../ports/clock.ts';
import type { JobBundle, JobEvent } from './platform.ts';

describe('the guards of a tuning run', () => {
  let world: TuningWorld;
  let fireDeadline: () => void;
  const clockWithDeadline = (clock: Clock): Clock => ({
    ...clock,
    after: (_milliseconds, callback) => {
      fireDeadline = callback;
      return () => undefined;
    },
  });
  beforeEach(async () => (world = await openTuning(clockWithDeadline)));
  afterEach(() => world.close());

  it('stops at its deadline, keeps what it has and can go on', async () => {
    const job = makeJob('hyperparameters: {epochs: 5}\nlimits: {deadline: PT1M}\n');
    const failed = await world.execute(await world.create(job), {
      createPlatform: beforeEpoch(3, () => {
        fireDeadline();
      }),
    });
    assert.equal(failed.summary.state, 'failed');
    assert.equal(failed.summary.failure?.code, 'deadline-exceeded');
    assert.match(failed.summary.failure.message, /deadline of 1 min 0 s passed after 2 of 5 epochs/);
    assert.equal((await world.execute(failed)).summary.state, 'succeeded');
  });

  it('says that it diverged, with epoch and learning rate, and keeps the checkpoints before', async () => {
    const noisy = makeTickets(240, { noise: 0.6 });
    world.write('tickets.jsonl', toJsonLines(noisy));
    const record = await world.run(makeJob('hyperparameters: {epochs: 5, learningRate: 100000}\n'));
    assert.equal(record.summary.failure?.code, 'training-diverged');
    assert.match(record.summary.failure.message, /in epoch 1 with learning rate 100000/);
    assert.deepEqual(
      reportOf(record).epochs.map(({ epoch }) => epoch),
      [0],
    );
    const point = { epoch: 2, trainingLoss: Number.NaN, seconds: 1, aspects: [] };
    const good = { ...point, epoch: 1, trainingLoss: 0.5 };
    const weights = await world.store.blobs.put(new Uint8Array([1]));
    const kept = await world.execute(await world.create(makeJob('hyperparameters: {epochs: 5}\n')), {
      createPlatform: playEvents([
        { type: 'epoch', point: good, weights, stateDigest: weights.digest },
        { type: 'epoch', point, weights, stateDigest: weights.digest },
      ]),
    });
    assert.match(kept.summary.failure?.message ?? '', /epoch 2 .* is no finite number/);
    assert.deepEqual(
      reportOf(kept).checkpoints.map(({ epoch }) => epoch),
      [1],
    );
  });

  it('stops early when patience is spent, also across a resume', async () => {
    const point = (epoch: number, accuracy: number): JobEvent => ({
      type: 'epoch',
      point: {
        epoch,
        trainingLoss: 0.5,
        seconds: 1,
        aspects: [{ aspect: 'core-performance', rows: 9, loss: 0.5, scores: { accuracy } }],
      },
      weights: { digest: String(epoch), bytes: 1 },
      stateDigest: 'state',
    });
    const whole = await world.run(makeJob('hyperparameters: {epochs: 40}\nevaluation: {patience: 3}\n'));
    const done = reportOf(whole).epochs.length - 1;
    assert.equal(whole.summary.state, 'succeeded');
    assert.ok(done < 40, `${done} epochs`);
    const best = reportOf(whole).checkpoints.find(checkpoint => checkpoint.best)!;
    assert.equal(done, best.epoch + 3);
    assert.match(
      reportOf(whole).notes.join(),
      new RegExp(`Stopped early after epoch ${done} of 40: .* epoch ${best.epoch} for 3 measurements`),
    );
    const bundles: JobBundle[] = [];
    const created = await world.create(makeJob('hyperparameters: {epochs: 9}\nevaluation: {patience: 2}\n'));
    const first = await world.execute(created, {
      createPlatform: playEvents([point(1, 0.9), point(2, 0.8), { type: 'state', state: 'lost', raw: 'node gone' }]),
    });
    assert.match(first.summary.failure?.message ?? '', /did not finish: the platform says "node gone"/);
    await world.execute(first, { createPlatform: playEvents([point(3, 0.7), point(4, 0.99)], bundles) });
    assert.deepEqual(bundles[0]?.resume, { epoch: 2, stateDigest: 'state' });
    assert.deepEqual(
      (await world.store.readTraining(first.summary.id)).epochs.map(({ epoch }) => epoch),
      [1, 2, 3],
    );
  });

  it('stops a platform that would cost more than the budget, over all attempts', async () => {
    const job = makeJob('hyperparameters: {epochs: 5}\nlimits: {budget: 1.00 USD}\n');
    const point = (epoch: number): JobEvent => ({
      type: 'epoch',
      point: { epoch, trainingLoss: 0.5, seconds: 1, aspects: [] },
      weights: { digest: 'w', bytes: 1 },
      stateDigest: 's',
    });
    const created = await world.create(job);
    const bundles: JobBundle[] = [];
    const lost = await world.execute(created, {
      createPlatform: playEvents(
        [{ type: 'cost', dollars: 0.75 }, point(1), { type: 'state', state: 'failed', raw: 'OOM' }],
        bundles,
      ),
    });
    assert.equal(lost.summary.failure?.code, 'run-failed');
    assert.equal(bundles[0]?.budget, 1);
    const broke = await world.execute(lost, {
      createPlatform: playEvents([{ type: 'cost', dollars: 0.3 }, point(2)], bundles),
    });
    assert.equal(bundles[1]?.budget, 0.25);
    assert.equal(broke.summary.failure?.code, 'budget-exceeded');
    assert.match(broke.summary.failure.message, /budget of 1\.00 USD is spent \(1\.05 USD\)/);
    assert.equal(reportOf(broke).infrastructure?.cost, 1.05);
  });

  it('fails when its platform ends early, and passes its log on', async () => {
    const log: string[] = [];
    const record = await world.execute(await world.create(makeJob('hyperparameters: {epochs: 5}\n')), {
      createPlatform: playEvents([{ type: 'log', line: 'pulling the image' }]),
      onLog: line => log.push(line),
    });
    assert.match(record.summary.failure?.message ?? '', /it ended 5 epochs early/);
    assert.deepEqual(log, ['pulling the image']);
  });
});
