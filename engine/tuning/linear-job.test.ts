import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { makeTickets } from '../../test/fakes/tuning.ts';
import type { Blobs } from '../ports/blobs.ts';
import type { Clock } from '../ports/clock.ts';
import { createEmbeddedPlatform } from './embedded-platform.ts';
import { orderOfEpoch, trainLinear, type LinearJobPorts } from './linear-job.ts';
import type { JobBundle, JobEvent } from './platform.ts';

function createMemoryBlobs(): Blobs & { readonly contents: Map<string, Uint8Array> } {
  const contents = new Map<string, Uint8Array>();
  return {
    contents,
    async put(content) {
      const digest = createHash('sha256').update(content).digest('hex');
      contents.set(digest, content);
      return { digest, bytes: content.length };
    },
    adopt: () => Promise.reject(new Error('nothing is adopted here')),
    read: async digest => contents.get(digest)!,
    has: async digest => contents.has(digest),
    locate: digest => digest,
  };
}

function makeBundle(rows: number, changes: Partial<JobBundle> = {}): JobBundle {
  const texts = makeTickets(rows).map(({ text, topic }) => ({ text, label: topic }));
  return {
    runId: 'r1',
    name: 'triage',
    inputs: [
      { role: 'train', aspect: 'core-performance', digest: 't', weight: 1, rows: texts.slice(10) },
      { role: 'validation', aspect: 'core-performance', digest: 'v', weight: 1, rows: texts.slice(0, 10) },
    ],
    output: 'runs/r1',
    task: 'text-classification',
    base: { kind: 'embedded' },
    method: { name: 'full' },
    labels: ['billing', 'login', 'delivery'],
    hyperparameters: { epochs: 3, learningRate: 0.5, l2: 0 },
    seed: 7,
    evaluation: {
      metrics: ['accuracy'],
      every: { epochs: 2 },
      select: { aspect: 'core-performance', metric: 'accuracy', label: 'Accuracy', direction: 'higher' },
      limit: 200,
      maxTokens: 256,
    },
    bootDeadline: 1200,
    trainingDigest: 'd',
    ...changes,
  };
}

const { signal } = new AbortController();
const standing = { monotonic: () => 0, sleep: async () => {} } as Partial<Clock> as Clock;

async function collect(events: AsyncIterable<JobEvent>): Promise<JobEvent[]> {
  const all: JobEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

describe('a job that trains the linear model', () => {
  it('tells the base and each epoch, measured as often as asked and at the end', async () => {
    const blobs = createMemoryBlobs();
    const events = await collect(trainLinear(makeBundle(60), { blobs, clock: standing }, signal));
    const epochs = events.flatMap(event => (event.type === 'epoch' ? [event] : []));
    assert.deepEqual(
      epochs.map(({ point }) => [point.epoch, point.aspects.length]),
      [
        [0, 1],
        [1, 0],
        [2, 1],
        [3, 1],
      ],
    );
    assert.equal(epochs[0]!.weights, undefined);
    for (const { weights, stateDigest } of epochs)
      assert.ok(
        blobs.contents.has(stateDigest ?? '') &&
          (weights === undefined || blobs.contents.get(weights.digest)?.length === weights.bytes),
      );
  });

  it('goes on from any state to the same bytes', async () => {
    const blobs = createMemoryBlobs();
    const ports: LinearJobPorts = { blobs, clock: standing };
    const bundle = makeBundle(60, { hyperparameters: { epochs: 5, learningRate: 0.5, l2: 0.001 } });
    const whole = (await collect(trainLinear(bundle, ports, signal))).flatMap(event =>
      event.type === 'epoch' ? [event] : [],
    );
    for (const { point, stateDigest } of whole) {
      assert.ok(stateDigest !== undefined);
      const resumed = await collect(
        trainLinear({ ...bundle, resume: { epoch: point.epoch, stateDigest } }, ports, signal),
      );
      assert.deepEqual(resumed, whole.slice(point.epoch + 1));
    }
  });

  it('refuses a state of other data', async () => {
    const ports: LinearJobPorts = { blobs: createMemoryBlobs(), clock: standing };
    const [first] = await collect(trainLinear(makeBundle(60), ports, signal));
    assert.ok(first?.type === 'epoch' && first.stateDigest !== undefined);
    const resume = { epoch: 0, stateDigest: first.stateDigest };
    await assert.rejects(
      collect(trainLinear(makeBundle(60, { resume, trainingDigest: 'other' }), ports, signal)),
      /what it trains on has changed/,
    );
  });

  it('orders the rows of an epoch by seed and epoch alone', () => {
    assert.deepEqual(orderOfEpoch(50, 7, 3), orderOfEpoch(50, 7, 3));
    assert.notDeepEqual(orderOfEpoch(50, 7, 3), orderOfEpoch(50, 7, 4));
    assert.notDeepEqual(orderOfEpoch(50, 7, 3), orderOfEpoch(50, 8, 3));
    assert.deepEqual(
      orderOfEpoch(50, 4294967295, 1000).toSorted(),
      Int32Array.from({ length: 50 }, (_, row) => row),
    );
  });

  it('stops inside an epoch at its next breath', async () => {
    const controller = new AbortController();
    const blobs = createMemoryBlobs();
    let breaths = 0;
    let breathsAfter = 0;
    const clock = {
      monotonic: () => 0,
      sleep: async () => {
        breaths += 1;
        if (controller.signal.aborted) breathsAfter += 1;
        if (told.length === 1 && breaths > breathsAtBase + 1) controller.abort(new Error('enough'));
      },
    } as Partial<Clock> as Clock;
    const told: JobEvent[] = [];
    let breathsAtBase = Number.POSITIVE_INFINITY;
    const run = async (): Promise<void> => {
      for await (const event of trainLinear(makeBundle(6000), { blobs, clock }, controller.signal)) {
        told.push(event);
        breathsAtBase = breaths;
      }
    };
    await assert.rejects(run(), /enough/);
    assert.equal(told.length, 1, 'the first epoch did not end');
    assert.equal(breathsAfter, 0, 'nothing was computed after the breath that saw it');
  });

  it('is unknown to a platform it was not submitted to, and ends when cancelled', async () => {
    const platform = createEmbeddedPlatform('local', { blobs: createMemoryBlobs(), clock: standing });
    const states = async (job: string) =>
      (await collect(platform.events({ platform: 'local', job }, signal))).flatMap(event =>
        event.type === 'state' ? [event.state] : [],
      );
    assert.deepEqual(await states('other'), ['lost']);
    const handle = await platform.submit(makeBundle(60), undefined, async () => {}, signal);
    assert.deepEqual(JSON.parse(JSON.stringify(handle)), handle, 'a handle can be stored');
    assert.deepEqual(await states(handle.job), ['running', 'succeeded']);
    const events = platform.events(handle, signal)[Symbol.asyncIterator]();
    await events.next();
    await platform.cancel(handle);
    await assert.rejects(async () => {
      while ((await events.next()).done !== true);
    }, /cancelled/);
    assert.deepEqual(await states(handle.job), ['lost']);
  });
});
