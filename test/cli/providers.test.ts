import assert from 'node:assert/strict';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import type { DetectedServers, Report, RunSummary } from '../../schemas/generated/messages.ts';
import { startFakeAnthropic } from '../fakes/anthropic.ts';
import { startFakeClassifier } from '../fakes/classifier.ts';
import { startFakeGemini } from '../fakes/gemini.ts';
import { startFakeLlamaCpp } from '../fakes/llama-cpp.ts';
import { startFakeOllama } from '../fakes/ollama.ts';
import { createWorkspace, root, runAiwb } from './aiwb.ts';

const program = [process.execPath, path.join(root, 'test/fakes/line-program.ts')];

/** Rows whose target the program answers: itself in capitals; but for the last, over which it reports an error. */
const rows = [...['one', 'two', 'three'].map(q => ({ q, a: q.toUpperCase() })), { q: 'FAULT=error', a: 'x' }]
  .map(row => JSON.stringify(row))
  .join('\n');

function benchOf(...models: readonly string[]): string {
  return `name: b
dataset: {path: rows.jsonl, input: q, target: a}
models: [${models.join(', ')}]
metrics: [exact-match, latency]
limits: {maxErrorRate: 100%}
`;
}

describe('aiwb with local programs', function () {
  this.timeout(60_000);
  let workspace: ReturnType<typeof createWorkspace>;
  beforeEach(() => {
    workspace = createWorkspace({
      'rows.jsonl': rows,
      'workbench.yaml': `connections:\n  rules: {provider: command, command: ${JSON.stringify(program)}, processes: 2}\n`,
      'b.bench.yaml': benchOf('rules'),
    });
  });
  afterEach(() => workspace.remove());

  const aiwb = (...args: readonly string[]) => runAiwb(args, { cwd: workspace.folder });
  const runs = async () => (JSON.parse((await aiwb('runs', 'list', '--json')).stdout) as { runs: RunSummary[] }).runs;

  /** Right answers are 3 of 3; the failed row is counted apart. */
  function checkReport(json: string): void {
    const [variant] = (JSON.parse(json) as Report).variants;
    assert.deepEqual([variant?.samples, variant?.failed], [3, 1]);
    assert.equal(variant?.metrics.find(({ metric }) => metric === 'exact-match')?.value, 1);
  }

  it('starts none that nobody has allowed, and keeps no run of it', async () => {
    const refused = await aiwb('run', 'b.bench.yaml');
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /The workspace wants to start `.*line-program\.ts`/);
    assert.match(refused.stderr, /--allow-commands.*allowedCommands/s);
    assert.deepEqual(await runs(), []);
  });

  it('asks them when they are allowed for once', async () => {
    const run = await aiwb('run', 'b.bench.yaml', '--allow-commands', '--json');
    assert.equal(run.code, 0, run.stderr);
    checkReport(run.stdout);
  });

  it('asks them when the user’s own configuration allows exactly that command', async () => {
    workspace.write('.config/aiwb/config.json', JSON.stringify({ allowedCommands: [`${program.join(' ')} --more`] }));
    assert.equal((await aiwb('run', 'b.bench.yaml')).code, 2);
    workspace.write('.config/aiwb/config.json', JSON.stringify({ allowedCommands: [program.join(' ')] }));
    const run = await aiwb('run', 'b.bench.yaml', '--json');
    assert.equal(run.code, 0, run.stderr);
    checkReport(run.stdout);
  });

  it('lets a detached run start what its starter allowed', async () => {
    assert.equal((await aiwb('run', 'b.bench.yaml', '--detach')).code, 2);
    const started = await aiwb('run', 'b.bench.yaml', '--detach', '--allow-commands', '--json');
    assert.equal(started.code, 0, started.stderr);
    const { id } = JSON.parse(started.stdout) as RunSummary;
    let [summary] = await runs();
    for (let tries = 0; tries < 100 && !/succeeded|failed/.test(summary?.state ?? ''); tries += 1) {
      await wait(100);
      [summary] = await runs();
    }
    assert.deepEqual([summary?.id, summary?.state], [id, 'succeeded']);
    checkReport((await aiwb('runs', 'show', id, '--json')).stdout);
  });

  it('scores a run’s answers again without asking anyone', async () => {
    assert.equal((await aiwb('run', 'b.bench.yaml', '--allow-commands')).code, 0);
    const [first] = await runs();
    workspace.write(
      'workbench.yaml',
      `connections:\n  again: {provider: replay, run: ${first?.id ?? ''}}\n  filed: {provider: replay, path: old.jsonl}\n`,
    );
    workspace.write('old.jsonl', '{"input": "one", "output": "ONE", "latencyMs": 5}\n{"row": 1, "output": "no"}\n');
    workspace.write('b.bench.yaml', benchOf('again', 'filed'));
    const run = await aiwb('run', 'b.bench.yaml', '--json');
    assert.equal(run.code, 0, run.stderr);
    const [again, filed] = (JSON.parse(run.stdout) as Report).variants;
    assert.deepEqual([again?.samples, again?.failed], [3, 1]);
    assert.deepEqual([filed?.samples, filed?.failed], [2, 2]);
    const latency = filed?.metrics.find(({ metric }) => metric.startsWith('latency'));
    assert.deepEqual([latency?.n, latency?.value], [1, 5]);
    assert.match(run.stdout, /3 samples failed/);
  });

  it('refuses a replay that names no records, or two', async () => {
    for (const fields of ['', ', path: a.jsonl, run: r']) {
      workspace.write('workbench.yaml', `connections:\n  rules: {provider: replay${fields}}\n`);
      const refused = await aiwb('run', 'b.bench.yaml');
      assert.notEqual(refused.code, 0);
      assert.match(refused.stderr, /either `path`.*or `run`/);
    }
  });
});

describe('aiwb with other providers', function () {
  this.timeout(60_000);

  it('runs a benchmark over all of them', async () => {
    const servers = {
      anthropic: await startFakeAnthropic(),
      gemini: await startFakeGemini(),
      ollama: await startFakeOllama(),
      llama: await startFakeLlamaCpp(),
      classifier: await startFakeClassifier(),
    };
    const workspace = createWorkspace({
      'rows.jsonl': ['a', 'b', 'c'].map(a => JSON.stringify({ q: `ANSWER=${a}`, a })).join('\n'),
      'b.bench.yaml': benchOf('claude', 'gemini', 'ollama', 'llama', 'cnn'),
      'workbench.yaml': `connections:
  claude: {provider: anthropic, baseUrl: "${servers.anthropic.origin}", model: claude}
  gemini: {provider: gemini, baseUrl: "${servers.gemini.origin}/v1beta", model: gemini}
  ollama: {provider: ollama, baseUrl: "${servers.ollama.origin}", model: "llama3.2:1b"}
  llama: {provider: llama-cpp, baseUrl: "${servers.llama.origin}"}
  cnn: {provider: http, url: "${servers.classifier.origin}/classify", body: {text: "{{ q }}"}, output: "result[0].label"}
`,
    });
    try {
      const run = await runAiwb(['run', 'b.bench.yaml', '--json'], { cwd: workspace.folder });
      assert.equal(run.code, 0, run.stderr);
      for (const { model, samples, metrics } of (JSON.parse(run.stdout) as Report).variants) {
        assert.deepEqual([model, samples], [model, 3]);
        assert.equal(metrics.find(({ metric }) => metric === 'exact-match')?.value, 1, model);
      }
    } finally {
      for (const server of Object.values(servers)) await server.close();
      workspace.remove();
    }
  });

  it('looks for servers on this machine', async () => {
    const workspace = createWorkspace();
    const ollama = await startFakeOllama();
    try {
      const env = { OLLAMA_HOST: ollama.origin };
      const found = await runAiwb(['connections', 'detect', '--json'], { cwd: workspace.folder, env });
      assert.equal(found.code, 0, found.stderr);
      const { servers } = JSON.parse(found.stdout) as DetectedServers;
      const own = servers.find(({ baseUrl }) => baseUrl.endsWith(new URL(ollama.origin).port));
      assert.deepEqual([own?.kind, own?.connections[0]?.model], ['ollama', 'llama3.2:1b']);
      const text = await runAiwb(['connections', 'detect'], { cwd: workspace.folder, env });
      assert.match(text.stdout, /Ollama at http:\/\/localhost:\d+\n {2}llama3-2-1b:\n {4}provider: ollama/);
    } finally {
      await ollama.close();
      workspace.remove();
    }
  });
});
