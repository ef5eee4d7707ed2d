import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parse } from 'yaml';
import { createHttpClient } from '../../platform/http/client.ts';
import { parseDocument } from '../documents/parse.ts';
import { detectServers } from './detect.ts';

const never = new AbortController().signal;

type Pages = Readonly<Record<string, unknown>>;

describe('detection of local servers', () => {
  const servers: Server[] = [];
  let asked: string[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.close();
      server.closeAllConnections();
    }
    asked = [];
  });

  /** A server of these pages; a text is sent as it is, `null` never answers. */
  async function serve(pages: Pages): Promise<number> {
    const server = createServer((request, response) => {
      const page = pages[request.url ?? ''];
      asked.push(`${request.url ?? ''} ${String(request.headers.authorization)}`);
      if (page === null) return;
      response.writeHead(page === undefined ? 404 : 200).end(typeof page === 'string' ? page : JSON.stringify(page));
    });
    servers.push(server);
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }

  const detect = (ports: readonly number[], environment: Record<string, string> = {}, taken: readonly string[] = []) =>
    detectServers({ http: createHttpClient, environment, taken, ports }, never);

  const models = (...ids: string[]) => ({ data: ids.map(id => ({ id, object: 'model' })) });
  const kinds: readonly [kind: string, pages: Pages, connection: (port: number) => object][] = [
    [
      'ollama',
      { '/api/tags': { models: [{ name: 'llama3.2:1b' }] }, '/v1/models': models('llama3.2:1b') },
      port => ({ 'llama3-2-1b': { provider: 'ollama', baseUrl: `http://localhost:${port}`, model: 'llama3.2:1b' } }),
    ],
    [
      'llama-cpp',
      {
        '/props': { build_info: 'b1', model_path: '/m/x.gguf' },
        '/api/tags': { models: [] },
        '/v1/models': models('/models/Granite-3.Q4.gguf'),
      },
      port => ({
        'Granite-3-Q4': {
          provider: 'llama-cpp',
          baseUrl: `http://localhost:${port}`,
          model: '/models/Granite-3.Q4.gguf',
        },
      }),
    ],
    [
      'lm-studio',
      { '/api/v0/models': { data: [{ id: 'nomic-embed', type: 'embeddings' }] }, '/v1/models': models('nomic-embed') },
      port => ({
        'nomic-embed': {
          provider: 'openai',
          baseUrl: `http://localhost:${port}/v1`,
          model: 'nomic-embed',
          api: 'embeddings',
        },
      }),
    ],
    [
      'vllm',
      { '/v1/models': { data: [{ id: 'ibm/granite', owned_by: 'vllm' }] } },
      port => ({ granite: { provider: 'openai', baseUrl: `http://localhost:${port}/v1`, model: 'ibm/granite' } }),
    ],
    [
      'openai',
      { '/v1/models': models('7b') },
      port => ({ b: { provider: 'openai', baseUrl: `http://localhost:${port}/v1`, model: '7b' } }),
    ],
  ];
  for (const [kind, pages, connection] of kinds) {
    it(`knows ${kind} and writes a connection for it`, async () => {
      const port = await serve(pages);
      const [server, ...others] = await detect([port]);
      assert.deepEqual([server?.kind, server?.baseUrl, others], [kind, `http://localhost:${port}`, []]);
      const [offered] = server?.connections ?? [];
      assert.deepEqual(parse(offered?.yaml ?? ''), connection(port));
      const indented = (offered?.yaml ?? '').replace(/^/gm, '  ');
      assert.deepEqual(parseDocument('workbench', `connections:\n${indented}`).diagnostics, []);
      assert.ok(
        asked.every(line => line.endsWith(' undefined')),
        'no credential is sent',
      );
    });
  }

  it('finds several at once, and gives names that are free', async () => {
    const first = await serve({ '/v1/models': models('m', 'M', 'm') });
    const second = await serve({ '/v1/models': models('m') });
    const found = await detect([first, second], {}, ['m']);
    const names = found.flatMap(({ connections }) => connections.map(({ name }) => name));
    assert.deepEqual(names, ['m-2', 'M', 'm-3', 'm-4']);
  });

  it('takes nothing for a server that does not answer as one', async () => {
    const pages: readonly Pages[] = [
      {},
      { '/v1/models': '<html>' },
      { '/v1/models': '[1]', '/props': '{}', '/api/tags': '{"models": 1}' },
      { '/v1/models': null, '/props': null },
      { '/v1/models': `{"data": [${'1,'.repeat(2 ** 20)}1]}` },
    ];
    const ports = await Promise.all(pages.map(serve));
    const gone = await serve({});
    await new Promise(resolve => servers.at(-1)?.close(resolve));
    assert.deepEqual(await detect([...ports, gone]), []);
  });

  it('leaves out models whose names cannot be', async () => {
    const port = await serve({ '/v1/models': { data: [{ id: 'x'.repeat(501) }, { id: '' }, 7, null, { id: 'ok' }] } });
    const [server] = await detect([port]);
    assert.deepEqual(
      server?.connections.map(({ model }) => model),
      ['ok'],
    );
  });

  it('asks where the environment says, on this machine alone', async () => {
    const port = await serve({ '/api/tags': { models: [] } });
    for (const host of [`127.0.0.1:${port}`, `http://localhost:${port}`, `:${port}`, `0.0.0.0:${port}`]) {
      assert.equal((await detect([], { OLLAMA_HOST: host }))[0]?.kind, 'ollama', host);
    }
    for (const host of [
      `example.com:${port}`,
      `https://localhost:${port}`,
      'nonsense',
      `localhost.evil.test:${port}`,
    ]) {
      assert.deepEqual(await detect([], { OLLAMA_HOST: host }), [], host);
    }
    assert.equal((await detect([], { VLLM_PORT: String(port) }))[0]?.kind, 'ollama');
  });
});
