import assert from 'node:assert/strict';
import type { RunSummary, SearchReport } from '../../schemas/generated/messages.ts';
import { createEmitter, type Nothing } from '../base/emitter.ts';
import { FailureError } from '../base/failure.ts';
import type { Engine } from '../engine/engine.ts';
import { awaitSearchEnd, followSearch } from './follow-search.ts';
import type { RunChange } from './run-book.ts';

const trial = (id: string, state: RunSummary['state']): RunSummary =>
  ({ id, kind: 'tune', state, createdAt: 1 }) as unknown as RunSummary;
const searchIn = (state: RunSummary['state'], endedAt?: number): SearchReport =>
  ({
    run: { ...trial('s', state), ...(endedAt === undefined ? {} : { endedAt }) },
    trials: [],
  }) as unknown as SearchReport;
const soon = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 5));

describe('following a search', () => {
  const changed = createEmitter<RunChange[]>();
  const reset = createEmitter<Nothing>();
  const book = { onRunsChanged: changed.event, onReset: reset.event };
  let answer: SearchReport | Error = searchIn('running');
  let asked = 0;
  const engine = {
    folder: '/w',
    async request(method: string) {
      assert.equal(method, 'tuning/search');
      asked += 1;
      await Promise.resolve();
      if (answer instanceof Error) throw answer;
      return answer;
    },
  } as unknown as Engine;
  const change = (run: RunSummary, folder = '/w'): void =>
    changed.fire([{ entry: { folder, run }, before: undefined }]);
  const troubles: unknown[] = [];
  const parts = { book, onTrouble: (error: unknown) => troubles.push(error), askEvery: 20 };
  const { signal } = new AbortController();

  beforeEach(() => {
    answer = searchIn('running');
    asked = 0;
    troubles.length = 0;
  });

  it('tells it at once, and anew when a tuning run of its folder has changed', async () => {
    const told: string[] = [];
    const following = followSearch(engine, 's', {
      ...parts,
      askEvery: 60_000,
      onSearch: ({ run }) => told.push(run.state),
    });
    await soon();
    assert.deepEqual(told, ['running']);
    change(trial('elsewhere', 'running'), '/other');
    change({ ...trial('bench', 'running'), kind: 'benchmark' });
    await new Promise(resolve => setTimeout(resolve, 1_050));
    assert.equal(asked, 1);
    answer = searchIn('cancelling');
    change(trial('t2', 'cancelling'));
    await soon();
    assert.deepEqual(told, ['running', 'cancelling']);
    following.dispose();
    change(trial('t2', 'cancelled'));
    await soon();
    assert.equal(asked, 2);
  });

  it('waits for the end of the whole, through failures of the engine', async () => {
    const ended: RunSummary[] = [];
    const end = awaitSearchEnd(engine, 's', parts, signal).then(run => ended.push(run));
    await soon();
    answer = new FailureError({ code: 'engine-died', message: 'Gone.' });
    await new Promise(resolve => setTimeout(resolve, 1_050));
    assert.ok(troubles.length > 0);
    assert.equal(ended.length, 0);
    answer = searchIn('succeeded', 9);
    await end;
    assert.deepEqual(
      ended.map(({ state, endedAt }) => [state, endedAt]),
      [['succeeded', 9]],
    );
  });

  it('ends where the store has no such run any more, and where nobody waits', async () => {
    answer = new FailureError({ code: 'run-not-found', message: 'none' });
    await assert.rejects(awaitSearchEnd(engine, 's', parts, signal), /none/);
    answer = searchIn('running');
    const stop = new AbortController();
    const end = awaitSearchEnd(engine, 's', parts, stop.signal);
    await soon();
    stop.abort(new Error('left'));
    await assert.rejects(end, /left/);
    const before = asked;
    await new Promise(resolve => setTimeout(resolve, 1_050));
    assert.equal(asked, before);
  });
});
