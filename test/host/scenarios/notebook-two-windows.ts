import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { startFakeOpenAi } from '../../fakes/openai-server.ts';
import type { ScenarioContext } from '../launcher/scenario.ts';
import type { WorkbenchActions } from '../protocol.ts';
import { readCells, slowCell, storedRun, until, writeNotebook, writeRows, writeSlowWorkspace } from '../story.ts';

const rows = 2000;
const dirtyTab = '.tabs-container .tab.dirty';

/** Two windows with one notebook: both follow its run, one writes the end, and the other takes over when that one dies. */
export async function scenario(first: ScenarioContext): Promise<void> {
  const { workspace, openFile, runCommand, openWindow, findProcesses } = first;
  const pace = { delay: 1000, words: 1 };
  const server = await startFakeOpenAi(pace);
  const file = path.join(workspace, 'story.ipynb');
  const shows = (what: string, window: WorkbenchActions, words: RegExp) =>
    until(what, async () => words.test(await window.webviewText({ contains: 'slow-one' })));
  first.setSetting('files.autoSave', 'off');
  try {
    await writeSlowWorkspace(workspace, server.url, rows);
    await writeNotebook(file, [slowCell('slow-one')]);
    await openFile('story.ipynb');
    await first.waitFor('.kernel-action-view-item >> text=AI Workbench');
    await runCommand('Notebook: Run All');
    await shows('the first window shows the run', first, /Running/);
    await until('the started run is in the document', async () => (await first.count(dirtyTab)) === 1);
    await runCommand('File: Save');
    await until('the run is in the file', async () => storedRun((await readCells(file))[0]) !== undefined);

    const [host] = findProcesses(/--type=extensionHost/);
    const { page, actions: second } = await openWindow();
    await second.openFile('story.ipynb');
    await shows('the second window shows the run', second, /Running/);
    await wait(2000);
    assert.deepEqual([await first.count(dirtyTab), await second.count(dirtyTab)], [0, 0], 'looking changes nothing');
    await page.screenshot({ path: '.artifacts/screenshots/notebook-second-window.png' });

    pace.delay = 1;
    await until('the first window has the end', async () => (await first.count(dirtyTab)) === 1, 90_000);
    await shows('the second window draws the end', second, /Finished[\s\S]*accuracy/i);
    await wait(4000);
    assert.equal(await second.count(dirtyTab), 0, 'one window writes');
    await runCommand('File: Save');
    await until('the end is in the file', async () => storedRun((await readCells(file))[0])?.state === 'succeeded');
    const saved = await readFile(file, 'utf8');
    await wait(5000);
    assert.deepEqual([await first.count(dirtyTab), await second.count(dirtyTab)], [0, 0]);
    assert.equal(await readFile(file, 'utf8'), saved, 'the end is written once');
    await shows('the second window has the end from the file', second, /Finished/);

    pace.delay = 1000;
    await writeRows(workspace, rows, 'another row');
    await first.click('.code-cell-row .view-lines');
    await runCommand('Notebook: Run All');
    await shows('the first window shows the second run', first, /Running/);
    await until('the second run is in the document', async () => (await first.count(dirtyTab)) === 1);
    await runCommand('File: Save');
    await shows('the second window follows the second run', second, /Running/);
    assert.ok(host);
    process.kill(host, 'SIGKILL');
    await until('the first extension host is gone', () => !findProcesses(/--type=extensionHost/).includes(host));
    pace.delay = 1;
    await until('the second window takes over', async () => (await second.count(dirtyTab)) === 1, 90_000);
    await second.runCommand('File: Save');
    await until('its end is in the file', async () => storedRun((await readCells(file))[0])?.state === 'succeeded');
    // The number follows on those in the file, and a cell under way has none there.
    assert.equal((await readCells(file))[0]?.execution_count, 1);
    await page.screenshot({ path: '.artifacts/screenshots/notebook-second-window-end.png' });
  } finally {
    await server.close();
  }
}
