import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { CodeAction, Diagnostic, DocumentLink, DocumentSymbol, Location } from 'vscode-languageserver';
import { startLanguageClient, type LanguageClient } from '../test/fakes/language-client.ts';

const bench = `name: triage
dataset: {path: data/t.jsonl, input: text, target: label, split: {field: split, train: train, test: test}}
prompts: [prompts/t.prompt.yml]
models: [gpt, embedded:knn]
`;
const files = {
  'workbench.yaml': 'connections:\n  gpt: {provider: openai, model: gpt-4o, price: {input: 2.5, output: 10}}\n',
  'data/t.jsonl': '{"text":"a","label":"x","split":"train"}\n{"text":"b","label":"y","split":"test"}\n',
  'prompts/t.prompt.yml': 'messages:\n  - {role: user, content: "{{text}}"}\n',
};

function messageOf(message: Diagnostic['message'] | undefined): string {
  return typeof message === 'string' ? message : (message?.value ?? '');
}

describe('language server', () => {
  let client: LanguageClient;
  beforeEach(async () => {
    client = await startLanguageClient(files);
  });
  afterEach(() => client.stop());

  async function openBench(text: string, uri?: string) {
    const target = uri ?? client.uri('t.bench.yaml');
    const answer = client.nextDiagnostics(target);
    client.open('t.bench.yaml', 'aiwb-bench', text, target);
    return { uri: target, diagnostics: (await answer).diagnostics };
  }

  it('finds nothing wrong with a good benchmark', async () => {
    const { diagnostics } = await openBench(bench);
    assert.deepEqual(diagnostics, []);
  });

  it('publishes schema and workspace findings with codes', async () => {
    assert.deepEqual(
      (await openBench(`${bench}repaets: 2\n`)).diagnostics.map(found => found.code),
      ['unknown-field'],
    );
    const wrong = bench.replace('[gpt,', '[gtp,').replace('input: text', 'input: txt').replace('t.prompt', 'u.prompt');
    const again = client.nextDiagnostics(client.uri('t.bench.yaml'));
    client.change(client.uri('t.bench.yaml'), wrong);
    assert.deepEqual(
      (await again).diagnostics.map(found => [found.code, found.data]),
      [
        ['unknown-column', { replacement: 'text' }],
        ['missing-file', undefined],
        ['unknown-connection', { replacement: 'gpt' }],
      ],
    );
  });

  it('never publishes an answer for an old version', async () => {
    const { uri } = await openBench(bench);
    const before = client.published.length;
    client.change(uri, `${bench}a: 1\n`);
    client.change(uri, `${bench}b: 1\n`);
    const last = client.change(uri, `${bench}c: 1\n`);
    const answer = await client.nextDiagnostics(uri);
    assert.equal(answer.version, last);
    assert.match(messageOf(answer.diagnostics[0]?.message), /`c`/);
    assert.equal(client.published.length, before + 1);
  });

  it('checks benchmarks again when workbench.yaml changes, on disk or in the editor', async () => {
    const { uri } = await openBench(bench);
    let next = client.nextDiagnostics(uri);
    await client.write('workbench.yaml', 'connections:\n  other: {provider: openai, model: m}\n');
    client.notifyFileChanged('workbench.yaml');
    assert.deepEqual(
      (await next).diagnostics.map(found => found.code),
      ['unknown-connection'],
    );
    next = client.nextDiagnostics(uri);
    client.open('workbench.yaml', 'aiwb-workbench', files['workbench.yaml']);
    assert.deepEqual((await next).diagnostics, []);
  });

  it('checks benchmarks again when their dataset changes', async () => {
    const { uri } = await openBench(bench);
    const next = client.nextDiagnostics(uri);
    await client.write('data/t.jsonl', '{"question":"a","label":"x","split":"train"}\n');
    client.notifyFileChanged('data/t.jsonl');
    assert.match(messageOf((await next).diagnostics[0]?.message), /has no column `text`\. .*`question`/);
  });

  it('checks again when a folder is gone, of which editors tell nothing but the folder', async () => {
    const parent = 'id: country\nversion: 1.0.0\nlevel: country\n';
    const child = 'id: team\nversion: 1.0.0\nlevel: team\nextends: [{id: country, version: ^1.0.0}]\n';
    await client.write('old/country.policy.yaml', parent);
    const uri = client.uri('team.policy.yaml');
    const first = client.nextDiagnostics(uri);
    client.open('team.policy.yaml', 'aiwb-policy', child);
    assert.deepEqual((await first).diagnostics, []);
    const next = client.nextDiagnostics(uri);
    await rm(path.join(client.folder, 'old'), { recursive: true });
    client.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: client.uri('old'), type: 3 }] });
    assert.deepEqual(
      (await next).diagnostics.map(found => found.code),
      ['unknown-policy'],
    );
  });

  it('resolves paths of notebook cells from the notebook', async () => {
    const cell = client.uri('story.ipynb').replace('file://', 'vscode-notebook-cell:') + '#W0sZmlsZQ==';
    assert.deepEqual((await openBench(bench, cell)).diagnostics, []);
  });

  it('validates untitled documents as far as they go', async () => {
    assert.deepEqual((await openBench(bench, 'untitled:Untitled-1')).diagnostics, []);
  });

  it('answers nothing for other languages', async () => {
    const uri = client.open('x.yaml', 'yaml', 'name: x\n');
    const at = { textDocument: { uri }, position: { line: 0, character: 2 } };
    assert.equal(await client.request('textDocument/hover', at), null);
    assert.deepEqual(await client.request('textDocument/completion', at), []);
    assert.equal(client.published.length, 0);
  });

  it('knows a file by its name where an editor calls it YAML', async () => {
    const uri = client.uri('t.bench.yaml');
    const answer = client.nextDiagnostics(uri);
    client.open('t.bench.yaml', 'yaml', `${bench}repaets: 2\n`);
    assert.deepEqual(
      (await answer).diagnostics.map(found => found.code),
      ['unknown-field'],
    );
  });

  it('warns of keys in workbench.yaml without repeating them', async () => {
    const uri = client.uri('workbench.yaml');
    const answer = client.nextDiagnostics(uri);
    client.open(
      'workbench.yaml',
      'aiwb-workbench',
      'connections:\n  a: {provider: openai, model: m, headers: {Authorization: Bearer abcdefgh}}\n',
    );
    const { diagnostics } = await answer;
    assert.deepEqual(
      diagnostics.map(found => found.code),
      ['secret-in-file'],
    );
    assert.ok(!messageOf(diagnostics[0]?.message).includes('abcdefgh'));
  });

  it('reports templates that cannot be read', async () => {
    const uri = client.uri('p.prompt.yml');
    const answer = client.nextDiagnostics(uri);
    client.open('p.prompt.yml', 'aiwb-prompt', 'messages:\n  - {role: user, content: "{{ text"}\n');
    assert.deepEqual(
      (await answer).diagnostics.map(found => found.code),
      ['prompt-template'],
    );
  });

  it('offers quick fixes', async () => {
    const { uri, diagnostics } = await openBench(bench.replace('name:', 'nmae:'));
    const actions = await client.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri },
      range: diagnostics[0]?.range,
      context: { diagnostics },
    });
    assert.deepEqual(
      actions.map(action => action.title),
      ["Change to 'name'", 'Remove `nmae`', 'Hide `unknown-field` on this line'],
    );
    assert.equal(actions[0]?.edit?.changes?.[uri]?.[0]?.newText, 'name');
  });

  it('offers spaces for tabs', async () => {
    const { uri, diagnostics } = await openBench('name: x\ndataset:\n\tpath: x\n');
    const actions = await client.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri },
      range: diagnostics[0]?.range,
      context: { diagnostics },
    });
    assert.equal(actions[0]?.edit?.changes?.[uri]?.[0]?.newText, '  ');
  });

  it('gives symbols, links and definitions', async () => {
    const { uri } = await openBench(bench);
    const symbols = await client.request<DocumentSymbol[]>('textDocument/documentSymbol', { textDocument: { uri } });
    assert.deepEqual(
      symbols.map(symbol => [symbol.name, symbol.detail ?? '']),
      [
        ['name', 'triage'],
        ['dataset', ''],
        ['prompts', ''],
        ['models', ''],
      ],
    );
    assert.deepEqual(
      symbols[3]?.children?.map(symbol => symbol.name),
      ['gpt', 'embedded:knn'],
    );
    const links = await client.request<DocumentLink[]>('textDocument/documentLink', { textDocument: { uri } });
    assert.deepEqual(
      links.map(link => link.target),
      [client.uri('data/t.jsonl'), client.uri('prompts/t.prompt.yml')],
    );
    const definition = await client.request<Location>('textDocument/definition', {
      textDocument: { uri },
      position: { line: 3, character: 10 },
    });
    assert.deepEqual(definition, {
      uri: client.uri('workbench.yaml'),
      range: { start: { line: 1, character: 2 }, end: { line: 1, character: 5 } },
    });
  });

  it('works on where an editor refuses what it said it can do', async () => {
    const refuse = (): never => {
      throw new Error('no');
    };
    const other = await startLanguageClient(files, {
      answers: { 'client/registerCapability': refuse, 'workspace/configuration': refuse },
    });
    try {
      await other.changeSettings({});
      const answer = other.nextDiagnostics(other.uri('t.bench.yaml'));
      other.open('t.bench.yaml', 'aiwb-bench', bench);
      assert.deepEqual((await answer).diagnostics, []);
      assert.match(other.log.join('\n'), /did not tell the settings under aiWorkbench/);
      assert.match(other.log.join('\n'), /does not tell of changed settings/);
    } finally {
      await other.stop();
    }
  });

  it('clears its findings when a document closes', async () => {
    const { uri } = await openBench('name: 1\n');
    const cleared = client.nextDiagnostics(uri);
    client.close(uri);
    assert.deepEqual((await cleared).diagnostics, []);
  });
});
