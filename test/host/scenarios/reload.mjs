import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * An open file is open again after the window was reloaded, in the theme that was chosen meanwhile.
 * @param {import('../launcher/scenario.ts').ScenarioContext} window
 */
export async function scenario({ workspace, openFile, reloadWindow, setTheme, text, waitFor, screenshot }) {
  await writeFile(path.join(workspace, 'reloaded.md'), 'Still here.\n');
  await openFile('reloaded.md');
  await setTheme('light');
  await reloadWindow();
  assert.match(await text('.tabs-container .tab.active'), /reloaded/);
  await waitFor('.monaco-editor .view-lines >> text=Still');
  await screenshot('scenario-reload');
}
