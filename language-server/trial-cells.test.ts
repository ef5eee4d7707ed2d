import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CompletionItem, Diagnostic, Hover } from 'vscode-languageserver';
import { startLanguageClient, type LanguageClient } from '../test/fakes/language-client.ts';

const prompt = 'messages:\n  - role: user\n    content: "Sort {{text}} in {{lang}}"\n';

describe('prompt cells of notebooks', () => {
  let client: LanguageClient;
  let cells = 0;

  before(async () => {
    client = await startLanguageClient();
    const write = (name: string, text: string): void => {
      mkdirSync(path.dirname(path.join(client.folder, name)), { recursive: true });
      writeFileSync(path.join(client.folder, name), text);
    };
    write(
      'workbench.yaml',
      'connections:\n  gpt: {provider: openai, model: a}\n  vllm: {provider: openai, model: b}\n',
    );
    write('rows.jsonl', '{"text": "a", "language": "en"}\n');
  });
  after(() => client.stop());

  const cellUri = (): string =>
    `${client.uri('story.ipynb').replace('file://', 'vscode-notebook-cell:')}#c${String(cells++)}`;
  async function find(text: string, uri = cellUri()): Promise<Diagnostic[]> {
    const answer = client.nextDiagnostics(uri);
    client.open('story.ipynb', 'aiwb-prompt', text, uri);
    return (await answer).diagnostics;
  }
  const shown = (found: readonly Diagnostic[]): string[] =>
    found.map(
      ({ code, range, severity }) =>
        `${String(code)} ${String(range.start.line)}:${String(range.start.character)} ${String(severity)}`,
    );

  async function labels(marked: string): Promise<string[]> {
    const uri = cellUri();
    const text = marked.replace('‸', '');
    const before = marked.slice(0, marked.indexOf('‸')).split('\n');
    client.open('story.ipynb', 'aiwb-prompt', text, uri);
    const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
    const items = await client.request<CompletionItem[]>('textDocument/completion', {
      textDocument: { uri },
      position,
    });
    return items.map(({ label }) => label);
  }

  it('say how the prompt is tried, and are right when nothing is missing', async () => {
    assert.deepEqual(
      await find(`${prompt}models: [gpt, vllm]\nvalues: {text: a, lang: b}\nlimits: {budget: 1 USD}\n`),
      [],
    );
    assert.deepEqual(shown(await find(`${prompt}models: [gpt]\ndataset: {path: rows.jsonl, limit: 3}\n`)), [
      'unknown-variable 2:33 1',
    ]);
  });

  it('find what nothing fills, what fills nothing, and models that read no prompt', async () => {
    assert.deepEqual(shown(await find(`${prompt}models: [gpt]\n`)), [
      'unknown-variable 2:21 1',
      'unknown-variable 2:33 1',
    ]);
    assert.deepEqual(
      shown(await find(`${prompt}models: [gtp, embedded:knn]\nvalues: [{text: a, lang: b, more: 1}]\n`)),
      ['unknown-connection 3:9 1', 'not-allowed-value 3:14 1', 'unused-field 4:28 3'],
    );
    assert.deepEqual(shown(await find(`${prompt}values: {text: a, lang: b}\n`)), ['missing-field 0:0 1']);
  });

  it('leave files as they are: a prompt file has no models', async () => {
    const uri = client.uri('a.prompt.yml');
    assert.deepEqual(shown(await find(`${prompt}models: [gpt]\n`, uri)), ['unknown-field 3:0 1']);
  });

  it('complete models, fields and the variables that want a value', async () => {
    const models = await labels(`${prompt}models: [‸]\n`);
    assert.ok(models.includes('gpt') && models.includes('vllm'), models.join());
    assert.ok(!models.some(label => label.startsWith('embedded:')));
    assert.ok((await labels(`${prompt}‸`)).includes('values'));
    assert.deepEqual((await labels(`${prompt}values:\n  ‸\n`)).slice(0, 2).sort(), ['lang', 'text']);
    const columns = await labels(`${prompt}models: [gpt]\ndataset: {path: rows.jsonl, input: ‸}\n`);
    assert.ok(columns.includes('language'), columns.join());
  });

  it('explain their fields', async () => {
    const uri = cellUri();
    client.open('story.ipynb', 'aiwb-prompt', `${prompt}models: [gpt]\n`, uri);
    const hover = await client.request<Hover>('textDocument/hover', {
      textDocument: { uri },
      position: { line: 3, character: 2 },
    });
    assert.match(JSON.stringify(hover.contents), /The models that answer, side by side/);
  });
});
