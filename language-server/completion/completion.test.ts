import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import type { CompletionItem, TextEdit } from 'vscode-languageserver';
import { metricCatalogue } from '../../engine/metrics/catalogue.ts';
import { startLanguageClient, type LanguageClient } from '../../test/fakes/language-client.ts';

const head =
  'dataset: {path: data/t.jsonl, input: text, target: label, split: {field: split, train: train, test: test}}\n';

describe('completion', () => {
  let client: LanguageClient;
  before(async () => {
    client = await startLanguageClient({
      'workbench.yaml':
        'connections:\n  gpt: {provider: openai, model: gpt-4o}\n  vllm: {provider: openai, model: g}\n',
      'data/t.jsonl': '{"text":"a","label":"x","split":"train"}\n{"text":"b","label":"y: z","split":"test"}\n',
      'prompts/t.prompt.yml': 'messages: []\n',
      'node_modules/x.jsonl': '{}\n',
    });
  });
  after(() => client.stop());

  /** `|` marks the cursor. */
  async function complete(marked: string, languageId = 'aiwb-bench'): Promise<CompletionItem[]> {
    const offset = marked.indexOf('|');
    const before = marked.slice(0, offset).split('\n');
    const uri = client.open('c.bench.yaml', languageId, marked.replace('|', ''));
    const items = await client.request<CompletionItem[]>('textDocument/completion', {
      textDocument: { uri },
      position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 },
    });
    client.close(uri);
    return items.sort((a, b) => (a.sortText ?? '').localeCompare(b.sortText ?? ''));
  }

  async function labels(marked: string, languageId?: string): Promise<string[]> {
    return (await complete(marked, languageId)).map(item => item.label);
  }

  /** The text after the offer called `label` was taken, stops as they are written. */
  async function take(marked: string, label: string, languageId?: string): Promise<string> {
    const item = (await complete(marked, languageId)).find(candidate => candidate.label === label);
    assert.ok(item?.textEdit, `no offer ${label}`);
    return applyItem(marked, item);
  }

  function applyItem(marked: string, item: CompletionItem): string {
    const edit = item.textEdit as TextEdit;
    const lines = marked.replace('|', '').split('\n');
    const { start, end } = edit.range;
    assert.equal(start.line, end.line);
    const line = lines[start.line] ?? '';
    lines[start.line] = line.slice(0, start.character) + edit.newText + line.slice(end.character);
    return lines.join('\n');
  }

  it('offers the fields of the file, required ones first, none twice', async () => {
    const all = await labels('|');
    assert.deepEqual(all.slice(0, 7), [
      'classification benchmark',
      'extraction benchmark',
      'judged benchmark',
      'multiple-choice benchmark',
      'name',
      'dataset',
      'models',
    ]);
    assert.ok(all.includes('gate'));
    assert.ok(!(await labels('name: x\n|')).includes('name'));
    assert.deepEqual(await labels('name: x\nre|'), await labels('name: x\n|'));
  });

  it('writes a field with the start of its value', async () => {
    assert.equal(await take('rep|', 'repeats'), 'repeats: ');
    assert.equal(await take('|', 'dataset'), 'dataset:\n  path: $1\n  input: $2\n  target: $3');
    assert.equal(await take('|', 'models'), 'models:\n  - $1');
    assert.equal(await take('dataset:\n  |', 'slices'), 'dataset:\n  slices:\n  - $1');
    assert.equal(await take('compare: {|}', 'baseline'), 'compare: {baseline: }');
    assert.equal(await take('rep|: 3', 'repeats'), 'repeats: 3');
  });

  it('offers fields in blocks, lists and flow mappings, also half typed', async () => {
    assert.deepEqual(await labels('dataset:\n  path: x\n  |\n  input: b\nmodels: [a]\n'), [
      'target',
      'format',
      'split',
      'slices',
      'limit',
      'sample',
      'filter',
      'choices',
      'audio',
      'images',
      'config',
      'digest',
      'card',
      'split: by a column',
      'split: by a share',
    ]);
    assert.deepEqual(await labels('gate:\n  - metric: f1\n    |\n'), ['model', 'atLeast', 'atMost', 'on']);
    assert.deepEqual(await labels('gate:\n  - |\n'), [
      'metric',
      'model',
      'atLeast',
      'atMost',
      'on',
      'gate: at least',
      'gate: at most',
    ]);
    assert.deepEqual(await labels('compare: {baseline: gpt, |'), ['confidence', 'test', 'against']);
    assert.deepEqual(await labels('metrics:\n  - f1: {|}'), ['average', 'positive', 'extract', 'name']);
    assert.deepEqual(await labels('connections:\n  a:\n    provider: openai\n    apiKey: {|}\n', 'aiwb-workbench'), [
      'env',
      'secret',
      'command',
    ]);
    assert.deepEqual(await labels('connections:\n  a:\n    apiKey: {env: X, |}\n', 'aiwb-workbench'), []);
    assert.deepEqual((await labels('messages:\n  - |\n', 'aiwb-prompt')).slice(0, 3), [
      'role',
      'content',
      'system message',
    ]);
  });

  it('offers models from workbench.yaml and the embedded ones', async () => {
    const embedded = ['embedded:majority', 'embedded:keyword', 'embedded:knn', 'embedded:linear'];
    assert.deepEqual(await labels('models:\n  - |\n'), ['gpt', 'vllm', ...embedded]);
    assert.deepEqual(await labels('models: [gpt, |]\n'), ['vllm', ...embedded]);
    assert.equal(await take('models:\n  - gpt\n  - emb|\n', 'embedded:knn'), 'models:\n  - gpt\n  - embedded:knn\n');
    assert.equal(await take('models:|', 'gpt'), 'models: [gpt]');
    assert.equal(await take('models:\n  |', 'gpt'), 'models:\n  - gpt');
    assert.deepEqual(await labels('models: [gpt, embedded:knn]\ncompare: {baseline: |}\n'), ['gpt', 'embedded:knn']);
  });

  it('offers metrics, their options and the figures a gate can judge', async () => {
    const metrics = await labels('metrics:\n  - |\n');
    assert.ok(metrics.includes('accuracy') && metrics.includes('time-to-first-token'));
    assert.equal(await take('metrics: [{f1: {average: |}}]', 'weighted'), 'metrics: [{f1: {average: weighted}}]');
    const figures = await labels('metrics: [accuracy, latency]\ngate:\n  - metric: |\n');
    assert.ok(figures.includes('accuracy') && figures.includes('latency.p95') && !figures.includes('f1'));
  });

  it('offers every metric with its parameters, those first that it needs', async () => {
    for (const [name, { id }] of metricCatalogue) {
      const parameters = await labels(`metrics:\n  - ${name}: {|}`);
      assert.ok(parameters.includes('name'), id);
    }
    // Without its pattern there is nothing to look for, so no bare `regex` is offered.
    const bare = (await complete('metrics: [|]')).filter(({ detail }) => detail === 'metric');
    assert.ok(bare.some(({ label }) => label === 'wer') && !bare.some(({ label }) => label === 'regex'));
    assert.equal(
      await take('metrics:\n  - |', 'regex'),
      'metrics:\n  - regex: {pattern: $1, ignoreCase: ${2|false,true|}}',
    );
    assert.deepEqual((await labels('metrics: [{regex: {|}}]'))[0], 'pattern');
    assert.ok((await labels('metrics: [{wer: {normalise: |}}]')).includes('whisper-english'));
  });

  it('offers what fairness and robustness compare, and the figures that come of it', async () => {
    const slices = 'dataset: {path: data/t.jsonl, input: text, target: label, slices: [accent, age]}\n';
    assert.deepEqual(await labels(`${slices}metrics: [{fairness: {slice: |}}]\n`), ['accent', 'age']);
    const inner = await labels('metrics: [{wer: {name: wer-english}}, {robustness: {metric: |}}]\n');
    assert.ok(inner.includes('wer-english') && inner.includes('accuracy') && !inner.includes('fairness'));
    const figures = await labels(
      `${slices}perturbations: [typos]\nmetrics: [{wer: {name: wer-english}}, robustness, {fairness: {slice: age, metric: accuracy}}, {regex: {}}]\ngate:\n  - metric: |\n`,
    );
    assert.deepEqual(figures, ['wer-english', 'robustness', 'robustness.typos', 'fairness.max-gap', 'fairness.ratio']);
  });

  it('offers columns, values of the split column, and files', async () => {
    assert.deepEqual(await labels(head.replace('text', '|')), ['text', 'label', 'split']);
    assert.deepEqual(await labels('dataset:\n  path: data/t.jsonl\n  slices:\n    - text\n    - |\n'), [
      'label',
      'split',
    ]);
    assert.deepEqual(await labels(head.replace('test: test', 'test: |')), ['train', 'test']);
    const near = ['data/t.jsonl', 'data/', 'prompts/', '../'];
    assert.deepEqual(await labels('dataset: {path: |}'), near);
    assert.deepEqual(await labels('dataset: {path: "|'), near);
    assert.equal(await take('dataset:\n  path: data/t|\n', 'data/t.jsonl'), 'dataset:\n  path: data/t.jsonl\n');
    assert.equal((await labels('prompts:\n  - |'))[0], 'prompts/t.prompt.yml');
  });

  it('offers columns of Parquet files and Hugging Face folders, wherever columns are named', async () => {
    const fixtures = fileURLToPath(new URL('../../test/fixtures/data/', import.meta.url));
    const columns = ['id', 'label', 'text', 'tags'];
    const parquet = `dataset:\n  path: ${fixtures}many-zstd.parquet\n  `;
    for (const place of ['input: |', 'choices: |', 'audio: |', 'split: {stratify: |}', 'target:\n    - |']) {
      assert.deepEqual((await labels(`${parquet}${place}\n`)).slice(0, columns.length), columns, place);
    }
    const hub = ['text', 'label', 'tags', 'meta', 'picture'];
    assert.deepEqual(await labels(`dataset:\n  path: ${fixtures}huggingface/shards\n  images: |\n`), hub);
    assert.deepEqual(await labels(`dataset:\n  path: ${fixtures}huggingface/card\n  config: de\n  input: |\n`), [
      'text',
      'label',
      'tags',
    ]);
  });

  it('offers enumerations, booleans, defaults and examples', async () => {
    assert.deepEqual(await labels('dataset:\n  format: |\n'), [
      'jsonl',
      'json',
      'csv',
      'tsv',
      'parquet',
      'huggingface',
      'wav-folder',
    ]);
    assert.deepEqual(await labels('metrics: [{exact-match: {trim: |}}]'), ['true', 'false']);
    assert.deepEqual(await labels('limits:\n  timeout: |\n'), ['60s', '30s', 'PT1M', '10s', 'PT5M', 'PT10M', 'PT1H']);
    assert.equal(await take('limits: {budget: |}', '5.00 USD'), 'limits: {budget: 5.00 USD}');
    assert.equal(await take('limits: {maxErrorRate: "|"}', '2%'), 'limits: {maxErrorRate: "2%"}');
    assert.equal(await take('repeats: |', '1'), 'repeats: 1');
  });

  it('stays quiet in comments, texts and unknown places', async () => {
    assert.deepEqual(await labels('# na|'), []);
    assert.deepEqual(await labels('repeats: 3 # |'), []);
    assert.deepEqual(await labels('description: |\n'.replace('|', '>\n  te|')), []);
    assert.deepEqual(await labels('zzz:\n  |\n'), []);
  });

  it('tells places apart while the YAML around them is half typed', async () => {
    const first = 'metric, model, atLeast, atMost, on, gate: at least, gate: at most'.split(', ');
    const table: readonly (readonly [marked: string, expected: readonly string[]])[] = [
      ['name: x\nmodels: [gpt, |\ngate:\n  - metric: f1\n', ['vllm', 'embedded:majority']],
      ['models:\n- |\ngate: []\n', ['gpt', 'vllm']],
      ['models:\n  - gpt\n  |\n', ['vllm', 'embedded:majority']],
      ['gate:\n  |\n', first],
      ['gate:\n  - metric: f1\n  |\n', first],
      ['gate: [{|}]', first],
      ['gate: [{metric: f1, |\nname: x\n', ['model', 'atLeast', 'atMost', 'on']],
      ['gate: |\n', ['gate: at least', 'gate: at most']],
      ['gate:|\n', ['gate: at least', 'gate: at most']],
      ['gate: [|]\n', ['gate: at least', 'gate: at most']],
      ['dataset: |\n', ['path, input, target']],
      ['limits: |\n', ['concurrency, budget, maxErrorRate']],
      ['metrics:\n  - f1: |\n', ['average: …']],
      ['metrics:\n  - f1: {average: macro}\n    |\n', []],
      ['dataset:\n  path: data/t.jsonl\n  input: |\n  target:\n', ['text', 'label', 'split']],
      ['dataset: {|\nmodels: [gpt]\n', ['path', 'input', 'target']],
      ['dataset:\n  path: "data/t|\n  input: text\n', ['data/t.jsonl']],
      ['dataset:\n  slices: [label, "|"]\n  path: data/t.jsonl\n', ['text', 'split']],
      ['"na|": x\n', ['name', 'dataset']],
      ['name: x\nna|: y\n', ['dataset', 'models', 'schemaVersion']],
      ['dataset:\n\t|\n', []],
      ['description: |\n'.replace('|', '>\n  two\n  gate: te|'), []],
      ['description: "one\n  gate|"\n', []],
      ['description: one\n  gate|\n', []],
    ];
    for (const [marked, expected] of table) {
      const all = await labels(marked);
      assert.deepEqual(expected.length === 0 ? all : all.slice(0, expected.length), expected, marked);
    }
  });

  it('writes what a mapping must have wherever it is begun', async () => {
    const table: readonly (readonly [marked: string, label: string, expected: string])[] = [
      [
        'gate: [|]',
        'gate: at least',
        'gate: [{metric: ${1:accuracy}, model: ${2:embedded:linear}, atLeast: ${3:0.9}}]',
      ],
      [
        'gate:|',
        'gate: at least',
        'gate:\n  - metric: ${1:accuracy}\n    model: ${2:embedded:linear}\n    atLeast: ${3:0.9}',
      ],
      ['gate:\n  |', 'metric', 'gate:\n  - metric: '],
      ['dataset: |', 'path, input, target', 'dataset: \n  path: $1\n  input: $2\n  target: $3'],
      ['metrics:\n  - |', 'f1', 'metrics:\n  - f1: {average: ${1|macro,micro,weighted|}}'],
      ['metrics: [|]', 'f1: …', 'metrics: [{f1: {average: ${1|macro,micro,weighted|}}}]'],
      ['perturbations:\n  - |', 'case', 'perturbations:\n  - case: {to: ${1|lower,upper,random|}}'],
      ['"na|": x', 'name', '"name": x'],
      ["'mod|", 'models', "'models"],
    ];
    for (const [marked, label, expected] of table) {
      const items = await complete(marked);
      assert.ok(
        items.some(item => item.label === label && applyItem(marked, item) === expected),
        `${marked}: ${JSON.stringify(items.filter(item => item.label === label).map(item => applyItem(marked, item)))}`,
      );
    }
  });

  it('works at the end of a long list and in a long file', async () => {
    let text = 'name: x\nmodels: [gpt]\ngate:\n';
    for (let index = 0; index < 700; index++) text += '  - metric: accuracy\n    model: gpt\n    atLeast: 0.5\n';
    assert.deepEqual(await labels(`${text}  - metric: accuracy\n    |`), ['model', 'atLeast', 'atMost', 'on']);
    assert.deepEqual(await labels(`${text}  - metric: accuracy\n    model: |\n${text.slice(text.indexOf('  -'))}`), [
      'gpt',
    ]);
    assert.ok((await labels(`${text}|`)).includes('repeats'));
  });
});
