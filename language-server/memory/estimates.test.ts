import assert from 'node:assert/strict';
import type { Diagnostic, Hover, MarkupContent } from 'vscode-languageserver';
import { WorkbenchError } from '../../engine/base/errors.ts';
import type { DryRunEstimate } from '../../schemas/generated/messages.ts';
import { accuracy } from '../../test/fakes/assessed.ts';
import {
  startLanguageClient,
  type LanguageClient,
  type LanguageClientOptions,
} from '../../test/fakes/language-client.ts';
import { readMarked } from '../../test/fakes/marked.ts';
import { latency, openMemory } from '../../test/fakes/remembered.ts';

const files = {
  'workbench.yaml': 'connections:\n  gpt: {provider: openai, model: m, price: {input: 9000, output: 9000}}\n',
  'd.csv': 'text,label\na,x\nb,y\n',
  'p.prompt.yml': 'messages: [{role: user, content: "{{text}}"}]\n',
};
const marked = `name: h
dataset: {path: d.csv, input: text, target: label}
prompts: [p.prompt.yml]
models: [gpt]
limits: {budget: ⟦0.01 USD⟧}
`;
const { text, ranges } = readMarked(marked);

function makeEstimate(cost: number): DryRunEstimate {
  const variants = [{ model: 'gpt', samples: 400, inputTokens: 9, outputTokens: 9, cost }];
  return { name: 'h', rows: 400, trainingRows: 0, repeats: 1, samples: 400, cost, variants, notes: [] };
}

/** Estimates that are made when the test says so. */
interface Asked {
  readonly text: string;
  readonly signal: AbortSignal;
  readonly answer: (estimate: DryRunEstimate | WorkbenchError) => void;
}

describe('estimates', () => {
  let client: LanguageClient;
  let asked: Asked[];

  async function start(options: LanguageClientOptions = {}, estimate?: 'real'): Promise<void> {
    asked = [];
    const manual = (_path: string, _folder: string, own: string, signal: AbortSignal): Promise<DryRunEstimate> =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('given up')));
        asked.push({
          text: own,
          signal,
          answer: made => (made instanceof WorkbenchError ? reject(made) : resolve(made)),
        });
      });
    client = await startLanguageClient(files, {
      ...options,
      ...(estimate === undefined && { ports: { estimate: manual } }),
    });
  }
  afterEach(() => client.stop());

  async function becomes(isSo: () => boolean): Promise<void> {
    for (let tries = 0; !isSo() && tries < 500; tries++) await new Promise(resolve => setTimeout(resolve, 10));
    assert.ok(isSo());
  }
  const found = (uri: string): readonly Diagnostic[] =>
    client.published.findLast(params => params.uri === uri)?.diagnostics ?? [];
  const messageOf = (uri: string): string => {
    const { message = '' } = found(uri)[0] ?? {};
    return typeof message === 'string' ? message : message.value;
  };
  const open = (own = text): string => client.open('h.bench.yaml', 'aiwb-bench', own);

  async function hover(own: string): Promise<string> {
    const { text: plain, position } = readMarked(own);
    const uri = open(plain);
    const help = await client.request<Hover>('textDocument/hover', { textDocument: { uri }, position });
    client.close(uri);
    return (help.contents as MarkupContent).value;
  }

  it('warn of a budget once they are there, with the figures', async () => {
    await start();
    const uri = open();
    await becomes(() => asked.length === 1 && client.published.length > 0);
    assert.deepEqual(found(uri), []);
    asked[0]?.answer({ ...makeEstimate(0.4), measuringCost: 0.02 });
    await becomes(() => found(uri).length > 0);
    assert.deepEqual(
      found(uri).map(({ code, severity, range }) => [code, severity, range]),
      [['budget-below-estimate', 2, ranges[0]]],
    );
    assert.match(messageOf(uri), /estimated to cost 0\.42 USD, more than this budget/);
    client.change(uri, text.replace('0.01', '0.50'));
    await becomes(() => asked.length === 2);
    asked[1]?.answer(makeEstimate(0.4));
    await becomes(() => found(uri).length === 0);
  });

  it('wait until nobody types, are made one at a time, and given up when the text changes', async () => {
    await start();
    const uri = open();
    await becomes(() => asked.length === 1);
    for (const repeats of [2, 3, 4]) {
      const changed = client.change(uri, `${text}repeats: ${repeats}\n`);
      await client.nextDiagnostics(uri, ({ version }) => version === changed);
    }
    assert.equal(asked[0]?.signal.aborted, true);
    await becomes(() => asked.length === 2);
    assert.match(asked[1]?.text ?? '', /repeats: 4/);
    const other = client.open('b.bench.yaml', 'aiwb-bench', text.replace('name: h', 'name: b'));
    await client.nextDiagnostics(other);
    await new Promise(resolve => setTimeout(resolve, 100));
    assert.equal(asked.length, 2, 'two at a time');
    asked[1]?.answer(makeEstimate(1));
    await becomes(() => asked.length === 3);
    client.close(other);
    await becomes(() => asked[2]?.signal.aborted === true);
    assert.deepEqual(client.log, []);
  });

  it('are kept until something changes that they rest on', async () => {
    await start();
    const uri = open();
    await becomes(() => asked.length === 1);
    asked[0]?.answer(makeEstimate(0.4));
    await becomes(() => found(uri).length === 1);
    client.change(uri, text.replace('name: h', 'name: other\ndescription: d'));
    await client.nextDiagnostics(uri, ({ version }) => version === 2);
    assert.deepEqual([found(uri).length, asked.length], [1, 1]);
    await client.write('d.csv', 'text,label\na,x\nb,y\nc,z\n');
    client.notifyFileChanged('d.csv');
    await becomes(() => asked.length === 2);
    asked[1]?.answer(new WorkbenchError('dataset-invalid', 'No.'));
    await becomes(() => found(uri).length === 0);
    client.change(uri, `${text}compare: {confidence: 0.9}\n`);
    await client.nextDiagnostics(uri, ({ version }) => version === 3);
    assert.equal(asked.length, 2, 'a fault is not looked for again');
  });

  it('are made for nobody who does not ask, and in no workspace that is not trusted', async () => {
    await start();
    const uri = open(text.replace(/limits.*\n/, ''));
    await client.nextDiagnostics(uri);
    await new Promise(resolve => setTimeout(resolve, 50));
    assert.equal(asked.length, 0);
    await client.stop();
    await start({ initializationOptions: { trusted: false } });
    await client.nextDiagnostics(open());
    await new Promise(resolve => setTimeout(resolve, 50));
    assert.equal(asked.length, 0);
  });

  it('come from the same plan as a dry run, and tell how the time is known', async () => {
    await start({}, 'real');
    const memory = await openMemory(client.folder);
    await memory.remember({
      name: 'other',
      file: 'o.bench.yaml',
      variants: [
        { model: 'gpt', metrics: [accuracy(0.9, 10), latency('mean', 8_000)] },
        { model: 'embedded:knn', metrics: [accuracy(0.8, 10)] },
      ],
    });
    await memory.close();
    const uri = open();
    await becomes(() => found(uri).some(({ code }) => code === 'budget-below-estimate'));
    client.close(uri);
    const help = await hover(text.replace('limits', 'lim‸its'));
    assert.match(help, /\*\*Estimate of a run\*\*/);
    assert.match(
      help,
      /- 2 requests: 2 rows\n- About 0\.\d+ USD\n- About 1\.0 s, by how long each model's answers took/,
    );
    assert.match(
      await hover(text.replace('0.01', '0.‸01')),
      /\*\*Estimate of a run\*\*[\s\S]*1 US cent[\s\S]*\*\*Budget\*\*/,
    );
    const unknown = text.replace('[gpt]', '[gpt, embedded:majority]').replace('limits', 'lim‸its');
    const split = unknown.replace('target: label}', 'target: label, split: {test: 50%}}');
    // It stays open, so that its estimate is not given up.
    const { text: plain, position } = readMarked(split);
    const kept = open(plain);
    let last = '';
    for (let tries = 0; tries < 500 && !last.includes('Estimate'); tries++) {
      const answer = await client.request<Hover>('textDocument/hover', { textDocument: { uri: kept }, position });
      last = (answer.contents as MarkupContent).value;
      await new Promise(resolve => setTimeout(resolve, 20));
    }
    assert.match(last, /requests?: /);
    assert.doesNotMatch(last, /by how long/, 'nothing is known of one of its models');
  });
});
