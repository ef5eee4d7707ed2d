import assert from 'node:assert/strict';
import type { RunSummary } from '../../schemas/generated/messages.ts';
import { createEmitter, type Nothing } from '../base/emitter.ts';
import { FailureError } from '../base/failure.ts';
import type { Engine, EngineState } from '../engine/engine.ts';
import { createRunBook, type RunBook } from './run-book.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

function run(id: string, changes: Partial<RunSummary> = {}): RunSummary {
  return {
    id,
    name: 'triage',
    kind: 'benchmark',
    file: 'triage.bench.yaml',
    state: 'running',
    origin: 'editor',
    createdAt: Number(id),
    archived: false,
    progress: { total: 4, done: 0, failed: 0, reused: 0, errors: {}, variants: [] },
    headlines: [],
    ...changes,
  };
}

/** An engine that holds the given runs. */
function fakeEngine(runs: RunSummary[]) {
  const changed = createEmitter<RunSummary[]>();
  const states = createEmitter<EngineState>();
  const asked: string[] = [];
  let failure: FailureError | undefined;
  const engine = {
    folder: '/w',
    state: { kind: 'idle' } as EngineState,
    onRunsChanged: changed.event,
    onStateChanged: states.event,
    async request(method: string, parameters: { runId?: string; archived?: boolean; before?: string; limit?: number }) {
      asked.push(method);
      if (failure) throw failure;
      if (method === 'runs/list')
        return {
          runs: runs
            .filter(({ archived }) => archived === (parameters.archived ?? false))
            .filter(({ id }) => parameters.before === undefined || Number(id) < Number(parameters.before))
            .slice(0, parameters.limit),
        };
      const found = runs.find(({ id }) => id === parameters.runId);
      if (found === undefined) throw new FailureError({ code: 'run-not-found', message: 'none' });
      return found;
    },
    restart: async () => {},
    dispose() {},
  } as unknown as Engine;
  return {
    engine,
    asked,
    changed,
    states,
    failWith(code: string) {
      failure = new FailureError({ code, message: code });
    },
    recover() {
      failure = undefined;
    },
  };
}

describe('run book', () => {
  const none = createEmitter<Nothing>();
  const bookOf = (engine: Engine): RunBook => createRunBook({ all: () => [engine], onChanged: none.event }, quiet);

  it('asks nothing before it is needed, and lists newest first with the archived ones', async () => {
    const { engine, asked } = fakeEngine([run('1'), run('3', { archived: true }), run('2')]);
    const book = bookOf(engine);
    assert.deepEqual(asked, []);
    await Promise.all([book.load(), book.load()]);
    assert.deepEqual(
      book.entries().map(entry => entry.run.id),
      ['3', '2', '1'],
    );
    assert.equal(asked.length, 2);
  });

  it('goes back to older runs as long as there are some, and keeps what it heard meanwhile', async () => {
    const all = Array.from({ length: 1_200 }, (_, index) => run(String(1_200 - index)));
    const { engine, changed, failWith } = fakeEngine(all);
    const book = bookOf(engine);
    await book.load();
    assert.deepEqual([book.entries().length, book.hasOlder], [500, true]);
    const loading = book.loadOlder();
    changed.fire([run('600', { state: 'succeeded' })]);
    await loading;
    assert.deepEqual([book.entries().length, book.hasOlder, book.get('600')?.run.state], [1_000, true, 'succeeded']);
    await book.loadOlder();
    assert.deepEqual([book.entries().length, book.hasOlder, book.entries().at(-1)?.run.id], [1_200, false, '1']);
    await book.load(true);
    assert.deepEqual([book.entries().length, book.hasOlder], [500, true]);
    failWith('store-busy');
    await assert.rejects(book.loadOlder(), (error: unknown) => (error as FailureError).failure.code === 'store-busy');
  });

  it('passes on changes with what was known before', async () => {
    const { engine, changed } = fakeEngine([run('1')]);
    const book = bookOf(engine);
    await book.load();
    const heard: [string, string | undefined][] = [];
    book.onRunsChanged(changes => {
      for (const { entry, before } of changes) heard.push([entry.run.state, before?.state]);
    });
    changed.fire([run('1', { state: 'succeeded' }), run('2')]);
    assert.deepEqual(heard, [
      ['succeeded', 'running'],
      ['running', undefined],
    ]);
  });

  it('does not let a list that was under way undo a newer notification', async () => {
    const { engine, changed } = fakeEngine([run('1')]);
    const book = bookOf(engine);
    const loading = book.load();
    changed.fire([run('1', { state: 'succeeded' })]);
    await loading;
    assert.equal(book.get('1')?.run.state, 'succeeded');
  });

  it('resolves when a run ends', async () => {
    const { engine, changed } = fakeEngine([run('1')]);
    const book = bookOf(engine);
    const ended = book.whenEnded('1');
    await new Promise(setImmediate);
    changed.fire([run('1', { state: 'cancelling' })]);
    changed.fire([run('1', { state: 'cancelled' })]);
    assert.equal((await ended).state, 'cancelled');
  });

  it('gives up waiting when the engine fails', async () => {
    const { engine, states } = fakeEngine([run('1')]);
    const ended = bookOf(engine).whenEnded('1');
    await new Promise(setImmediate);
    states.fire({ kind: 'failed', failure: { code: 'internal', message: 'gone' } });
    await assert.rejects(ended, /gone/);
  });

  it('stops waiting when aborted', async () => {
    const { engine } = fakeEngine([run('1')]);
    const controller = new AbortController();
    const ended = bookOf(engine).whenEnded('1', controller.signal);
    await new Promise(setImmediate);
    controller.abort();
    await assert.rejects(ended, { name: 'AbortError' });
  });

  it('is failed, with the reason, when an engine cannot answer', async () => {
    const { engine, failWith } = fakeEngine([]);
    failWith('store-newer');
    const book = bookOf(engine);
    await book.load();
    assert.deepEqual(book.state, { kind: 'failed', failure: { code: 'store-newer', message: 'store-newer' } });
  });

  it('lists again when it is asked to while the engine process that it asked goes away', async () => {
    const fake = fakeEngine([run('1')]);
    fake.failWith('cancelled');
    const book = bookOf(fake.engine);
    const loading = book.load();
    const again = book.load(true);
    fake.recover();
    await Promise.all([loading, again]);
    assert.deepEqual([book.state.kind, book.entries().length], ['loaded', 1]);
  });

  it('does not find what no engine has', async () => {
    assert.equal(await bookOf(fakeEngine([]).engine).find('9'), undefined);
  });
});
