import assert from 'node:assert/strict';
import type { HostToRenderer, RunSummary, SearchReport } from '../../schemas/generated/messages.ts';
import { createEmitter, type Nothing } from '../base/emitter.ts';
import type { Engine } from '../engine/engine.ts';
import type { RunChange } from '../runs/run-book.ts';
import { createSearchFeed } from './search-feed.ts';

const trial = (id: string, change: Partial<RunSummary> = {}): RunSummary =>
  ({ id, kind: 'tune', file: 'nb.ipynb', name: 'a', state: 'succeeded', createdAt: 1, ...change }) as RunSummary;
const soon = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 5));

describe('the searches that outputs show', () => {
  const changed = createEmitter<RunChange[]>();
  const reset = createEmitter<Nothing>();
  const told: string[] = [];
  const ended: string[] = [];
  let state: RunSummary['state'] = 'cancelled';
  let asked = 0;
  const engine = {
    folder: '/w',
    async request() {
      asked += 1;
      await Promise.resolve();
      return {
        run: trial('s', { state }),
        trials: [{ trial: 1, runId: 's' }, { trial: 2 }],
      } as unknown as SearchReport;
    },
  } as unknown as Engine;
  const feed = createSearchFeed({
    book: { onRunsChanged: changed.event, onReset: reset.event },
    post(message: HostToRenderer) {
      if (message.type === 'search') told.push(message.search.run.state);
    },
    onEnded: (_, run) => ended.push(run.state),
    isAwaited: () => true,
  });
  after(() => feed.dispose());
  const hear = async (run: RunSummary, folder = '/w', before?: RunSummary): Promise<void> => {
    changed.fire([{ entry: { folder, run }, before }]);
    await soon();
  };

  it('are followed again once the next trial begins, which nobody knew', async () => {
    feed.watch(engine, 's');
    await soon();
    assert.deepEqual([told, ended], [['cancelled'], ['cancelled']]);
    await hear(trial('elsewhere', { state: 'queued' }), '/v');
    await hear(trial('other', { state: 'queued', name: 'b' }));
    await hear(trial('done'));
    await hear(trial('known', { state: 'running' }), '/w', trial('known', { state: 'queued' }));
    assert.equal(asked, 1);
    state = 'running';
    await hear(trial('next', { state: 'queued' }));
    assert.deepEqual(told, ['cancelled', 'running']);
    state = 'succeeded';
    reset.fire(undefined);
    await new Promise(resolve => setTimeout(resolve, 1_050));
    assert.deepEqual(ended, ['cancelled', 'succeeded']);
  });

  it('are followed again once one of their trials is gone on with', async () => {
    state = 'running';
    await hear(trial('s', { state: 'provisioning' }), '/w', trial('s', { state: 'failed' }));
    assert.equal(told.at(-1), 'running');
  });
});
