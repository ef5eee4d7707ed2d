import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Report, RunOutput, RunSummary, SearchReport } from '../../schemas/generated/messages.ts';
import { validateRunOutput } from '../../schemas/generated/validators.js';
import { unpackOutput } from '../../schemas/packed-output.ts';
import { createTuningRun } from '../../engine/tuning/search/create.ts';
import { makeJob, makeTickets, openTuning, toJsonLines } from '../fakes/tuning.ts';
import { createWorkspace, runAiwb, startAiwb, type Finished } from './aiwb.ts';
import { Window } from './window.ts';

const runMime = 'application/vnd.aiwb.run+json';
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

describe('a search that was lost between two trials', function () {
  this.timeout(120_000);

  it('is seen as lost and gone on with from a window, once', async () => {
    // Its process ran the first trial two minutes ago and began no other.
    const world = await openTuning(clock => ({ ...clock, now: () => clock.now() - 120_000 }));
    const window = new Window(identity);
    try {
      world.write('workbench.yaml', '{}\n');
      const { signal } = new AbortController();
      const { spec } = await world.create(makeJob(search('[1, 2]')));
      const first = await createTuningRun(spec, world.store, world.ports, signal);
      const { id: runId } = first.summary;
      assert.equal((await world.execute(first)).summary.state, 'succeeded');
      await window.open(world.folder);
      const lost = await window.request('tuning/search', { runId });
      assert.deepEqual([lost.run.state, lost.run.resumable], ['lost', true]);
      const next = await window.request('runs/resume', { runId });
      assert.notEqual(next.id, runId);
      const going = await window.request('tuning/search', { runId });
      assert.deepEqual([going.run.state, going.trials[1]?.runId], ['running', next.id]);
      let report = going;
      for (let tries = 0; tries < 600 && report.run.state === 'running'; tries += 1) {
        await wait(50);
        report = await window.request('tuning/search', { runId });
      }
      assert.deepEqual(
        report.trials.map(({ state }) => state),
        Array(4).fill('succeeded'),
      );
      assert.equal(report.registered?.version, '1');
    } finally {
      window.close();
      await world.close();
    }
  });

  it('is not gone on with by two', async () => {
    const workspace = createWorkspace({
      'tickets.jsonl': toJsonLines(makeTickets(240)),
      'long.tune.yaml': makeJob(search('[1, 1000]')),
      'workbench.yaml': '{}\n',
    });
    const window = new Window(identity);
    try {
      await window.open(workspace.folder);
      const source = { path: path.join(workspace.folder, 'long.tune.yaml') };
      const { id } = await window.request('runs/start', { source, origin: 'editor' });
      const again = await runAiwb(['tune', '--resume', id], { cwd: workspace.folder, env: identity });
      assert.equal(again.code, 2, again.stderr);
      assert.match(again.stderr, new RegExp(`The search ${id} goes on: its trial \\d \\(run .*\\) is [a-z]+`));
      assert.equal((await window.fail('runs/resume', { runId: id })).code, 'run-active');
      let report = await window.request('tuning/search', { runId: id });
      for (let tries = 0; tries < 600 && report.run.state !== 'cancelled'; tries += 1) {
        await window.request('runs/cancel', { runId: id });
        await wait(50);
        report = await window.request('tuning/search', { runId: id });
      }
      assert.equal(report.run.state, 'cancelled');
    } finally {
      window.close();
      workspace.remove();
    }
  });
});

describe('a cell that searches', function () {
  this.timeout(120_000);
  let workspace: ReturnType<typeof createWorkspace>;
  const cell = (id: string, text: string): object => ({
    cell_type: 'code',
    execution_count: null,
    id,
    metadata: { vscode: { languageId: 'aiwb-tune' } },
    outputs: [],
    source: text.split(/(?<=\n)/),
  });
  const notebookOf = (...cells: readonly object[]): string =>
    JSON.stringify({
      cells,
      metadata: {
        kernelspec: { display_name: 'AI Workbench', language: 'yaml', name: 'ai-workbench' },
        language_info: { name: 'yaml' },
      },
      nbformat: 4,
      nbformat_minor: 5,
    });
  const begin = (files: Readonly<Record<string, string>> = {}): void => {
    workspace = createWorkspace({
      'tickets.jsonl': toJsonLines(makeTickets(240)),
      'workbench.yaml': '{}\n',
      ...files,
    });
  };
  afterEach(() => workspace.remove());
  const run = (...args: string[]): Promise<Finished> => runAiwb(args, { cwd: workspace.folder, env: identity });
  const outputOf = (bundle: unknown): RunOutput => {
    const output = unpackOutput((bundle as Record<string, unknown> | undefined)?.[runMime]);
    assert.ok(validateRunOutput(output), JSON.stringify(validateRunOutput.errors));
    return output;
  };
  const shownIn = (name: string, index: number): Record<string, unknown> => {
    const { cells } = JSON.parse(readFileSync(path.join(workspace.folder, name), 'utf8')) as {
      cells: { outputs: { data: Record<string, unknown> }[] }[];
    };
    return cells[index]?.outputs[0]?.data ?? assert.fail('The cell has no output.');
  };

  it('shows all trials when its notebook is run, and its name means the best', async () => {
    begin({
      'nb.ipynb': notebookOf(
        cell('one', `as: tuned\n${makeJob(search('[1, 2]'))}`),
        cell(
          'two',
          `as: warm\n${makeJob('hyperparameters: {epochs: 1}\n').replace('embedded:linear', 'checkpoint:tuned')}`,
        ),
      ),
    });
    const done = await run('notebook', 'run', 'nb.ipynb', '--json');
    assert.equal(done.code, 0, done.stderr);
    const data = shownIn('nb.ipynb', 0);
    const output = outputOf(data);
    assert.deepEqual([output.state, output.runId], ['succeeded', output.search?.trials[0]?.runId]);
    assert.deepEqual(
      output.search?.trials.map(({ state }) => state),
      Array(4).fill('succeeded'),
    );
    assert.match(String(data['text/markdown']), /4 of 4 trials[^]*the best/);
    assert.equal(outputOf(shownIn('nb.ipynb', 1)).tuning?.base, `checkpoint:${output.search.best ?? ''}`);
    for (const [format, wanted] of [
      ['html', /Trials of the search/],
      ['markdown', /succeeded, the best/],
    ] as const) {
      const exported = await run('notebook', 'export', 'nb.ipynb', '--to', format);
      assert.equal(exported.code, 0, exported.stderr);
      assert.match(exported.stdout, wanted);
    }
  });

  it('is one thing to a window: its trials live, cancelled as a whole, gone on with', async () => {
    begin();
    const window = new Window(identity);
    try {
      await window.open(workspace.folder);
      const notebook = path.join(workspace.folder, 'nb.ipynb');
      const source = {
        notebook,
        cell: 'c1',
        language: 'aiwb-tune',
        text: `as: tuned\n${makeJob(search('[1, 1000]'))}`,
      };
      const { run: first, bundle } = await window.request('cells/start', { source, results: [] });
      assert.ok(first);
      assert.equal(outputOf(bundle).search?.trials.length, 4);
      const until = async (reached: (report: SearchReport) => boolean): Promise<SearchReport> => {
        const end = Date.now() + 100_000;
        for (;;) {
          const report = await window.request('tuning/search', { runId: first.id });
          if (reached(report)) return report;
          if (Date.now() > end) return assert.fail(`The search got no further than ${JSON.stringify(report.trials)}`);
          await wait(50);
        }
      };
      const live = await until(({ trials }) => trials[2]?.state === 'running' && (trials[2].epochs ?? 0) > 0);
      assert.deepEqual(
        [live.run.state, live.trials[0]?.state, live.trials[3]?.state],
        ['running', 'succeeded', undefined],
      );
      assert.ok(live.trials[2]?.loss !== undefined);
      // The first trial has long ended: cancelling it cancels what is under way.
      await window.request('runs/cancel', { runId: first.id });
      const stopped = await until(({ run: { state } }) => state === 'cancelled');
      assert.deepEqual(
        stopped.trials.map(({ state }) => state),
        ['succeeded', 'succeeded', 'cancelled', undefined],
      );
      const { bundle: ended } = await window.request('cells/output', { runId: first.id, as: 'tuned' });
      const output = outputOf(ended);
      assert.deepEqual([output.as, output.state, output.tuning?.run.id], ['tuned', 'cancelled', stopped.best]);
      await window.request('runs/resume', { runId: stopped.trials[2]?.runId ?? '' });
      const resumed = await until(({ trials }) => trials[2]?.state === 'running');
      assert.equal(resumed.run.state, 'running');
      await window.request('runs/cancel', { runId: resumed.trials[2]?.runId ?? '' });
      await until(({ run: { state } }) => state === 'cancelled');
    } finally {
      window.close();
    }
  });
});

describe('aiwb tune evaluate', function () {
  this.timeout(150_000);
  let workspace: ReturnType<typeof createWorkspace>;
  beforeEach(() => {
    workspace = createWorkspace({
      'tickets.jsonl': toJsonLines(makeTickets(240)),
      'jobs/a.tune.yaml': makeJob(search('[1]')).replace('tickets.jsonl', '../tickets.jsonl'),
      'jobs/new.tune.yaml': makeJob(),
      'ask.bench.yaml':
        'name: ask\ndataset: {path: tickets.jsonl, input: text, target: topic, split: {field: split, train: train, test: test}}\nmodels: [embedded:majority]\nmetrics: [accuracy]\n',
      'workbench.yaml': '{}\n',
    });
  });
  afterEach(() => workspace.remove());
  const run = (...args: string[]): Promise<Finished> => runAiwb(args, { cwd: workspace.folder, env: identity });
  const asked = async (name: string): Promise<readonly string[]> => {
    const done = await run('tune', 'evaluate', name, '-b', 'ask.bench.yaml', '--json');
    assert.equal(done.code, 0, done.stderr);
    const [report] = JSON.parse(done.stdout) as Report[];
    return report?.variants.map(({ model }) => model) ?? [];
  };

  it('finds the tuning run by a version, an alias or the job’s file', async () => {
    const tuned = await run('tune', 'jobs/a.tune.yaml', '--json');
    assert.equal(tuned.code, 0, tuned.stderr);
    assert.deepEqual(await asked('best@1'), ['registry:best@1']);
    assert.deepEqual(await asked('registry:best@candidate'), ['registry:best@1']);
    // By the job's name, for that means the very same trial.
    assert.deepEqual(await asked('jobs/a.tune.yaml'), ['checkpoint:triage']);
  });

  it('refuses what came out of no tuning run, and says what may be named', async () => {
    const unrun = await run('tune', 'evaluate', 'jobs/new.tune.yaml');
    assert.equal(unrun.code, 2);
    assert.match(unrun.stderr, /No tuning job jobs\/new\.tune\.yaml has run here[^]*aiwb tune jobs\/new\.tune\.yaml/);
    const unknown = await run('tune', 'evaluate', 'nothing@1');
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /nothing/);
    const neither = await run('tune', 'evaluate', 'ticket-triage');
    assert.equal(neither.code, 2);
    assert.match(neither.stderr, /MODEL@VERSION or MODEL@ALIAS, or a \.tune\.yaml file/);
    assert.match((await run('tune', 'evaluate', 'registry:best')).stderr, /names no model version/);
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
