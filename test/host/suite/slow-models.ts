import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import * as vscode from 'vscode';
import { startFakeServer, type FakeServer } from '../../fakes/fake-server.ts';
import { chatApi } from '../../fakes/openai-chat.ts';
import { environmentNames } from '../protocol.ts';
import { writeRows, writeSlowWorkspace } from '../story.ts';
import { eventually, workspaceUri } from './workspace.ts';

/** A model that takes as long as the test wants, as the workspace's only connection, `slow`. */
export interface SlowModels {
  readonly server: FakeServer;
  /** Milliseconds before each answer. */
  delay: number;
  /** Rows that were never answered. */
  renewRows(): Promise<void>;
  close(): Promise<void>;
}

export async function startSlowModels(rows: number): Promise<SlowModels> {
  const pace = { delay: 200, words: 1 };
  const server = await startFakeServer([chatApi], {}, pace);
  const folder = workspaceUri('.').fsPath;
  await writeSlowWorkspace(folder, `${server.origin}/v1`, rows);
  let topics = 0;
  return {
    server,
    get delay() {
      return pace.delay;
    },
    set delay(value) {
      pace.delay = value;
    },
    renewRows: () => writeRows(folder, rows, `topic ${++topics}, row`),
    close: () => server.close(),
  };
}

/** What makes a notebook ours. */
export const notebookMetadata = {
  metadata: {
    kernelspec: { display_name: 'AI Workbench', language: 'yaml', name: 'ai-workbench' },
    language_info: { name: 'yaml' },
  },
  nbformat: 4,
  nbformat_minor: 5,
};

/** Writes a notebook of ours, opens it and waits until it has our kernel. */
export async function openStory(name: string, cells: readonly string[]): Promise<vscode.NotebookDocument> {
  const uri = workspaceUri(name);
  const content = {
    cells: cells.map((source, index) => ({
      cell_type: 'code',
      execution_count: null,
      id: `cell-${index}`,
      metadata: { vscode: { languageId: 'aiwb-bench' } },
      outputs: [],
      source,
    })),
    ...notebookMetadata,
  };
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(JSON.stringify(content, undefined, 1)));
  return await show(name);
}

/** Opens a notebook and waits until it has our kernel. */
export async function show(name: string): Promise<vscode.NotebookDocument> {
  const notebook = await vscode.workspace.openNotebookDocument(workspaceUri(name));
  await useOurKernel(notebook);
  return notebook;
}

export async function useOurKernel(notebook: vscode.NotebookDocument): Promise<void> {
  const notebookEditor = await vscode.window.showNotebookDocument(notebook);
  const kernel = { notebookEditor, id: 'ai-workbench', extension: 'ai-workbench.ai-workbench' };
  // The kernel is there once the extension has started.
  await eventually(
    async see => see(await vscode.commands.executeCommand<boolean>('notebook.selectKernel', kernel)) || undefined,
  );
}

/** Runs cells as a person does; resolves at once. */
export async function execute(notebook: vscode.NotebookDocument, from = 0, to = notebook.cellCount): Promise<void> {
  void vscode.commands.executeCommand('notebook.cell.execute', {
    ranges: [{ start: from, end: to }],
    document: notebook.uri,
  });
  await eventually(() => (runOf(notebook.cellAt(from)) === undefined ? undefined : true)).catch(() => undefined);
}

export interface StoredRun {
  readonly runId: string;
  readonly state: string;
}

/** The run that a cell's output names. */
export function runOf(cell: vscode.NotebookCell): StoredRun | undefined {
  const item = cell.outputs.flatMap(({ items }) => items).find(({ mime }) => mime === 'application/vnd.aiwb.run+json');
  return item === undefined ? undefined : (JSON.parse(new TextDecoder().decode(item.data)) as StoredRun);
}

/** Waits until the cell's output has this state. */
export async function untilState(cell: vscode.NotebookCell, state: string, patience = 60_000): Promise<StoredRun> {
  return await eventually(() => {
    const run = runOf(cell);
    return run?.state === state ? run : undefined;
  }, patience);
}

/** Ids of processes of this VS Code whose command line has these words. */
export function processesOf(words: string): number[] {
  const mark = `${environmentNames.session}=${process.env[environmentNames.session] ?? ''}`;
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(Number)
    .filter(pid => read(pid, 'cmdline').replaceAll('\0', ' ').includes(words) && read(pid, 'environ').includes(mark));
}

function read(pid: number, what: string): string {
  try {
    return readFileSync(`/proc/${pid}/${what}`, 'utf8');
  } catch {
    return '';
  }
}
