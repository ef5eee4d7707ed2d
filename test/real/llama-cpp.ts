import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Connection } from '../../schemas/generated/files.ts';
import { detectServers } from '../../engine/models/detect.ts';
import type { Model } from '../../engine/models/model.ts';
import { createHttpClient } from '../../platform/http/client.ts';
import { ask, connect } from '../fakes/connect.ts';
import type { Checks } from './main.ts';
import { pythonWith, runScript, startServer } from './server.ts';

const never = new AbortController().signal;

/** A real llama.cpp server over a tiny model with random weights, by its own API and by the OpenAI-compatible one. */
export async function checkLlamaCpp({ check }: Checks): Promise<void> {
  const python = pythonWith('llama-cpp', ['xllamacpp', 'gguf']);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-real-'));
  try {
    const file = path.join(folder, 'tiny.gguf');
    runScript(python, 'tiny_gguf.py', file);
    const script = path.join(import.meta.dirname, 'llama_cpp_server.py');
    const server = await startServer([python, script, file]);
    try {
      await checkAnswers(server.url, check);
    } finally {
      await server.stop();
    }
    const embedder = await startServer([python, script, file, 'embedding']);
    try {
      await checkVectors(embedder.url, check);
    } finally {
      await embedder.stop();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function checkAnswers(url: string, check: Checks['check']): Promise<void> {
  const parameters = { temperature: 0, maxTokens: 8, seed: 7 };
  const native = { provider: 'llama-cpp', baseUrl: url, parameters } as const;
  const openAi = { provider: 'openai', baseUrl: `${url}/v1`, model: 'tiny', parameters } as const;
  const anthropic = { provider: 'anthropic', baseUrl: url, model: 'tiny', parameters } as const;
  const connections: readonly Connection[] = [
    native,
    openAi,
    { ...openAi, api: 'completions' },
    { ...openAi, api: 'responses' },
    anthropic,
  ];
  for (const connection of connections) {
    const name = `llama.cpp by ${connection.provider}${'api' in connection ? ` ${connection.api}` : ''}`;
    for (const stream of [false, true]) {
      await check(`${name} answers${stream ? ' in a stream' : ''}`, () =>
        withModel(connection, async model => {
          const answer = await model.answer(ask({ stream }), never);
          assert.ok(answer.output.length > 0);
          assert.deepEqual([answer.outputTokens, answer.estimatedTokens], [8, undefined]);
          // Its responses API calls an answer complete that was cut.
          const isVague = 'api' in connection && connection.api === 'responses';
          assert.equal(answer.finishReason, isVague ? 'stop' : 'length');
          assert.ok((answer.inputTokens ?? 0) > 3);
          assert.equal(answer.firstTokenMs !== undefined, stream);
          assert.equal((await model.answer(ask({ stream: !stream }), never)).output, answer.output);
        }),
      );
    }
  }
  await check('llama.cpp tells what answered and its times', () =>
    withModel(native, async model => {
      const { fingerprint, timings } = await model.answer(ask(), never);
      assert.match(fingerprint ?? '', /^tiny\.gguf \S+/);
      assert.ok((timings?.promptMs ?? 0) > 0 && (timings?.generateMs ?? 0) > 0);
    }),
  );
  // By its OpenAI-compatible API: the build that Python's registry has cannot do it in its own (llguidance is not applied there).
  await check('llama.cpp keeps to a JSON Schema', () =>
    withModel({ ...openAi, parameters: { ...parameters, maxTokens: 200 } }, async model => {
      const schema = {
        type: 'object',
        properties: { ok: { type: 'boolean' } },
        required: ['ok'],
        additionalProperties: false,
      };
      const { output } = await model.answer(ask({ responseFormat: { type: 'json-schema', name: 'a', schema } }), never);
      assert.equal(typeof (JSON.parse(output) as { ok: unknown }).ok, 'boolean');
    }),
  );
  await check('llama.cpp scores choices, and all next tokens add up to one', async () => {
    await withModel(native, async model => {
      // Every printable character but the space is one token here.
      const choices = Array.from({ length: 94 }, (_, at) => String.fromCharCode(33 + at));
      const { choiceLogprobs = [] } = await model.answer(ask({ choices }), never);
      const shares = choiceLogprobs.map(Math.exp);
      const sum = shares.reduce((total, share) => total + share, 0);
      assert.ok(shares.every(share => share > 0) && sum > 0 && sum < 1.000_001, String(sum));
      const longer = await model.answer(ask({ choices: ['a', 'ab', 'abc'] }), never);
      const [a = 0, ab = 0, abc = 0] = longer.choiceLogprobs ?? [];
      assert.ok(a > ab && ab > abc, 'each more token is less likely than none');
    });
  });
  await check('llama.cpp refuses a prompt that is longer than its context', () =>
    withModel(native, async model => {
      const failure = model.answer(ask({ messages: [{ role: 'user', content: 'x '.repeat(3000) }] }), never);
      await assert.rejects(failure, { class: 'client' });
    }),
  );
  await check('llama.cpp is found on this machine', async () => {
    const port = Number(new URL(url).port);
    const found = await detectServers({ http: createHttpClient, environment: {}, taken: [], ports: [port] }, never);
    assert.deepEqual(
      found.map(({ kind, connections }) => [kind, connections.length]),
      [['llama-cpp', 1]],
    );
  });
}

async function checkVectors(url: string, check: Checks['check']): Promise<void> {
  await check('llama.cpp makes vectors', () =>
    withModel({ provider: 'llama-cpp', baseUrl: url }, async model => {
      const texts = ['one', 'two', 'one'];
      const { vectors = [], inputTokens = 0 } = (await model.embed?.(texts, 20_000, never)) ?? {};
      assert.deepEqual(
        vectors.map(vector => vector.length),
        [32, 32, 32],
      );
      assert.deepEqual(vectors[0], vectors[2]);
      assert.notDeepEqual(vectors[0], vectors[1]);
      assert.ok(inputTokens > 0);
    }),
  );
}

async function withModel(connection: Connection, use: (model: Model) => Promise<void>): Promise<void> {
  const model = await connect(connection);
  try {
    await use(model);
  } finally {
    await model.close();
  }
}
