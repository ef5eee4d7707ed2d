import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Report } from '../../schemas/generated/messages.ts';
import { nonce, root } from './page-server.ts';
import { themeClasses, themeVariables, type ThemeName } from './theme-variables.ts';

export function readReport(name: string): Report {
  return JSON.parse(readFileSync(path.join(root, 'test', 'fixtures', 'reports', `${name}.json`), 'utf8')) as Report;
}

interface HostOptions {
  readonly report: Report;
  readonly theme: ThemeName;
  /** Samples the fake store holds; ids are consecutive from `firstId`. */
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

function fakeHostScript({ report, theme, samples, before }: Required<HostOptions>): string {
  const embed = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');
  return `
    const variables = ${embed(themeVariables(theme))};
    for (const [name, value] of Object.entries(variables)) document.documentElement.style.setProperty(name, value);
    const report = ${embed(report)};
    const sampleCount = ${String(samples)};
    (${runFakeHost.toString()})(report, sampleCount, ${embed(before)});
  `;
}

/** Runs in the page. Every third sample is wrong, every hundredth failed; a dozen came by chat, the next by email. */
function runFakeHost(report: Report, sampleCount: number, before: readonly unknown[]): void {
  interface Scope {
    posted: { type: string; request?: number; query?: Record<string, unknown> }[];
    state: unknown;
    slow: number;
    acquireVsCodeApi: unknown;
  }
  const scope = globalThis as unknown as Scope;
  const firstId = 3 * 2 ** 32 + 1;
  const variants = Math.max(1, report.variants.length);
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
  const channelOf = (index: number): string => (Math.floor(index / 12) % 2 === 0 ? 'chat' : 'email');
  const isIn = (index: number, slice: { column: string; value: string }): boolean =>
    slice.column === 'channel' && channelOf(index) === slice.value;
  const fits = (index: number, query: Record<string, unknown>): boolean =>
    (query['variant'] === undefined || index % variants === query['variant']) &&
    (query['slice'] === undefined || isIn(index, query['slice'] as { column: string; value: string })) &&
    (query['filter'] === undefined || query['filter'] === 'all' || kindOf(index) === query['filter']);
  const sampleAt = (index: number) => {
    const kind = kindOf(index);
    const target = labels[index % labels.length] ?? '';
    return {
      id: firstId + index,
      variant: index % variants,
      row: Math.floor(index / variants),
      repeat: 0,
      state: kind === 'failed' ? 'failed' : 'answered',
      input: texts[index % texts.length],
      target,
      ...(kind === 'failed'
        ? { failure: { class: 'rate-limit', message: 'Too many requests; the endpoint asked to wait 20 s.' } }
        : { output: kind === 'right' ? target : (labels[(index + 1) % labels.length] ?? '') }),
      scores: kind === 'failed' ? {} : { accuracy: kind === 'right' ? 1 : 0 },
      slices: { channel: channelOf(index) },
      latencyMs: 0.4 + (index % 7),
      attempts: kind === 'failed' ? 3 : 1,
    };
  };
  const countFitting = (query: Record<string, unknown>): number => {
    let count = 0;
    for (let index = 0; index < sampleCount; index++) if (fits(index, query)) count++;
    return count;
  };
  const counts = new Map<string, number>();
  const pageOf = (query: Record<string, unknown>) => {
    const { after, limit, ...rest } = query;
    const key = JSON.stringify(rest);
    if (!counts.has(key)) counts.set(key, countFitting(query));
    const rows = [];
    const start = after === undefined ? 0 : (after as number) - firstId + 1;
    for (let index = Math.max(0, start); index < sampleCount && rows.length < (limit as number); index++) {
      if (fits(index, query)) rows.push(sampleAt(index));
    }
    return { rows, total: counts.get(key), ...(rows.length > 0 ? { next: rows.at(-1)?.id } : {}) };
  };
  const disagreements = (query: Record<string, unknown>) => {
    const from = query['after'] === undefined ? 0 : (query['after'] as number) + 1;
    const rows = Array.from({ length: Math.min(query['limit'] as number, 60 - from) }, (_, offset) => ({
      row: from + offset,
      input: texts[offset % texts.length],
      target: 'billing',
      answers: report.variants.map((_variant, index) =>
        (index + offset) % 5 === 4 ? null : { output: index % 2 === 0 ? 'bug' : 'billing', right: index % 2 === 1 },
      ),
    }));
    const last = from + rows.length;
    return { rows, total: 60, ...(last < 60 ? { next: last - 1 } : {}) };
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
      if (type === 'disagreements') send({ type: 'disagreements', request, page: disagreements(query) });
    },
  });
}
