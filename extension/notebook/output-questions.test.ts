import assert from 'node:assert/strict';
import type { HostToRenderer, RunSummary } from '../../schemas/generated/messages.ts';
import { FailureError } from '../base/failure.ts';
import type { Engine } from '../engine/engine.ts';
import { createOutputQuestions } from './output-questions.ts';

const settle = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

interface World {
  readonly trusted?: boolean;
  readonly known?: boolean;
  request?(method: string, parameters: unknown, signal: AbortSignal): Promise<unknown>;
}

function open({ trusted = true, known = true, request }: World = {}) {
  const posted: HostToRenderer[] = [];
  const asked: [string, unknown][] = [];
  const engine = {
    async request(method: string, parameters: unknown, signal: AbortSignal) {
      asked.push([method, parameters]);
      return await request?.(method, parameters, signal);
    },
  } as unknown as Engine;
  const questions = createOutputQuestions({
    book: { find: async id => (known ? { folder: '/w', run: { id } as RunSummary } : undefined) },
    engineAt: folder => (folder === '/w' ? engine : undefined),
    isTrusted: () => trusted,
    post: message => posted.push(message) > 0,
  });
  return { questions, posted, asked };
}

const page = { rows: [], total: 0 };
const ask = (request: number) => ({ type: 'samples', request, query: { runId: 'r1', limit: 10 } }) as const;

describe('questions of notebook outputs', () => {
  it('are asked of the engine that has the run, and answered under their number', async () => {
    const { questions, posted, asked } = open({ request: async () => page });
    await questions.receive(ask(7));
    await questions.receive({ type: 'disagreements', request: 8, query: { runIds: ['r1', 'r2'], limit: 5 } });
    assert.deepEqual(posted, [
      { type: 'samples', request: 7, page },
      { type: 'disagreements', request: 8, page },
    ]);
    assert.deepEqual(
      asked.map(([method]) => method),
      ['samples/query', 'samples/disagreements'],
    );
  });

  it('tell one sample whole', async () => {
    const { questions, posted, asked } = open({ request: async () => page });
    const reference = { runId: 'r1', id: 3 };
    await questions.receive({ type: 'wholeSample', request: 1, reference });
    assert.deepEqual(asked, [['samples/get', reference]]);
    assert.deepEqual(posted, [{ type: 'wholeSample', request: 1, row: page }]);
  });

  it('have their answers kept while the notebook is behind another tab', async () => {
    let isShown = false;
    const posted: HostToRenderer[] = [];
    const questions = createOutputQuestions({
      book: { find: async id => ({ folder: '/w', run: { id } as RunSummary }) },
      engineAt: () => ({ request: async () => page }) as unknown as Engine,
      isTrusted: () => true,
      post: message => isShown && posted.push(message) > 0,
    });
    await questions.receive(ask(1));
    questions.deliver();
    isShown = true;
    questions.deliver();
    questions.deliver();
    assert.deepEqual(posted, [{ type: 'samples', request: 1, page }]);
  });

  it('are told why there is no answer: no such run, no trust, a failing engine', async () => {
    const failing = async () => {
      throw new FailureError({ code: 'store-busy', message: 'Busy.' });
    };
    for (const [world, code] of [
      [{ known: false }, 'run-not-found'],
      [{ trusted: false }, 'untrusted'],
      [{ request: failing }, 'store-busy'],
    ] as const) {
      const { questions, posted } = open(world);
      await questions.receive(ask(3));
      const [message] = posted;
      assert.ok(message?.type === 'failure');
      assert.deepEqual([message.request, message.failure.code], [3, code]);
    }
  });

  it('are given up when nobody waits any more, silently', async () => {
    const waiting = (_: string, __: unknown, signal: AbortSignal) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    const { questions, posted } = open({ request: waiting });
    const stopped = questions.receive(ask(1));
    const left = questions.receive(ask(2));
    await settle();
    await questions.receive({ type: 'stop', request: 1 });
    await questions.receive({ type: 'stop', request: 99 });
    await stopped;
    questions.dispose();
    await left;
    assert.deepEqual(posted, []);
  });

  it('are refused beyond what can be open at once', async () => {
    const { questions, posted } = open({ request: () => new Promise(() => undefined) });
    for (let request = 1; request <= 201; request++) void questions.receive(ask(request));
    await settle();
    assert.deepEqual(
      posted.map(message => (message.type === 'failure' ? [message.request, message.failure.code] : message.type)),
      [[201, 'busy']],
    );
    questions.dispose();
  });
});
