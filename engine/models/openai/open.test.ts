import assert from 'node:assert/strict';
import { instantHttp, questionOf } from '../../../test/fakes/instant-http.ts';
import type { Connection } from '../../../schemas/generated/files.ts';
import type { Files } from '../../ports/files.ts';
import type { Programs } from '../../ports/programs.ts';
import type { SecretReference } from '../../ports/secrets.ts';
import type { RecordedRuns } from '../connect-context.ts';
import { openConnection } from '../connect.ts';
import type { PacingLimits } from '../pacing/pacer.ts';

const { signal } = new AbortController();
const answered = JSON.stringify({ choices: [{ message: { content: 'ok' }, finish_reason: 'stop' }] });

async function open(connection: Connection, limits: PacingLimits = { concurrency: 3 }) {
  const { dependencies, requests, clock } = instantHttp([answered]);
  const resolved: [SecretReference, string][] = [];
  const opened: { origin: string; connections: number }[] = [];
  const model = await openConnection(
    connection,
    {
      name: 'gpt',
      folder: '/w',
      limits,
      retries: 0,
      runs: {} as RecordedRuns,
      ports: {
        // Nothing of OpenAI's reads a file, starts a program or looks into earlier runs.
        files: {} as Files,
        programs: {} as Programs,
        clock,
        digest: dependencies.digest,
        random: () => 0.5,
        networkFor: () => ({}),
        createHttp: (origin, options) => {
          opened.push({ origin, connections: options.connections });
          return dependencies.http(origin, options);
        },
        secrets: {
          resolve: (reference, origin) => {
            resolved.push([reference, origin]);
            return Promise.resolve(`token-${resolved.length}`);
          },
        },
      },
    },
    signal,
  );
  return { model, requests, resolved, opened, clock };
}

describe('opening an OpenAI connection', () => {
  it('asks OpenAI itself where no address is given, in its newest words', async () => {
    const { model, requests, resolved, opened } = await open({
      provider: 'openai',
      model: 'gpt-4o',
      apiKey: { env: 'OPENAI_API_KEY' },
      parameters: { maxTokens: 5 },
    });
    assert.deepEqual(resolved, [[{ env: 'OPENAI_API_KEY' }, 'https://api.openai.com']]);
    assert.deepEqual(opened, [{ origin: 'https://api.openai.com', connections: 3 }]);
    await model.answer(questionOf('x'), signal);
    assert.equal(requests[0]?.url, 'https://api.openai.com/v1/chat/completions');
    assert.equal(requests[0].headers['authorization'], 'Bearer token-1');
    assert.match(String(requests[0].body), /"max_completion_tokens":5/);
  });

  it('asks another server in the words that all know, without a key where there is none', async () => {
    const { model, requests, resolved } = await open({
      provider: 'openai',
      baseUrl: 'http://localhost:8000/v1',
      model: 'm',
      parameters: { maxTokens: 5 },
    });
    await model.answer(questionOf('x'), signal);
    assert.deepEqual(resolved, []);
    assert.equal('authorization' in (requests[0]?.headers ?? {}), false);
    assert.match(String(requests[0]?.body), /"max_tokens":5/);
  });

  it('paces by the tokens that were used, not by those that were expected', async () => {
    const { model, clock } = await open(
      { provider: 'openai', model: 'm', parameters: { maxTokens: 1000 } },
      { concurrency: 1, tokensPerMinute: 6000 },
    );
    for (let i = 0; i < 50; i++) await model.answer(questionOf('four'), signal);
    assert.equal(clock.monotonic(), 1000, 'fifty answers of two tokens wait for nothing');
  });
});

describe('opening an Azure OpenAI connection', () => {
  const resource = { provider: 'azure-openai', endpoint: 'https://r.openai.azure.com/', model: 'my gpt' } as const;

  it('asks the version-free API with the key in its own header', async () => {
    const { model, requests, resolved } = await open({ ...resource, apiKey: { secret: 'azure' } });
    await model.answer(questionOf('x'), signal);
    assert.deepEqual(resolved, [[{ secret: 'azure' }, 'https://r.openai.azure.com']]);
    assert.equal(requests[0]?.url, 'https://r.openai.azure.com/openai/v1/chat/completions');
    assert.equal(requests[0].headers['api-key'], 'token-1');
    assert.equal('authorization' in requests[0].headers, false);
    assert.match(String(requests[0].body), /^\{"model":"my gpt"/);
  });

  it('asks the dated API at the deployment’s address', async () => {
    const dated = { ...resource, apiVersion: '2024-10-21' } as const;
    const { model, requests } = await open({ ...dated, parameters: { maxTokens: 5 } });
    await model.answer(questionOf('x'), signal);
    const chat = 'https://r.openai.azure.com/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21';
    assert.equal(requests[0]?.url, chat);
    assert.match(String(requests[0].body), /"max_tokens":5/);
    const responses = await open({ ...dated, api: 'responses' });
    await responses.model.answer(questionOf('x'), signal).catch(() => undefined);
    assert.equal(responses.requests[0]?.url, 'https://r.openai.azure.com/openai/responses?api-version=2024-10-21');
  });

  it('takes an address with the path its page shows', async () => {
    const { model, requests } = await open({ ...resource, endpoint: 'https://r.openai.azure.com/openai/v1/' });
    await model.answer(questionOf('x'), signal);
    assert.equal(requests[0]?.url, 'https://r.openai.azure.com/openai/v1/chat/completions');
  });

  it('gets a token instead of a key, and a fresh one before it expires', async () => {
    const { model, requests, resolved, clock } = await open({ ...resource, auth: 'entra' });
    await model.answer(questionOf('x'), signal);
    await clock.advance(20 * 60_000);
    await model.answer(questionOf('x'), signal);
    await model.answer(questionOf('x'), signal);
    assert.deepEqual(
      requests.map(({ headers }) => headers['authorization']),
      ['Bearer token-1', 'Bearer token-2', 'Bearer token-2'],
    );
    const asked = [{ identity: 'entra' }, 'https://r.openai.azure.com'];
    assert.deepEqual(resolved, [asked, asked]);
    assert.equal('api-key' in (requests[0]?.headers ?? {}), false);
  });
});
