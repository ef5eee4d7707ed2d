import { startFakeServer, type FakeServer, type FakeServerOptions } from './fake-server.ts';
import type { Dialect, FakeApi } from './faults/dialect.ts';
import { parseJson } from './openai-chat.ts';

/** The connection that describes the fake: what it is asked and where its replies have what. */
export const classifierConnection = {
  provider: 'http',
  body: { text: '{{ input }}' },
  output: 'result[0].label',
  inputTokens: 'usage.in',
  outputTokens: 'usage.out',
} as const;

const dialect: Dialect = {
  streamType: 'application/json',
  frame: json => json,
  writeBody: (_asked, { words, withUsage, inputTokens }) =>
    JSON.stringify({
      result: [{ label: words.join(''), score: 0.9 }],
      ...(withUsage ? { usage: { in: inputTokens, out: words.length } } : {}),
    }),
  writeEvents: () => [],
  writeError: message => JSON.stringify({ detail: message }),
};

const classifyApi: FakeApi = {
  matches: path => path === '/classify',
  read(bytes) {
    const body = parseJson(bytes) as { readonly text?: unknown } | undefined;
    if (typeof body?.text !== 'string') return undefined;
    return { model: '', isStream: false, text: body.text, withUsage: true, inputTokens: 3 };
  },
  dialect,
};

/** Starts a classifier behind an HTTP API of its own on 127.0.0.1: `POST /classify`. */
export function startFakeClassifier(options: FakeServerOptions = {}): Promise<FakeServer> {
  return startFakeServer([classifyApi], {}, options);
}
