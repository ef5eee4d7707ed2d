import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Connection } from '../../schemas/generated/files.ts';
import { ask, connect } from '../fakes/connect.ts';
import type { Checks } from './main.ts';
import { pythonWith, runScript, startServer } from './server.ts';

const never = new AbortController().signal;

/** `transformers serve` over a tiny Llama with random weights: chat completions and responses. */
export async function checkTransformers({ check }: Checks): Promise<void> {
  const python = pythonWith('transformers', ['transformers[serving]', 'torch']);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-real-'));
  try {
    const model = path.join(folder, 'tiny');
    runScript(python, 'tiny_llama.py', model);
    const port = await freePort();
    const serve = path.join(path.dirname(python), 'transformers');
    const server = await startServer(
      [serve, 'serve', '--host', '127.0.0.1', '--port', String(port), '--device', 'cpu'],
      {
        url: `http://127.0.0.1:${port}`,
        ready: '/health',
      },
    );
    try {
      for (const api of ['chat', 'responses'] as const) await checkApi(api, `${server.url}/v1`, model, check);
    } finally {
      await server.stop();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function checkApi(
  api: 'chat' | 'responses',
  baseUrl: string,
  model: string,
  check: Checks['check'],
): Promise<void> {
  const connection: Connection = {
    provider: 'openai',
    api,
    baseUrl,
    model,
    parameters: { maxTokens: 8, temperature: 0 },
  };
  for (const stream of [false, true]) {
    await check(`transformers serve answers by ${api}${stream ? ' in a stream' : ''}`, async () => {
      const opened = await connect(connection);
      try {
        const answer = await opened.answer(ask({ stream, timeout: 120_000 }), never);
        assert.ok(answer.output.length > 0);
        assert.ok((answer.outputTokens ?? 0) > 0 && (answer.outputTokens ?? 0) <= 9, String(answer.outputTokens));
        assert.equal(answer.firstTokenMs !== undefined, stream);
        assert.ok((answer.firstTokenMs ?? 0) <= (answer.latencyMs ?? 0));
      } finally {
        await opened.close();
      }
    });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
