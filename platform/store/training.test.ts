import assert from 'node:assert/strict';
import { rmSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { WorkbenchError } from '../../engine/base/errors.ts';
import type { RunWriter, Store } from '../../engine/ports/store.ts';
import type { EpochRecord } from '../../engine/ports/training.ts';
import type { TuningReport } from '../../schemas/generated/messages.ts';
import { createSetClock, makePlan, makeProgress, makeStoreFolder, spec } from '../../test/fakes/runs.ts';
import { describeHost } from '../host/describe.ts';
import { openStore } from './store.ts';

const tuningSpec = { ...spec, kind: 'tune' as const, file: 'core.tune.yaml', name: 'core', platform: 'local' };
const { environment } = makePlan();

describe("a tuning run's training", () => {
  const clock = createSetClock();
  let folder = '';
  let store: Store;

  beforeEach(async () => {
    folder = makeStoreFolder();
    store = await openStore({ folder, clock });
    await store.createRun({ id: 'tune', spec: tuningSpec, createdAt: clock.now() });
  });
  afterEach(async () => {
    await store.close();
    rmSync(path.dirname(folder), { recursive: true, force: true });
  });
  const start = async (): Promise<RunWriter> => {
    const writer = await store.openWriter('tune', describeHost());
    await writer.begin({ variants: [], environment });
    return writer;
  };

  it('is empty before it begins', async () => {
    assert.deepEqual(await store.readTraining('tune'), { epochs: [], checkpoints: [] });
    await assert.rejects(store.readTraining('nothing'), hasCode('run-not-found'));
  });

  it('keeps every epoch, the checkpoints of the last, and one state', async () => {
    const writer = await start();
    await writer.saveEpoch(makeEpoch(0, []), makeUsed(1), makeProgress(0));
    await writer.saveEpoch(makeEpoch(1, [1]), makeUsed(2), makeProgress(1));
    await writer.saveEpoch(makeEpoch(2, [1, 2]), makeUsed(3), makeProgress(2));
    await writer.saveEpoch(makeEpoch(3, [2, 3]), makeUsed(4), makeProgress(3));
    assert.deepEqual(await store.readTraining('tune'), {
      epochs: [0, 1, 2, 3].map(epoch => makeEpoch(epoch, []).point),
      checkpoints: makeEpoch(3, [2, 3]).checkpoints,
      stateDigest: 'state-3',
      used: makeUsed(4),
    });
    const { summary } = await store.getRun('tune');
    assert.deepEqual([summary.kind, summary.progress.done, summary.state], ['tune', 3, 'running']);
  });

  it('removes the states and checkpoints it replaces once they are no longer young, and the last state when it succeeds', async () => {
    const put = async (text: string): Promise<string> => {
      const { digest } = await store.blobs.put(new TextEncoder().encode(text));
      const seconds = (clock.now() - 6_000) / 1000;
      utimesSync(store.blobs.locate(digest), seconds, seconds);
      return digest;
    };
    const saved = async (epoch: number): Promise<{ state: string; weights: string; record: EpochRecord }> => {
      const { point, checkpoints } = makeEpoch(epoch, [epoch]);
      const [state, weights] = [await put(`state ${epoch}`), await put(`weights ${epoch}`)];
      const record = {
        point,
        stateDigest: state,
        checkpoints: checkpoints.map(item => ({ ...item, digest: weights })),
      };
      return { state, weights, record };
    };
    const writer = await start();
    const [first, second] = [await saved(1), await saved(2)];
    await writer.saveEpoch(first.record, makeUsed(1), makeProgress(1));
    await writer.saveEpoch(second.record, makeUsed(2), makeProgress(2));
    const has = (...digests: string[]): Promise<boolean[]> =>
      Promise.all(digests.map(digest => store.blobs.has(digest)));
    assert.deepEqual(await has(first.state, first.weights, second.state, second.weights), [false, false, true, true]);
    const tuning = { notes: [] } as unknown as TuningReport;
    await writer.finish({ state: 'succeeded', progress: makeProgress(2), headlines: [], tuning });
    assert.deepEqual(await has(second.state, second.weights), [false, true]);
    assert.equal((await store.readTraining('tune')).stateDigest, undefined);
  });

  it('adds up what its attempts used, and drops epochs that are trained again', async () => {
    const first = await start();
    await first.saveEpoch(makeEpoch(1, [1]), { wallSeconds: 1, cpuSeconds: 2, peakMemoryBytes: 900 }, makeProgress(1));
    await first.saveEpoch(
      makeEpoch(2, [2]),
      { wallSeconds: 3, cpuSeconds: 4, peakMemoryBytes: 1_000 },
      makeProgress(2),
    );
    clock.advance(15_001);
    const second = await start();
    await assert.rejects(first.saveEpoch(makeEpoch(3, []), makeUsed(9), makeProgress(3)), hasCode('run-lease-lost'));
    assert.deepEqual((await store.readTraining('tune')).used, {
      wallSeconds: 3,
      cpuSeconds: 4,
      peakMemoryBytes: 1_000,
    });
    await second.saveEpoch(
      makeEpoch(1, [1]),
      { wallSeconds: 0.5, cpuSeconds: 0.25, peakMemoryBytes: 800 },
      makeProgress(1),
    );
    const training = await store.readTraining('tune');
    assert.deepEqual(training.used, { wallSeconds: 3.5, cpuSeconds: 4.25, peakMemoryBytes: 1_000 });
    assert.deepEqual(
      training.epochs.map(point => point.epoch),
      [1],
    );
    assert.deepEqual(training.checkpoints, makeEpoch(1, [1]).checkpoints);
  });

  it('keeps what was asked of a platform, what it told, and fractional epochs with their files', async () => {
    const writer = await start();
    const job = { platform: 'gpu', type: 'runpod', tag: 'aiwb-tune', state: 'intended' } as const;
    await writer.saveJob(job);
    assert.deepEqual((await store.readTraining('tune')).job, job);
    await writer.saveJob({ ...job, state: 'created', id: 'pod-1', spent: 0.4 });
    const losses = [{ step: 1, epoch: 0.1, loss: 2 }];
    await writer.saveTraining({ losses, usage: { wallSeconds: 4, tokens: 900 } });
    const files = [{ path: 'adapter_model.safetensors', digest: 'a1', bytes: 5 }];
    const [checkpoint] = makeEpoch(0.5, [0.5]).checkpoints;
    assert.ok(checkpoint !== undefined);
    const kept = { ...checkpoint, step: 12, format: 'peft' as const, files };
    await writer.saveEpoch({ ...makeEpoch(0.5, []), checkpoints: [] }, makeUsed(1), makeProgress(0));
    await writer.saveOutcome({ stoppedEarly: true, notes: ['n'], answersDigest: 'b2' }, [kept], makeProgress(1));
    const training = await store.readTraining('tune');
    assert.deepEqual(
      [training.job?.id, training.job?.spent, training.losses, training.usage, training.checkpoints],
      ['pod-1', 0.4, losses, { wallSeconds: 4, tokens: 900 }, [kept]],
    );
    assert.deepEqual(training.outcome, { stoppedEarly: true, notes: ['n'], answersDigest: 'b2' });
    assert.deepEqual(
      training.epochs.map(({ epoch }) => epoch),
      [0.5],
    );
    const service = { connection: 'gpt', model: 'ft:gpt:1' };
    const served = { ...checkpoint, digest: 'ft:gpt:1', bytes: 0, format: 'service' as const, service };
    await writer.saveOutcome({ stoppedEarly: false, notes: [] }, [served], makeProgress(1));
    assert.deepEqual((await store.readTraining('tune')).checkpoints, [served]);
  });

  it('lists the jobs of all runs with how they stand, and takes none from who lost the lease', async () => {
    const first = await start();
    const job = { platform: 'gpu', type: 'runpod', tag: 'aiwb-tune', state: 'created', id: 'pod-1' } as const;
    await first.saveJob(job);
    assert.deepEqual(await store.listPlatformJobs(), [{ runId: 'tune', state: 'running', job }]);
    clock.advance(15_001);
    assert.deepEqual(await store.listPlatformJobs(), [{ runId: 'tune', state: 'lost', job }]);
    const second = await start();
    await assert.rejects(first.saveJob({ ...job, id: 'pod-2' }), hasCode('run-lease-lost'));
    await assert.rejects(first.saveTraining({ usage: { wallSeconds: 1 } }), hasCode('run-lease-lost'));
    await assert.rejects(
      first.saveOutcome({ stoppedEarly: false, notes: [] }, [], makeProgress()),
      hasCode('run-lease-lost'),
    );
    await second.saveJob({ ...job, state: 'ended' });
    assert.deepEqual((await store.listPlatformJobs())[0]?.job, { ...job, state: 'ended' });
  });

  it('counts files and answers as used until the run succeeds, also in a backup', async () => {
    const put = async (text: string) => store.blobs.put(new TextEncoder().encode(text));
    const age = () => {
      const old = (clock.now() - 7_200_000) / 1000;
      for (const { digest } of all) utimesSync(store.blobs.locate(digest), old, old);
    };
    const [weights, config, answers, stray] = [await put('w'), await put('c'), await put('a'), await put('s')];
    const all = [weights, config, answers, stray];
    const has = () => Promise.all(all.map(({ digest }) => store.blobs.has(digest)));
    const writer = await start();
    const files = [
      { path: 'model.safetensors', ...weights },
      { path: 'config.json', ...config },
    ];
    const checkpoint = { epoch: 1, ...weights, best: true, last: true, format: 'transformers' as const, files };
    await writer.saveOutcome(
      { stoppedEarly: false, notes: [], answersDigest: answers.digest },
      [checkpoint],
      makeProgress(1),
    );
    age();
    await store.collectGarbage(0);
    assert.deepEqual(await has(), [true, true, true, false]);
    const copied = await store.backup(path.join(folder, 'backup.db'));
    assert.deepEqual([copied.blobs, copied.unavailable], [3, []]);
    const tuning = { notes: [] } as unknown as TuningReport;
    await writer.finish({ state: 'succeeded', progress: makeProgress(2), headlines: [], tuning });
    await store.collectGarbage(0);
    assert.deepEqual(await has(), [true, true, false, false]);
    assert.deepEqual((await store.readTraining('tune')).outcome, { stoppedEarly: false, notes: [] });
  });

  it('ends with its report, which another attempt clears', async () => {
    const tuning: TuningReport = {
      run: (await store.getRun('tune')).summary,
      base: 'embedded:linear',
      platform: 'local',
      method: 'full',
      hyperparameters: { epochs: 3 },
      selection: { aspect: 'core-performance', metric: 'accuracy', label: 'Accuracy', direction: 'higher' },
      aspects: [],
      epochs: [],
      checkpoints: [],
      notes: [],
    };
    let writer = await start();
    await writer.finish({ state: 'failed', progress: makeProgress(), headlines: [], tuning });
    const record = await store.getRun('tune');
    assert.deepEqual(record.tuning, tuning);
    assert.deepEqual([record.report, record.dataset, record.spec], [undefined, undefined, tuningSpec]);
    assert.deepEqual(record.environment, environment);
    writer = await start();
    assert.equal((await store.getRun('tune')).tuning, undefined);
    await writer.finish({ state: 'succeeded', progress: makeProgress(), headlines: [], tuning });
    await assert.rejects(start(), hasCode('run-finished'));
    assert.deepEqual((await store.getRun('tune')).tuning, tuning);
  });

  it('is cancelled and lost as any run', async () => {
    const writer = await start();
    assert.equal((await store.requestCancel('tune')).state, 'cancelling');
    assert.deepEqual(await writer.heartbeat(makeProgress()), { cancelRequested: true });
    clock.advance(15_001);
    assert.equal((await store.getRun('tune')).summary.state, 'lost');
  });

  it('is told from benchmarks in lists', async () => {
    await store.createRun({ id: 'bench', spec, createdAt: clock.now() });
    await store.createRun({ id: 'other', spec: { ...tuningSpec, name: 'other' }, createdAt: clock.now() });
    const ids = async (filter: object): Promise<string[]> => (await store.listRuns(filter)).map(run => run.id);
    assert.deepEqual(await ids({}), ['other', 'bench', 'tune']);
    assert.deepEqual(await ids({ kind: 'tune' }), ['other', 'tune']);
    assert.deepEqual(await ids({ kind: 'tune', name: 'core' }), ['tune']);
    assert.deepEqual(await ids({ name: 'sample', file: 'sample.bench.yaml', limit: 5 }), ['bench']);
    assert.deepEqual(await ids({ name: 'sam' }), []);
  });
});

describe('runs that asked a model', () => {
  it('are found by its digest, newest first, archived ones too', async () => {
    const clock = createSetClock();
    const folder = makeStoreFolder();
    const store = await openStore({ folder, clock });
    for (const [id, variants] of [
      ['a', 1],
      ['b', 2],
      ['c', 2],
    ] as const) {
      await store.createRun({ id, spec, createdAt: clock.now() });
      await (await store.openWriter(id, describeHost())).begin(makePlan(variants));
    }
    await store.setArchived('b', true);
    const ids = async (digest: string): Promise<string[]> => (await store.listRunsAsking(digest)).map(run => run.id);
    assert.deepEqual(await ids('digest-1'), ['c', 'b']);
    assert.deepEqual(await ids('digest-0'), ['c', 'b', 'a']);
    assert.deepEqual(await ids('digest-9'), []);
    await store.close();
    rmSync(path.dirname(folder), { recursive: true, force: true });
  });
});

function makeEpoch(epoch: number, kept: readonly number[]): EpochRecord {
  return {
    point: { epoch, trainingLoss: 1 / (epoch + 1), seconds: 0.5, aspects: [] },
    stateDigest: `state-${epoch}`,
    checkpoints: kept.map((at, index) => ({
      epoch: at,
      digest: `weights-${at}`,
      bytes: 100 + at,
      best: index === 0,
      last: index === kept.length - 1,
    })),
  };
}

function makeUsed(seconds: number): { wallSeconds: number; cpuSeconds: number; peakMemoryBytes: number } {
  return { wallSeconds: seconds, cpuSeconds: seconds / 2, peakMemoryBytes: seconds * 1_000 };
}

function hasCode(code: string): (error: unknown) => boolean {
  return error => error instanceof WorkbenchError && error.code === code;
}
