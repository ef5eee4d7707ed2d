import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { connectPorts, fakeKey } from '../../test/fakes/connect.ts';
import { startFakeServer, type FakeServer } from '../../test/fakes/fake-server.ts';
import { startFakeLlamaCpp } from '../../test/fakes/llama-cpp.ts';
import { ollamaDigest, ollamaWeights, startFakeOllama } from '../../test/fakes/ollama.ts';
import { startFakeOpenAi } from '../../test/fakes/openai-server.ts';
import { recordHttp } from '../../test/fakes/recorded-http.ts';
import { readServedWeights } from './served-weights.ts';
import type { Connection } from '../../schemas/generated/files.ts';

const digest = 'c3'.repeat(32);
const { signal } = new AbortController();

describe('the weights that an endpoint says it serves', () => {
  const open: FakeServer[] = [];
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-served-'))));
  afterEach(async () => {
    for (const server of open.splice(0)) await server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const started = async <Server extends FakeServer>(starting: Promise<Server>): Promise<Server> => {
    const server = await starting;
    open.push(server);
    return server;
  };
  const read = (connection: Connection) => readServedWeights(connection, 'it', connectPorts(), signal);

  it('are told by fields of the list of models, in the ways of several servers', async () => {
    const entries = [
      { id: 'a', weights_digest: digest },
      { id: 'b', metadata: { sha256: `sha256:${digest.toUpperCase()}` } },
      { id: 'c', properties: { 'aiw.weights_digest': `sha256-${digest}`, 'aiw.tokenizer_digest': 'd4'.repeat(32) } },
      { id: 'd', model_digest: digest },
      { id: 'e', digest, root: `/blobs/sha256-${'e5'.repeat(32)}` },
      { id: 'f', weights_digest: 'yes', sha256: 7, metadata: [digest], root: 'org/model' },
    ];
    const { url } = await started(startFakeOpenAi({ models: entries }));
    const of = (model: string) => read({ provider: 'openai', baseUrl: url, model });
    assert.deepEqual((await of('a')).weights, [digest]);
    assert.deepEqual((await of('b')).weights, [digest]);
    assert.deepEqual((await of('c')).weights, [digest]);
    assert.deepEqual((await of('c')).tokenizers, ['d4'.repeat(32)]);
    assert.deepEqual((await of('d')).models, [digest]);
    const { weights, loose } = await of('e');
    assert.deepEqual([weights, loose], [[], [digest, 'e5'.repeat(32)]]);
    assert.deepEqual(await of('f'), { weights: [], models: [], tokenizers: [], loose: [], says: 'org/model' });
    assert.deepEqual((await of('other')).weights, [], 'what is said of another model is said of another model');
  });

  it('are told by KServe’s own description of a model', async () => {
    const pages = { '/v2/models/g': { name: 'g', platform: 'vllm', properties: { weights_sha256: digest } } };
    const { origin } = await started(startFakeServer([], pages, {}));
    assert.deepEqual((await read({ provider: 'openai', baseUrl: `${origin}/openai/v1`, model: 'g' })).weights, [
      digest,
    ]);
  });

  it('are the blob that Ollama’s model file names, with the manifest’s digest beside it', async () => {
    const { origin } = await started(startFakeOllama());
    const told = await read({ provider: 'ollama', baseUrl: origin, model: 'llama3.2:1b' });
    assert.deepEqual([told.weights, told.loose, told.adapter], [[ollamaWeights], [ollamaDigest], undefined]);
    const compatible = await read({ provider: 'openai', baseUrl: `${origin}/v1`, model: 'llama3.2:1b' });
    assert.deepEqual(compatible.weights, [ollamaWeights]);
    const adapted = await started(startFakeOllama({ modelfile: 'ADAPTER /root/.ollama/models/blobs/sha256-1\n' }));
    assert.equal((await read({ provider: 'ollama', baseUrl: adapted.origin, model: 'llama3.2:1b' })).adapter, true);
  });

  it('are read from the file that llama.cpp has loaded, where it lies here and is no giant', async () => {
    const file = path.join(folder, 'tiny.gguf');
    writeFileSync(file, 'weights');
    const expected = createHash('sha256').update('weights').digest('hex');
    const ask = async (modelPath: string) => {
      const { origin } = await started(startFakeLlamaCpp({ modelPath }));
      return read({ provider: 'llama-cpp', baseUrl: origin });
    };
    assert.deepEqual((await ask(file)).weights, [expected]);
    assert.deepEqual((await ask(path.join(folder, 'gone.gguf'))).weights, []);
    const other = path.join(folder, 'secrets.txt');
    writeFileSync(other, 'weights');
    assert.deepEqual((await ask(other)).weights, [], 'a server does not choose which files are read');
    truncateSync(file, 4 * 2 ** 30 + 1);
    const told = await ask(file);
    assert.deepEqual(told.weights, []);
    assert.match(told.silence ?? '', /4\.0 GiB: too large/);
  });

  it('are not known of an endpoint that refuses, is not there or keeps them to itself', async () => {
    const { url } = await started(startFakeOpenAi({ requireKey: 'another' }));
    const refused = await read({ provider: 'openai', baseUrl: url, model: 'fake', apiKey: { env: 'KEY' } });
    assert.match(refused.silence ?? '', /401|key/i);
    assert.ok(!JSON.stringify(refused).includes(fakeKey));
    const nobody = await read({ provider: 'openai', baseUrl: 'http://127.0.0.1:9/v1', model: 'fake' });
    assert.ok(nobody.silence !== undefined && nobody.weights.length === 0);
    const { http, sent } = recordHttp(() => assert.fail('Nothing is asked.'));
    const ports = { ...connectPorts(), createHttp: http };
    for (const connection of [
      { provider: 'openai', model: 'gpt' },
      { provider: 'azure-openai', endpoint: 'https://x.openai.azure.com', model: 'gpt' },
    ] as const)
      assert.match((await readServedWeights(connection, 'it', ports, signal)).silence ?? '', /does not tell/);
    assert.deepEqual(sent, []);
  });
});
