import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { ScenarioContext } from '../launcher/scenario.ts';
import { until } from '../until.ts';

interface ToolAnswer {
  readonly text?: string;
  readonly error?: string;
}

/** An agent starts a run once its person agreed to the estimate, and none before. */
export async function scenario(window: ScenarioContext): Promise<void> {
  const { page, workspace, runCommand, screenshot, text, log } = window;
  const answerFile = path.join(workspace, 'tool-answer.json');
  const dialog = page.locator('.monaco-dialog-box');
  const callTool = async (tool: string, input: object): Promise<void> => {
    await rm(answerFile, { force: true });
    await runCommand('Test: Call a Tool');
    // The palette, which may still be closing, has the same box.
    await page.locator('.quick-input-widget >> text=Tool and input').first().waitFor();
    const box = page.locator('.quick-input-box input');
    await box.fill(JSON.stringify({ tool, input }));
    await box.press('Enter');
  };
  const answer = async (): Promise<ToolAnswer> => {
    let found: ToolAnswer | undefined;
    await until(async () => {
      found = JSON.parse(await readFile(answerFile, 'utf8')) as ToolAnswer;
      return true;
    });
    return found ?? {};
  };

  await callTool('aiwb_run', { file: 'triage.bench.yaml' });
  await dialog.waitFor({ timeout: 60_000 });
  assert.match(
    await dialog.innerText(),
    /Start this run\?.*ticket-triage.*triage\.bench\.yaml.*1,920 samples.*embedded:linear/s,
  );
  await screenshot('agent-run-confirmation');
  await dialog.getByRole('button', { name: 'Cancel', exact: true }).click();
  assert.match((await answer()).error ?? '', /Cancel/);

  await callTool('aiwb_run', { file: 'triage.bench.yaml', wait: 60 });
  await dialog.waitFor({ timeout: 60_000 });
  await dialog.getByRole('button', { name: 'Yes', exact: true }).click();
  assert.match((await answer()).text ?? '', /succeeded, 1,920 of 1,920 samples/);
  await runCommand('View: Show AI Workbench');
  await until(async () => (await text('.sidebar')).includes('ticket-triage'));
  log('an agent has run a benchmark');
}
