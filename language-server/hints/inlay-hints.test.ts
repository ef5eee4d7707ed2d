import assert from 'node:assert/strict';
import { CancellationTokenSource } from 'vscode-jsonrpc';
import { LSPErrorCodes, type InlayHint, type MarkupContent } from 'vscode-languageserver';
import { languageIds, type DocumentKind } from '../../engine/documents/kinds.ts';
import { createClock } from '../../platform/host/clock.ts';
import { accuracy } from '../../test/fakes/assessed.ts';
import { makeTuningReport } from '../../test/fakes/evidence.ts';
import {
  startLanguageClient,
  type LanguageClient,
  type LanguageClientOptions,
} from '../../test/fakes/language-client.ts';
import { latency, openMemory, type Memory } from '../../test/fakes/remembered.ts';
import { makeProgress, spec } from '../../test/fakes/runs.ts';
import { describeHost } from '../../platform/host/describe.ts';
import type { DryRunEstimate } from '../../schemas/generated/messages.ts';

const files = {
  'workbench.yaml': 'connections:\n  gpt: {provider: openai, model: m, price: {input: 2.5, output: 10}}\n',
  'd.csv': 'text,label\na,x\nb,y\nc,x\n',
};
const estimate: DryRunEstimate = {
  name: 'h',
  rows: 400,
  trainingRows: 0,
  repeats: 3,
  samples: 2_400,
  cost: 0.4,
  measuringCost: 0.02,
  variants: [
    { model: 'embedded:knn', samples: 1_200, inputTokens: 0, outputTokens: 0, cost: 0 },
    { model: 'gpt', samples: 1_200, inputTokens: 9, outputTokens: 9, cost: 0.4 },
  ],
  notes: ['Tokens are *estimated*.'],
};
const hints: LanguageClientOptions['capabilities'] = {
  textDocument: { inlayHint: { resolveSupport: { properties: ['tooltip'] } } },
  workspace: { configuration: true, inlayHint: { refreshSupport: true } },
};

describe('inlay hints', () => {
  let client: LanguageClient;
  let memory: Memory;
  let refreshed: number;

  async function start(options: LanguageClientOptions = {}): Promise<void> {
    const clock = createClock();
    client = await startLanguageClient(files, {
      capabilities: hints,
      onRefresh: what => (refreshed += Number(what === 'inlayHint')),
      ...options,
      ports: {
        estimate: () => Promise.resolve(estimate),
        // Polls at once: tests do not wait for seconds.
        clock: { ...clock, every: (interval, callback) => clock.every(Math.min(interval, 20), callback) },
        ...options.ports,
      },
    });
    memory = await openMemory(client.folder);
  }
  beforeEach(() => {
    refreshed = 0;
  });
  afterEach(async () => {
    assert.deepEqual(client.log, []);
    await memory.close();
    await client.stop();
  });

  const nameOf = (kind: DocumentKind): string => `h.${kind}.yaml`;
  const all = { start: { line: 0, character: 0 }, end: { line: 999, character: 0 } };

  const ask = (uri: string, range = all): Promise<InlayHint[]> =>
    client.request<InlayHint[]>('textDocument/inlayHint', { textDocument: { uri }, range });

  /** The text with `⟨hints⟩` where they are shown. */
  async function show(uri: string, text: string): Promise<string> {
    const lines = text.split('\n');
    for (const { position, label } of (await ask(uri)).reverse()) {
      const line = lines[position.line] ?? assert.fail('outside the text');
      assert.ok(position.character <= line.length);
      lines[position.line] =
        `${line.slice(0, position.character)}⟨${label as string}⟩${line.slice(position.character)}`;
    }
    return lines.join('\n');
  }

  const wait = (milliseconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, milliseconds));

  /** Waits for something that comes, or long enough to see that it does not. */
  async function becomes(isSo: () => Promise<boolean> | boolean, milliseconds = 10_000): Promise<void> {
    const end = Date.now() + milliseconds;
    while (!(await isSo()) && Date.now() < end) await wait(20);
  }

  /** Opens marked text and tells whether the hints are where it has them. */
  async function check(kind: DocumentKind, expected: string): Promise<string> {
    const text = expected.replaceAll(/⟨[^⟩]*⟩/g, '');
    const uri = client.open(nameOf(kind), languageIds[kind], text);
    await becomes(async () => (await show(uri, text)) === expected, 1_000);
    assert.equal(await show(uri, text), expected);
    return uri;
  }

  async function tooltipOf(uri: string, label: string | RegExp): Promise<string> {
    const found = (await ask(uri)).find(hint => new RegExp(label).test(hint.label as string));
    assert.ok(found !== undefined && found.tooltip === undefined, String(label));
    const resolved = await client.request<InlayHint>('inlayHint/resolve', found);
    return (resolved.tooltip as MarkupContent).value;
  }

  async function rememberTwo(): Promise<void> {
    const gpt = accuracy(0.9, 400, { low: 0.87, high: 0.93 });
    await memory.remember({
      name: 'h',
      file: 'h.bench.yaml',
      variants: [{ model: 'embedded:knn', metrics: [accuracy(0.75, 400)] }],
    });
    await memory.remember({
      name: 'h',
      file: 'h.bench.yaml',
      samples: 600,
      variants: [
        { model: 'embedded:knn', metrics: [accuracy(0.8, 400), latency('mean', 4)] },
        { model: 'gpt', metrics: [gpt, latency('mean', 300)] },
      ],
    });
  }

  it('shows last figures, changes, thresholds, rows and the estimate of a benchmark', async () => {
    await start();
    await rememberTwo();
    const uri = await check(
      'bench',
      `name: h
dataset: {path: d.csv⟨3 rows⟩, input: text, target: label}
models: [embedded:knn⟨0.800 ▲ 0.050⟩, gpt⟨0.900 ▲ 0.100⟩]
metrics:
  - accuracy⟨0.900 gpt · baseline 0.800⟩
  - latency:⟨4.0 ms embedded:knn (baseline)⟩
      name: latency
repeats: 3
limits:⟨≈ 0.42 USD · ≈ 4 min · 1,200 requests⟩ # bounded
  concurrency: 8
gate:
  - {metric: accuracy, model: gpt, atLeast: 0.85⟨✓ 0.870⟩, atMost: 0.9⟨✗ 0.930⟩}
  - {metric: f1, model: gpt, atLeast: 0.1⟨?⟩}
`,
    );
    assert.match(
      await tooltipOf(uri, '▲ 0.100'),
      /\*\*Accuracy\*\* of gpt, 2 hours ago: 0\.900 .*\n\nIt is 0\.100 higher than embedded:knn, which is better\./,
    );
    assert.match(await tooltipOf(uri, '▲ 0.050'), /higher than in the run before, which is better/);
    assert.match(await tooltipOf(uri, '✗'), /\*\*✗ NOT met\*\*[\s\S]*required at most 0\.900/);
    assert.match(
      await tooltipOf(uri, /USD/),
      /400 rows, each asked 3 times[\s\S]*by the rate of the last run[\s\S]*\\\*estimated/,
    );
    assert.match(await tooltipOf(uri, /baseline 0/), /- embedded:knn \\\(baseline\\\): 0\.800/);
    assert.match(await tooltipOf(uri, /rows/), /Columns:/);
  });

  it('keeps to the range it is asked for, and to runs of this file and name', async () => {
    await start();
    await rememberTwo();
    const text = 'name: h\nmodels: [gpt]\nmetrics: [accuracy]\ngate: [{metric: accuracy, model: gpt, atLeast: 0.8}]\n';
    const uri = client.open('h.bench.yaml', 'aiwb-bench', text);
    const range = { start: { line: 1, character: 0 }, end: { line: 2, character: 0 } };
    assert.deepEqual(
      (await ask(uri, range)).map(({ position }) => position),
      [{ line: 1, character: 12 }],
    );
    assert.equal((await ask(uri)).length, 3);
    client.change(uri, text.replace('name: h', 'name: other'));
    assert.deepEqual(await ask(uri), []);
    const elsewhere = client.open('b.bench.yaml', 'aiwb-bench', text);
    assert.deepEqual(await ask(elsewhere), []);
    const cell = client.uri('h.bench.yaml').replace('file://', 'vscode-notebook-cell:') + '#a';
    client.open('x', 'aiwb-bench', text, cell);
    assert.equal((await ask(cell)).length, 3);
  });

  it('tells nothing where a value is unsure', async () => {
    await start();
    await rememberTwo();
    await check(
      'bench',
      `name: h
models: [gpt⟨0.900⟩, gpt2, 7]
metrics: [acuracy, accuracy, latency: 3]
gate:
  - {metric: accuracy, model: gpt, atLeast: high}
  - {metric: accuracy, model: gpt, atLeast: 0.5⟨✓ 0.870⟩}
  - {metric: accuracy
`.replace('gpt⟨0.900⟩', 'gpt'),
    );
    for (const text of ['', ':', 'name: h\nmodels:\n', 'name: [h]\nmetrics: {a: 1}\ngate: 3\n', 'models: *none\n']) {
      const uri = client.open('c.bench.yaml', 'aiwb-bench', text);
      assert.deepEqual(await ask(uri), []);
      client.close(uri);
    }
  });

  it('holds the checks of a policy against the version it assesses', async () => {
    await start();
    await rememberTwo();
    const check1 = '{id: A.1, type: metric, benchmark: h, metric: accuracy, assert: {op: ">=", value: 0.85';
    client.close(await check('policy', `id: p\ncontrols:\n  - {id: A, checks: [${check1}⟨?⟩}}]}\n`));
    const digests = { modelDigest: 'digest of gpt', weightsDigest: 'a'.repeat(64) };
    await memory.store.registry.createVersion(
      {
        model: 'triage',
        author: { email: 'a@b.c', assurance: 'self-asserted' },
        lineage: { datasets: [], prompts: [] },
        artifacts: [],
        ...digests,
        alias: 'candidate',
      },
      { name: 'triage' },
      { email: 'a@b.c', assurance: 'self-asserted' },
    );
    for (const [model, hint] of [
      ['triage@1', '⟨✓ 0.870⟩'],
      ['triage@candidate', '⟨✓ 0.870⟩'],
      ['triage@2', ''],
    ] as const)
      client.close(
        await check(
          'policy',
          `id: p\ncontrols:\n  - {id: A, checks: [${check1}${hint}}}]}\nassess: {model: ${model}}\n`,
        ),
      );
  });

  it('shows what a tuning job came to since its base', async () => {
    await start();
    const id = 'tune-1';
    const { clock, store } = memory;
    await store.createRun({
      id,
      spec: { ...spec, kind: 'tune', name: 'tuned', file: 'h.tune.yaml' },
      createdAt: clock.now(),
    });
    const writer = await store.openWriter(id, describeHost());
    await writer.begin({
      variants: [],
      environment: { workbench: '0', node: '24', platform: 'p', host: 'h', seed: 1, fileDigest: 'f' },
    });
    const report = makeTuningReport(id, 'a'.repeat(64), 10);
    const aspects = report.aspects.slice(0, 1).map(aspect => ({
      ...aspect,
      aspect: 'core-performance' as const,
      metrics: [accuracy(0.8, 50)],
      base: [accuracy(0.7, 50)],
    }));
    await writer.finish({
      state: 'succeeded',
      progress: makeProgress(1),
      headlines: [],
      tuning: { ...report, aspects },
    });
    await check(
      'tune',
      'name: tuned\naspects:\n  core-performance:⟨0.800 ▲ 0.100⟩\n    dataset: {path: none.csv}\n  robustness: {weight: 1}\n',
    );
  });

  it('has the editor ask again when the store, an estimate or the settings change', async () => {
    await start();
    const text = 'name: h\nmodels: [gpt]\nmetrics: [accuracy]\ndataset: {path: none.csv}\n';
    const uri = client.open('h.bench.yaml', 'aiwb-bench', text);
    assert.deepEqual(await ask(uri), []);
    await becomes(() => refreshed > 0);
    assert.equal(await show(uri, text), text.replace('[gpt]', '[gpt]⟨≈ 0.42 USD · 1,200 requests⟩'));
    let before = refreshed;
    await rememberTwo();
    await becomes(() => refreshed > before);
    await becomes(async () => /accuracy⟨/.test(await show(uri, text)));
    assert.ok(refreshed > before);
    // What the runs set off is over before the next change.
    await wait(500);
    before = refreshed;
    await client.changeSettings({ inlayHints: { enabled: false } });
    await becomes(() => refreshed > before);
    assert.ok(refreshed > before);
    assert.deepEqual(await ask(uri), []);
  });

  it('sends tooltips at once to an editor that does not ask for them', async () => {
    await start({ capabilities: { textDocument: { inlayHint: {}, hover: { contentFormat: ['plaintext'] } } } });
    await rememberTwo();
    const uri = client.open('h.bench.yaml', 'aiwb-bench', 'name: h\nmetrics: [accuracy]\n');
    const [hint] = await ask(uri);
    assert.match(
      (hint?.tooltip as MarkupContent).value,
      /^Last run 2 hours ago:\n\n- embedded:knn \(baseline\): 0\.800/,
    );
  });

  it('of a request that nobody waits for any more are a cancelled request, which editors do not show as a failure', async () => {
    await start();
    const text =
      'name: h\ndataset: {path: d.csv, input: text, target: label}\nmodels: [embedded:knn]\nmetrics: [accuracy]\n';
    const uri = client.open(nameOf('bench'), languageIds.bench, text);
    const source = new CancellationTokenSource();
    const asked = client.request(
      'textDocument/inlayHint',
      { textDocument: { uri }, range: all },
      { token: source.token },
    );
    source.cancel();
    await assert.rejects(asked, { code: LSPErrorCodes.RequestCancelled });
  });
});
