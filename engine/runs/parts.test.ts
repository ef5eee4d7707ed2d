import assert from 'node:assert/strict';
import { WorkbenchError } from '../base/errors.ts';
import { isExcepted } from '../workspace/network.ts';
import { Budget } from '../models/budget.ts';
import { costOf, estimateSoundCost } from '../models/cost.ts';
import { TaskFeed, taskKey } from './feed.ts';
import { judgeErrors } from './guards.ts';
import { readLimits } from '../documents/limits.ts';
import { readDuration } from '../base/durations.ts';
import type { AskedRow } from '../datasets/selection.ts';

function rowOf(index: number, digest: string): AskedRow {
  return { index, line: index + 1, input: digest, target: 't', slices: {}, values: {}, digest: digest.padEnd(64, '0') };
}

async function drain(feed: TaskFeed): Promise<string[]> {
  const tasks: string[] = [];
  for (;;) {
    const task = await feed.take();
    if (task === undefined) return tasks;
    tasks.push(`${task.row.index}/${task.occurrence}/${task.repeat}`);
  }
}

async function* inBatches(rows: readonly AskedRow[]): AsyncIterable<readonly AskedRow[]> {
  for (let at = 0; at < rows.length; at += 2) yield rows.slice(at, at + 2);
}

describe('the feed of tasks', () => {
  const rows = [rowOf(0, 'a'), rowOf(1, 'b'), rowOf(2, 'a'), rowOf(3, 'c')];
  const repeated = new Set([Number.parseInt('a'.padEnd(13, '0'), 16)]);

  it('asks every row every time, and tells equal rows apart', async () => {
    const tasks = await drain(new TaskFeed(inBatches(rows), 2, repeated, new Set()));
    assert.deepEqual(tasks, ['0/0/0', '0/0/1', '1/0/0', '1/0/1', '2/1/0', '2/1/1', '3/0/0', '3/0/1']);
  });

  it('leaves out what was answered before', async () => {
    const answered = new Set([taskKey('a'.padEnd(64, '0'), 1, 0), taskKey('b'.padEnd(64, '0'), 0, 0)]);
    assert.deepEqual(await drain(new TaskFeed(inBatches(rows), 1, repeated, answered)), ['0/0/0', '3/0/0']);
  });

  it('hands no task to two workers', async () => {
    const feed = new TaskFeed(inBatches(rows), 3, repeated, new Set());
    const tasks = (await Promise.all([drain(feed), drain(feed), drain(feed)])).flat();
    assert.equal(tasks.length, 12);
    assert.equal(new Set(tasks).size, 12);
  });
});

describe('a budget', () => {
  it('is not passed by requests under way together, and lets one wait for another', async () => {
    const budget = new Budget(1);
    assert.equal(budget.reserve(0.6), undefined);
    const waiting = budget.reserve(0.6);
    assert.ok(waiting instanceof Promise);
    budget.settle(0.6, 0.1);
    await waiting;
    budget.settle(0.6, 0.5);
    assert.throws(
      () => budget.reserve(0.6),
      (error: unknown) => error instanceof WorkbenchError && error.code === 'budget-exceeded',
    );
  });

  it('reserves for a sound what its size allows it to last', () => {
    const bytes = new Uint8Array(960_000);
    assert.equal(estimateSoundCost({ mediaType: 'audio/wav', bytes, digest: '' }, { perMinute: 0.5 }), 0.5);
    assert.equal(estimateSoundCost({ mediaType: 'audio/mpeg', bytes, digest: '' }, { perMinute: 0.5 }), 2);
    assert.equal(estimateSoundCost(undefined, { perMinute: 0.5 }), 0);
  });

  it('counts what was spent before a resume, and does nothing without a limit', () => {
    const budget = new Budget(1);
    budget.charge(0.9);
    assert.throws(() => budget.reserve(0.2), /0\.90 USD are spent/);
    assert.equal(new Budget(undefined).reserve(1e9), undefined);
  });
});

describe('the cost of an answer', () => {
  const answer = { output: '', latencyMs: 1, attempts: 1, inputTokens: 1000, outputTokens: 100 };
  const thoughtful = { ...answer, cachedInputTokens: 600, reasoningTokens: 40 };

  it('is its tokens at their prices, cached input and reasoning at their own', () => {
    assert.equal(costOf(answer, { input: 2, output: 10 }), 0.003);
    assert.equal(costOf(thoughtful, { input: 2, output: 10 }), 0.003);
    assert.equal(costOf(thoughtful, { input: 2, output: 10, cachedInput: 1, reasoning: 5 }), 0.0022);
    assert.equal(costOf(answer, { input: 2, output: 10, perRequest: 0.5 }), 0.503);
    // More is never taken off than there was.
    assert.equal(costOf({ ...answer, cachedInputTokens: 9999 }, { input: 2, cachedInput: 0 }), 0);
  });

  it('is the minutes of a transcription, or one price a request', () => {
    const heard = { output: '', latencyMs: 1, attempts: 1, audioSeconds: 90 };
    assert.equal(costOf(heard, { perMinute: 0.5 }), 0.75);
    assert.equal(costOf(heard, { perRequest: 0.01 }), 0.01);
  });

  it('is not claimed where a price or a count it needs is not known', () => {
    const counted = { output: '', latencyMs: 1, attempts: 1 };
    assert.equal(costOf(answer, undefined), undefined);
    assert.equal(costOf(counted, { input: 2, output: 10 }), undefined);
    assert.equal(costOf({ ...counted, inputTokens: 1 }, { input: 2, output: 10 }), undefined);
    assert.equal(costOf(answer, { perMinute: 1 }), undefined);
  });
});

describe('limits', () => {
  it('are read in the units people write', () => {
    assert.deepEqual(readLimits({ budget: '5.50 USD', maxErrorRate: '2%', timeout: 'PT1M30S' }), {
      concurrency: 16,
      requestsPerMinute: undefined,
      tokensPerMinute: undefined,
      budget: 5.5,
      maxErrorRate: 0.02,
      timeout: 90_000,
      retries: 4,
    });
    assert.equal(readDuration('1.5s'), 1500);
    assert.equal(readDuration('PT1H'), 3_600_000);
  });

  it('stop a run over its error rate, or when a model answers nothing, but not before there is something to judge', () => {
    const limits = readLimits({ maxErrorRate: '10%' });
    const variant = { done: 5, failed: 5, refused: 0, model: 'm', lastFailure: 'no' };
    assert.equal(judgeErrors({ done: 19, failed: 19 }, variant, limits), undefined);
    assert.equal(judgeErrors({ done: 30, failed: 3 }, variant, limits), undefined);
    assert.equal(judgeErrors({ done: 30, failed: 4 }, variant, limits)?.code, 'error-rate-exceeded');
    assert.equal(
      judgeErrors({ done: 20, failed: 20 }, { ...variant, done: 20, failed: 20 }, readLimits(undefined))?.code,
      'run-failed',
    );
    const refusing = { ...variant, done: 20, failed: 20, refused: 20 };
    assert.equal(judgeErrors({ done: 20, failed: 20 }, refusing, readLimits(undefined)), undefined);
  });
});

describe('hosts that are reached without a proxy', () => {
  for (const [host, list, expected] of [
    ['localhost', [], true],
    ['api.example.com', ['example.com'], true],
    ['api.example.com', ['.example.com:443'], true],
    ['badexample.com', ['example.com'], false],
    ['anything', ['*'], true],
    ['api.example.com', [], false],
  ] as const) {
    it(`${host} with [${list.join(', ')}]: ${expected ? 'direct' : 'through it'}`, () => {
      assert.equal(isExcepted(host, list), expected);
    });
  }
});
