import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import * as vscode from 'vscode';
import { slowCell } from '../story.ts';
import { driver, isDriven } from './driver.ts';
import {
  execute,
  notebookMetadata,
  openStory,
  processesOf,
  runOf,
  show,
  startSlowModels,
  untilState,
  useOurKernel,
  type SlowModels,
} from './slow-models.ts';
import { untilFileNamed } from './shown.ts';
import { eventually, workspaceUri } from './workspace.ts';

const rows = 200;
const metGate = 'gate: [{metric: accuracy, model: slow, atLeast: 0.1, on: point}]\n';
const missedGate = 'gate: [{metric: accuracy, model: slow, atLeast: 0.99}]\n';

describe('the notebook kernel', function () {
  this.timeout(240_000);
  let models: SlowModels;
  let original: Uint8Array;

  before(async function () {
    if (process.platform !== 'linux' || !isDriven()) this.skip();
    original = await vscode.workspace.fs.readFile(workspaceUri('workbench.yaml'));
    models = await startSlowModels(rows);
  });
  beforeEach(async () => {
    // A run takes more than a minute at this pace, so that it outlasts what is done to it also where that is slow.
    models.delay = 1500;
    await models.renewRows();
  });
  afterEach(async () => {
    models.delay = 1;
    await setting('aiWorkbench.notebook.stopAtGate', undefined);
    await closeAll();
  });
  after(async () => {
    await models.close();
    await vscode.workspace.fs.writeFile(workspaceUri('workbench.yaml'), original);
  });

  const summaries = (notebook: vscode.NotebookDocument) =>
    notebook.getCells().map(({ executionSummary }) => executionSummary?.success);

  it('takes a run up again when its notebook is opened, and changes the file only at the end', async () => {
    const before = await openStory('attach.ipynb', [slowCell('attach')]);
    await execute(before);
    const started = runOf(before.cellAt(0));
    assert.ok(started);
    await before.save();
    await closeAll();
    const { answered } = models.server.stats;
    await eventually(() => (models.server.stats.answered > answered + 4 ? true : undefined));

    const notebook = await show('attach.ipynb');
    const cell = notebook.cellAt(0);
    await wait(4000);
    assert.equal(notebook.isDirty, false);
    assert.equal(runOf(cell)?.runId, started.runId);
    models.delay = 1;
    const ended = await untilState(cell, 'succeeded');
    assert.equal(ended.runId, started.runId);
    const summary = await eventually(() =>
      cell.executionSummary?.success === true ? cell.executionSummary : undefined,
    );
    assert.equal(summary.executionOrder, 1);
    assert.ok((summary.timing?.endTime ?? 0) > (summary.timing?.startTime ?? 0));
    await eventually(() => notebook.isDirty || undefined);
    await notebook.save();
    await closeAll();
    const again = await show('attach.ipynb');
    await wait(1500);
    assert.equal(again.isDirty, false);
  });

  it('cancels the run of a cell that is interrupted, and drops those that wait', async () => {
    const notebook = await openStory('interrupt.ipynb', [slowCell('one'), slowCell('two')]);
    await execute(notebook);
    const requests = models.server.stats.requests;
    // The same cells again: they have their place already.
    await execute(notebook);
    await vscode.commands.executeCommand('notebook.cancelExecution');
    await untilState(notebook.cellAt(0), 'cancelled');
    await eventually(() => (notebook.cellAt(0).executionSummary?.success === false ? true : undefined));
    await wait(1000);
    assert.equal(runOf(notebook.cellAt(1)), undefined);
    assert.ok(models.server.stats.requests < requests + rows);
  });

  it("restarts one notebook's kernel: its runs are cancelled, another's goes on, and it counts anew", async () => {
    const other = await openStory('other.ipynb', [slowCell('other')]);
    await execute(other);
    const notebook = await openStory('restart.ipynb', [slowCell('one'), slowCell('two')]);
    await execute(notebook);
    await eventually(() => vscode.window.activeNotebookEditor?.notebook === notebook || undefined);
    await vscode.commands.executeCommand('aiwb.restartKernel');
    await untilState(notebook.cellAt(0), 'cancelled');
    assert.equal(runOf(notebook.cellAt(1)), undefined);
    models.delay = 1;
    await execute(notebook);
    await untilState(notebook.cellAt(1), 'succeeded');
    await eventually(() => (notebook.cellAt(1).executionSummary?.executionOrder === 2 ? true : undefined));
    assert.equal(notebook.cellAt(0).executionSummary?.executionOrder, 1);
    await untilState(other.cellAt(0), 'succeeded');
  });

  it('stops after a cell that failed, unless it is tagged as one that may', async () => {
    const broken = 'name: broken\nmodels: [slow]\n';
    models.delay = 1;
    const notebook = await openStory('fails.ipynb', [broken, slowCell('after')]);
    await vscode.commands.executeCommand('notebook.execute', notebook.uri);
    await eventually(() => (notebook.cellAt(0).executionSummary?.success === false ? true : undefined));
    await wait(1500);
    assert.deepEqual(summaries(notebook), [false, undefined]);

    const cell = notebook.cellAt(0);
    const edit = new vscode.WorkspaceEdit();
    const inner = (cell.metadata['metadata'] ?? {}) as object;
    const metadata = { ...cell.metadata, metadata: { ...inner, tags: ['raises-exception'] } };
    edit.set(notebook.uri, [vscode.NotebookEdit.updateCellMetadata(0, metadata)]);
    await vscode.workspace.applyEdit(edit);
    await vscode.commands.executeCommand('notebook.execute', notebook.uri);
    await untilState(notebook.cellAt(1), 'succeeded');
  });

  it('goes on after a gate that is not met, or stops where told so', async () => {
    models.delay = 1;
    const notebook = await openStory('gates.ipynb', [slowCell('missed', missedGate), slowCell('met', metGate)]);
    await vscode.commands.executeCommand('notebook.execute', notebook.uri);
    await untilState(notebook.cellAt(1), 'succeeded');
    const first = runOf(notebook.cellAt(1));
    await eventually(() => (notebook.cellAt(1).executionSummary?.success === true ? true : undefined));

    await setting('aiWorkbench.notebook.stopAtGate', true);
    await vscode.commands.executeCommand('notebook.execute', notebook.uri);
    // Its number comes when it starts, and that it succeeded when it has ended.
    await eventually(() => {
      const { executionOrder, success } = notebook.cellAt(0).executionSummary ?? {};
      return executionOrder === 3 && success === true ? true : undefined;
    }, 60_000);
    await eventually(() => (summaries(notebook)[1] === undefined ? true : undefined));
    await wait(1500);
    assert.deepEqual(summaries(notebook), [true, undefined]);
    assert.equal(runOf(notebook.cellAt(1))?.runId, first?.runId);
  });

  it('says that a run was lost when its process is killed, and takes it up when it is resumed', async () => {
    const notebook = await openStory('lost.ipynb', [slowCell('lost')]);
    const cell = notebook.cellAt(0);
    const { answered } = models.server.stats;
    await execute(notebook);
    const runId = runOf(cell)?.runId ?? '';
    const [pid] = await eventually(() => {
      const found = processesOf(`run-worker ${runId}`);
      return found.length > 0 && models.server.stats.answered > answered + 4 ? found : undefined;
    }, 60_000);
    assert.ok(pid);
    process.kill(pid, 'SIGKILL');
    await untilState(cell, 'lost');
    await eventually(() => (cell.executionSummary?.success === false ? true : undefined));
    models.delay = 1;
    await vscode.commands.executeCommand('aiwb.resumeRun', runId);
    const ended = await untilState(cell, 'succeeded');
    assert.equal(ended.runId, runId);
    await eventually(() => (cell.executionSummary?.success === true ? true : undefined));
  });

  it('goes on waiting while the engine process dies and comes back, and while all of it sleeps', async () => {
    const notebook = await openStory('engine.ipynb', [slowCell('engine')]);
    const cell = notebook.cellAt(0);
    await execute(notebook);
    const { runId = '' } = runOf(cell) ?? {};
    await notebook.save();
    const [engine] = processesOf('serve --stdio');
    assert.ok(engine);
    process.kill(engine, 'SIGKILL');
    await eventually(() => (processesOf('serve --stdio').some(pid => pid !== engine) ? true : undefined));
    // A laptop's sleep: longer than any lease lives.
    const asleep = [...processesOf(`run-worker ${runId}`), ...processesOf('serve --stdio')];
    assert.ok(asleep.length >= 2);
    for (const pid of asleep) process.kill(pid, 'SIGSTOP');
    await wait(17_000);
    for (const pid of asleep) signal(pid, 'SIGCONT');
    await wait(1000);
    assert.equal(notebook.isDirty, false);
    models.delay = 1;
    const ended = await untilState(cell, 'succeeded');
    assert.equal(ended.runId, runId);
    await eventually(() => (cell.executionSummary?.success === true ? true : undefined));
  });

  it('leaves the run of a deleted cell alone, and takes it up when the cell is back', async () => {
    const notebook = await openStory('deleted.ipynb', [slowCell('deleted'), '# nothing\n']);
    await execute(notebook, 0, 1);
    const runId = runOf(notebook.cellAt(0))?.runId;
    const edit = new vscode.WorkspaceEdit();
    edit.set(notebook.uri, [vscode.NotebookEdit.deleteCells(new vscode.NotebookRange(0, 1))]);
    await vscode.workspace.applyEdit(edit);
    const { answered } = models.server.stats;
    // More than what was under way when the cell went: the run goes on.
    await eventually(() => (models.server.stats.answered > answered + 8 ? true : undefined), 60_000);
    await undoIn(notebook, () => notebook.cellCount === 2);
    models.delay = 1;
    assert.equal((await untilState(notebook.cellAt(0), 'succeeded')).runId, runId);
  });

  it('runs a cell once though it is asked to while it runs, and writes to one that was edited meanwhile', async () => {
    const notebook = await openStory('again.ipynb', [slowCell('again')]);
    const cell = notebook.cellAt(0);
    await execute(notebook);
    const runId = runOf(cell)?.runId;
    await execute(notebook);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(cell.document.uri, new vscode.Position(0, 0), '# edited\n');
    await vscode.workspace.applyEdit(edit);
    models.delay = 1;
    assert.equal((await untilState(cell, 'succeeded')).runId, runId);
  });

  it('goes on in the file that an untitled notebook is saved as', async () => {
    const data = new vscode.NotebookData([
      new vscode.NotebookCellData(vscode.NotebookCellKind.Code, slowCell('untitled'), 'aiwb-bench'),
    ]);
    data.metadata = notebookMetadata;
    const untitled = await vscode.workspace.openNotebookDocument('jupyter-notebook', data);
    await useOurKernel(untitled);
    await execute(untitled);
    const runId = runOf(untitled.cellAt(0))?.runId;
    assert.ok(runId);
    void vscode.commands.executeCommand('workbench.action.files.save');
    // The dialog suggests a name, and is taken at its word.
    await untilFileNamed(named => path.dirname(named) === workspaceUri('.').fsPath && named.endsWith('.ipynb'));
    await driver.press('Enter');
    const saved = await eventually(() =>
      vscode.workspace.notebookDocuments.find(
        notebook => notebook.uri.scheme === 'file' && notebook.getCells().some(cell => runOf(cell)?.runId === runId),
      ),
    );
    models.delay = 1;
    assert.equal((await untilState(saved.cellAt(0), 'succeeded')).runId, runId);
  });

  it('runs a notebook of 500 cells in order', async () => {
    const cells = Array.from({ length: 500 }, (_, index) => `# note ${index}\n`);
    const notebook = await openStory('many.ipynb', [...cells.slice(1), slowCell('last')]);
    models.delay = 1;
    await vscode.commands.executeCommand('notebook.execute', notebook.uri);
    await untilState(notebook.cellAt(499), 'succeeded', 120_000);
    await eventually(() => (notebook.cellAt(499).executionSummary?.executionOrder === 500 ? true : undefined));
  });

  it('says so when the store is gone, and stays useful', async () => {
    const notebook = await openStory('gone.ipynb', [slowCell('gone')]);
    const cell = notebook.cellAt(0);
    await execute(notebook);
    const runId = runOf(cell)?.runId ?? '';
    for (const pid of processesOf(`run-worker ${runId}`)) signal(pid, 'SIGKILL');
    const store = workspaceUri('.aiwb').fsPath;
    for (const pid of processesOf('serve --stdio')) signal(pid, 'SIGKILL');
    await rm(store, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    // One that was started meanwhile may have opened what was just removed.
    for (const pid of processesOf('serve --stdio')) signal(pid, 'SIGKILL');
    await eventually(() => (cell.executionSummary?.success === false ? true : undefined), 90_000);
    assert.equal(runOf(cell)?.runId, runId, 'what is known of the run stays');
    models.delay = 1;
    await execute(notebook);
    await eventually(() => (runOf(cell)?.runId === runId ? undefined : true));
    await untilState(cell, 'succeeded');
  });
});

async function setting(key: string, value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration().update(key, value, vscode.ConfigurationTarget.Global);
}

/** A process that has ended meanwhile needs no signal. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Undoes the last change of a notebook. The command is for what has the focus, which a notebook that is shown may get only later. */
async function undoIn(notebook: vscode.NotebookDocument, isUndone: () => boolean): Promise<void> {
  await eventually(async () => {
    if (isUndone()) return true;
    await vscode.window.showNotebookDocument(notebook);
    await vscode.commands.executeCommand('undo');
    await eventually(() => isUndone() || undefined, 1000).catch(() => undefined);
    return isUndone() || undefined;
  });
}

/** Without asking: what was not saved was for the test alone. */
async function closeAll(): Promise<void> {
  while (vscode.window.tabGroups.all.some(({ tabs }) => tabs.length > 0))
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
}
