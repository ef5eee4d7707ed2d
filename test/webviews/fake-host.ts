import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Report } from '../../schemas/generated/messages.ts';
import { nonce, root } from './page-server.ts';
import { themeClasses, themeVariables, type ThemeName } from './theme-variables.ts';

export function readReport(name: string): Report {
  return JSON.parse(readFileSync(path.join(root, 'test', 'fixtures', 'reports', `${name}.json`), 'utf8')) as Report;
}

/** What a page asked for, beyond that lists come with their texts cut. */
export function askedFor(query: unknown): unknown {
  const { textLimit, ...others } = (query ?? {}) as { textLimit?: number };
  assert.equal(textLimit, 1000, 'texts are asked for cut');
  return others;
}

interface HostOptions {
  readonly report: Report;
  readonly theme: ThemeName;
  /** Samples the fake store holds; ids count from 1. */
  readonly samples?: number;
  /** What the host sends before the report. */
  readonly before?: readonly unknown[];
}

/**
 * A document like the one VS Code's host makes: the policy's nonce on the bundle's script, theme variables on the root
 * element, and an `acquireVsCodeApi` that answers as the extension would. `window.posted` keeps what the page sent.
 */
export function pageHtml({ report, theme, samples = 1920, before = [] }: HostOptions): string {
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Run</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body class="${themeClasses[theme]}" data-vscode-theme-id="${theme}">
<script nonce="${nonce}">${fakeHostScript({ report, theme, samples, before })}</script>
<script nonce="${nonce}" type="module" src="/dist/webviews/report.js"></script>
</body></html>`;
}

/** Sets the theme and defines `acquireVsCodeApi` as `pageHtml` says. */
export function fakeHostScript({ report, theme, samples, before }: Required<HostOptions>): string {
  const embed = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');
  return `
    const variables = ${embed(themeVariables(theme))};
    for (const [name, value] of Object.entries(variables)) document.documentElement.style.setProperty(name, value);
    const report = ${embed(report)};
    const sampleCount = ${String(samples)};
    (${runFakeHost.toString()})(report, sampleCount, ${embed(before)});
  `;
}

/**
 * Runs in the page. Every third sample is wrong, every hundredth failed; a dozen came by chat, the next by email. Its order and
 * conditions are the simplest that answer what tests ask.
 */
function runFakeHost(report: Report, sampleCount: number, before: readonly unknown[]): void {
  interface Scope {
    posted: { type: string; request?: number; query?: Record<string, unknown> }[];
    state: unknown;
    slow: number;
    acquireVsCodeApi: unknown;
  }
  const scope = globalThis as unknown as Scope;
  interface Where {
    variants?: number[];
    right?: boolean;
    failures?: string[];
    slices?: { column: string; value: string }[];
    latencyMs?: { least?: number };
    scores?: { least?: number }[];
  }
  const variantCount = Math.max(1, report.variants.length);
  const labels = ['billing', 'bug', 'login', 'how-to', 'delivery'];
  const texts = [
    'hello, the price went up with no notice at all, eur 9 to eur 59, can someone in accounts look at this?',
    'contactless works for some cards and others just beep three times\nreader firmware is 7.3, tablet on android 15.',
    'an undo for voided items, would you, like each other program has',
    'right to left \u202eoverride\u202c and a bell\u0007 inside',
    'x'.repeat(20_000),
  ];
  const kindOf = (index: number): 'right' | 'wrong' | 'failed' =>
    index % 100 === 99 ? 'failed' : index % 3 === 1 ? 'wrong' : 'right';
  const latencyOf = (index: number): number => 0.4 + (index % 7);
  const channelOf = (index: number): string => (Math.floor(index / 12) % 2 === 0 ? 'chat' : 'email');
  const isIn = (index: number, slice: { column: string; value: string }): boolean =>
    slice.column === 'channel' && channelOf(index) === slice.value;
  const isAmong = (index: number, { variants, right, failures, slices, latencyMs, scores }: Where): boolean =>
    (variants === undefined || variants.includes(index % variantCount)) &&
    (right === undefined || kindOf(index) === (right ? 'right' : 'wrong')) &&
    (failures === undefined || (kindOf(index) === 'failed' && failures.includes('rate-limit'))) &&
    (slices === undefined || slices.some(slice => isIn(index, slice))) &&
    (latencyMs === undefined || latencyOf(index) >= (latencyMs.least ?? 0)) &&
    (scores === undefined || (kindOf(index) === 'right' ? 1 : 0) >= (scores[0]?.least ?? 0));
  const fits = (index: number, query: Record<string, unknown>): boolean =>
    (query['variant'] === undefined || index % variantCount === query['variant']) &&
    (query['slice'] === undefined || isIn(index, query['slice'] as { column: string; value: string })) &&
    (query['where'] === undefined || isAmong(index, query['where'] as Where)) &&
    (query['filter'] === undefined || query['filter'] === 'all' || kindOf(index) === query['filter']);
  /** Of one sample: everything that there is to tell. */
  const told = {
    input: 'audio/call-0008.wav',
    target: 'the quick brown fox jumps over the dog',
    output: 'the quick brow fox jumps over a the dog',
    inputTokens: 812,
    outputTokens: 9,
    cost: 0.0021,
    details: {
      finishReason: 'length',
      fingerprint: 'fp_0a1b',
      reasoningTokens: 120,
      cached: true,
      perturbed: true,
      toolCalls: [{ name: 'find_ticket', arguments: '{"id": 8}' }],
      measured: {
        tone: { judges: [{ judge: 'gpt', score: 0.75, reasons: 'Polite, but <b>vague</b> about the refund.' }] },
      },
      unmeasured: { similarity: 'the embedding model refused the text' },
      measuringCost: 0.0004,
    },
  };
  const sampleAt = (index: number) => {
    const kind = kindOf(index);
    const target = labels[index % labels.length] ?? '';
    return {
      id: index + 1,
      variant: index % variantCount,
      row: Math.floor(index / variantCount),
      repeat: 0,
      state: kind === 'failed' ? 'failed' : 'answered',
      input: texts[index % texts.length],
      target,
      ...(kind === 'failed'
        ? { failure: { class: 'rate-limit', message: 'Too many requests; the endpoint asked to wait 20 s.' } }
        : { output: kind === 'right' ? target : (labels[(index + 1) % labels.length] ?? '') }),
      ...(kind === 'failed' ? {} : { right: kind === 'right' }),
      scores:
        kind === 'failed'
          ? {}
          : { accuracy: kind === 'right' ? 1 : 0, ...(index === 8 ? { wer: 0.5, tone: 0.75 } : {}) },
      slices: { channel: channelOf(index) },
      latencyMs: latencyOf(index),
      attempts: kind === 'failed' ? 3 : 1,
      ...(index === 8 ? told : {}),
    };
  };
  /** Positions of what matches, in order; kept, for a test asks page by page. */
  const orders = new Map<string, Int32Array>();
  const orderOf = (query: Record<string, unknown>): Int32Array => {
    const key = JSON.stringify(query);
    const known = orders.get(key);
    if (known !== undefined) return known;
    const found: number[] = [];
    for (let index = 0; index < sampleCount; index++) if (fits(index, query)) found.push(index);
    const sort = query['sort'] as { by: string; descending?: boolean } | undefined;
    const keyOf = (index: number): number => (sort?.by === 'latency' ? latencyOf(index) : index);
    if (sort !== undefined) found.sort((a, b) => (keyOf(a) - keyOf(b)) * (sort.descending === true ? -1 : 1) || a - b);
    const order = Int32Array.from(found);
    orders.set(key, order);
    return order;
  };
  const pageOf = ({ after, offset, find, limit, textLimit, ...query }: Record<string, unknown>) => {
    const order = orderOf(query);
    const found = find === undefined ? -1 : order.indexOf((find as number) - 1);
    const size = limit as number;
    const start =
      after !== undefined
        ? order.indexOf((after as number) - 1) + 1
        : found >= 0
          ? found - (found % size)
          : ((offset as number | undefined) ?? 0);
    const cutAt = (textLimit as number | undefined) ?? Infinity;
    const cut = (row: ReturnType<typeof sampleAt>) =>
      (row.input?.length ?? 0) > cutAt ? { ...row, input: row.input?.slice(0, cutAt), cut: true } : row;
    const rows = [...order.subarray(start, start + size)].map(sampleAt).map(cut);
    return { rows, total: order.length, offset: start, ...(found >= 0 ? { found } : {}) };
  };
  const disagreements = (query: Record<string, unknown>) => {
    const from = (query['offset'] as number | undefined) ?? 0;
    const answerers = (query['variants'] as unknown[] | undefined) ?? report.variants;
    const rows = Array.from({ length: Math.min(query['limit'] as number, 60 - from) }, (_, offset) => ({
      row: from + offset,
      input: texts[offset % texts.length],
      target: 'billing',
      answers: answerers.map((_variant, index) =>
        (index + offset) % 5 === 4
          ? null
          : { output: index % 2 === 0 ? 'bug' : 'billing', right: index % 2 === 1, id: 40 * offset + index + 1 },
      ),
    }));
    return { rows, total: 60, offset: from };
  };
  scope.posted = [];
  scope.slow = 0;
  const send = (message: unknown): void => void setTimeout(() => window.postMessage(message, '*'), scope.slow);
  scope.acquireVsCodeApi = () => ({
    getState: () => scope.state,
    setState: (state: unknown) => (scope.state = state),
    postMessage(message: Scope['posted'][number]) {
      scope.posted.push(message);
      const { type, request, query = {} } = message;
      if (type === 'ready') for (const answer of [...before, { type: 'report', report }]) send(answer);
      if (type === 'samples') send({ type: 'samples', request, page: pageOf(query) });
      if (type === 'wholeSample') {
        const { id } = (message as unknown as { reference: { id: number } }).reference;
        send({ type, request, row: sampleAt(id - 1) });
      }
      if (type === 'disagreements') send({ type: 'disagreements', request, page: disagreements(query) });
    },
  });
}
