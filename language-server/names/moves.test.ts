import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import type { Location, WorkspaceEdit } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { startLanguageClient, type LanguageClient } from '../../test/fakes/language-client.ts';

type Files = Readonly<Record<string, string>>;

const cases: Readonly<Record<string, { readonly files: Files; readonly moves: Files; readonly become: Files }>> = {
  'a dataset, each path in its own style': {
    files: {
      'data/d.csv': 'a\n',
      'a.bench.yaml': "dataset: {path: data/d.csv, card: './data/d.csv'}\n",
      'sub/b.tune.yaml': 'aspects:\n  robustness:\n    dataset:\n      path: "../data/d.csv" # here\n',
      'c.bench.yaml': 'dataset: {path: data/dd.csv}\nprompts: [data/d.csv.prompt.yml]\n',
    },
    moves: { 'data/d.csv': 'data/new rows, all.csv' },
    become: {
      'a.bench.yaml': `dataset: {path: "data/new rows, all.csv", card: './data/new rows, all.csv'}\n`,
      'sub/b.tune.yaml': 'aspects:\n  robustness:\n    dataset:\n      path: "../data/new rows, all.csv" # here\n',
    },
  },
  'a prompt into a folder': {
    files: {
      'p.prompt.yml': 'messages: []\n',
      'a.bench.yaml':
        'prompts:\n  - ./p.prompt.yml\n  - p.prompt.yml\nmetrics: [{judge: {prompt: p.prompt.yml, rubric: r.md}}]\n',
    },
    moves: { 'p.prompt.yml': 'prompts/p.prompt.yml' },
    become: {
      'a.bench.yaml':
        'prompts:\n  - ./prompts/p.prompt.yml\n  - prompts/p.prompt.yml\nmetrics: [{judge: {prompt: prompts/p.prompt.yml, rubric: r.md}}]\n',
    },
  },
  'a folder with what it holds and what names it': {
    files: {
      'team/a.bench.yaml': 'dataset: {path: d/x.csv, card: ../cards/c.md}\nprompts: [../p.prompt.yml]\n',
      'team/d/x.csv': 'a\n',
      'cards/c.md': '',
      'p.prompt.yml': '',
      'b.bench.yaml': 'dataset: {path: team/d, split: {test: x.csv}}\n',
      'teams/c.bench.yaml': 'dataset: {path: ../team/d/x.csv}\n',
    },
    moves: { team: 'old/team' },
    become: {
      'team/a.bench.yaml': 'dataset: {path: d/x.csv, card: ../../cards/c.md}\nprompts: [../../p.prompt.yml]\n',
      'b.bench.yaml': 'dataset: {path: old/team/d, split: {test: x.csv}}\n',
      'teams/c.bench.yaml': 'dataset: {path: ../old/team/d/x.csv}\n',
    },
  },
  'a document, whose own paths then start elsewhere': {
    files: {
      'a.policy.yaml': 'id: a\nsource: {document: Our rules}\nassess: {model: m@1, scorecard: s/a.scorecard.json}\n',
      'b.policy.yaml': 'id: b\nsource: {document: rules.pdf}\n',
      'rules.pdf': '',
      'a.bench.yaml': 'dataset: {path: d.csv, input: a}\nmodels: [gpt]\n',
      'd.csv': 'a\n',
    },
    moves: { 'a.policy.yaml': 'p/a.policy.yaml', 'b.policy.yaml': 'p/b.policy.yaml', 'a.bench.yaml': 'b/a.bench.yaml' },
    become: {
      'a.policy.yaml': 'id: a\nsource: {document: Our rules}\nassess: {model: m@1, scorecard: ../s/a.scorecard.json}\n',
      'b.policy.yaml': 'id: b\nsource: {document: ../rules.pdf}\n',
      'a.bench.yaml': 'dataset: {path: ../d.csv, input: a}\nmodels: [gpt]\n',
    },
  },
  'a split’s file': {
    files: {
      'data/train.csv': 'a\n',
      'a.bench.yaml': 'dataset: {path: data/all.csv, split: {train: train.csv, test: 30%}}\n',
    },
    moves: { 'data/train.csv': 'data/more/learn.csv' },
    become: { 'a.bench.yaml': 'dataset: {path: data/all.csv, split: {train: more/learn.csv, test: 30%}}\n' },
  },
  'a dataset’s folder, written with a slash': {
    files: { 'data/x.csv': '', 'a.bench.yaml': 'dataset: {path: ./data/}\n' },
    moves: { data: 'rows' },
    become: { 'a.bench.yaml': 'dataset: {path: ./rows/}\n' },
  },
  'what nothing names': {
    files: { 'a.bench.yaml': 'name: a.md\n', 'a.md': '' },
    moves: { 'a.md': 'b.md' },
    become: {},
  },
};

async function willRename(client: LanguageClient, moves: Files): Promise<WorkspaceEdit | null> {
  const files = Object.entries(moves).map(([from, to]) => ({ oldUri: client.uri(from), newUri: client.uri(to) }));
  return client.request('workspace/willRenameFiles', { files });
}

function afterEdit(client: LanguageClient, files: Files, edit: WorkspaceEdit | null): Files {
  const all = Object.entries(files).map(([file, text]) => {
    const edits = edit?.changes?.[client.uri(file)];
    return edits && [file, TextDocument.applyEdits(TextDocument.create('', '', 1, text), edits)];
  });
  return Object.fromEntries(all.filter(one => one !== undefined)) as Files;
}

describe('renaming files', () => {
  for (const [what, { files, moves, become }] of Object.entries(cases)) {
    it(`updates the paths to ${what}`, async () => {
      const client = await startLanguageClient(files);
      try {
        assert.deepEqual(afterEdit(client, files, await willRename(client, moves)), become);
      } finally {
        await client.stop();
      }
    });
  }

  it('keeps an absolute path absolute, and sees what is open in the editor', async () => {
    const client = await startLanguageClient({ 'a.bench.yaml': 'dataset: {path: other.csv}\n', 'd.csv': 'a\n' });
    const absolute = path.join(client.folder, 'd.csv');
    const text = `dataset: {path: ${JSON.stringify(absolute)}}\n`;
    client.open('a.bench.yaml', 'aiwb-bench', text);
    const edit = await willRename(client, { 'd.csv': 'e.csv' });
    assert.equal(
      afterEdit(client, { 'a.bench.yaml': text }, edit)['a.bench.yaml'],
      `dataset: {path: ${JSON.stringify(path.join(client.folder, 'e.csv'))}}\n`,
    );
    await client.stop();
  });

  it('updates cells of open notebooks', async () => {
    const client = await startLanguageClient({ 'd.csv': 'a\n', 'nb/x.ipynb': '{}' });
    const cell = `${client.uri('nb/x.ipynb').replace('file:', 'vscode-notebook-cell:')}#W0`;
    client.open('', 'aiwb-bench', 'dataset: {path: ../d.csv}\n', cell);
    const edit = await willRename(client, { 'd.csv': 'rows/d.csv' });
    assert.deepEqual(
      edit?.changes?.[cell]?.map(({ newText }) => newText),
      ['../rows/d.csv'],
    );
    await client.stop();
  });

  it('follows the files of a folder that has moved, though no watcher tells of them', async () => {
    const client = await startLanguageClient({
      'workbench.yaml': 'connections: {gpt: {}}\n',
      'old/a.bench.yaml': 'models: [gpt]\n',
    });
    const uri = client.open('workbench.yaml', 'aiwb-workbench', 'connections: {gpt: {}}\n');
    const find = async (): Promise<readonly string[]> => {
      const found = await client.request<Location[]>('textDocument/references', {
        textDocument: { uri },
        position: { line: 0, character: 15 },
        context: { includeDeclaration: false },
      });
      return found.map(location => location.uri);
    };
    assert.deepEqual(await find(), [client.uri('old/a.bench.yaml')]);
    await rename(path.join(client.folder, 'old'), path.join(client.folder, 'new'));
    client.notify('workspace/didRenameFiles', { files: [{ oldUri: client.uri('old'), newUri: client.uri('new') }] });
    assert.deepEqual(await find(), [client.uri('new/a.bench.yaml')]);
    await client.stop();
  });
});
