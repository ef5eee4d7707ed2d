import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { CodeAction, Diagnostic, TextEdit } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { documentKinds, languageIds, type DocumentKind } from '../../engine/documents/kinds.ts';
import { startLanguageClient, type LanguageClient } from '../../test/fakes/language-client.ts';
import { readMarked } from '../../test/fakes/marked.ts';
import { createSeeded } from '../../test/fakes/seeded.ts';
import { applyWorkspaceEdit, editingCapabilities } from '../../test/fakes/workspace-edit.ts';
import { bench, fixFiles } from '../../test/fixtures/fixes/fix-case.ts';

interface Asked {
  readonly uri: string;
  readonly text: string;
  readonly diagnostics: Diagnostic[];
  readonly actions: CodeAction[];
}

describe('code actions', () => {
  let client: LanguageClient;
  beforeEach(async () => {
    client = await startLanguageClient(
      { ...fixFiles, 'rubrics/r.md': 'Be kind.\n\nBe: short.\n' },
      { capabilities: editingCapabilities },
    );
  });
  afterEach(() => client.stop());

  async function ask(
    marked: string,
    how: {
      readonly kind?: DocumentKind;
      readonly uri?: string;
      readonly only?: readonly string[];
      readonly withFindings?: boolean;
    } = {},
  ): Promise<Asked> {
    const { text, position } = readMarked(marked);
    const { kind = 'bench' } = how;
    const uri = how.uri ?? client.uri(kind === 'prompt' ? 't.prompt.yml' : `t.${kind}.yaml`);
    client.close(uri);
    const answer = client.nextDiagnostics(uri, ({ version }) => version !== undefined);
    client.open('unused', languageIds[kind], text, uri);
    const { diagnostics } = await answer;
    const actions = await client.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri },
      range: { start: position, end: position },
      context: { diagnostics: how.withFindings === true ? diagnostics : [], ...(how.only && { only: how.only }) },
    });
    return { uri, text, diagnostics, actions };
  }

  async function apply({ uri, text, actions }: Asked, title: string): Promise<string> {
    const action = actions.find(candidate => candidate.title.startsWith(title));
    assert.ok(action, `${title} in ${JSON.stringify(actions.map(candidate => candidate.title))}`);
    const { edit } =
      action.edit === undefined ? await client.request<CodeAction>('codeAction/resolve', action) : action;
    assert.ok(edit);
    return applyWorkspaceEdit(edit, uri, text);
  }

  const read = (file: string): Promise<string> => readFile(path.join(client.folder, file), 'utf8');

  const rewrites: readonly (readonly [title: string, before: string, after: string])[] = [
    [
      'Write this mapping on lines of its own',
      'a: 1\nlimits: {budget‸: 5 USD, retries: 2}\n',
      'a: 1\nlimits:\n  budget: 5 USD\n  retries: 2\n',
    ],
    [
      'Write this mapping on one line',
      'limits:\n  budget‸: 5 USD\n  retries: 2\nb: 1\n',
      'limits: {budget: 5 USD, retries: 2}\nb: 1\n',
    ],
    ['Write this list on lines of its own', 'models: [gpt‸, "a, b"] # c\n', 'models:\n  - gpt\n  - "a, b" # c\n'],
    ['Write this list on one line', 'models:\r\n  - gp‸t\r\n  - a b\r\n', 'models: [gpt, a b]\r\n'],
    [
      'Write this mapping on one line',
      'gate:\n  - metric‸: x, y\n    model: gpt\n',
      'gate:\n  - {metric: "x, y", model: gpt}\n',
    ],
    [
      'Write this mapping on lines of its own',
      'gate:\n  - {metric‸: x, model: gpt}\n',
      'gate:\n  - metric: x\n    model: gpt\n',
    ],
    ['Give `f1` parameters', 'metrics: [f1‸]\n', 'metrics: [{f1: {average: macro}}]\n'],
    ['Give `f1` parameters', 'metrics:\n  - f1‸\n', 'metrics:\n  - f1: {average: macro}\n'],
  ];
  for (const [title, before, after] of rewrites) {
    it(`${title}: ${JSON.stringify(before)}`, async () => {
      assert.equal(await apply(await ask(before, { only: ['refactor'] }), title), after);
    });
  }

  it('leaves alone what a rewriting would lose', async () => {
    for (const text of [
      'limits:\n  budget‸: 5 USD # mine\n  retries: 2\n',
      'limits:\n  a‸: |\n    x\n    y\n',
      'name: x‸\n',
      'a: [b‸\n',
    ]) {
      const { actions } = await ask(text, { only: ['refactor.rewrite'] });
      assert.deepEqual(
        actions.map(({ title }) => title),
        [],
        text,
      );
    }
  });

  it('moves criteria into a rubric file and a rubric into the benchmark', async () => {
    const inBench = `${bench}metrics:\n  - judge: {criteria: Be‸ kind., model: gpt}\n`;
    const moved = await apply(await ask(inBench, { only: ['refactor.extract'] }), 'Move the criteria');
    assert.equal(moved, `${bench}metrics:\n  - judge: {rubric: rubrics/triage-judge.md, model: gpt}\n`);
    assert.equal(await read('rubrics/triage-judge.md'), 'Be kind.\n');
    const block = `${bench}metrics:\n  - judge:\n      rubric: rubrics/‸r.md\n      model: gpt\n`;
    assert.equal(
      await apply(await ask(block, { only: ['refactor.inline'] }), 'Write the text of rubrics/r.md here'),
      `${bench}metrics:\n  - judge:\n      criteria: |\n        Be kind.\n\n        Be: short.\n      model: gpt\n`,
    );
    const flow = `${bench}metrics: [{judge: {rubric: rubrics/‸r.md, model: gpt}}]\n`;
    assert.match(
      await apply(await ask(flow, { only: ['refactor.inline'] }), 'Write'),
      /criteria: "Be kind\.\\n\\nBe: short\.\\n"/,
    );
  });

  it('pins a dataset, which then is held to it', async () => {
    const asked = await ask(bench.replace('input', 'in‸put'), { only: ['refactor.rewrite'] });
    const pinned = await apply(asked, 'Pin the content of data/t.jsonl');
    assert.match(pinned, /label, digest: sha256:[0-9a-f]{64}\}/);
    let next = client.nextDiagnostics(asked.uri);
    client.change(asked.uri, pinned);
    assert.deepEqual((await next).diagnostics, []);
    next = client.nextDiagnostics(asked.uri);
    await client.write('data/t.jsonl', '{"text":"other","label":"x"}\n');
    client.notifyFileChanged('data/t.jsonl');
    assert.deepEqual(
      (await next).diagnostics.map(({ code }) => code),
      ['dataset-digest-mismatch'],
    );
  });

  it('saves a notebook’s prompt as a file', async () => {
    const uri = `${client.uri('story.ipynb').replace('file://', 'vscode-notebook-cell:')}#W0s`;
    const text = 'name: Sort\nmessages: [{role: user‸, content: "{{a}}"}]\n';
    const asked = await ask(text, { kind: 'prompt', uri, only: ['refactor.extract'] });
    await apply(asked, 'Save this prompt as a file');
    assert.equal(await read('prompts/sort.prompt.yml'), asked.text);
  });

  it('hides findings by a comment above, which takes further codes in', async () => {
    const text = `${bench}limits:\n  zzz: 1‸\n`;
    const hidden = await apply(await ask(text, { withFindings: true }), 'Hide `unknown-field`');
    assert.equal(hidden, `${bench}limits:\n  # aiwb-disable-next-line unknown-field\n  zzz: 1\n`);
    const second = `${bench}limits:\n  # aiwb-disable-next-line bad-format -- why\n  zzz: 1‸\n`;
    assert.equal(
      await apply(await ask(second, { withFindings: true }), 'Hide `unknown-field`'),
      `${bench}limits:\n  # aiwb-disable-next-line bad-format, unknown-field -- why\n  zzz: 1\n`,
    );
    for (const broken of ['name: [a‸\n', 'a: 1\na: 2‸\n', 'messages: "one\n\n  two"\n‸']) {
      const { actions } = await ask(broken, { withFindings: true });
      assert.ok(!actions.some(({ title }) => /Hide `(yaml-syntax|duplicate-key)`/.test(title)), broken);
    }
  });

  it('fixes all that is sure in one edit, and nothing else', async () => {
    const text = `nmae: triage\n${bench.replace('name: triage\n', '').replace('text', 'txt')}repeats: "3"\nlimits: {budget: 5, timeuot: 30s}\nzzz: 1\n‸`;
    const asked = await ask(text, { only: ['source.fixAll'] });
    assert.deepEqual(
      asked.actions.map(({ kind }) => kind),
      ['source.fixAll.aiwb'],
    );
    assert.equal(
      await apply(asked, 'Fix 4 findings'),
      `name: triage\n${bench.replace('name: triage\n', '').replace('text', 'txt')}repeats: 3\nlimits: {budget: 5 USD, timeout: 30s}\nzzz: 1\n`,
    );
    assert.deepEqual((await ask(`${bench}‸`, { only: ['source'] })).actions, []);
  });

  it('offers only the kinds that are asked for', async () => {
    const text = bench.replace('name: triage', 'nmae: tri‸age');
    const kinds = async (only?: readonly string[]): Promise<Set<string | undefined>> =>
      new Set((await ask(text, { withFindings: true, ...(only && { only }) })).actions.map(({ kind }) => kind));
    assert.deepEqual(await kinds(['quickfix']), new Set(['quickfix']));
    assert.deepEqual(await kinds(['source.organizeImports']), new Set());
    assert.deepEqual(await kinds(['source']), new Set(['source.fixAll.aiwb']));
  });

  it('makes no file outside of the workspace, and none that is there', async () => {
    for (const named of ['../x.prompt.yml', '/tmp/x.prompt.yml', 'a/../../x.prompt.yml']) {
      const { actions } = await ask(`${bench}prompts: [${named}‸]\n`, { withFindings: true });
      assert.ok(!actions.some(({ title }) => title.startsWith('Create')), named);
    }
    const asked = await ask(`${bench}prompts: [new.prompt.yml‸]\n`, { withFindings: true });
    await client.write('new.prompt.yml', 'mine');
    await assert.rejects(apply(asked, 'Create prompt'));
    assert.equal(await read('new.prompt.yml'), 'mine');
  });

  it('refuses to make an edit for a document that has changed', async () => {
    const asked = await ask(`${bench}prompts: [new.prompt.yml‸]\n`, { withFindings: true });
    const action = asked.actions.find(({ title }) => title.startsWith('Create prompt'));
    client.change(asked.uri, bench);
    await assert.rejects(client.request('codeAction/resolve', action ?? {}), /changed/);
    assert.deepEqual(await client.request('codeAction/resolve', { title: 'x', data: { id: 'none' } }), {
      title: 'x',
      data: { id: 'none' },
    });
  });

  it('answers for untitled documents, and for findings it does not know', async () => {
    const uri = 'untitled:Untitled-1';
    const asked = await ask(`${bench}prompts: [a.prompt.yml]\nzzz: 1‸\n`, { uri, withFindings: true });
    assert.equal(await apply(asked, 'Remove `zzz`'), `${bench}prompts: [a.prompt.yml]\n`);
    const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 4 } };
    const foreign = [
      { range, message: 'x' },
      { range, message: 'x', code: 'toString', source: 'aiwb' },
      { range, message: 'x', code: 'y', source: 'other', data: { replacement: 'z' } },
    ];
    const answer = await client.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri },
      range,
      context: { diagnostics: foreign },
    });
    assert.ok(!answer.some(({ kind }) => kind === 'quickfix'));
  });
});

describe('code actions and formatting for a client that knows little', () => {
  let client: LanguageClient;
  before(async () => {
    client = await startLanguageClient(fixFiles);
  });
  after(() => client.stop());

  it('offers no files, and edits at once', async () => {
    const uri = client.uri('t.bench.yaml');
    const answer = client.nextDiagnostics(uri);
    client.open('t.bench.yaml', 'aiwb-bench', `${bench.replace('[gpt]', '[claude]')}prompts: [a.prompt.yml]\n`);
    const { diagnostics } = await answer;
    const range = { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } };
    const context = { diagnostics };
    const actions = await client.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri },
      range,
      context,
    });
    assert.ok(!actions.some(({ title }) => title.startsWith('Create prompt')));
    const create = actions.find(({ title }) => title.startsWith('Create connection `claude`'));
    assert.deepEqual(Object.keys(create?.edit?.changes ?? {}), [client.uri('workbench.yaml')]);
  });

  it('formats a file, and lines of it', async () => {
    const { text, ranges } = readMarked('name:   x\r\n⟦models:\r\n- a⟧\r\nlimits:   { retries: 2 }');
    const uri = client.open('f.bench.yaml', 'aiwb-bench', text);
    const document = TextDocument.create(uri, 'aiwb-bench', 1, text);
    const options = { tabSize: 2, insertSpaces: true };
    const whole = await client.request<TextEdit[]>('textDocument/formatting', { textDocument: { uri }, options });
    assert.equal(TextDocument.applyEdits(document, whole), 'name: x\r\nmodels:\r\n  - a\r\nlimits: {retries: 2}\r\n');
    const part = await client.request<TextEdit[]>('textDocument/rangeFormatting', {
      textDocument: { uri },
      options,
      range: ranges[0],
    });
    assert.equal(TextDocument.applyEdits(document, part), text.replace('- a', '  - a'));
    const other = client.open('f.yaml', 'yaml', 'a:   1\n');
    assert.deepEqual(await client.request('textDocument/formatting', { textDocument: { uri: other }, options }), []);
  });

  it('stands 200 broken documents', async function () {
    this.timeout(60_000);
    const random = createSeeded(5);
    const pieces = [
      '\t',
      '\n',
      '- ',
      ': ',
      '{',
      ']',
      '"',
      '|\n',
      '&a ',
      '*a',
      '<<: ',
      '😀',
      'gate: {a: 1}\n',
      'prompts: ["{{x}}"]\n',
      'task: x\ndoc_to_text: y\n',
      'model: ',
      '? ',
    ];
    for (let round = 0; round < 200; round++) {
      const kind = documentKinds[round % documentKinds.length] ?? 'bench';
      let text = `${bench}metrics:\n  - judge: {rubric: r.md, model: x}\nmessages: [{role: ai, content: x}]\nconnections: {a: {provider: openai}}\n`;
      for (let edits = 1 + Math.floor(random() * 5); edits > 0; edits--) {
        const at = Math.floor(random() * text.length);
        text =
          text.slice(0, at) +
          (pieces[Math.floor(random() * pieces.length)] ?? '') +
          text.slice(at + Math.floor(random() * 6));
      }
      const uri = client.uri(`broken-${round}.${kind}.yaml`);
      const answer = client.nextDiagnostics(uri);
      client.open('unused', languageIds[kind], text, uri);
      const { diagnostics } = await answer;
      const document = TextDocument.create(uri, 'x', 1, text);
      const at = document.positionAt(Math.floor(random() * text.length));
      const context =
        round % 2 === 0 ? { diagnostics } : { diagnostics, only: ['source.fixAll', 'refactor', 'quickfix'] };
      const actions = await client.request<CodeAction[]>('textDocument/codeAction', {
        textDocument: { uri },
        range: { start: at, end: at },
        context,
      });
      for (const { edit, title } of actions) {
        if (edit !== undefined)
          await assert.doesNotReject(applyHere(edit, uri, text), `${title} in ${JSON.stringify(text)}`);
      }
      await client.request('textDocument/formatting', {
        textDocument: { uri },
        options: { tabSize: 2, insertSpaces: true },
      });
      client.close(uri);
    }
    assert.deepEqual(client.log, []);
  });

  /** Positions are checked; other files stay as they are. */
  async function applyHere(edit: NonNullable<CodeAction['edit']>, uri: string, text: string): Promise<void> {
    await applyWorkspaceEdit({ changes: { [uri]: edit.changes?.[uri] ?? [] } }, uri, text);
  }
});
