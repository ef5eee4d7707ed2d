import assert from 'node:assert/strict';
import type { HostToRenderer, RunSummary } from '../schemas/generated/messages.ts';
import { createEpochJoiner } from './join-epochs.ts';

function message(id: string, from: number, to: number, epochsBefore?: number): HostToRenderer {
  const epochs = Array.from({ length: to - from }, (_, i) => ({
    epoch: from + i,
    trainingLoss: 1,
    seconds: 1,
    aspects: [],
  }));
  const run = { id, progress: { epochs } } as unknown as RunSummary;
  return { type: 'run', run, ...(epochsBefore === undefined ? {} : { epochsBefore }) };
}

const epochsOf = (joined: HostToRenderer): number[] =>
  joined.type === 'run' ? (joined.run.progress.epochs ?? []).map(({ epoch }) => epoch) : [];

describe('epochs that travel once', () => {
  it('are put together again for each run', () => {
    const join = createEpochJoiner();
    assert.deepEqual(epochsOf(join(message('a', 0, 3))), [0, 1, 2]);
    assert.deepEqual(epochsOf(join(message('b', 0, 1))), [0]);
    assert.deepEqual(epochsOf(join(message('a', 3, 4, 3))), [0, 1, 2, 3]);
    assert.deepEqual(epochsOf(join(message('a', 4, 4, 4))), [0, 1, 2, 3]);
    // Begun anew.
    assert.deepEqual(epochsOf(join(message('a', 0, 1))), [0]);
  });

  it('leave other messages as they are', () => {
    const join = createEpochJoiner();
    const failure: HostToRenderer = { type: 'failure', failure: { code: 'x', message: 'No.' } };
    assert.equal(join(failure), failure);
  });
});
