import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startFakeOllama } from '../fakes/ollama.ts';
import { startFakeOpenAi, type FakeOpenAi } from '../fakes/openai-server.ts';
import { copyExamples, createWorkspace, root } from './aiwb.ts';
import { ended, Window } from './window.ts';

describe('aiwb serve', function () {
  this.timeout(60_000);
  const windows: Window[] = [];
  let workspace: ReturnType<typeof createWorkspace>;
  let server: FakeOpenAi | undefined;
  const openWindow = async (env?: NodeJS.ProcessEnv): Promise<Window> => {
    const window = new Window(env);
    windows.push(window);
    await window.open(workspace.folder);
    return window;
  };
  afterEach(async () => {
    for (const window of windows.splice(0)) window.close();
    await server?.close();
    server = undefined;
    workspace.remove();
  });

  it('asks the window before a run starts programs, and starts those alone', async () => {
    const command = [process.execPath, path.join(root, 'test/fakes/line-program.ts')];
    workspace = createWorkspace({
      'rows.jsonl': '{"q": "one", "a": "ONE"}\n',
      'workbench.yaml': `connections:\n  rules: {provider: command, command: ${JSON.stringify(command)}}\n`,
      'b.bench.yaml': 'name: b\ndataset: {path: rows.jsonl, input: q, target: a}\nmodels: [rules]\n',
    });
    const window = await openWindow();
    const request = { source: { path: path.join(workspace.folder, 'b.bench.yaml') }, origin: 'editor' as const };
    for (const allowed of [undefined, false]) {
      window.allowsPrograms = allowed;
      assert.equal((await window.fail('runs/start', request)).code, 'program-not-allowed');
    }
    assert.deepEqual(await window.request('runs/list', {}), { runs: [] });
    window.allowsPrograms = true;
    const { id } = await window.request('runs/start', request);
    assert.equal((await window.waitFor(id, ended)).state, 'succeeded');
    assert.deepEqual(window.programs, Array(3).fill({ commands: [command] }));
  });

  it("lets one window write a run's end into a notebook, and another when that one is gone", async () => {
    workspace = createWorkspace();
    const [first, second] = [await openWindow(), await openWindow()];
    const output = { runId: 'r1', notebook: path.join(workspace.folder, 'story.ipynb') };
    const claim = async (window: Window, holder: string): Promise<boolean> =>
      (await window.request('cells/claim', { ...output, holder })).granted;
    assert.equal(await claim(first, 'first'), true);
    assert.equal(await claim(second, 'second'), false);
    // A window whose engine process was started anew keeps what it had.
    assert.equal(await claim(second, 'first'), true);
    await second.request('cells/release', { ...output, holder: 'first', saved: false });
    assert.equal(await claim(first, 'first'), true);
    await first.request('cells/release', { ...output, holder: 'first', saved: true });
    assert.equal(await claim(second, 'second'), false, 'it has time to see the file');
    assert.equal(await claim(first, 'first'), true);
    first.child.stdin?.end();
    while (!(await claim(second, 'second'))) await wait(50);
  });

  it('looks for model servers on this machine', async () => {
    workspace = createWorkspace();
    const ollama = await startFakeOllama();
    try {
      const window = await openWindow({ OLLAMA_HOST: ollama.origin });
      const { servers } = await window.request('connections/detect', {});
      const { port } = new URL(ollama.origin);
      assert.equal(servers.find(({ baseUrl }) => baseUrl.endsWith(port))?.kind, 'ollama');
    } finally {
      await ollama.close();
    }
  });

  it('starts a tuning job from a notebook cell, tells its epochs, and lists its checkpoint as a model', async () => {
    workspace = copyExamples();
    const window = await openWindow({ GIT_AUTHOR_EMAIL: 'ada@x.example' });
    const text = readFileSync(path.join(workspace.folder, 'core.tune.yaml'), 'utf8');
    const source = { path: path.join(workspace.folder, 'my.ipynb'), text, cell: 'c1', kind: 'tune' as const };
    const estimate = await window.request('runs/dryRun', { source, origin: 'notebook' });
    assert.equal(estimate.rows, 480);
    assert.match(estimate.notes.join(), /12 epochs/);
    const started = await window.request('runs/start', { source, origin: 'notebook' });
    assert.deepEqual([started.kind, started.name, started.cell], ['tune', 'ticket-triage-core', 'c1']);
    const done = await window.waitFor(started.id, ended);
    assert.equal(done.state, 'succeeded', JSON.stringify(done.failure));
    assert.equal(done.progress.epochs?.at(-1)?.epoch, 12);
    const runIds = [started.id];
    const { reports } = await window.request('tuning/report', { runIds });
    assert.equal(reports[0]?.aspects[0]?.metrics[0]?.n, 480);
    const { bundle } = await window.request('cells/output', { runId: started.id });
    assert.match(String((bundle as Record<string, unknown>)['text/markdown']), /\*\*ticket-triage-core\*\*/);
    assert.equal((await window.fail('runs/report', { runIds })).code, 'usage');
    const { models } = await window.request('models/list', {});
    const checkpoint = models.find(({ name }) => name === 'checkpoint:ticket-triage-core');
    assert.equal(checkpoint?.kind, 'checkpoint');
    assert.equal(checkpoint.last?.value, reports[0].aspects[0].metrics[0].value);
    const wrong = { ...source, text: text.replace('data/tickets.jsonl', 'data/none.jsonl') };
    assert.equal((await window.fail('runs/start', { source: wrong, origin: 'notebook' })).code, 'file-invalid');
    assert.equal((await window.request('runs/list', {})).runs.length, 1, 'a refused job leaves no run');
  });

  it('starts a run that shows in every window, and answers for it', async () => {
    workspace = copyExamples();
    const [first, second] = [await openWindow(), await openWindow()];
    const file = path.join(workspace.folder, 'triage.bench.yaml');
    const estimate = await first.request('runs/dryRun', { source: { path: file }, origin: 'editor' });
    assert.equal(estimate.samples, 480 * 4);
    const started = await first.request('runs/start', { source: { path: file }, origin: 'editor' });
    const [here, there] = await Promise.all([first.waitFor(started.id, ended), second.waitFor(started.id, ended)]);
    assert.equal(here.state, 'succeeded', JSON.stringify(here.failure));
    assert.deepEqual(there, here);

    const report = await second.request('runs/report', { runIds: [started.id] });
    assert.equal(report.variants.length, 4);
    const wrong = await first.request('samples/query', { runId: started.id, variant: 3, filter: 'wrong', limit: 10 });
    assert.ok(wrong.total > 0 && wrong.rows.length <= 10 && wrong.rows.every(row => row.scores['accuracy'] === 0));
    const next = await first.request('samples/query', {
      runId: started.id,
      variant: 3,
      filter: 'wrong',
      limit: 10,
      after: wrong.next!,
    });
    assert.ok(next.rows[0]!.id > wrong.rows.at(-1)!.id);
    const slowest = await first.request('samples/query', {
      runId: started.id,
      where: { variants: [2, 3], right: false },
      sort: { by: 'latency', descending: true },
      limit: 10,
    });
    const [slow] = slowest.rows;
    assert.ok(slow !== undefined && slowest.rows.every(row => (row.latencyMs ?? 0) <= (slow.latencyMs ?? 0)));
    assert.deepEqual(await first.request('samples/get', { runId: started.id, id: slow.id }), slow);
    const place = await second.request('samples/query', { runId: started.id, find: slow.id, limit: 10 });
    assert.equal(place.rows[(place.found ?? NaN) - (place.offset ?? NaN)]?.id, slow.id);
    const unlike = await first.request('samples/disagreements', { runIds: [started.id], limit: 5 });
    assert.ok(unlike.total > 0 && unlike.rows.every(({ answers }) => answers.length === 4));

    const { models } = await first.request('models/list', {});
    assert.equal(models.find(({ name }) => name === 'embedded:linear')?.last?.runId, started.id);
    assert.ok((models.find(({ name }) => name === 'gpt')?.place?.line ?? 0) > 0);

    const target = path.join(workspace.folder, 'out', 'r.html');
    await first.request('runs/export', { runIds: [started.id], format: 'html', path: target });
    assert.ok(existsSync(target));
    await first.request('runs/archive', { runId: started.id, archived: true });
    assert.equal((await second.request('runs/list', {})).runs.length, 0);
    assert.match((await first.request('diagnostics/collect', {})).text, /AI Workbench/);
    assert.match((await first.request('runs/log', { runId: started.id })).text, /"event":"ended"/);
  });

  it('answers agents, and starts for them what the person agreed to and no more', async () => {
    server = await startFakeOpenAi({});
    workspace = createWorkspace({
      'workbench.yaml': `connections: {fake: {provider: openai, baseUrl: "${server.url}", model: fake, price: {input: 1000, output: 1000}, parameters: {maxTokens: 5}}}\n`,
      'rows.jsonl': '{"q": "one", "a": "two"}\n',
      'b.bench.yaml': 'name: b\ndataset: {path: rows.jsonl, input: q, target: a}\nmodels: [fake]\n',
    });
    const window = await openWindow();
    const input = { file: 'b.bench.yaml' };
    const listed = await window.request('agents/call', { tool: 'aiwb_list', input: { kind: 'benchmarks' } });
    assert.match(listed.text, /b\.bench\.yaml \(b\)/);
    const unasked = await window.request('agents/call', { tool: 'aiwb_run', input });
    assert.equal(unasked.failed, true);
    const { estimate, agreed } = await window.request('agents/estimate', input);
    assert.deepEqual([estimate.samples, agreed.models], [1, ['fake']]);
    workspace.write('rows.jsonl', '{"q": "one", "a": "two"}\n{"q": "three", "a": "four"}\n');
    const grown = await window.request('agents/call', { tool: 'aiwb_run', input, agreed });
    assert.match(grown.text, /has grown since the person agreed/);
    assert.equal((await window.request('runs/list', {})).runs.length, 0);
    const again = await window.request('agents/estimate', input);
    const ran = await window.request('agents/call', { tool: 'aiwb_run', input, agreed: again.agreed });
    assert.match(ran.text, /succeeded, 2 of 2 samples/);
    const [run] = (await window.request('runs/list', {})).runs;
    assert.equal(run?.origin, 'agent');
    assert.equal((await window.fail('agents/call', { tool: 'rm', input })).code, 'usage');
  });

  it('lets a run outlive its window, and cancels it from another', async () => {
    server = await startFakeOpenAi({ delay: 30 });
    workspace = createWorkspace({
      'workbench.yaml': `connections: {fake: {provider: openai, baseUrl: "${server.url}", model: fake}}\n`,
      'rows.jsonl': Array.from({ length: 2000 }, (_, i) => JSON.stringify({ q: `row ${i}`, a: 'x' })).join('\n'),
    });
    const text =
      'name: long\ndataset: {path: rows.jsonl, input: q, target: a}\nmodels: [fake]\nlimits: {concurrency: 4}\n';
    const first = await openWindow();
    const source = { path: path.join(workspace.folder, 'story.ipynb'), text, cell: 'c1' };
    const { id } = await first.request('runs/start', { source, origin: 'notebook' });
    await first.waitFor(id, run => run.progress.done > 5);
    first.close();
    const second = await openWindow();
    const { runs } = await second.request('runs/list', {});
    assert.equal(runs[0]?.state, 'running');
    assert.equal(runs[0].cell, 'c1');
    await second.waitFor(id, run => run.progress.done > 40);
    await second.request('runs/cancel', { runId: id });
    assert.equal((await second.waitFor(id, ended)).state, 'cancelled');
    const partial = await second.request('runs/report', { runIds: [id] });
    assert.match(partial.notes.join(' '), /Partial/);
  });

  it('asks its window before a key goes to an address, and keeps the key from disk', async () => {
    server = await startFakeOpenAi({ requireKey: 'canary-window-key' });
    workspace = createWorkspace({
      'workbench.yaml': `connections: {fake: {provider: openai, baseUrl: "${server.url}", model: fake, apiKey: {secret: team}}}\n`,
      'rows.jsonl': '{"q":"a ANSWER=x","a":"x"}\n',
      'a.bench.yaml': 'name: s\ndataset: {path: rows.jsonl, input: q, target: a}\nmodels: [fake]\n',
    });
    const window = await openWindow();
    const start = { source: { path: path.join(workspace.folder, 'a.bench.yaml') }, origin: 'editor' as const };
    assert.equal((await window.fail('runs/start', start)).code, 'origin-not-allowed');
    assert.deepEqual(window.secrets, [{ secret: 'team', origin: new URL(server.url).origin, published: false }]);
    assert.equal(server.stats.requests, 0);
    window.answerSecret = () => ({ allowed: true });
    assert.equal((await window.fail('runs/start', start)).code, 'secret-missing');
    window.answerSecret = () => ({ allowed: true, value: 'canary-window-key' });
    const { id } = await window.request('runs/start', start);
    assert.equal((await window.waitFor(id, ended)).state, 'succeeded');
    for (const name of ['store.db', `logs/${id}.log`]) {
      assert.ok(!readFileSync(path.join(workspace.folder, '.aiwb', name)).includes('canary-window-key'), name);
    }
  });

  it('refuses what it does not understand, with a code and a remedy', async () => {
    workspace = createWorkspace({ 'bad.bench.yaml': 'name: 1\n', 'rows.jsonl': '' });
    const closed = new Window();
    windows.push(closed);
    assert.match((await closed.fail('runs/list', {})).message, /No workspace is open/);
    const window = await openWindow();
    assert.equal((await window.fail('runs/get', { runId: 'nope' })).code, 'run-not-found');
    assert.equal((await window.fail('runs/list', { limit: -1 })).code, 'usage');
    const failure = await window.fail('runs/start', {
      source: { path: path.join(workspace.folder, 'bad.bench.yaml') },
      origin: 'editor',
    });
    assert.equal(failure.code, 'file-invalid');
    assert.equal(failure.place?.line, 1);
    assert.equal((await window.request('runs/list', {})).runs.length, 0);
  });
});
