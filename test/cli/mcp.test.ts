import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { agentTools } from '../../engine/agents/tools.ts';
import { startFakeOpenAi, type FakeOpenAi } from '../fakes/openai-server.ts';
import { copyExamples, createWorkspace, runAiwb } from './aiwb.ts';
import {
  connectMcp,
  initialize,
  startRawMcp,
  type Era,
  type McpConnection,
  type McpOptions,
  type RawServer,
} from './mcp-client.ts';

const eras: readonly Era[] = ['legacy', 'modern'];
const key = 'canary-key-0123456789abcdef';

describe('aiwb mcp', function () {
  this.timeout(60_000);
  const connections: McpConnection[] = [];
  const raw: RawServer[] = [];
  let workspace: ReturnType<typeof createWorkspace>;
  let server: FakeOpenAi | undefined;

  const connect = async (options: McpOptions = {}): Promise<McpConnection> => {
    const connection = await connectMcp(workspace.folder, options);
    connections.push(connection);
    return connection;
  };
  const startRaw = (args?: readonly string[]): RawServer => {
    const started = startRawMcp(workspace.folder, args);
    raw.push(started);
    return started;
  };
  afterEach(async () => {
    for (const connection of connections.splice(0)) await connection.close();
    for (const { child } of raw.splice(0)) child.kill('SIGKILL');
    await server?.close();
    server = undefined;
    workspace.remove();
  });

  /** A benchmark of `rows` rows on a priced model that takes `delay` ms an answer. */
  const paid = async (rows: number, delay = 0): Promise<void> => {
    server = await startFakeOpenAi({ delay, requireKey: key, answers: () => `echo ${key}` });
    const connection = `{provider: openai, baseUrl: "${server.url}", model: fake, apiKey: {env: FAKE_KEY}, price: {input: 1000, output: 1000}, parameters: {maxTokens: 5}}`;
    workspace = createWorkspace({
      'workbench.yaml': `connections:\n  fake: ${connection}\n`,
      'rows.jsonl': Array.from({ length: rows }, (_, row) => `{"q": "question ${row}", "a": "a"}\n`).join(''),
      'paid.bench.yaml':
        'name: paid\ndataset: {path: rows.jsonl, input: q, target: a}\nmodels: [fake]\nlimits: {concurrency: 2}\n',
    });
  };
  const keyed = (): McpOptions => ({
    env: { FAKE_KEY: key },
    args: ['--allow-origin', new URL(server?.url ?? '').origin],
  });
  const runsOf = async ({ call }: McpConnection): Promise<{ id: string; state: string }[]> =>
    (await call('aiwb_list', { kind: 'runs' })).content['entries'] as { id: string; state: string }[];

  for (const era of eras) {
    describe(`to a client of the ${era} protocol`, () => {
      it('offers the tools with what they do, reports and schemas', async () => {
        workspace = copyExamples();
        const { client, call } = await connect({ era });
        assert.equal(client.getNegotiatedProtocolVersion(), era === 'modern' ? '2026-07-28' : '2025-11-25');
        const { tools } = await client.listTools();
        assert.deepEqual(
          tools.map(({ name, description, annotations }) => [name, description, annotations?.readOnlyHint]),
          agentTools.map(({ name, description, readOnly }) => [name, description, readOnly]),
        );
        assert.deepEqual(
          tools.map(({ inputSchema }) => inputSchema.required),
          agentTools.map(({ input }) => input.required),
        );
        const listed = await call('aiwb_list', { kind: 'benchmarks' });
        assert.match(listed.text, /triage\.bench\.yaml \(ticket-triage\)/);
        const { contents } = await client.readResource({ uri: 'aiwb://schemas/bench' });
        const [schema] = contents;
        assert.ok(schema !== undefined && 'text' in schema);
        assert.ok('properties' in (JSON.parse(schema.text) as object));
      });

      it('runs what costs nothing, tells how far it is, and reads its results as an answer and as a resource', async () => {
        workspace = copyExamples();
        const { client, call } = await connect({ era });
        const told: number[] = [];
        const input = { file: 'triage.bench.yaml', wait: 60 };
        const ran = await call('aiwb_run', input, { onprogress: ({ progress }) => void told.push(progress) });
        assert.match(ran.text, /succeeded, 1,920 of 1,920 samples/);
        assert.deepEqual(
          told,
          [...new Set(told)].sort((a, b) => a - b),
        );
        const { id } = ran.content['run'] as { id: string };
        const { text, content } = await call('aiwb_results', {
          runs: [id],
          rows: 'wrong',
          model: 'embedded:linear',
          limit: 1,
        });
        assert.match(text, /embedded:linear is better than embedded:majority/);
        assert.equal((content['rows'] as unknown[]).length, 1);
        const { resources } = await client.listResources();
        assert.ok(resources.some(({ uri }) => uri === `aiwb://runs/${id}`));
        const [report] = (await client.readResource({ uri: `aiwb://runs/${id}` })).contents;
        assert.ok(report !== undefined && 'text' in report && report.text.includes('embedded:linear'));
        const [listed] = await runsOf(connections[0]!);
        assert.equal(listed?.state, 'succeeded');
      });

      it('asks the person with the cost, and starts nothing without their word', async () => {
        await paid(4);
        const said: ('decline' | 'cancel' | 'untick' | 'accept')[] = ['decline', 'cancel', 'untick', 'accept'];
        const connection = await connect({
          ...keyed(),
          era,
          person: () => {
            const word = said.shift();
            if (word === 'decline' || word === 'cancel') return { action: word };
            return { action: 'accept', content: { start: word === 'accept' } };
          },
        });
        for (let refusals = 0; refusals < 3; refusals += 1) {
          const answer = await connection.call('aiwb_run', { file: 'paid.bench.yaml' });
          assert.ok(answer.failed && answer.text.startsWith('Nothing was started: the person was asked'), answer.text);
        }
        assert.deepEqual(await runsOf(connection), []);
        assert.equal(server?.stats.requests, 0);
        const ran = await connection.call('aiwb_run', { file: 'paid.bench.yaml', wait: 60 });
        assert.match(ran.text, /succeeded, 4 of 4 samples/);
        assert.equal(connection.questions.length, 4);
        assert.match(
          connection.questions[0] ?? '',
          /run paid \(paid\.bench\.yaml\): 4 samples .* estimated cost 0\.\d+ USD/,
        );
      });
    });
  }

  describe('to a client that cannot ask', () => {
    it('starts what costs money within a cost that was named, and holds to it', async () => {
      await paid(40);
      const { call } = await connect(keyed());
      const unnamed = await call('aiwb_run', { file: 'paid.bench.yaml' });
      assert.ok(unnamed.failed && unnamed.text.includes('`maxCost`'), unnamed.text);
      const { totalCost } = (await call('aiwb_dry_run', { file: 'paid.bench.yaml' })).content as { totalCost: number };
      const low = await call('aiwb_run', { file: 'paid.bench.yaml', maxCost: totalCost / 2 });
      assert.ok(low.failed && low.text.includes('above the'), low.text);
      assert.equal(server?.stats.requests, 0);
      const ran = await call('aiwb_run', { file: 'paid.bench.yaml', maxCost: totalCost, wait: 60 });
      const { cost } = ran.content['run'] as { cost: number };
      assert.ok(cost <= totalCost, `${cost} of ${totalCost}`);
      assert.ok(cost > 0);
    });

    it('starts nothing above --max-cost, and offers nothing that changes anything with --read-only', async () => {
      await paid(4);
      const limited = await connect({ ...keyed(), args: ['--max-cost', '0.0001'] });
      const answer = await limited.call('aiwb_run', { file: 'paid.bench.yaml', maxCost: 100 });
      assert.ok(answer.failed && answer.text.includes('the person who set this server up'), answer.text);
      const { client, call } = await connect({ args: ['--read-only'] });
      const { tools } = await client.listTools();
      assert.deepEqual(
        tools.map(({ name }) => name),
        agentTools.filter(({ readOnly }) => readOnly).map(({ name }) => name),
      );
      await assert.rejects(call('aiwb_run', { file: 'paid.bench.yaml' }));
      assert.equal((await runAiwb(['mcp', '--stdio', '--max-cost', 'much'], { cwd: workspace.folder })).code, 2);
    });
  });

  it('takes keys as a terminal does, and lets none of them out', async () => {
    await paid(3);
    const without = await connect({ env: { FAKE_KEY: key } });
    const refused = await without.call('aiwb_run', { file: 'paid.bench.yaml', maxCost: 10 });
    assert.ok(refused.failed && refused.text.includes('origin-not-allowed'), refused.text);
    assert.deepEqual(await runsOf(without), []);
    const { call } = await connect(keyed());
    const ran = await call('aiwb_run', { file: 'paid.bench.yaml', maxCost: 10, wait: 60 });
    assert.match(ran.text, /succeeded/);
    const read = await call('aiwb_results', { runs: ['latest'], rows: 'all' });
    assert.doesNotMatch(JSON.stringify([ran, read, await call('aiwb_list', { kind: 'models' })]), new RegExp(key));
    assert.match(read.text, /echo \[redacted\]/);
    // The store holds the model's own words; nothing else does.
    const logs = path.join(workspace.folder, '.aiwb', 'logs');
    for (const log of readdirSync(logs)) assert.ok(!readFileSync(path.join(logs, log), 'utf8').includes(key));
  });

  it('gives up waiting when the client does, and the run goes on', async () => {
    await paid(30, 50);
    const connection = await connect(keyed());
    const stop = new AbortController();
    const waiting = connection.call(
      'aiwb_run',
      { file: 'paid.bench.yaml', maxCost: 10, wait: 300 },
      { signal: stop.signal, onprogress: () => stop.abort() },
    );
    await assert.rejects(waiting);
    const ended = await connection.call('aiwb_results', { runs: ['latest'], wait: 60 });
    assert.match(ended.text, /succeeded, 30 of 30/);
  });

  it('is one of several on a store, cancels what another started, and leaves runs alone when killed', async () => {
    await paid(200, 50);
    const [first, second] = [await connect(keyed()), await connect(keyed())];
    const started = await first.call('aiwb_run', { file: 'paid.bench.yaml', maxCost: 100, wait: 0 });
    const { id } = started.content['run'] as { id: string };
    process.kill(first.pid, 'SIGKILL');
    await wait(300);
    const [seen] = await runsOf(second);
    assert.equal(seen?.id, id);
    assert.ok(['queued', 'provisioning', 'running'].includes(seen.state), seen.state);
    await second.call('aiwb_cancel', { run: id });
    const { text } = await second.call('aiwb_results', { runs: [id], wait: 60 });
    assert.match(text, /: cancelled,/);
  });

  it('tells a broken workspace in its answers, and works once it is mended', async () => {
    workspace = createWorkspace({ 'workbench.yaml': 'connections: [', 'store-file': '' });
    const { call } = await connect({ args: ['--store', path.join(workspace.folder, 'store-file', 'inside')] });
    const broken = await call('aiwb_list', { kind: 'runs' });
    assert.equal(broken.failed, true);
    assert.match(broken.text, /store/);
    const models = await (await connect()).call('aiwb_list', { kind: 'models' });
    assert.match(models.text, /Connections cannot be read/);
    assert.match(models.text, /embedded:linear/);
  });

  it('works in the folder it is told, and leaves the one it was started in as it was', async () => {
    workspace = copyExamples();
    const elsewhere = createWorkspace();
    const connection = await connectMcp(elsewhere.folder, { args: ['--workspace', workspace.folder] });
    connections.push(connection);
    assert.match((await connection.call('aiwb_list', { kind: 'prompts' })).text, /^4 prompts/);
    assert.equal(existsSync(path.join(elsewhere.folder, '.aiwb')), false);
    elsewhere.remove();
  });

  describe('survives', () => {
    const list = (id: number) => ({
      jsonrpc: '2.0',
      id,
      method: 'tools/call',
      params: { name: 'aiwb_list', arguments: { kind: 'prompts' } },
    });

    it('lines that are no JSON, messages that are none of the protocol, and unknown tools', async () => {
      workspace = createWorkspace();
      const { send, answer, lines, end } = startRaw();
      for (const junk of [
        '',
        'hello',
        '{',
        '[]',
        'null',
        '{"jsonrpc":"1.0"}',
        '\u0000\ud800',
        '{"jsonrpc":"2.0","id":{}}',
      ])
        send(junk);
      send(initialize(1));
      assert.ok((await answer(1)).result !== undefined);
      send({ jsonrpc: '2.0', method: 'notifications/initialized' });
      send({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'rm_rf', arguments: {} } });
      const unknown = await answer(2);
      assert.ok(unknown.error !== undefined || unknown.result?.['isError'] === true);
      send({ jsonrpc: '2.0', id: 3, method: 'no/such/method' });
      assert.equal((await answer(3)).error?.code, -32601);
      send({ jsonrpc: '2.0', id: 4, method: 'tools/call', params: { name: 'aiwb_list', arguments: [1, 2] } });
      assert.ok((await answer(4)).error !== undefined);
      send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 99 } });
      send(list(5));
      assert.equal((await answer(5)).result?.['isError'], false);
      for (const line of lines) assert.equal((JSON.parse(line) as { jsonrpc: string }).jsonrpc, '2.0');
      assert.equal(await end(), 0);
    });

    it('huge arguments', async () => {
      workspace = createWorkspace();
      const { send, answer, end } = startRaw();
      send(initialize(1));
      await answer(1);
      const text = 'x'.repeat(4_000_000);
      const arguments_ = { file: 'a.bench.yaml', text };
      send({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'aiwb_validate', arguments: arguments_ } });
      const { result } = await answer(2);
      assert.equal(result?.['isError'], true);
      assert.ok(JSON.stringify(result).length < 5000);
      send(list(3));
      assert.equal((await answer(3)).result?.['isError'], false);
      assert.equal(await end(), 0);
    });

    it('revisions it does not know, with one it knows', async () => {
      workspace = createWorkspace();
      const { send, answer } = startRaw();
      send(initialize(1, '1999-01-01'));
      assert.match(String((await answer(1)).result?.['protocolVersion']), /^20\d\d-/);
    });

    it('a word of the person that nobody gave', async () => {
      await paid(2);
      const { send, answer } = startRaw();
      const meta = (id: number, more: object) => ({
        jsonrpc: '2.0',
        id,
        method: 'tools/call',
        params: {
          name: 'aiwb_run',
          arguments: { file: 'paid.bench.yaml' },
          _meta: {
            'io.modelcontextprotocol/protocolVersion': '2026-07-28',
            'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} } },
          },
          ...more,
        },
      });
      send(meta(1, {}));
      const { result } = await answer(1);
      assert.equal(result?.['resultType'], 'input_required');
      const state = String(result['requestState']);
      const [version, body = '', mac] = state.split('.');
      const changed = JSON.parse(Buffer.from(body, 'base64url').toString()) as { p: { agreed: { cost: number } } };
      changed.p.agreed.cost = 1000;
      const forged = [version, Buffer.from(JSON.stringify(changed)).toString('base64url'), mac].join('.');
      const inputResponses = { start: { action: 'accept', content: { start: true } } };
      send(meta(2, { requestState: forged, inputResponses }));
      assert.equal((await answer(2)).error?.code, -32602);
      // Without the question's own state the person is asked again.
      send(meta(3, { inputResponses }));
      assert.equal((await answer(3)).result?.['resultType'], 'input_required');
      assert.equal(server?.stats.requests, 0);
    });
  });
});
