import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { startFakeAnthropic } from '../../../test/fakes/anthropic.ts';
import { createAuthority } from '../../../test/fakes/certificates.ts';
import { connectPorts, fakeKey, noRuns, noWindow } from '../../../test/fakes/connect.ts';
import type { FakeServer } from '../../../test/fakes/fake-server.ts';
import { startFakeGemini } from '../../../test/fakes/gemini.ts';
import { startFakeLlamaCpp } from '../../../test/fakes/llama-cpp.ts';
import { startFakeOllama } from '../../../test/fakes/ollama.ts';
import { startFakeOpenAi } from '../../../test/fakes/openai-server.ts';
import { addressOf, credentialOf } from '../connections.ts';
import { readDraft, readDraftWithoutModel } from './draft.ts';
import { listModels } from './list-models.ts';
import { providers } from './providers.ts';
import { describeFailure, tryConnection } from './try-connection.ts';

const { signal } = new AbortController();
const apiKey = { secret: 'draft' };

const list = (connection: object) => listModels(readDraftWithoutModel(connection), 'It', connectPorts(), signal);
const attempt = (connection: object) =>
  tryConnection(
    readDraft(connection),
    { name: 'It', folder: '/', ports: connectPorts(), runs: noRuns, lent: noWindow },
    signal,
  );

async function failureOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return describeFailure(error, 'It').message;
  }
  return assert.fail('It should have failed.');
}

describe('connecting a model', () => {
  const open: { close(): unknown }[] = [];
  const keep = async <T extends { close(): unknown }>(starting: Promise<T>): Promise<T> => {
    const server = await starting;
    open.push(server);
    return server;
  };
  afterEach(async () => {
    for (const server of open.splice(0)) await server.close();
  });

  /** A server of this one answer. */
  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    open.push({
      close() {
        server.closeAllConnections();
        server.close();
      },
    });
    return originOf(server);
  }

  const cases: readonly [
    name: string,
    start: () => Promise<FakeServer>,
    draft: (origin: string) => object,
    model: string,
    title: string | undefined,
  ][] = [
    [
      'OpenAI-compatible',
      () => startFakeOpenAi({ requireKey: fakeKey }),
      origin => ({ provider: 'openai', baseUrl: `${origin}/v1`, apiKey }),
      'fake',
      undefined,
    ],
    [
      'Anthropic',
      () => startFakeAnthropic({ requireKey: fakeKey }),
      origin => ({ provider: 'anthropic', baseUrl: origin, apiKey }),
      'claude-fake',
      'Claude Fake',
    ],
    [
      'Gemini',
      () => startFakeGemini({ requireKey: fakeKey }),
      origin => ({ provider: 'gemini', baseUrl: `${origin}/v1beta`, apiKey }),
      'gemini-fake',
      'Gemini Fake',
    ],
    ['Ollama', () => startFakeOllama(), origin => ({ provider: 'ollama', baseUrl: origin }), 'llama3.2:1b', undefined],
    [
      'llama.cpp',
      () => startFakeLlamaCpp(),
      origin => ({ provider: 'llama-cpp', baseUrl: origin }),
      'tiny-q4.gguf',
      undefined,
    ],
  ];

  for (const [name, start, draft, model, title] of cases) {
    it(`lists what ${name} serves, and asks it`, async () => {
      const server = await keep(start());
      const listed = await list(draft(server.origin));
      assert.deepEqual(listed, {
        models: [{ id: model, ...(title === undefined ? {} : { title }) }],
        complete: true,
      });
      const { answer, failure } = await attempt({ ...draft(server.origin), model });
      assert.equal(failure, undefined);
      assert.ok(answer !== undefined && answer.output.length > 0);
      assert.ok(answer.latencyMs !== undefined && answer.latencyMs >= 0);
      assert.ok((answer.inputTokens ?? 0) > 0 && (answer.outputTokens ?? 0) > 0);
    });
  }

  it('reads a price where the list tells its unit, and only there', async () => {
    const data = [
      {
        id: 'b',
        pricing: { prompt: '0.0000025', completion: '0.00001', input_cache_read: '0.00000125', request: '0' },
      },
      { id: 'a', pricing: { prompt: '-1', completion: '-1' } },
      { id: 'c', pricing: { input: 2.5, output: 10 } },
      { id: 'd', pricing: { prompt: '0', completion: '0' } },
      { id: '' },
      'no entry',
      { id: 7 },
    ];
    const origin = await serve((_, response) => void response.end(JSON.stringify({ data })));
    const { models } = await list({ provider: 'openai', baseUrl: `${origin}/api/v1` });
    assert.deepEqual(models, [
      { id: 'a' },
      { id: 'b', price: { input: 2.5, output: 10, cachedInput: 1.25 } },
      { id: 'c' },
      { id: 'd', price: { input: 0, output: 0 } },
    ]);
  });

  it('has nothing to ask a deployment, a program or a record for', async () => {
    const drafts = [
      { provider: 'azure-openai', endpoint: 'https://a.openai.azure.com' },
      { provider: 'command', command: ['true'] },
    ];
    for (const draft of drafts) assert.deepEqual((await list(draft)).models, []);
  });

  it('says what is wrong with an endpoint in the words of its field', async () => {
    const html = '<!DOCTYPE html><html><body>Please log in</body></html>';
    const page = await serve((_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end(html));
    const nothing = await serve((_, response) => void response.writeHead(404).end('{}'));
    const other = await serve((_, response) => void response.end('{"hello": "world"}'));
    const moved = await serve(
      (_, response) => void response.writeHead(302, { location: 'https://evil.example' }).end(),
    );
    const keyed = await keep(startFakeOpenAi({ requireKey: 'another-key' }));
    const secure = createTlsServer(createAuthority('Unknown').issue('127.0.0.1'), (_, response) => response.end('{}'));
    await new Promise<void>(resolve => secure.listen(0, '127.0.0.1', resolve));
    open.push({ close: () => (secure.closeAllConnections(), secure.close()) });
    const closed = 'http://127.0.0.1:9';
    const faults: readonly [baseUrl: string, listing: RegExp, asking: RegExp][] = [
      [page, /not JSON.*Please log in.*web page/, /not JSON.*Please log in.*baseUrl/],
      [nothing, /no list of models.*Check baseUrl/, /no model "m".*Check model and baseUrl/],
      [other, /no list of models/, /no chat completion/],
      [moved, /redirects to .*not followed/, /redirects to .*not followed/],
      [keyed.url, /did not accept the credentials.*Check the key/, /did not accept the credentials.*Check the key/],
      [originOf(secure, 'https'), /over TLS.*caCertificates/, /over TLS.*caCertificates/],
      [closed, /could not be reached.*baseUrl/, /could not be reached.*baseUrl/],
      ['http://no-such-host.invalid/v1', /could not be reached/, /could not be reached/],
    ];
    for (const [baseUrl, listing, asking] of faults) {
      const draft = { provider: 'openai', baseUrl, apiKey };
      const told = await failureOf(list(draft));
      assert.match(told, listing, `${baseUrl}: ${told}`);
      const { failure, answer } = await attempt({ ...draft, model: 'm' });
      assert.equal(answer, undefined);
      assert.match(failure?.message ?? '', asking, `${baseUrl}: ${failure?.message}`);
      assert.ok(!JSON.stringify(failure).includes(fakeKey));
    }
  });

  it('says so where a model is unknown, and where an answer never comes', async () => {
    const server = await keep(startFakeOpenAi());
    const unknown = await attempt({ provider: 'openai', baseUrl: server.url, model: 'fault:404' });
    assert.match(unknown.failure?.message ?? '', /The model does not exist.*Check model and baseUrl/);
    const late = await attempt({ provider: 'openai', baseUrl: server.url, model: 'fault:500' });
    assert.equal(late.failure?.code, 'server');
    const slow = new AbortController();
    const waiting = tryConnection(
      readDraft({ provider: 'openai', baseUrl: server.url, model: 'fault:hang' }),
      { name: 'It', folder: '/', ports: connectPorts(), runs: noRuns, lent: noWindow },
      slow.signal,
    );
    slow.abort();
    await assert.rejects(waiting, { name: 'AbortError' });
  });

  it('asks each API what it can answer, and prices it', async () => {
    const { url: baseUrl } = await keep(startFakeOpenAi());
    const vectors = await attempt({ provider: 'openai', baseUrl, model: 'fake', api: 'embeddings' });
    assert.ok((vectors.answer?.dimensions ?? 0) > 0, JSON.stringify(vectors));
    const heard = await attempt({ provider: 'openai', baseUrl, model: 'fake', api: 'transcriptions' });
    assert.equal(heard.failure, undefined);
    const priced = await attempt({ provider: 'openai', baseUrl, model: 'fake', price: { input: 1e6, output: 1e6 } });
    const { cost, inputTokens = 0, outputTokens = 0 } = priced.answer ?? {};
    assert.equal(cost, inputTokens + outputTokens);
  });

  it('refuses a draft that workbench.yaml would refuse, naming the fault', () => {
    assert.throws(() => readDraft({ provider: 'openai', model: 'm', baseUrl: 'localhost' }), { code: 'file-invalid' });
    assert.throws(() => readDraft({ provider: 'openai' }), /model/);
    assert.throws(() => readDraft({ provider: 'nobody', model: 'm' }), { code: 'file-invalid' });
    assert.throws(() => readDraft({ provider: 'openai', model: 'm', apiKey: 'sk-1234567' }), { code: 'file-invalid' });
  });

  it('offers every provider of the schema, with addresses that are its defaults', () => {
    const drafts: Record<string, object> = {
      'azure-openai': { endpoint: 'https://a.openai.azure.com' },
      http: { url: 'http://localhost:1/' },
      command: { command: ['true'] },
      replay: { path: 'a.jsonl' },
      'vscode-lm': { family: 'f' },
    };
    const offered = new Set(providers.map(({ provider }) => provider));
    assert.equal(offered.size, 10);
    for (const { provider, address } of providers) {
      const model = ['http', 'command', 'replay', 'vscode-lm'].includes(provider) ? {} : { model: 'm' };
      const connection = readDraft({ provider, ...model, ...drafts[provider] });
      if (address?.default !== undefined) assert.equal(addressOf(connection), address.default);
      assert.equal(credentialOf(connection), undefined);
    }
  });
});

function originOf(server: Pick<Server, 'address'>, scheme = 'http'): string {
  return `${scheme}://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}
