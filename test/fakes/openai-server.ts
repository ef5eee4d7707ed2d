import { parseArgs } from 'node:util';
import { startFakeServer } from './fake-server.ts';
import type { FakeServer, FakeServerOptions } from './fake-server.ts';
import { chatApi } from './openai-chat.ts';
import { completionsApi, embeddingsApi, responsesApi, transcriptionsApi } from './openai-others.ts';

export interface FakeOpenAi extends FakeServer {
  /** Ends in `/v1`. */
  readonly url: string;
}

/**
 * Starts an OpenAI-compatible server on 127.0.0.1: chat, completions, responses, embeddings and transcriptions, below `/v1`, or below
 * `/openai/v1` and `/openai/deployments/…` as Azure has them; and `/v1/models`, `/__stats`, `/__requests`.
 */
export async function startFakeOpenAi(
  options: FakeServerOptions & {
    /** Entries of `/v1/models`, in place of the one of `fake`. */ readonly models?: readonly object[];
  } = {},
): Promise<FakeOpenAi> {
  const apis = [chatApi, completionsApi, responsesApi, embeddingsApi, transcriptionsApi];
  const { models = [{ id: 'fake', object: 'model', owned_by: 'test' }] } = options;
  const pages = { '/v1/models': { object: 'list', data: models } };
  const server = await startFakeServer(apis, pages, options);
  return {
    origin: server.origin,
    url: `${server.origin}/v1`,
    stats: server.stats,
    records: server.records,
    get latest() {
      return server.latest;
    },
    close: () => server.close(),
  };
}

/** `node test/fakes/openai-server.ts [--port N] [--words N] [--token-delay MS] [--delay MS] [--key K] [--seed N] [--fault NAME=PROBABILITY]… [--record] [--spread]` */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      words: { type: 'string' },
      'token-delay': { type: 'string' },
      delay: { type: 'string' },
      key: { type: 'string' },
      seed: { type: 'string' },
      fault: { type: 'string', multiple: true },
      record: { type: 'boolean' },
      spread: { type: 'boolean' },
    },
  });
  const server = await startFakeOpenAi({
    ...(values.port === undefined ? {} : { port: Number(values.port) }),
    ...(values.words === undefined ? {} : { words: Number(values.words) }),
    ...(values['token-delay'] === undefined ? {} : { tokenDelay: Number(values['token-delay']) }),
    ...(values.delay === undefined ? {} : { delay: Number(values.delay) }),
    ...(values.key === undefined ? {} : { requireKey: values.key }),
    ...(values.seed === undefined ? {} : { seed: Number(values.seed) }),
    ...(values.fault === undefined ? {} : { faults: values.fault.map(readFault) }),
    record: values.record ?? false,
    spread: values.spread ?? false,
  });
  console.log(JSON.stringify({ url: server.url, pid: process.pid }));
  const stop = () => void server.close().then(() => process.exit(0));
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function readFault(text: string): { fault: string; probability: number } {
  const at = text.lastIndexOf('=');
  return { fault: text.slice(0, at), probability: Number(text.slice(at + 1)) };
}

if (import.meta.main) await main();
