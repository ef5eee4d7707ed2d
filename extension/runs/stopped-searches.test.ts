import assert from 'node:assert/strict';
import type { RunState, RunSummary, SearchReport } from '../../schemas/generated/messages.ts';
import { createEmitter, type Nothing } from '../base/emitter.ts';
import { FailureError } from '../base/failure.ts';
import type { RunChange, RunEntry } from './run-book.ts';
import { createStoppedSearches, type StoppedSearches } from './stopped-searches.ts';

const run = (id: string, change: Partial<RunSummary> = {}): RunSummary =>
  ({ id, kind: 'tune', file: 'a.tune.yaml', name: 'a', state: 'succeeded', archived: false, ...change }) as RunSummary;
const searchIn = (state: RunState, resumable = true): SearchReport =>
  ({ run: { ...run('first'), state, resumable }, trials: [] }) as unknown as SearchReport;
const soon = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 40));

describe('searches that stopped between two trials', () => {
  const changed = createEmitter<RunChange[]>();
  const reset = createEmitter<Nothing>();
  let entries: RunEntry[] = [];
  let answers: Record<string, SearchReport | Error> = {};
  let asked: string[] = [];
  let told: string[] = [];
  let searches: StoppedSearches;

  beforeEach(() => {
    [asked, told] = [[], []];
    answers = {};
    searches = createStoppedSearches({
      book: { entries: () => entries, onRunsChanged: changed.event, onReset: reset.event },
      engineAt: () => ({
        async request(method: string, { runId }: { runId: string }) {
          assert.equal(method, 'tuning/search');
          asked.push(runId);
          await Promise.resolve();
          const answer = answers[runId] ?? new FailureError({ code: 'usage', message: 'It is no trial.' });
          if (answer instanceof Error) throw answer;
          return answer;
        },
      }),
      interval: 1,
      askEvery: 5,
    });
    searches.onChanged(runIds => told.push(...runIds));
  });
  afterEach(() => searches.dispose());
  const list = (...runs: readonly RunSummary[]): void => {
    entries = runs.map(each => ({ folder: '/w', run: each }));
    reset.fire(undefined);
  };

  it('are known by the newest run of their job, whichever way they stopped', async () => {
    answers = { newest: searchIn('lost'), other: searchIn('cancelled') };
    list(
      run('active', { file: 'c.tune.yaml', state: 'running' }),
      run('newest'),
      run('other', { file: 'b.tune.yaml' }),
      run('older'),
      run('bench', { kind: 'benchmark', file: 'd.bench.yaml' }),
    );
    await soon();
    assert.deepEqual(asked, ['newest', 'other']);
    assert.equal(searches.after('newest')?.run.state, 'lost');
    assert.equal(searches.after('other')?.run.state, 'cancelled');
    assert.equal(searches.after('older'), undefined);
    assert.deepEqual(told, ['newest', 'other']);
  });

  it('are asked for until it shows whether their process lives, and not again once they have ended', async () => {
    answers = { newest: searchIn('running') };
    list(run('newest'), run('plain', { file: 'b.tune.yaml' }));
    await soon();
    assert.equal(searches.after('newest'), undefined);
    answers = { newest: searchIn('lost') };
    await soon();
    assert.equal(searches.after('newest')?.run.state, 'lost');
    assert.equal(asked.filter(id => id === 'plain').length, 1, 'what is no trial is never one');
    answers = { newest: searchIn('succeeded', false) };
    reset.fire(undefined);
    await soon();
    assert.equal(searches.after('newest'), undefined);
    const before = asked.length;
    reset.fire(undefined);
    await soon();
    assert.equal(asked.length, before);
    assert.deepEqual(told, ['newest', 'newest']);
  });

  it('are gone on with once their job has a newer run', async () => {
    answers = { newest: searchIn('lost') };
    list(run('newest'));
    await soon();
    entries = [{ folder: '/w', run: run('next', { state: 'queued' }) }, ...entries];
    changed.fire([{ entry: { folder: '/w', run: run('next', { state: 'queued' }) }, before: undefined }]);
    await soon();
    assert.equal(searches.after('newest'), undefined);
  });

  it('are asked for again after the engine was gone, and not for progress alone', async () => {
    answers = { newest: new FailureError({ code: 'engine-gone', message: 'It is gone.' }) };
    list(run('newest'));
    await soon();
    answers = { newest: searchIn('lost') };
    const going = run('going', { state: 'running', file: 'b.tune.yaml' });
    changed.fire([{ entry: { folder: '/w', run: going }, before: going }]);
    await soon();
    assert.deepEqual(asked, ['newest']);
    reset.fire(undefined);
    await soon();
    assert.equal(searches.after('newest')?.run.state, 'lost');
  });
});
