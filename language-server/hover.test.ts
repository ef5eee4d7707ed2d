import assert from 'node:assert/strict';
import type { Hover, MarkupContent } from 'vscode-languageserver';
import { startLanguageClient, type LanguageClient } from '../test/fakes/language-client.ts';

describe('hover', () => {
  let client: LanguageClient;
  before(async () => {
    client = await startLanguageClient({
      'workbench.yaml':
        'connections:\n  gpt: {provider: openai, model: gpt-4o, baseUrl: "https://h.example/v1?k=1", apiKey: {env: K}, price: {input: 2.5, output: 10}}\n',
      'd.csv': 'text,label,split\na,x,train\nb,y,test\n',
      'p.prompt.yml': 'messages: [{role: user, content: "{{text}}"}]\n',
    });
  });
  after(() => client.stop());

  /** `|` marks the cursor. */
  async function hover(marked: string): Promise<string> {
    const offset = marked.indexOf('|');
    const before = marked.slice(0, offset).split('\n');
    const uri = client.open('h.bench.yaml', 'aiwb-bench', marked.replace('|', ''));
    const found = await client.request<Hover | null>('textDocument/hover', {
      textDocument: { uri },
      position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 },
    });
    client.close(uri);
    return (found?.contents as MarkupContent | undefined)?.value ?? '';
  }

  it('tells a field from its schema', async () => {
    const text = await hover('rep|eats: 3\n');
    assert.match(text, /\*\*Repeats\*\*/);
    assert.match(text, /From 1 to 1000\s+Default: `1`\s+Example: `3`/);
    assert.match(await hover('dataset:\n  format: js|onl\n'), /Allowed: `jsonl`, `json`, `csv`, `tsv`, `parquet`/);
  });

  it('tells models', async () => {
    assert.match(await hover('models: [embedded:k|nn]\n'), /embedded: needs no network/);
    const text = await hover('models:\n  - g|pt\n');
    assert.match(text, /connection in workbench\.yaml[\s\S]*`gpt-4o`[\s\S]*`https:\/\/h\.example\/v1`[\s\S]*\$2\.5 in/);
    assert.ok(!text.includes('k=1'));
  });

  it('tells metrics and figures', async () => {
    assert.match(await hover('metrics: [accu|racy]\n'), /\*\*Accuracy\*\*[\s\S]*Source:/i);
    assert.match(await hover('metrics:\n  - f|1: {average: macro}\n'), /Source:/);
    assert.match(await hover('metrics: [t|er]\n'), /Parameters: `normalized` Normalised/);
    assert.match(await hover('gate: [{metric: robustness.ty|pos, model: a, atMost: 1}]\n'), /\*\*Robustness\*\*/);
    assert.match(await hover('gate: [{metric: latency.p|95, model: a, atMost: 1}]\n'), /Figures: .*`latency\.p95`/);
  });

  it('tells datasets, columns and prompts', async () => {
    const dataset = 'dataset: {path: d.csv, input: text, target: label}';
    assert.match(
      await hover(dataset.replace('d.csv', 'd|.csv')),
      /`d\.csv`, 36 bytes\s+Columns: `text`, `label`, `split`/,
    );
    assert.match(
      await hover(dataset.replace('label', 'la|bel')),
      /Column `label` of `d\.csv`, with values such as `x`, `y`/,
    );
    assert.match(await hover('prompts: [p|.prompt.yml]'), /reads `text`/);
  });

  it('has nothing to say between the words', async () => {
    assert.equal(await hover('name: x\n|\nrepeats: 1\n'), '');
    assert.equal(await hover('# com|ment\n'), '');
    assert.equal(await hover('zzz: |1\n'), '');
  });
});
