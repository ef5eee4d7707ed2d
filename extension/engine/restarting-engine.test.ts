import assert from 'node:assert/strict';
import type { RunSummary } from '../../schemas/generated/messages.ts';
import { createEmitter, type Nothing } from '../base/emitter.ts';
import { FailureError } from '../base/failure.ts';
import type { EngineSession } from './engine.ts';
import { createRestartingEngine } from './restarting-engine.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const opened = { workbench: '1', node: '24', sqlite: '3', store: '/w/.aiwb' };

/** An engine over sessions that the test ends. */
function createFixture(failures: Error[] = []) {
  const lives: {
    end(reason: string): void;
    disposed: boolean;
    changed: ReturnType<typeof createEmitter<RunSummary[]>>;
    registry: ReturnType<typeof createEmitter<Nothing>>;
  }[] = [];
  const pauses: number[] = [];
  let time = 0;
  const engine = createRestartingEngine({
    folder: '/w',
    log: quiet,
    async startSession(): Promise<EngineSession> {
      const failure = failures.shift();
      if (failure) throw failure;
      let end: (reason: string) => void = () => {};
      const ended = new Promise<string>(resolve => (end = resolve));
      const changed = createEmitter<RunSummary[]>();
      const registry = createEmitter<Nothing>();
      const life = { end, disposed: false, changed, registry };
      const number = lives.push(life);
      const request = (async () => ({ text: `life ${number}` })) as unknown as EngineSession['request'];
      return {
        opened,
        ended,
        onRunsChanged: changed.event,
        onRegistryChanged: registry.event,
        request,
        dispose: () => void (life.disposed = true),
      };
    },
    now: () => time,
    async wait(milliseconds) {
      pauses.push(milliseconds);
    },
  });
  return { engine, lives, pauses, pass: (milliseconds: number) => (time += milliseconds) };
}

const settle = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

describe('restarting engine', () => {
  it('starts with the first request and once only', async () => {
    const { engine, lives } = createFixture();
    assert.equal(engine.state.kind, 'idle');
    await Promise.all([engine.request('diagnostics/collect', {}), engine.request('diagnostics/collect', {})]);
    assert.equal(lives.length, 1);
    assert.deepEqual(engine.state, { kind: 'ready', opened });
  });

  it('restarts with growing pauses and gives up after the third', async () => {
    const { engine, lives, pauses } = createFixture();
    await engine.request('diagnostics/collect', {});
    for (let death = 0; death < 4; death++) {
      lives.at(-1)?.end('It crashed.');
      await settle();
    }
    assert.deepEqual(pauses, [500, 2_000, 8_000]);
    assert.equal(lives.length, 4);
    const { state } = engine;
    assert.ok(state.kind === 'failed');
    assert.match(state.failure.message, /It crashed/);
  });

  it('forgets deaths once a process proved sound', async () => {
    const { engine, lives, pauses, pass } = createFixture();
    await engine.request('diagnostics/collect', {});
    for (let death = 0; death < 5; death++) {
      pass(60_000);
      lives.at(-1)?.end('It crashed.');
      await settle();
    }
    assert.deepEqual(pauses, [500, 500, 500, 500, 500]);
    assert.equal(engine.state.kind, 'ready');
  });

  it('tells why it could not start, and tries again with the next request', async () => {
    const { engine } = createFixture([new FailureError({ code: 'store-newer', message: 'Newer.' })]);
    await assert.rejects(engine.request('diagnostics/collect', {}), { message: 'Newer.' });
    assert.equal(engine.state.kind, 'failed');
    assert.deepEqual(await engine.request('diagnostics/collect', {}), { text: 'life 1' });
  });

  it('answers from the new process after a restart and passes its changes on', async () => {
    const { engine, lives } = createFixture();
    const heard: number[] = [];
    engine.onRunsChanged(runs => heard.push(runs.length));
    await engine.request('diagnostics/collect', {});
    await engine.restart();
    await settle();
    assert.equal(lives[0]?.disposed, true);
    assert.deepEqual(await engine.request('diagnostics/collect', {}), { text: 'life 2' });
    lives[1]?.changed.fire([]);
    assert.deepEqual(heard, [0]);
  });

  it('does not come back after it was disposed', async () => {
    const { engine, lives } = createFixture();
    await engine.request('diagnostics/collect', {});
    engine.dispose();
    await settle();
    lives[0]?.end('It was stopped.');
    await settle();
    assert.equal(lives.length, 1);
    await assert.rejects(engine.request('diagnostics/collect', {}));
  });

  it('refuses a request that was already aborted', async () => {
    const { engine, lives } = createFixture();
    await assert.rejects(engine.request('diagnostics/collect', {}, AbortSignal.abort()));
    assert.equal(lives.length, 0);
  });
});
