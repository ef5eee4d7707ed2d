import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { readMarked } from '../../fakes/marked.ts';
import { eventually, workspaceUri } from './workspace.ts';

/** A document of ours that is shown, with what was marked in it: `‸` the cursor, `⟦…⟧` ranges. */
export interface Opened {
  readonly document: vscode.TextDocument;
  readonly position: vscode.Position;
  readonly ranges: readonly vscode.Range[];
}

/** Where a text of ours is edited: features must work alike in each. */
export interface EditingPlace {
  readonly name: string;
  /** Opens a text below `folder`, where its relative paths start. */
  open(language: CellLanguage, marked: string): Promise<Opened>;
}

export type CellLanguage = 'aiwb-bench' | 'aiwb-tune' | 'aiwb-policy' | 'aiwb-prompt';

/** A workspace of its own below the opened folder, for names belong to the nearest workbench.yaml; a new one for each set of tests. */
let folder = 'editing';
let folders = 0;

const endings: Readonly<Record<CellLanguage, string>> = {
  'aiwb-bench': 'bench.yaml',
  'aiwb-tune': 'tune.yaml',
  'aiwb-policy': 'policy.yaml',
  'aiwb-prompt': 'prompt.yml',
};

export const prompt = `name: Sort
messages:
  - role: user
    content: Which label has {{text}}?
`;

export const benchmark = (name: string): string => `name: ${name}
dataset: {path: data/rows.jsonl, input: text, target: label, slices: [channel]}
prompts: [prompts/sort.prompt.yml]
models: [small]
metrics: [accuracy]
limits: {budget: 1.00 USD}
`;

/** The same for a model that learns, offline and at no cost. */
export const learning = (name: string): string =>
  benchmark(name)
    .replace('slices: [channel]', 'split: {field: part, train: train, test: test}')
    .replace('[small]', '[embedded:majority]');

/** Writes the small workspace that the tests of the editor start from. */
export async function writeEditingWorkspace(): Promise<void> {
  folder = `editing-${++folders}`;
  const rows = Array.from({ length: 12 }, (_, row) =>
    JSON.stringify({
      text: `question ${row}`,
      label: row % 2 === 0 ? 'yes' : 'no',
      channel: row % 3 === 0 ? 'web' : 'phone',
      part: row < 8 ? 'train' : 'test',
    }),
  );
  await writeFile('data/rows.jsonl', `${rows.join('\n')}\n`);
  await writeFile('prompts/sort.prompt.yml', prompt);
  await writeFile(
    'workbench.yaml',
    'connections:\n  small: {provider: openai, baseUrl: "http://localhost:8000/v1", model: tiny}\n  large: {provider: openai, baseUrl: "http://localhost:8001/v1", model: big}\n',
  );
  await writeFile('first.bench.yaml', benchmark('first'));
}

export async function deleteEditingWorkspace(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await vscode.workspace.fs.delete(workspaceUri(folder), { recursive: true });
}

export function editingUri(file: string): vscode.Uri {
  return workspaceUri(`${folder}/${file}`);
}

export async function writeFile(file: string, text: string): Promise<vscode.Uri> {
  const uri = editingUri(file);
  await vscode.workspace.fs.writeFile(uri, Buffer.from(text));
  return uri;
}

export async function readText(uri: vscode.Uri): Promise<string> {
  return Buffer.from(await vscode.workspace.fs.readFile(uri)).toString();
}

/** Milliseconds that an answer may take on a busy machine. */
const patience = 40_000;

let opened = 0;

export const inFile: EditingPlace = {
  name: 'a file',
  async open(language, marked) {
    const { text, position, ranges } = readMarked(marked);
    const uri = await writeFile(`opened-${++opened}.${endings[language]}`, text);
    const document = await vscode.workspace.openTextDocument(uri);
    assert.equal(document.languageId, language);
    await vscode.window.showTextDocument(document, { preview: false });
    return { document, ...places(position, ranges) };
  },
};

export const inCell: EditingPlace = {
  name: 'a notebook cell',
  async open(language, marked) {
    const { text, position, ranges } = readMarked(marked);
    const notebook = await openCells([language, text]);
    return { document: notebook.cellAt(0).document, ...places(position, ranges) };
  },
};

/** Shows a new notebook of ours on disk, and waits until commands reach it. Cells of the language `markdown` are Markdown. */
export async function openCells(
  ...cells: readonly [language: string, text: string][]
): Promise<vscode.NotebookDocument> {
  const content = {
    cells: cells.map(([language, text], index) => ({
      id: `cell-${index}`,
      cell_type: language === 'markdown' ? 'markdown' : 'code',
      metadata: language === 'yaml' || language === 'markdown' ? {} : { vscode: { languageId: language } },
      source: text.split(/(?<=\n)/),
      ...(language === 'markdown' ? {} : { outputs: [], execution_count: null }),
    })),
    metadata: {
      kernelspec: { display_name: 'AI Workbench', language: 'yaml', name: 'ai-workbench' },
      language_info: { name: 'yaml' },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
  const uri = await writeFile(`opened-${++opened}.ipynb`, JSON.stringify(content));
  // As a person opens it: VS Code keeps what an extension has opened for some minutes after its editor has closed.
  await vscode.commands.executeCommand('vscode.openWith', uri, 'jupyter-notebook');
  return await eventually(see => {
    const notebook = vscode.window.activeNotebookEditor?.notebook;
    return see(notebook?.uri.toString()) === uri.toString() ? notebook : undefined;
  });
}

function places(position: Point, ranges: readonly { start: Point; end: Point }[]): Omit<Opened, 'document'> {
  return {
    position: toPosition(position),
    ranges: ranges.map(({ start, end }) => new vscode.Range(toPosition(start), toPosition(end))),
  };
}

interface Point {
  readonly line: number;
  readonly character: number;
}

function toPosition({ line, character }: Point): vscode.Position {
  return new vscode.Position(line, character);
}

/** Replaces a range as typing does, in a file or a cell. */
export async function replace(document: vscode.TextDocument, range: vscode.Range, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, range, text);
  assert.ok(await vscode.workspace.applyEdit(edit));
}

export function rangeOf(document: vscode.TextDocument, text: string): vscode.Range {
  const start = document.getText().indexOf(text);
  assert.ok(start >= 0, `${text} in ${document.getText()}`);
  return new vscode.Range(document.positionAt(start), document.positionAt(start + text.length));
}

/** Whether an answer of completion offers all these. */
export function offers(...labels: readonly string[]): (answer: vscode.CompletionList) => boolean {
  return ({ items }) => labels.every(label => items.some(item => labelOf(item) === label));
}

/** The findings of a document, once `fits` accepts them. */
export async function findings(
  { uri }: vscode.TextDocument,
  fits: (found: readonly vscode.Diagnostic[]) => boolean,
): Promise<vscode.Diagnostic[]> {
  return await eventually(see => {
    const found = see(vscode.languages.getDiagnostics(uri));
    return fits(found) ? found : undefined;
  }, patience);
}

/** The finding of this code, once it is there: while the language server hears of other files it may find more. */
export async function finding(document: vscode.TextDocument, code: string): Promise<vscode.Diagnostic> {
  const isMeant = (found: vscode.Diagnostic): boolean => codeOf(found) === code;
  const meant = (await findings(document, list => list.some(isMeant))).find(isMeant);
  assert.ok(meant);
  return meant;
}

export function codeOf({ code }: vscode.Diagnostic): string {
  return String(typeof code === 'object' ? code.value : code);
}

/** What one of VS Code's own commands for language features answers, once `fits` accepts it. */
export async function ask<T>(command: string, fits: (answer: T) => boolean, ...values: readonly unknown[]): Promise<T> {
  return await eventually(async see => {
    const answer = see(await vscode.commands.executeCommand<T | undefined>(command, ...values));
    return answer !== undefined && fits(answer) ? answer : undefined;
  }, patience);
}

export function notEmpty(answer: readonly unknown[]): boolean {
  return answer.length > 0;
}

export function labelOf({ label }: vscode.CompletionItem): string {
  return typeof label === 'string' ? label : label.label;
}

export function wordsOf(hovers: readonly vscode.Hover[]): string {
  return hovers
    .flatMap(({ contents }) => contents)
    .map(part => (part instanceof vscode.MarkdownString ? part.value : JSON.stringify(part)))
    .join('\n');
}
