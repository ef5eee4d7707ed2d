import assert from 'node:assert/strict';
import type { RunSummary } from '../../schemas/generated/messages.ts';
import { createEmitter } from '../base/emitter.ts';
import { FailureError } from '../base/failure.ts';
import type { Engine, EngineState } from '../engine/engine.ts';
import { createRunBook, type RunBook } from '../runs/run-book.ts';
import { awaitRunEnd } from './run-end.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const running = { id: 'r1', state: 'running', createdAt: 1, archived: false } as unknown as RunSummary;
const done: RunSummary = { ...running, state: 'succeeded', endedAt: 9 };

/** An engine whose process fails, returns and forgets as it is told. */
function fakeEngine() {
  const states = createEmitter<EngineState>();
  const changed = createEmitter<RunSummary[]>();
  let state: EngineState = { kind: 'ready' } as EngineState;
  const fake = {
    run: running as RunSummary | undefined,
    failure: undefined as FailureError | undefined,
    setState(next: EngineState) {
      state = next;
      states.fire(next);
    },
    changed,
    engine: {
      folder: '/w',
      get state() {
        return state;
      },
      onRunsChanged: changed.event,
      onRegistryChanged: createEmitter<undefined>().event,
      onStateChanged: states.event,
      async request(method: string) {
        if (fake.failure) throw fake.failure;
        if (method === 'runs/list') return { runs: fake.run === undefined ? [] : [fake.run] };
        if (fake.run === undefined) throw new FailureError({ code: 'run-not-found', message: 'none' });
        return fake.run;
      },
    } as unknown as Engine,
  };
  return fake;
}

describe("waiting for a run's end", () => {
  const troubles: unknown[] = [];
  let fake = fakeEngine();
  let book: RunBook;
  const signal = new AbortController().signal;
  const parts = () => ({ book, onTrouble: (error: unknown) => troubles.push(error), askEvery: 20 });

  beforeEach(() => {
    troubles.length = 0;
    fake = fakeEngine();
    book = createRunBook({ all: () => [fake.engine], onChanged: () => ({ dispose() {} }) }, quiet);
  });
  afterEach(() => book.dispose());

  it('ends with what is heard', async () => {
    const end = awaitRunEnd(fake.engine, 'r1', { ...parts(), askEvery: 60_000 }, signal);
    await new Promise(setImmediate);
    fake.changed.fire([done]);
    assert.equal((await end).state, 'succeeded');
  });

  it('ends though nothing was heard', async () => {
    const end = awaitRunEnd(fake.engine, 'r1', parts(), signal);
    await new Promise(resolve => setTimeout(resolve, 30));
    fake.run = done;
    assert.equal((await end).endedAt, 9);
  });

  it('goes on when the engine process has failed, until it is back', async () => {
    const end = awaitRunEnd(fake.engine, 'r1', { ...parts(), askEvery: 60_000 }, signal);
    await new Promise(setImmediate);
    const failure = { code: 'engine-died', message: 'Too often.' };
    fake.failure = new FailureError(failure);
    fake.setState({ kind: 'failed', failure });
    await new Promise(resolve => setTimeout(resolve, 10));
    assert.equal(troubles.length, 1);
    fake.failure = undefined;
    fake.run = done;
    fake.setState({ kind: 'ready' } as EngineState);
    assert.equal((await end).state, 'succeeded');
  });

  it('does not take a run for lost that only slept', async () => {
    const end = awaitRunEnd(fake.engine, 'r1', parts(), signal);
    await new Promise(setImmediate);
    fake.changed.fire([{ ...running, state: 'lost' }]);
    await new Promise(resolve => setTimeout(resolve, 60));
    fake.changed.fire([running]);
    fake.run = { ...running, state: 'lost' };
    assert.equal((await end).state, 'lost');
  });

  it('tells a run that was deleted meanwhile', async () => {
    const end = awaitRunEnd(fake.engine, 'r1', parts(), signal);
    await new Promise(setImmediate);
    fake.run = undefined;
    await assert.rejects(end, { failure: { code: 'run-not-found', message: 'none' } });
    assert.deepEqual(troubles, []);
  });

  it('is given up', async () => {
    const leaving = new AbortController();
    const end = awaitRunEnd(fake.engine, 'r1', parts(), leaving.signal);
    await new Promise(setImmediate);
    leaving.abort();
    await assert.rejects(end, { name: 'AbortError' });
  });
});
