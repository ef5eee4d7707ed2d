import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { createWorkspace, runAiwb } from './aiwb.ts';
import { ended, Window } from './window.ts';

const rows = Array.from({ length: 6 }, (_, index) => ({
  text: `ticket ${index}`,
  label: index % 2 ? 'access' : 'billing',
}));
const files = {
  'workbench.yaml': 'connections:\n  house: {provider: vscode-lm, family: echo}\n',
  'rows.jsonl': rows.map(row => `${JSON.stringify(row)}\n`).join(''),
  'lent.bench.yaml':
    'name: lent\ndataset: {path: rows.jsonl, input: text, target: label}\n' +
    'models: [house]\nmetrics: [exact-match, latency, tokens]\nlimits: {timeout: 8s, retries: 0}\n',
};

/** Fails after ten seconds. */
async function until(reached: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (reached()) return;
    await wait(25);
  }
  assert.fail(`Never: ${reached.toString()}`);
}

describe("VS Code's own models, lent by a window", function () {
  this.timeout(60_000);
  const windows: Window[] = [];
  let workspace: ReturnType<typeof createWorkspace>;
  const openWindow = async (): Promise<Window> => {
    const window = new Window();
    windows.push(window);
    await window.open(workspace.folder);
    return window;
  };
  const start = (window: Window) =>
    window.request('runs/start', { source: { path: `${workspace.folder}/lent.bench.yaml` }, origin: 'editor' });
  beforeEach(() => {
    workspace = createWorkspace(files);
  });
  afterEach(() => {
    for (const window of windows.splice(0)) window.close();
    workspace.remove();
  });

  it('answer a detached run once it was agreed to, and claim neither latency nor cost', async () => {
    const window = await openWindow();
    const run = await start(window);
    assert.deepEqual(window.consents[0], {
      run: 'lent',
      models: [{ connection: 'house', family: 'echo', requests: 6 }],
    });
    const done = await window.waitFor(run.id, ended);
    assert.equal(done.state, 'succeeded', JSON.stringify(done.failure));
    assert.deepEqual(window.consented, [{ runId: run.id }]);
    assert.equal(window.questions.length, 6);
    assert.deepEqual(
      window.questions[0]?.request.messages.map(({ role }) => role),
      ['user'],
    );
    const report = await window.request('runs/report', { runIds: [run.id] });
    const figures = Object.fromEntries(report.variants[0]!.metrics.map(metric => [metric.metric, metric.value]));
    assert.equal(figures['exact-match'], 0.5);
    assert.equal(
      report.variants[0]!.metrics.some(({ metric, value }) => metric.startsWith('latency') && value !== null),
      false,
    );
    assert.equal(done.progress.cost, undefined);
    assert.match(report.notes.join('\n'), /Lent by VS Code: house\. No latency or cost is claimed/);
    const { rows: samples } = await window.request('samples/query', { runId: run.id, limit: 1 });
    assert.equal(samples[0]?.inputTokens, 2);
    assert.equal(samples[0].latencyMs, undefined);
  });

  it('are not asked where the person says no, and nothing is recorded', async () => {
    const window = await openWindow();
    window.allow = false;
    const source = { path: `${workspace.folder}/lent.bench.yaml` };
    assert.match((await window.fail('runs/start', { source, origin: 'editor' })).message, /was not allowed/);
    assert.deepEqual((await window.request('runs/list', {})).runs, []);
  });

  it('answer a run of a terminal after the window asked, each question once for two windows', async () => {
    const [first, second] = [await openWindow(), await openWindow()];
    const { code, stderr } = await runAiwb(['run', 'lent.bench.yaml'], { cwd: workspace.folder });
    assert.equal(code, 0, stderr);
    const asked = [...first.questions, ...second.questions];
    assert.equal(asked.length, 6);
    assert.equal(new Set(asked.map(({ request }) => request.messages[0]?.text)).size, 6);
    for (const { consents, questions } of [first, second]) {
      assert.equal(consents.length, questions.length > 0 ? 1 : 0);
      if (consents[0] !== undefined) assert.match(consents[0].runId ?? '', /^\d{8}-/);
    }
  });

  it('are taken over by another window when one is killed midway', async () => {
    const first = await openWindow();
    first.answerQuestion = () => new Promise(() => undefined);
    workspace.write('lent.bench.yaml', files['lent.bench.yaml'].replace('8s', '40s'));
    const run = await start(first);
    await until(() => first.questions.length >= 4);
    const second = await openWindow();
    first.kill();
    const done = await second.waitFor(run.id, ended);
    assert.equal(done.state, 'succeeded', JSON.stringify(done.failure));
    assert.equal(done.progress.failed, 0);
    assert.equal(second.questions.length, 6);
  });

  it('are given back at once by a window that closes in good order', async () => {
    const first = await openWindow();
    first.answerQuestion = () => new Promise(() => undefined);
    const run = await start(first);
    await until(() => first.questions.length >= 4);
    const second = await openWindow();
    first.child.stdin?.end();
    const done = await second.waitFor(run.id, ended);
    assert.equal(done.state, 'succeeded', JSON.stringify(done.failure));
  });

  it('keep a run waiting without a window, until the deadline; it is resumed with one', async () => {
    workspace.write('lent.bench.yaml', files['lent.bench.yaml'].replace('8s', '3s'));
    const { code, stderr } = await runAiwb(['run', 'lent.bench.yaml'], { cwd: workspace.folder });
    assert.equal(code, 3, stderr);
    assert.match(stderr, /no VS Code window lent it within 3 s/);
    assert.match(stderr, /Open this workspace in VS Code/);
    const window = await openWindow();
    const [failed] = (await window.request('runs/list', {})).runs;
    assert.equal(failed?.failure?.code, 'window-missing');
    assert.equal(failed.resumable, true);
    await window.request('runs/resume', { runId: failed.id });
    assert.equal((await window.waitFor(failed.id, run => ended(run) && run.state !== 'failed')).state, 'succeeded');
  });

  it('stop being asked when the run is cancelled or killed', async () => {
    const window = await openWindow();
    let cancelled = 0;
    window.answerQuestion = (_question, token) =>
      new Promise(resolve => {
        token.onCancellationRequested(() => {
          cancelled += 1;
          resolve({ text: 'late' });
        });
      });
    const run = await start(window);
    await until(() => window.questions.length >= 4);
    await window.request('runs/cancel', { runId: run.id });
    assert.equal((await window.waitFor(run.id, ended)).state, 'cancelled');
    await until(() => cancelled === 4);
  });

  it('fail the questions that VS Code cannot answer, with its reason', async () => {
    const window = await openWindow();
    window.answerQuestion = () => ({
      failure: { class: 'model', message: 'There is no model echo.', permanent: true },
    });
    const run = await start(window);
    const done = await window.waitFor(run.id, ended);
    assert.equal(done.state, 'failed');
    assert.match(done.failure?.message ?? '', /There is no model echo/);
  });

  it('stand in the list of models as long as the window lends them', async () => {
    const window = await openWindow();
    window.lent = [{ vendor: 'fake', family: 'echo', name: 'Echo', version: '1' }];
    const { models } = await window.request('models/list', {});
    assert.deepEqual(
      models.filter(({ kind }) => kind === 'lent'),
      [{ name: 'Echo', kind: 'lent', model: 'fake/echo', description: 'Lent by VS Code: fake/echo, version 1.' }],
    );
  });
});
