import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { startFakeOpenAi } from '../../fakes/openai-server.ts';
import type { ScenarioContext } from '../launcher/scenario.ts';
import { readCells, slowCell, storedRun, until, writeNotebook, writeSlowWorkspace } from '../story.ts';
import { untilFits } from '../until.ts';

/** Cells name their results, later ones compare them, the Results view lists them; a cell becomes a file, and a file a cell. */
export async function scenario(window: ScenarioContext): Promise<void> {
  const { workspace, openFile, runCommand, page, press, text, value, waitFor, screenshot } = window;
  const server = await startFakeOpenAi({ delay: 2, words: 1 });
  const file = path.join(workspace, 'story.ipynb');
  window.setSetting('files.autoSave', 'off');
  try {
    await writeSlowWorkspace(workspace, server.url, 60);
    await writeNotebook(file, [
      `as: first\n${slowCell('one', 'gate: [{metric: accuracy, model: slow, atLeast: 0.1, on: point}]\n')}`,
      `as: second\n${slowCell('two')}`,
      'as: both\ncompare: [first, second]\n',
    ]);
    await openFile('story.ipynb');
    await waitFor('.kernel-action-view-item >> text=AI Workbench');
    await runCommand('AI Workbench: Show Results of the Notebook');
    await waitFor('text=No cell of this notebook gives its result a name yet.');
    await page.locator('.notebook-editor .code-cell-row .view-lines').first().click();
    await runCommand('Notebook: Run All');
    const row = (name: string): string => `.monaco-list-row[aria-label^="${name}, "]`;
    await page.locator(row('both')).first().waitFor({ timeout: 90_000 });
    await untilFits(() => text(row('first')), /first\s*50\.0 % accuracy · n 60 · gate met · benchmark/);
    for (const theme of ['light', 'dark', 'hc-dark'] as const) {
      await window.setTheme(theme);
      await screenshot(`notebook-results-${theme}`);
    }
    await window.setTheme('dark');
    await window.resize(640, 800);
    await screenshot('notebook-results-narrow');
    await window.resize(1280, 800);
    await runCommand('File: Save');
    await until('three results are in the file', async () =>
      (await readCells(file)).every(cell => (cell.outputs?.length ?? 0) === 1),
    );
    const runs = (await readCells(file)).slice(0, 2).map(cell => storedRun(cell)?.runId);

    await page.locator(row('first')).click();
    await until('the run page is open', async () => (await window.webviewText({ title: 'one' })).includes('0.500'));
    await runCommand('View: Close Editor');
    assert.equal(new Set(runs).size, 2);

    await openFile('story.ipynb');
    await page.locator('.notebook-editor .code-cell-row .view-lines').first().click();
    await press('Escape');
    await runCommand('AI Workbench: Save Cell as File');
    const made = path.join(workspace, 'one.bench.yaml');
    // Enter means nothing to the dialog for files before it has named the file.
    await untilFits(
      () => value('.quick-input-widget input[type="text"]'),
      named => named === made,
    );
    await press('Enter');
    await until('the file is there', async () => (await readFile(made, 'utf8')).includes('name: one'));
    assert.doesNotMatch(await readFile(made, 'utf8'), /^as:/m);
    await window.answerNotification('The cell was saved as one.bench.yaml.', 'Use the File in the Cell');
    await until('the cell uses the file', async () =>
      /as:\sfirst\s*use:\sone\.bench\.yaml/.test(await text('.notebook-editor .code-cell-row .view-lines')),
    );

    await openFile('triage.bench.yaml');
    await runCommand('AI Workbench: Open File as Notebook Cell');
    await waitFor('.quick-input-list >> text=Use the File');
    await press('Enter');
    await waitFor('.quick-input-list >> text=story.ipynb');
    await press('Enter');
    await until('a cell uses it', async () => {
      const cells = await page.locator('.notebook-editor .code-cell-row .view-lines').allInnerTexts();
      return cells.some(cell => /use:\s*triage\.bench\.yaml/.test(cell));
    });
    await screenshot('notebook-file-as-cell');
  } finally {
    await server.close();
  }
}
