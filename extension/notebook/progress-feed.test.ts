import assert from 'node:assert/strict';
import { mock } from 'node:test';
import type { HostToRenderer, RunSummary } from '../../schemas/generated/messages.ts';
import { createProgressFeed } from './progress-feed.ts';

type ShowRun = Extract<HostToRenderer, { type: 'run' }>;

function run(id: string, epochs?: number, done = 0): RunSummary {
  const points = Array.from({ length: epochs ?? 0 }, (_, epoch) => ({
    epoch,
    trainingLoss: 1 / (epoch + 1),
    seconds: 0.25,
    aspects: [{ aspect: 'core-performance' as const, rows: 40, loss: 0.5, scores: { accuracy: 0.5 } }],
  }));
  return {
    id,
    name: 'triage',
    kind: epochs === undefined ? 'benchmark' : 'tune',
    file: 'nb.ipynb',
    state: 'running',
    origin: 'notebook',
    createdAt: 1,
    archived: false,
    headlines: [],
    progress: {
      ...{ total: 1000, done, failed: 0, reused: 0, errors: {}, variants: [] },
      ...(epochs === undefined ? {} : { epochs: points }),
    },
  };
}

describe('progress for a notebook editor', () => {
  const sent: ShowRun[] = [];
  let feed = createProgressFeed(message => sent.push(message as ShowRun));

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    sent.length = 0;
    feed = createProgressFeed(message => sent.push(message as ShowRun));
  });
  afterEach(() => {
    feed.dispose();
    mock.timers.reset();
  });

  it('is at most ten messages a second, whatever the number of runs, each with the latest', () => {
    for (const id of ['a', 'b', 'c']) feed.watch(id);
    for (let done = 0; done < 500; done++) {
      for (const id of ['a', 'b', 'c', 'unwatched']) feed.push(run(id, undefined, done));
      mock.timers.tick(2);
    }
    assert.ok(sent.length >= 9 && sent.length <= 11, String(sent.length));
    for (let left = 0; left < 5; left++) mock.timers.tick(100);
    assert.deepEqual([...new Map(sent.map(message => [message.run.id, message.run.progress.done]))].sort(), [
      ['a', 499],
      ['b', 499],
      ['c', 499],
    ]);
  });

  it('sends each epoch of a long tuning run once, so that every message stays small', () => {
    feed.watch('long');
    for (let epochs = 600; epochs <= 1000; epochs++) {
      feed.push(run('long', epochs));
      mock.timers.tick(100);
    }
    const [first, ...others] = sent;
    assert.equal(first?.run.progress.epochs?.length, 600);
    assert.equal(others.length, 400);
    for (const message of others) assert.ok(JSON.stringify(message).length < 1000);
    assert.deepEqual([others[0]?.epochsBefore, others[0]?.run.progress.epochs?.length], [600, 1]);
  });

  it('begins anew for an output that asks again, and for a run that does', () => {
    feed.watch('long');
    feed.push(run('long', 40));
    feed.watch('long');
    mock.timers.tick(100);
    feed.push(run('long', 41));
    mock.timers.tick(100);
    feed.push(run('long', 3));
    mock.timers.tick(100);
    assert.deepEqual(
      sent.map(message => [message.epochsBefore, message.run.progress.epochs?.length]),
      [
        [undefined, 40],
        [undefined, 41],
        [undefined, 3],
      ],
    );
  });
});
