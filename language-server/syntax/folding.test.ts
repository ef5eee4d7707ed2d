import assert from 'node:assert/strict';
import type { ClientCapabilities, FoldingRange } from 'vscode-languageserver';
import { startLanguageClient, type LanguageClient } from '../../test/fakes/language-client.ts';

const text = `# What this measures,
# and why.
name: a

# region data
dataset:
  path: d.csv
  # the column

  input: text

# endregion
prompts:
- a.prompt.yml
- b.prompt.yml
description: |
  # no comment

  { [
metrics:
  - f1:
      average: macro
    # after
  - judge:
      criteria: "a
        b"
models: [
  gpt, embedded:knn
]
gate: [{metric: f1,
  model: gpt}]
`;

const broken = `name: "half typed
models: [gpt
dataset:
  path: 'd.csv
  input: text
\t- x
metrics:
  - f1:
      average: {
  - accuracy
limits: { budget: |
  concurrency: 3
`;

describe('folding', () => {
  const clients: LanguageClient[] = [];
  after(async () => {
    for (const client of clients) await client.stop();
  });

  async function startClient(foldingRange: NonNullable<ClientCapabilities['textDocument']>['foldingRange']) {
    const client = await startLanguageClient({}, { capabilities: { textDocument: { foldingRange } } });
    clients.push(client);
    return async (written: string, language = 'aiwb-bench'): Promise<readonly string[]> => {
      const uri = client.open(`f${Math.random()}.bench.yaml`, language, written);
      const folds = await client.request<FoldingRange[] | null>('textDocument/foldingRange', { textDocument: { uri } });
      const lines = written.split(/\r\n|\r|\n/);
      return (folds ?? []).map(({ startLine, startCharacter, endLine, endCharacter, kind }) => {
        assert.ok(startLine < endLine && endLine < lines.length);
        const cut = `${startCharacter === undefined ? '' : `:${startCharacter}`}-${endLine}${endCharacter === undefined ? '' : `:${endCharacter}`}`;
        return `${startLine}${cut} ${kind ?? lines[startLine]?.trim() ?? ''}`;
      });
    };
  }

  it('takes whole lines where the editor does', async () => {
    const fold = await startClient({ lineFoldingOnly: true });
    const folds = [
      '0-1 comment',
      '4-11 region',
      '5-9 dataset:',
      '12-14 prompts:',
      '15-18 description: |',
      '19-25 metrics:',
      '20-22 - f1:',
      '23-25 - judge:',
      '24-25 criteria: "a',
      '26-27 models: [',
      '29-30 gate: [{metric: f1,',
    ];
    assert.deepEqual(await fold(text), folds);
    assert.deepEqual(await fold(text.replaceAll('\n', '\r\n')), folds);
    assert.deepEqual(await fold(text.replaceAll('\n', '\r')), folds);
    assert.deepEqual(await fold(text, 'plaintext'), []);
    assert.deepEqual(await fold(''), []);
  });

  it('folds between brackets elsewhere', async () => {
    const fold = await startClient(undefined);
    const folds = await fold(text);
    assert.deepEqual(folds.slice(-2), ['26:9-28:0 models: [', '29:7-30:13 gate: [{metric: f1,']);
  });

  it('works while the text is half typed', async () => {
    const fold = await startClient({ lineFoldingOnly: true });
    assert.deepEqual(await fold(broken), ['2-5 dataset:', '6-9 metrics:', '7-8 - f1:', '10-11 limits: { budget: |']);
  });

  it('leaves out the deepest where an editor takes few', async () => {
    const fold = await startClient({ lineFoldingOnly: true, rangeLimit: 8 });
    assert.deepEqual(
      (await fold(text)).map(found => Number.parseInt(found, 10)),
      [0, 4, 5, 12, 15, 19, 26, 29],
    );
  });
});
