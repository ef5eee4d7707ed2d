import assert from 'node:assert/strict';
import { beforeEpoch, reportOf, watchEvents } from '../../test/fakes/tuning-platforms.ts';
import {
  coreAspect,
  makeJob,
  makeTickets,
  openTuning,
  toJsonLines,
  type TuningWorld,
} from '../../test/fakes/tuning.ts';
import type { TuningReport } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { RunRecord } from '../ports/store.ts';
import { compareTuning } from './compare.ts';
import { renderTuningMarkdown, renderTuningText } from './text.ts';

const robustness =
  '  robustness:\n    weight: 2\n    dataset: {path: noisy.jsonl, input: text, target: topic, split: {field: split, train: train, test: test}}\n';

const bestDigest = (record: RunRecord): string | undefined =>
  reportOf(record).checkpoints.find(checkpoint => checkpoint.best)?.digest;
const lastDigest = (record: RunRecord): string | undefined =>
  reportOf(record).checkpoints.find(checkpoint => checkpoint.last)?.digest;

describe('a tuning run', () => {
  let world: TuningWorld;
  beforeEach(async () => (world = await openTuning()));
  afterEach(() => world.close());

  it('trains, chooses on validation rows and reports on test rows', async () => {
    world.write('noisy.jsonl', toJsonLines(makeTickets(150, { seed: 5, prefix: 'noisy' })));
    const metrics = 'evaluation: {metrics: [accuracy, {f1: {average: macro}}]}\n';
    const phases = new Set<string | undefined>();
    const record = await world.execute(
      await world.create(
        makeJob(`${metrics}hyperparameters: {epochs: 6}\ncheckpoints: {every: 2}\n`, coreAspect() + robustness),
      ),
      { onProgress: ({ phase }) => phases.add(phase) },
    );
    assert.equal(record.summary.state, 'succeeded', JSON.stringify(record.summary.failure));
    const report = reportOf(record);
    assert.deepEqual(
      report.labels,
      ['billing', 'login', 'delivery'].toSorted((a, b) => report.labels!.indexOf(a) - report.labels!.indexOf(b)),
    );
    assert.deepEqual(
      report.epochs.map(({ epoch }) => epoch),
      [0, 1, 2, 3, 4, 5, 6],
    );
    assert.ok(Math.abs(report.epochs[0]!.trainingLoss - Math.log(3)) < 1e-9, 'epoch 0 is guessing');
    assert.ok(report.epochs[6]!.trainingLoss < report.epochs[0]!.trainingLoss / 2);
    for (const point of report.epochs) {
      assert.deepEqual(
        point.aspects.map(({ aspect }) => aspect),
        ['core-performance', 'robustness'],
      );
      for (const { scores } of point.aspects) assert.deepEqual(Object.keys(scores), ['accuracy', 'f1']);
    }
    const [core, noisy] = report.aspects;
    assert.equal(core!.trainingRows + core!.validationRows + core!.testRows, 240);
    assert.ok(core!.validationRows > 3 && core!.validationRows < 40);
    assert.equal(noisy!.weight, 2);
    for (const { metrics: figures, testRows } of report.aspects) {
      assert.deepEqual(
        figures.map(({ metric }) => metric),
        ['accuracy', 'f1'],
      );
      assert.ok(figures.every(({ n, low, high, value }) => n === testRows && low! <= value! && value! <= high!));
    }
    assert.ok(core!.metrics[0]!.value! > 0.8, 'it learnt');
    assert.equal(core!.base, undefined, 'nothing learnt is no base to compare with');
    assert.deepEqual(
      core!.slices.map(({ column, value }) => `${column}=${value}`),
      ['channel=chat', 'channel=email'],
    );
    assert.equal(core!.gaps[0]?.column, 'channel');
    assert.equal(core!.gaps[0].figure.metric, 'accuracy.gap');
    assert.deepEqual(noisy!.gaps, []);
    const kept = report.checkpoints.map(({ epoch }) => epoch);
    assert.ok(
      [2, 4, 6].every(epoch => kept.includes(epoch)),
      `kept ${kept.join()}`,
    );
    const best = report.checkpoints.find(checkpoint => checkpoint.best)!;
    const scores = report.epochs.slice(1).map(({ aspects }) => aspects[0]!.scores['accuracy']!);
    assert.equal(best.epoch, scores.indexOf(Math.max(...scores)) + 1, 'the first of the best');
    assert.equal(report.infrastructure?.hardware, '2 × test');
    assert.equal(report.infrastructure.peakMemoryBytes, 50_000_000);
    assert.deepEqual(
      record.summary.headlines.map(({ model, label }) => [model, label]),
      [['checkpoint:triage', 'Accuracy']],
    );
    assert.equal(record.summary.headlines[0]?.value, core!.metrics[0]!.value);
    assert.deepEqual([record.summary.progress.done, record.summary.progress.total], [6, 6]);
    assert.ok(phases.has(undefined), 'the last progress has no phase');
    const text = renderTuningText(await compareTuning([record.summary.id], world.store));
    assert.match(text, /core performance\s+tuned/);
    assert.match(text, /Best checkpoint: epoch \d, by Accuracy on core performance \(validation rows\)/);
    assert.match(
      renderTuningMarkdown(await compareTuning([record.summary.id], world.store)),
      /\| robustness \| tuned \|/,
    );
  });

  it('gives the same weights whenever it runs, and others with another seed', async () => {
    const job = makeJob('hyperparameters: {epochs: 3}\n');
    const first = lastDigest(await world.run(job));
    assert.equal(lastDigest(await world.run(job)), first);
    assert.notEqual(lastDigest(await world.run(`${job}seed: 8\n`)), first);
  });

  for (const stopAt of [0, 1, 4]) {
    it(`cancelled after epoch ${stopAt} goes on to the very weights of a run that was never stopped`, async () => {
      world.write('noisy.jsonl', toJsonLines(makeTickets(150, { seed: 5, prefix: 'noisy' })));
      const job = makeJob(
        'hyperparameters: {epochs: 6, l2: 0.0001}\ncheckpoints: {every: 1}\n',
        coreAspect() + robustness,
      );
      const whole = await world.run(job);
      const controller = new AbortController();
      const created = await world.create(job);
      const stopped = await world.execute(
        created,
        {
          createPlatform: beforeEpoch(stopAt + 1, () => {
            controller.abort(new WorkbenchError('cancelled', 'Enough.'));
          }),
        },
        controller.signal,
      );
      assert.equal(stopped.summary.state, 'cancelled');
      assert.equal(stopped.summary.failure, undefined);
      assert.equal(stopped.summary.resumable, true);
      assert.deepEqual(
        reportOf(stopped).epochs.map(({ epoch }) => epoch),
        Array.from({ length: stopAt + 1 }, (_, epoch) => epoch),
      );
      assert.match(reportOf(stopped).notes.join(), /Partial: \d of 6 epochs/);
      const resumed = await world.execute(stopped);
      assert.equal(resumed.summary.state, 'succeeded');
      const digests = (record: RunRecord) => reportOf(record).checkpoints.map(({ epoch, digest }) => [epoch, digest]);
      assert.equal(digests(whole).length, 6);
      assert.deepEqual(digests(resumed), digests(whole));
      assert.equal(bestDigest(resumed), bestDigest(whole));
      const losses = (record: RunRecord) => reportOf(record).epochs.map(({ trainingLoss }) => trainingLoss);
      assert.deepEqual(losses(resumed), losses(whole));
      assert.deepEqual(
        reportOf(resumed).aspects.map(({ metrics }) => metrics),
        reportOf(whole).aspects.map(({ metrics }) => metrics),
      );
      assert.match(reportOf(resumed).notes.join(), stopAt === 0 ? /^$/ : new RegExp(`Resumed: ${stopAt} epochs? kept`));
      assert.ok(
        reportOf(resumed).infrastructure!.cpuSeconds > reportOf(stopped).infrastructure!.cpuSeconds,
        'attempts add up',
      );
    });
  }

  it('refuses to go on with other data', async () => {
    const controller = new AbortController();
    const stopped = await world.execute(
      await world.create(makeJob('hyperparameters: {epochs: 4}\n')),
      {
        createPlatform: beforeEpoch(2, () => {
          controller.abort(new WorkbenchError('cancelled', 'Enough.'));
        }),
      },
      controller.signal,
    );
    world.write('tickets.jsonl', toJsonLines(makeTickets(243)));
    const resumed = await world.execute(stopped);
    assert.equal(resumed.summary.failure?.code, 'run-changed');
    assert.equal((await world.store.readTraining(stopped.summary.id)).epochs.length, 2, 'what was saved stays');
    world.write('tickets.jsonl', toJsonLines(makeTickets(240)));
    assert.equal((await world.execute(resumed)).summary.state, 'succeeded');
  });

  it('starts from earlier weights and measures them as the base', async () => {
    const first = await world.run(makeJob('hyperparameters: {epochs: 3}\n'));
    world.write('noisy.jsonl', toJsonLines(makeTickets(150, { seed: 5, prefix: 'noisy' })));
    const warm = makeJob('hyperparameters: {epochs: 2}\n', robustness)
      .replace('embedded:linear', 'checkpoint:triage@last')
      .replace('name: triage', 'name: warm');
    const record = await world.run(warm);
    assert.equal(record.summary.state, 'succeeded', JSON.stringify(record.summary.failure));
    const report = reportOf(record);
    assert.equal(report.baseDigest, lastDigest(first));
    assert.equal(record.spec.trained?.['checkpoint:triage@last']?.weightsDigest, lastDigest(first));
    assert.deepEqual(report.labels, reportOf(first).labels);
    assert.equal(report.aspects[0]?.base?.[0]?.metric, 'accuracy');
    assert.ok(report.epochs[0]!.trainingLoss < Math.log(3), 'it does not start from nothing');
    assert.match(report.notes.join(), /Started from checkpoint:triage@last/);
    assert.match(
      renderTuningText(await compareTuning([record.summary.id], world.store)),
      /robustness: Accuracy\s+\d\.\d+\s+\d/,
    );
    const other = makeTickets(150, { seed: 5 }).map(row => ({ ...row, topic: `${row.topic}!` }));
    world.write('noisy.jsonl', toJsonLines(other));
    const refused = await world.run(warm);
    assert.equal(refused.summary.failure?.code, 'model-unsuitable');
    assert.match(refused.summary.failure.message, /checkpoint:triage@last does not know the class "/);
  });

  it('registers its best checkpoint before it ends, and needs to know by whom', async () => {
    world.write('card.md', '# Triage\n');
    const job = makeJob(
      'hyperparameters: {epochs: 2}\nregister: {model: triage-model, card: card.md, properties: {riskTier: 2}}\n',
    );
    const anonymous = await world.execute(await world.create(job, { anonymous: true }));
    assert.equal(anonymous.summary.failure?.code, 'identity-missing');
    assert.equal((await world.store.readTraining(anonymous.summary.id)).epochs.length, 0, 'nothing was trained');
    const record = await world.run(job);
    assert.deepEqual(reportOf(record).registered, { model: 'triage-model', version: '1' });
    const version = await world.store.registry.getVersion('triage-model', 'candidate', new AbortController().signal);
    assert.equal(version.weightsDigest, bestDigest(record));
    assert.equal(version.lineage.runId, record.summary.id);
    assert.equal(version.lineage.trainer?.email, 'trainer@x.example');
  });

  it('runs on declared platforms alone', async () => {
    world.write('workbench.yaml', 'compute: {desk: {type: local}}\n');
    const job = makeJob('hyperparameters: {epochs: 1}\n');
    const desk = await world.execute(await world.create(job, { platform: 'desk' }));
    assert.equal(reportOf(desk).platform, 'desk');
    assert.equal(reportOf(await world.execute(await world.create(job, { platform: 'local' }))).platform, 'local');
    const refused = await world.execute(await world.create(job, { platform: 'dask' }));
    assert.match(refused.summary.failure?.message ?? '', /No platform is called "dask" \(did you mean "desk"\?\)/);
  });

  it('is compared with others by their settings, and with benchmark runs never', async () => {
    const a = await world.run(makeJob('hyperparameters: {epochs: 1}\n'));
    const b = await world.run(makeJob('hyperparameters: {epochs: 2, l2: 0.001}\nseed: 9\n'));
    const comparison = await compareTuning([a.summary.id, b.summary.id], world.store);
    assert.deepEqual(comparison.differences, [
      { name: 'epochs', values: ['1', '2'] },
      { name: 'l2', values: ['0', '0.001'] },
      { name: 'Seed', values: ['7', '9'] },
    ]);
    assert.match(renderTuningText(comparison), /Differs in/);
    await world.store.createRun({ id: 'bench-1', spec: { ...a.spec, kind: 'benchmark' }, createdAt: 1 });
    await assert.rejects(compareTuning([a.summary.id, 'bench-1'], world.store), /bench-1 is a benchmark run/);
  });

  it('has a report of what is known while it is under way', async () => {
    const created = await world.create(makeJob('hyperparameters: {epochs: 3}\n'));
    let seen: TuningReport | undefined;
    const looks: Promise<void>[] = [];
    await world.execute(created, {
      createPlatform: watchEvents(event => {
        if (event.type !== 'epoch' || event.point.epoch !== 2) return;
        looks.push(compareTuning([created.summary.id], world.store).then(({ reports }) => void (seen = reports[0])));
      }),
    });
    await Promise.all(looks);
    assert.equal(seen?.run.state, 'running');
    assert.ok(seen.epochs.length >= 2);
    assert.deepEqual(seen.selection, {
      aspect: 'core-performance',
      metric: 'accuracy',
      label: 'Accuracy',
      direction: 'higher',
    });
  });
});
