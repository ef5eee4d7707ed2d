import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { DryRunEstimate, Report } from '../../schemas/generated/messages.ts';
import { trainedModelDigest } from '../../engine/models/trained.ts';
import { keys } from '../../engine/registry/keys.ts';
import { createClock } from '../../platform/host/clock.ts';
import { createDigest } from '../../platform/host/digest.ts';
import { openStore } from '../../platform/store/store.ts';
import { identity } from '../fakes/evidence.ts';
import { startFakeOpenAi, type FakeOpenAi } from '../fakes/openai-server.ts';
import { createWorkspace, runAiwb } from './aiwb.ts';
import { ended, Window } from './window.ts';

const weights = 'a1'.repeat(32);
const key = 'canary-registered-key';
const bench = 'name: ask\ndataset: {path: rows.jsonl, input: q, target: a}\nmodels: ["registry:granite@1"]\n';

describe('registered models that others serve', function () {
  this.timeout(60_000);
  let workspace: ReturnType<typeof createWorkspace>;
  let server: FakeOpenAi | undefined;
  const windows: Window[] = [];
  afterEach(async () => {
    for (const window of windows.splice(0)) window.close();
    await server?.close();
    server = undefined;
    workspace.remove();
  });

  /** A workspace whose registry has a version that says it is served at `url`. */
  const open = async (url: string, files: Readonly<Record<string, string>> = {}) => {
    workspace = createWorkspace({ 'rows.jsonl': '{"q":"a ANSWER=x","a":"x"}\n', 'a.bench.yaml': bench, ...files });
    const store = await openStore({ folder: path.join(workspace.folder, '.aiwb'), clock: createClock() });
    const version = {
      model: 'granite',
      author: identity('ada'),
      weightsDigest: weights,
      modelDigest: trainedModelDigest(createDigest(), weights),
      lineage: { datasets: [], prompts: [] },
      ...(url === '' ? {} : { customProperties: { [keys.endpointUrl]: url, [keys.endpointModel]: 'fake' } }),
      artifacts: [],
    };
    await store.registry.createVersion(version, { name: 'granite' }, identity('ada'));
    await store.close();
    return workspace.folder;
  };

  it('are asked by the connection that says so, planned with its price, listed, and told to be unverified', async () => {
    server = await startFakeOpenAi({ requireKey: key });
    const connection = `provider: openai, baseUrl: "${server.url}", model: fake, apiKey: {env: KEY}, price: {input: 1, output: 2}`;
    const cwd = await open('', { 'workbench.yaml': `connections: {g: {${connection}, registered: granite@1}}\n` });
    const env = { KEY: key };
    const planned = await runAiwb(['run', 'a.bench.yaml', '--dry-run', '--json'], { cwd });
    assert.ok(((JSON.parse(planned.stdout) as DryRunEstimate).cost ?? 0) > 0, planned.stderr);
    const refused = await runAiwb(['run', 'a.bench.yaml'], { cwd, env });
    assert.equal(refused.code, 2, 'the key is bound to its address as ever');
    assert.match(refused.stderr, /--allow-origin/);
    assert.equal(server.stats.requests, 0);

    const allowed = ['--allow-origin', server.origin];
    const told = await runAiwb(['run', 'a.bench.yaml', ...allowed], { cwd, env });
    assert.equal(told.code, 0, told.stderr);
    assert.match(told.stdout, /identity unverified: registry:granite@1/);
    assert.match(told.stdout, /answered by the connection g\. Identity unverified/);
    const again = await runAiwb(['run', 'a.bench.yaml', ...allowed, '--json', '--junit', 'j.xml'], { cwd, env });
    const report = JSON.parse(again.stdout) as Report;
    assert.equal(report.variants[0]?.identity?.state, 'unverified');
    assert.equal(report.environment?.identities?.[0]?.at, 'g');
    assert.match(readFileSync(path.join(cwd, 'j.xml'), 'utf8'), /identity of registry:granite@1" value="unverified/);
    for (const format of ['markdown', 'html', 'hf-model-index']) {
      const exported = await runAiwb(['runs', 'export', report.runs[0]!.id, '--to', format, '-o', `r.${format}`], {
        cwd,
      });
      assert.equal(exported.code, 0, exported.stderr);
      assert.match(readFileSync(path.join(cwd, `r.${format}`), 'utf8'), /unverified/, format);
    }
    const shown = await runAiwb(['registry', 'show', 'granite@1', '--json'], { cwd });
    assert.match(shown.stdout, /"aiw\.identity":\s*"unverified"/);

    const window = new Window();
    windows.push(window);
    await window.open(cwd);
    const { models } = await window.request('models/list', {});
    const listed = models.filter(({ name }) => name === 'registry:granite@1');
    assert.deepEqual(
      listed.map(({ description }) => description),
      ['Asked by the connection g.'],
    );
  });

  it('get nothing at the address that only the registry names until somebody allows it, and never a key', async () => {
    server = await startFakeOpenAi();
    const cwd = await open(server.url, {
      'workbench.yaml': 'connections: {gpt: {provider: openai, model: x, apiKey: {env: KEY}}}\n',
    });
    const env = { KEY: key };
    const refused = await runAiwb(['run', 'a.bench.yaml'], { cwd, env });
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /registry:granite@1 is served at .*, says its registry, and nobody has allowed/);
    assert.match(refused.stderr, new RegExp(`--allow-origin ${server.origin}`));
    assert.deepEqual([server.stats.requests, server.stats.connections], [0, 0]);

    const foreground = await runAiwb(['run', 'a.bench.yaml', '--allow-origin', server.origin], { cwd, env });
    assert.equal(foreground.code, 0, foreground.stderr);
    assert.match(foreground.stdout, /answered at .*, where its registry says it is served\. Identity unverified/);
    assert.ok(!JSON.stringify(server.latest?.headers).includes(key));
    const before = server.stats.requests;
    const background = ['run', 'a.bench.yaml', '--no-cache', '--detach', '--json', '--allow-origin', server.origin];
    const started = await runAiwb(background, { cwd, env });
    assert.equal(started.code, 0, started.stderr);
    const window = new Window();
    windows.push(window);
    await window.open(cwd);
    const { id } = JSON.parse(started.stdout) as { id: string };
    for (let tries = 0; tries < 200; tries += 1) {
      const { runs } = await window.request('runs/list', {});
      if (runs.some(run => run.id === id && ended(run))) break;
      await new Promise(resolve => setTimeout(resolve, 50));
    }
    const { runs } = await window.request('runs/list', {});
    assert.equal(runs.find(run => run.id === id)?.state, 'succeeded', JSON.stringify(runs[0]?.failure));
    assert.ok(server.stats.requests > before);
  });

  it('are asked about in the window before a row leaves', async () => {
    server = await startFakeOpenAi();
    const folder = await open(server.url);
    const window = new Window();
    windows.push(window);
    await window.open(folder);
    const start = { source: { path: path.join(folder, 'a.bench.yaml') }, origin: 'editor' as const };
    assert.equal((await window.fail('runs/start', start)).code, 'origin-not-allowed');
    assert.deepEqual(window.secrets, [{ origin: server.origin, published: false, served: 'registry:granite@1' }]);
    assert.deepEqual([server.stats.requests, (await window.request('runs/list', {})).runs], [0, []]);
    window.answerSecret = ({ served }) => ({ allowed: served === 'registry:granite@1' });
    const { id } = await window.request('runs/start', start);
    assert.equal((await window.waitFor(id, ended)).state, 'succeeded');
  });
});
