import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { CodeAction, Diagnostic } from 'vscode-languageserver';
import { languageIds, type FileKind } from '../../engine/documents/kinds.ts';
import { startLanguageClient, type LanguageClient } from '../../test/fakes/language-client.ts';
import { fieldsAndValues } from '../../test/fixtures/fixes/fields-and-values.ts';
import { filesAndNotations } from '../../test/fixtures/fixes/files-and-notations.ts';
import { fixFiles } from '../../test/fixtures/fixes/fix-case.ts';
import { applyWorkspaceEdit, editingCapabilities } from '../../test/fakes/workspace-edit.ts';

const endings: Readonly<Record<FileKind, string>> = {
  bench: 't.bench.yaml',
  tune: 't.tune.yaml',
  policy: 't.policy.yaml',
  framework: 't.framework.yaml',
  prompt: 't.prompt.yml',
  workbench: 'workbench.yaml',
};

describe('quick fixes', () => {
  let client: LanguageClient;
  beforeEach(async () => {
    client = await startLanguageClient(fixFiles, { capabilities: editingCapabilities });
  });
  afterEach(() => client.stop());

  async function open(
    kind: FileKind,
    text: string,
    uri = client.uri(endings[kind]),
  ): Promise<{ uri: string; diagnostics: Diagnostic[] }> {
    const answer = client.nextDiagnostics(uri);
    client.open(endings[kind], languageIds[kind], text, uri);
    return { uri, diagnostics: (await answer).diagnostics };
  }

  async function actionsFor(
    uri: string,
    diagnostics: readonly Diagnostic[],
    only?: readonly string[],
  ): Promise<CodeAction[]> {
    const range = diagnostics[0]?.range ?? { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
    return client.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri },
      range,
      context: { diagnostics, ...(only && { only }) },
    });
  }

  async function edit(action: CodeAction, uri: string, text: string): Promise<string> {
    const resolved =
      action.edit === undefined ? await client.request<CodeAction>('codeAction/resolve', action) : action;
    assert.ok(resolved.edit, action.title);
    return applyWorkspaceEdit(resolved.edit, uri, text);
  }

  for (const { kind = 'bench', text, code, title, isPreferred, after, files: made = {}, left = [] } of [
    ...fieldsAndValues,
    ...filesAndNotations,
  ]) {
    it(`${code}: ${title}`, async () => {
      const { uri, diagnostics } = await open(kind, text);
      const finding = diagnostics.find(found => found.code === code);
      assert.ok(finding, JSON.stringify(diagnostics.map(found => [found.code, found.message])));
      // Only place, code and words come back from some clients.
      const shown = { range: finding.range, code, source: 'aiwb', message: finding.message };
      const actions = await actionsFor(uri, [shown]);
      const action = actions.find(candidate => candidate.title.startsWith(title));
      assert.ok(action, JSON.stringify(actions.map(candidate => candidate.title)));
      assert.deepEqual(
        action.diagnostics?.map(found => found.code),
        [code],
      );
      assert.equal(action.isPreferred === true, isPreferred);
      assert.equal(action.kind, 'quickfix');
      const changed = await edit(action, uri, text);
      if (typeof after === 'string') assert.equal(changed, after);
      else assert.match(changed, after);
      for (const [file, content] of Object.entries(made)) {
        const written = await readFile(path.join(client.folder, file), 'utf8');
        if (typeof content === 'string') assert.equal(written, content);
        else assert.match(written, content);
        client.notifyFileChanged(file);
      }
      client.change(uri, changed);
      const then = (await client.nextDiagnostics(uri)).diagnostics;
      const before = new Set(diagnostics.filter(other => other !== finding).map(other => other.message));
      const unexpected = then.filter(
        ({ code: other, message }) => !before.has(message) && !left.includes(String(other)),
      );
      assert.deepEqual(
        unexpected.map(({ message }) => message),
        [],
      );
      assert.ok(!then.some(({ message }) => message === finding.message));
    });
  }
});
