import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { startFakeOpenAi } from '../../fakes/openai-server.ts';
import type { ScenarioContext } from '../launcher/scenario.ts';
import { waitForWorkbench } from '../launcher/workbench.ts';
import { readCells, slowCell, storedRun, until, writeNotebook, writeSlowWorkspace } from '../story.ts';

const rows = 2000;
const dirtyTab = '.tabs-container .tab.dirty';

/** A cell's run goes on while the window reloads, the extension host is killed and the notebook is closed; looking changes no file. */
export async function scenario(window: ScenarioContext): Promise<void> {
  const { workspace, openFile, runCommand, reloadWindow, webviewText, count, findProcesses, log } = window;
  // Slow enough that the run outlasts whatever this machine takes for all that is done to it meanwhile.
  const pace = { delay: 1000, words: 1 };
  const server = await startFakeOpenAi(pace);
  const file = path.join(workspace, 'story.ipynb');
  const goesOn = async (what: string): Promise<void> => {
    const before = server.stats.answered;
    await until(what, () => server.stats.answered > before + 4);
  };
  const showsProgress = () =>
    until('the output shows the running run', async () => /Running/.test(await webviewText({ contains: 'slow-one' })));
  const isUntouched = async (what: string, text: string): Promise<void> => {
    await wait(3000);
    assert.equal(await count(dirtyTab), 0, `the notebook is dirty: ${what}`);
    assert.equal(await readFile(file, 'utf8'), text, what);
  };
  window.setSetting('files.autoSave', 'off');
  try {
    await writeSlowWorkspace(workspace, server.url, rows);
    await writeNotebook(file, [slowCell('slow-one')]);
    await openFile('story.ipynb');
    await window.waitFor('.kernel-action-view-item >> text=AI Workbench');
    await runCommand('Notebook: Run All');
    await showsProgress();
    await until('the started run is in the document', async () => (await count(dirtyTab)) === 1);
    await runCommand('File: Save');
    await until('the run is in the file', async () => storedRun((await readCells(file))[0]) !== undefined);
    const saved = await readFile(file, 'utf8');
    const runId = storedRun((await readCells(file))[0])?.runId;
    log('extension hosts', findProcesses(/--type=extensionHost/), 'engines', findProcesses(/serve --stdio/));

    await reloadWindow();
    await showsProgress();
    await goesOn('the run goes on after the reload');
    await isUntouched('after the reload', saved);
    await window.screenshot('notebook-attached');

    // The one of before the reload may still be ending.
    const hosts = findProcesses(/--type=extensionHost/);
    assert.ok(hosts.length > 0);
    for (const host of hosts) kill(host);
    await until('the extension host is gone', () => findProcesses(/--type=extensionHost/).length === 0);
    // With an extension under development VS Code starts no other. A reload of the page saves nothing, as a crash does not.
    await window.page.reload();
    await waitForWorkbench(window.page);
    await openFile('story.ipynb');
    await showsProgress();
    await goesOn('the run goes on after the extension host died');
    await isUntouched('after the extension host died', saved);

    await runCommand('View: Close Editor');
    await until('the tab is closed', async () => (await count('.tabs-container .tab')) === 0);
    await goesOn('the run goes on after the notebook was closed');
    await openFile('story.ipynb');
    await showsProgress();
    await isUntouched('after it was closed and opened', saved);

    pace.delay = 1;
    await until('the end is in the document', async () => (await count(dirtyTab)) === 1, 90_000);
    await runCommand('File: Save');
    await until('the end is in the file', async () => storedRun((await readCells(file))[0])?.state === 'succeeded');
    const [cell] = await readCells(file);
    assert.equal(storedRun(cell)?.runId, runId);
    assert.equal(cell?.execution_count, 1);
    assert.equal(cell.outputs?.length, 1);
    assert.ok(server.stats.answered <= rows, `${server.stats.answered} answers for ${rows} rows`);
    await window.screenshot('notebook-attached-end');
  } finally {
    await server.close();
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
