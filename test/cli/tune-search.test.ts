import assert from 'node:assert/strict';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { RunSummary } from '../../schemas/generated/messages.ts';
import { makeJob, makeTickets, toJsonLines } from '../fakes/tuning.ts';
import { createWorkspace, runAiwb, startAiwb, type Finished } from './aiwb.ts';
import { Window } from './window.ts';

const identity = { GIT_AUTHOR_EMAIL: 'ada@x.example', GIT_AUTHOR_NAME: 'Ada' };
const search = (epochs: string): string =>
  `search: {parameters: {epochs: ${epochs}, learningRate: [0.5, 0.01]}}\nregister: {model: best}\n`;

describe('aiwb tune with a search', function () {
  this.timeout(120_000);
  let workspace: ReturnType<typeof createWorkspace>;
  beforeEach(() => {
    workspace = createWorkspace({
      'tickets.jsonl': toJsonLines(makeTickets(240)),
      'a.tune.yaml': makeJob(search('[1, 2]')),
      'long.tune.yaml': makeJob(search('[1, 1000]')),
      'workbench.yaml': '{}\n',
    });
  });
  afterEach(() => workspace.remove());

  const run = (...args: string[]): Promise<Finished> => runAiwb(args, { cwd: workspace.folder, env: identity });
  const listRuns = async (): Promise<RunSummary[]> =>
    (JSON.parse((await run('runs', 'list', '--json')).stdout) as { runs: RunSummary[] }).runs;
  const waitFor = async (reached: (runs: readonly RunSummary[]) => boolean): Promise<readonly RunSummary[]> => {
    for (let tries = 0; tries < 300; tries += 1) {
      const runs = await listRuns();
      if (reached(runs)) return runs;
      await wait(50);
    }
    assert.fail('The runs never got so far.');
  };
  const registered = async (): Promise<string> => (await run('registry', 'show', 'best@1')).stdout;

  it('runs each combination, compares them and registers the best', async () => {
    const dry = await run('tune', 'a.tune.yaml', '--dry-run');
    assert.match(dry.stdout, /4 trials, one after another/);
    const done = await run('tune', 'a.tune.yaml', '--json');
    assert.equal(done.code, 0, done.stderr);
    const told = JSON.parse(done.stdout) as {
      search: string;
      best: string;
      runs: { run: string; state: string; parameters: object }[];
      comparison: { reports: unknown[] };
    };
    assert.deepEqual(
      told.runs.map(({ parameters, state }) => [parameters, state]),
      [1, 2].flatMap(epochs => [0.5, 0.01].map(learningRate => [{ epochs, learningRate }, 'succeeded'])),
    );
    assert.equal(told.search, told.runs[0]?.run);
    assert.equal(told.comparison.reports.length, 4);
    assert.match(await registered(), new RegExp(told.best));
    const again = await run('tune', '--resume', told.search);
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stdout, /4 of 4 trials[^]*Registered as best, version 1\./);
    assert.equal((await listRuns()).length, 4);
  });

  it('is stopped by Ctrl-C, and goes on where it was', async () => {
    const started = startAiwb(['tune', 'long.tune.yaml'], { cwd: workspace.folder, env: identity });
    const running = await waitFor(runs =>
      runs.some(({ state, progress }) => state === 'running' && progress.total === 1000),
    );
    started.child.kill('SIGINT');
    const ended = await started.finished;
    assert.equal(ended.code, 130, ended.stderr);
    const first = running.at(-1)?.id ?? '';
    assert.match(ended.stdout, new RegExp(`3 of 4 trials[^]*cancelled[^]*aiwb tune --resume ${first}`));
    assert.doesNotMatch(ended.stdout, /Registered/);
    assert.deepEqual(
      (await listRuns()).map(({ state }) => state),
      ['cancelled', 'succeeded', 'succeeded'],
    );
  });

  it('goes on in a process of its own, also when a window starts it', async () => {
    const detached = await run('tune', 'a.tune.yaml', '--detach', '--json');
    assert.equal(detached.code, 0, detached.stderr);
    await waitFor(runs => runs.length === 4 && runs.every(({ state }) => state === 'succeeded'));
    const window = new Window(identity);
    try {
      await window.open(workspace.folder);
      const source = { path: path.join(workspace.folder, 'a.tune.yaml') };
      const first = await window.request('runs/start', { source, origin: 'editor' });
      const runs = await waitFor(all => all.length === 8 && all.every(({ state }) => state === 'succeeded'));
      assert.equal(runs[3]?.id, first.id);
      const { reports } = await window.request('tuning/report', { runIds: runs.slice(0, 4).map(({ id }) => id) });
      assert.deepEqual(
        reports.map(({ trial }) => trial?.search),
        Array(4).fill(first.id),
      );
      const { text } = await window.request('runs/log', { runId: runs[0]?.id ?? '' });
      assert.match(text, /"event":"searched"/);
    } finally {
      window.close();
    }
  });
});

describe('aiwb tune data and convert', function () {
  this.timeout(60_000);
  let workspace: ReturnType<typeof createWorkspace>;
  beforeEach(() => {
    workspace = createWorkspace({
      'tickets.jsonl': toJsonLines(makeTickets(240)),
      'a.tune.yaml': makeJob(),
      'chat.jsonl': toJsonLines([
        {
          messages: [
            { role: 'user', content: 'a' },
            { role: 'assistant', content: 'b' },
          ],
        },
        { messages: [{ role: 'user', content: 'a' }] },
      ]),
      'workbench.yaml': '{}\n',
    });
  });
  afterEach(() => workspace.remove());
  const run = (...args: string[]): Promise<Finished> => runAiwb(args, { cwd: workspace.folder });

  it('count and check rows, and tell by the exit code whether they can be trained on', async () => {
    const fine = await run('tune', 'data', 'a.tune.yaml', '--json');
    assert.equal(fine.code, 0, fine.stderr);
    const { aspects } = JSON.parse(fine.stdout) as { aspects: { roles: { rows: number }[] }[] };
    assert.equal(
      aspects[0]?.roles.reduce((sum, { rows }) => sum + rows, 0),
      240,
    );
    const rows = makeTickets(240);
    const train = rows.find(({ split }) => split === 'train')!;
    workspace.write('tickets.jsonl', toJsonLines([...rows, { ...train, split: 'test' }]));
    const leaking = await run('tune', 'data', 'a.tune.yaml');
    assert.equal(leaking.code, 1);
    assert.match(leaking.stdout, /1 test row has the text of a training row/);
    assert.equal((await run('tune', 'data', 'chat.jsonl')).code, 2);
  });

  it('convert rows to the standard output or a file, which is never replaced unasked', async () => {
    const out = await run('tune', 'convert', 'chat.jsonl', '--to', 'alpaca');
    assert.equal(out.stdout, '{"instruction":"a","input":"","output":"b"}\n');
    assert.equal(out.code, 1);
    assert.match(
      out.stderr,
      /1 row of chat written as alpaca, 1 row left out:\n {2}1 row: the last message is the user’s/,
    );
    const written = await run('tune', 'convert', 'chat.jsonl', '--to', 'csv', '--out', 'x.csv', '--json');
    assert.equal((JSON.parse(written.stdout) as { rows: number }).rows, 1);
    assert.match(
      (await run('tune', 'convert', 'chat.jsonl', '--to', 'csv', '--out', 'x.csv')).stderr,
      /is there already/,
    );
    const itself = await run('tune', 'convert', 'chat.jsonl', '--to', 'chat', '--out', 'chat.jsonl', '--force');
    assert.match(itself.stderr, /is the dataset itself/);
    assert.equal((await run('tune', 'convert', 'chat.jsonl', '--to', 'xml')).code, 2);
  });

  it('are there for a window too', async () => {
    const window = new Window();
    try {
      await window.open(workspace.folder);
      const { report, markdown } = await window.request('tuning/data', {
        path: path.join(workspace.folder, 'a.tune.yaml'),
      });
      assert.equal(report.task, 'text-classification');
      assert.match(markdown, /^# Data of triage\n/);
      const request = { path: 'chat.jsonl', to: 'sharegpt' as const, out: 'share.jsonl' };
      const converted = await window.request('tuning/convert', request);
      assert.deepEqual([converted.rows, converted.refused, converted.from], [1, 1, 'chat']);
      assert.equal((await window.fail('tuning/convert', request)).code, 'usage');
    } finally {
      window.close();
    }
  });
});
