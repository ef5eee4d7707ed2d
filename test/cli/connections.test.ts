import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { SecretRequest } from '../../schemas/generated/messages.ts';
import { startFakeOllama } from '../fakes/ollama.ts';
import { startFakeOpenAi, type FakeOpenAi } from '../fakes/openai-server.ts';
import { createWorkspace, runAiwb } from './aiwb.ts';
import { Window } from './window.ts';

const key = 'canary-connect-77aa';

describe('aiwb connections add, models and test', () => {
  let workspace: ReturnType<typeof createWorkspace>;
  let server: FakeOpenAi;
  const workbench = (): string => readFileSync(path.join(workspace.folder, 'workbench.yaml'), 'utf8');
  const aiwb = (...args: string[]) => runAiwb(['connections', ...args], { cwd: workspace.folder, env: { KEY: key } });
  const described = (): string[] => ['--provider', 'openai', '--address', server.url, '--api-key-env', 'KEY'];

  beforeEach(async () => {
    workspace = createWorkspace({
      'workbench.yaml': '# ours\nconnections:\n  old: {provider: ollama, model: llama} # kept\n',
    });
    server = await startFakeOpenAi({ requireKey: key });
  });
  afterEach(async () => {
    workspace.remove();
    await server.close();
  });

  it('adds what answers, keeps what is there, and never shows the key', async () => {
    const options = [...described(), '--model', 'fake', '--input-price', '2.5', '--output-price', '10'];
    const refused = await aiwb('add', ...options, '--test');
    assert.equal(refused.code, 2, refused.stderr);
    assert.match(refused.stderr, /allow-origin/);
    assert.ok(!workbench().includes('fake'));

    const added = await aiwb('add', ...options, '--test', '--allow-origin', server.origin, '--json');
    assert.equal(added.code, 0, added.stderr);
    const { name, answer } = JSON.parse(added.stdout) as { name: string; answer: { output: string; cost: number } };
    assert.equal(name, 'fake');
    assert.ok(answer.output.length > 0 && answer.cost > 0);
    assert.match(workbench(), /^# ours\nconnections:\n {2}old: \{provider: ollama, model: llama\} # kept\n {2}fake:\n/);
    assert.match(workbench(), /price:\n {6}input: 2\.5\n {6}output: 10/);
    for (const text of [added.stdout, added.stderr, workbench()]) assert.ok(!text.includes(key));

    const tested = await aiwb('test', 'fake', '--allow-origin', server.origin);
    assert.equal(tested.code, 0, tested.stderr);
    assert.match(
      tested.stdout,
      /^fake works: \d+ ms, first token after \d+ ms, \d+ tokens in, \d+ out, \S+ USD\.\n {2}answer\n/,
    );
  });

  it('lists what an endpoint serves', async () => {
    const listed = await aiwb('models', ...described(), '--allow-origin', server.origin);
    assert.equal(listed.stdout.trim(), 'fake');
    assert.equal(listed.code, 0);
  });

  it('adds nothing where the test fails, and says what to do', async () => {
    const before = workbench();
    const base = [...described(), '--allow-origin', server.origin, '--test'];
    const unknown = await aiwb('add', 'x', ...base, '--model', 'fault:404');
    assert.equal(unknown.code, 3);
    assert.match(unknown.stderr, /The model does not exist.*Check model and baseUrl/);
    const down = await aiwb(
      'add',
      'x',
      '--provider',
      'ollama',
      '--address',
      'http://127.0.0.1:9',
      '--model',
      'm',
      '--test',
    );
    assert.equal(down.code, 3);
    assert.match(down.stderr, /could not be reached/);
    assert.equal(workbench(), before);
  });

  it('refuses wrong usage without writing', async () => {
    const before = workbench();
    const cases: [args: string[], words: RegExp][] = [
      [['add', 'old', ...described(), '--model', 'm'], /has a connection old already/],
      [['add', '7up', ...described(), '--model', 'm'], /no name of a connection/],
      [['add', 'x', ...described(), '--model', 'm', '--api-key-secret', 'y'], /one key/],
      [['add', 'x', ...described()], /model/],
      [['add', 'x', '--provider', 'nobody', '--model', 'm'], /nobody/],
      [['add', 'x', ...described(), '--model', 'm', '--input-price', 'free'], /no price/],
      [['add', 'x', '--provider', 'openai', '--address', 'localhost', '--model', 'm'], /cannot be used/],
      [['test', 'nobody'], /No connection is called "nobody"/],
    ];
    for (const [args, words] of cases) {
      const { code, stderr } = await aiwb(...args);
      assert.equal(code, 2, args.join(' '));
      assert.match(stderr, words);
    }
    assert.equal(workbench(), before);
  });

  it('adds the connections that ask no address', async () => {
    workspace.write('answers.jsonl', '{"input": "a", "output": "b"}\n');
    assert.equal((await aiwb('add', 'seen', '--provider', 'replay', '--path', 'answers.jsonl', '--test')).code, 0);
    const program = ['add', 'rules', '--provider', 'command', '--program', 'node -e "process.exit(3)"'];
    const unasked = await aiwb(...program, '--test');
    assert.equal(unasked.code, 2);
    assert.match(unasked.stderr, /allow-commands/);
    const failed = await aiwb(...program, '--test', '--allow-commands');
    assert.notEqual(failed.code, 0);
    assert.equal((await aiwb(...program)).code, 0);
    assert.equal((await aiwb('add', 'house', '--provider', 'vscode-lm', '--model', 'copilot/gpt-4o')).code, 0);
    assert.match(workbench(), /house:\n {4}provider: vscode-lm\n {4}vendor: copilot\n {4}family: gpt-4o/);
  });
});

describe('connecting a model over the protocol', () => {
  let workspace: ReturnType<typeof createWorkspace>;
  let server: FakeOpenAi;
  let window: Window;

  beforeEach(async () => {
    workspace = createWorkspace({ 'workbench.yaml': 'connections:\n  old: {provider: ollama, model: llama}\n' });
    server = await startFakeOpenAi({ requireKey: key });
    window = new Window();
    await window.open(workspace.folder);
  });
  afterEach(async () => {
    window.close();
    workspace.remove();
    await server.close();
  });

  it('asks the window for the key of a draft, and writes nothing', async () => {
    const { providers, connections } = await window.request('connections/providers', {});
    assert.ok(providers.length >= 10);
    assert.deepEqual(connections, ['old']);

    const connection = { provider: 'openai', baseUrl: server.url, apiKey: { secret: 'draft' } };
    window.answerSecret = () => ({ allowed: false });
    assert.equal((await window.fail('connections/models', { connection })).code, 'origin-not-allowed');
    const asked: SecretRequest[] = [];
    window.answerSecret = request => {
      asked.push(request);
      return { allowed: true, value: key };
    };
    const { models } = await window.request('connections/models', { name: 'OpenAI', connection });
    assert.deepEqual(models, [{ id: 'fake' }]);
    const { answer } = await window.request('connections/test', {
      name: 'OpenAI',
      connection: { ...connection, model: 'fake' },
    });
    assert.ok((answer?.latencyMs ?? 0) > 0);
    assert.deepEqual(asked[0], { secret: 'draft', origin: server.origin, published: false });
    assert.equal(readFileSync(path.join(workspace.folder, 'workbench.yaml'), 'utf8').includes('fake'), false);

    window.answerSecret = () => ({ allowed: true, value: 'wrong-key' });
    const wrong = await window.fail('connections/models', { name: 'OpenAI', connection });
    assert.match(wrong.message, /OpenAI did not accept the credentials.*Check the key/);
    const { failure } = await window.request('connections/test', {
      name: 'OpenAI',
      connection: { ...connection, model: 'fake' },
    });
    assert.equal(failure?.code, 'client');
    assert.match(failure.message, /OpenAI did not accept the credentials/);
    assert.equal((await window.fail('connections/test', { connection: { provider: 'openai' } })).code, 'file-invalid');
    assert.equal((await window.fail('connections/test', { name: 'nobody' })).code, 'model-unknown');
  });

  it('tests a connection of workbench.yaml by its name', async () => {
    const ollama = await startFakeOllama();
    try {
      workspace.write(
        'workbench.yaml',
        `connections:\n  here: {provider: ollama, model: "llama3.2:1b", baseUrl: "${ollama.origin}"}\n`,
      );
      const { answer } = await window.request('connections/test', { name: 'here' });
      assert.ok((answer?.output ?? '') !== '');
    } finally {
      await ollama.close();
    }
  });

  it('asks the person before a program is started or a model is lent', async () => {
    const program = { provider: 'command', command: [process.execPath, '-e', echo] };
    window.allowsPrograms = false;
    assert.equal((await window.fail('connections/test', { connection: program })).code, 'program-not-allowed');
    window.allowsPrograms = true;
    const { answer } = await window.request('connections/test', { connection: program });
    assert.equal(answer?.output, 'cards');

    const lent = { provider: 'vscode-lm', vendor: 'house', family: 'big' };
    window.allow = false;
    await window.fail('connections/test', { name: 'big', connection: lent });
    assert.equal(window.questions.length, 0);
    window.allow = true;
    const tested = await window.request('connections/test', { name: 'big', connection: lent });
    assert.equal(tested.answer?.output, 'billing');
    assert.equal(tested.answer.latencyMs, undefined, 'no latency is claimed of a lent model');
    window.answerQuestion = () => ({ failure: { class: 'refused', message: 'Not today.' } });
    const refused = await window.request('connections/test', { name: 'big', connection: lent });
    assert.match(refused.failure?.message ?? '', /Not today/);
  });
});

/** A program that answers every line with the same label. */
const echo =
  'require("readline").createInterface({input: process.stdin}).on("line", line => console.log(JSON.stringify({id: JSON.parse(line).id, output: "cards"})))';
