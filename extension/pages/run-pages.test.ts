import assert from 'node:assert/strict';
import type { HostToPage, HostToTuningPage, RunSummary, TuningCommand } from '../../schemas/generated/messages.ts';
import { createEmitter } from '../base/emitter.ts';
import { FailureError } from '../base/failure.ts';
import type { Engine } from '../engine/engine.ts';
import type { RunBook, RunChange } from '../runs/run-book.ts';
import { createReportSession, createTuningSession } from './run-pages.ts';

const run: RunSummary = {
  id: 'r1',
  name: 'triage',
  kind: 'benchmark',
  file: 'a.bench.yaml',
  state: 'running',
  origin: 'editor',
  createdAt: 1,
  archived: false,
  progress: { total: 4, done: 0, failed: 0, reused: 0, errors: {}, variants: [] },
  headlines: [],
};

function open(answers: Record<string, unknown>) {
  const changed = createEmitter<RunChange[]>();
  const posted: HostToPage[] = [];
  const titles: string[] = [];
  const reset = createEmitter<undefined>();
  const known = { run };
  const book = {
    onRunsChanged: changed.event,
    onReset: reset.event,
    get: () => ({ folder: '/w', run: known.run }),
    find: async () => ({ folder: '/w', run }),
  } as unknown as RunBook;
  const engine = {
    async request(method: string) {
      const answer = answers[method];
      if (answer instanceof Error) throw answer;
      return answer;
    },
  } as unknown as Engine;
  const session = createReportSession({
    runIds: ['r1'],
    book,
    engineAt: () => engine,
    post: message => posted.push(message),
    command: async () => {},
    takeChart: async () => {},
    onTitle: title => titles.push(title),
  });
  return { session, changed, reset, known, posted, titles };
}

const settle = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

describe('report page', () => {
  it('answers readiness with the report and its title', async () => {
    const { session, posted, titles } = open({ 'runs/report': { title: 'Triage' } });
    await session.receive({ type: 'ready' });
    assert.deepEqual(posted, [{ type: 'report', report: { title: 'Triage' } }]);
    assert.deepEqual(titles, ['Triage']);
    session.dispose();
  });

  it('passes progress on, and the report again when a run ends', async () => {
    const { session, changed, posted } = open({ 'runs/report': { title: 'Triage' } });
    await session.receive({ type: 'ready' });
    const ended: RunSummary = { ...run, state: 'succeeded' };
    changed.fire([{ entry: { folder: '/w', run: ended }, before: run }]);
    await settle();
    assert.deepEqual(
      posted.map(({ type }) => type),
      ['report', 'run', 'report'],
    );
    session.dispose();
  });

  it('asks for the report again when a list brings the end, and not a second time', async () => {
    const { session, changed, reset, known, posted } = open({ 'runs/report': { title: 'Triage' } });
    await session.receive({ type: 'ready' });
    known.run = { ...run, state: 'succeeded' };
    reset.fire(undefined);
    await settle();
    changed.fire([{ entry: { folder: '/w', run: known.run }, before: known.run }]);
    reset.fire(undefined);
    await settle();
    assert.deepEqual(
      posted.map(({ type }) => type),
      ['report', 'run', 'report'],
    );
    session.dispose();
  });

  it('is silent about other runs and before the page is ready', async () => {
    const { session, changed, posted } = open({ 'runs/report': { title: 'Triage' } });
    changed.fire([{ entry: { folder: '/w', run }, before: undefined }]);
    await session.receive({ type: 'ready' });
    changed.fire([{ entry: { folder: '/w', run: { ...run, id: 'r2' } }, before: undefined }]);
    assert.equal(posted.length, 1);
    session.dispose();
  });

  it('answers a question with its number, also when it fails', async () => {
    const failure = { code: 'store-busy', message: 'Busy.' };
    const { session, posted } = open({
      'samples/query': { rows: [], total: 0 },
      'samples/disagreements': new FailureError(failure),
    });
    await session.receive({ type: 'samples', request: 4, query: { runId: 'r1', limit: 10 } });
    await session.receive({ type: 'disagreements', request: 5, query: { runIds: ['r1'], limit: 10 } });
    assert.deepEqual(posted, [
      { type: 'samples', request: 4, page: { rows: [], total: 0 } },
      { type: 'failure', request: 5, failure },
    ]);
    session.dispose();
  });
});

describe('samples of a report page', () => {
  it('are given up when the page asks for others', async () => {
    const posted: HostToPage[] = [];
    const engine = {
      async request(_method: string, { limit }: { limit: number }, signal: AbortSignal) {
        if (limit === 1)
          await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
        return { rows: [], total: limit };
      },
    } as unknown as Engine;
    const book = {
      onRunsChanged: createEmitter<RunChange[]>().event,
      onReset: createEmitter<undefined>().event,
      find: async () => ({ folder: '/w', run }),
    };
    const session = createReportSession({
      runIds: ['r1'],
      book: book as unknown as RunBook,
      engineAt: () => engine,
      post: message => posted.push(message),
      command: async () => {},
      takeChart: async () => {},
      onTitle: () => undefined,
    });
    const slow = session.receive({ type: 'samples', request: 1, query: { runId: 'r1', limit: 1 } });
    await settle();
    await session.receive({ type: 'samples', request: 2, query: { runId: 'r1', limit: 2 } });
    await slow;
    assert.deepEqual(posted, [{ type: 'samples', request: 2, page: { rows: [], total: 2 } }]);
    session.dispose();
  });
});

describe('tuning page', () => {
  function openTuning(reports: unknown[]) {
    const changed = createEmitter<RunChange[]>();
    const posted: HostToTuningPage[] = [];
    const titles: string[] = [];
    const commands: TuningCommand[] = [];
    const asked: unknown[] = [];
    const tune: RunSummary = { ...run, kind: 'tune', progress: { ...run.progress, total: 25 } };
    const session = createTuningSession({
      runIds: ['r1'],
      book: {
        onRunsChanged: changed.event,
        onReset: createEmitter<undefined>().event,
        find: async () => ({ folder: '/w', run: tune }),
      } as unknown as RunBook,
      engineAt: () =>
        ({
          async request(method: string, parameters: unknown) {
            asked.push([method, parameters]);
            return method === 'tuning/search' ? { run: tune, trials: [] } : { reports, differences: [] };
          },
          folder: '/w',
        }) as unknown as Engine,
      post: message => posted.push(message),
      command: async message => void commands.push(message),
      takeChart: async () => {},
      onTitle: title => titles.push(title),
    });
    return { session, changed, posted, titles, commands, asked, tune };
  }

  it('shows the tuning report and follows its epochs', async () => {
    const { session, changed, posted, titles, asked, tune } = openTuning([{ run: { name: 'tuned' } }]);
    await session.receive({ type: 'ready' });
    assert.deepEqual(asked, [['tuning/report', { runIds: ['r1'] }]]);
    assert.deepEqual(titles, ['tuned']);
    const next = { ...tune, progress: { ...tune.progress, done: 1 } };
    changed.fire([{ entry: { folder: '/w', run: next }, before: tune }]);
    await settle();
    assert.deepEqual(
      posted.map(({ type }) => type),
      ['tuning', 'run', 'tuning'],
    );
    session.dispose();
  });

  it('shows the whole search of a trial, also after it was hidden', async () => {
    const { session, posted, asked } = openTuning([{ run: { id: 'r1', name: 'tuned' }, trial: { trial: 2 } }]);
    await session.receive({ type: 'ready' });
    await settle();
    assert.deepEqual(posted.map(({ type }) => type).toSorted(), ['search', 'tuning']);
    await session.receive({ type: 'ready' });
    assert.equal(posted.filter(({ type }) => type === 'search').length, 2);
    assert.equal(asked.filter(each => (each as [string])[0] === 'tuning/search').length, 1);
    session.dispose();
  });

  it('names a comparison and passes commands on', async () => {
    const { session, titles, commands } = openTuning([{ run: { name: 'a' } }, { run: { name: 'b' } }]);
    await session.receive({ type: 'ready' });
    assert.deepEqual(titles, ['Comparison of 2 tuning runs']);
    await session.receive({ type: 'command', command: 'register', runId: 'r1', epoch: 5 });
    assert.deepEqual(commands, [{ type: 'command', command: 'register', runId: 'r1', epoch: 5 }]);
    session.dispose();
  });
});
