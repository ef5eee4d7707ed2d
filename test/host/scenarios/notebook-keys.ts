import assert from 'node:assert/strict';
import type { ScenarioContext } from '../launcher/scenario.ts';

/** Our notebook opens with our kernel chosen, and Ctrl+Enter runs the cell one is writing, as notebook authors expect. */
export async function scenario({ page, openFile, text, waitFor, screenshot }: ScenarioContext): Promise<void> {
  await openFile('ticket-triage.ipynb');
  await waitFor('.kernel-action-view-item >> text=AI Workbench');
  const code = page.locator('.code-cell-row .view-lines').first();
  for (let presses = 0; presses < 12 && !(await code.isVisible()); presses += 1) {
    await page.keyboard.press('ArrowDown');
    await page.waitForTimeout(300);
  }
  await code.click();
  await waitFor('.code-cell-row .monaco-editor.focused');
  await page.keyboard.press('Control+Enter');
  await page.locator('.execution-count-label >> text=[1]').first().waitFor({ timeout: 90_000 });
  assert.match(await text('.code-cell-row .view-lines >> nth=0'), /ticket-triage/);
  await screenshot('notebook-ctrl-enter');
}
