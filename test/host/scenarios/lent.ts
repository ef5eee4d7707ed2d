import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ScenarioContext } from '../launcher/scenario.ts';
import { until, untilFits } from '../until.ts';

/** One of VS Code's own models answers a benchmark, once its person agreed; refused, nothing is asked and nothing recorded. */
export async function scenario(window: ScenarioContext): Promise<void> {
  const { page, workspace, openFile, runCommand, webviewText, notifications, text, screenshot, log } = window;
  const rows = ['billing', 'access', 'billing', 'billing'].map((label, row) =>
    JSON.stringify({ q: `row ${row}`, a: label }),
  );
  await writeFile(path.join(workspace, 'rows.jsonl'), rows.join('\n'));
  await writeFile(
    path.join(workspace, 'workbench.yaml'),
    'connections:\n  house: {provider: vscode-lm, vendor: test-lender, family: echo}\n',
  );
  await writeFile(
    path.join(workspace, 'lent.bench.yaml'),
    'name: lent-one\ndataset: {path: rows.jsonl, input: q, target: a}\nmodels: [house]\nmetrics: [exact-match, latency]\n',
  );
  const dialog = page.locator('.monaco-dialog-box');
  const answer = async (button: string): Promise<void> => {
    await dialog.getByRole('button', { name: button, exact: true }).click();
  };

  await openFile('lent.bench.yaml');
  await runCommand('AI Workbench: Run Benchmark');
  await dialog.waitFor({ timeout: 60_000 });
  assert.match(await dialog.innerText(), /Let lent-one use VS Code's test-lender\/echo.*at least 4 requests.*quota/s);
  await screenshot('lent-consent');
  await answer('Cancel');
  await untilFits(async () => (await notifications()).join('\n'), /was not allowed/);

  await runCommand('AI Workbench: Run Benchmark');
  await dialog.waitFor({ timeout: 60_000 });
  await answer('Lend');
  // VS Code asks for itself, where the model is another extension's.
  const allow = page.locator('.monaco-dialog-box').getByRole('button', { name: 'Allow', exact: true });
  await until(async () => {
    if (await allow.isVisible()) await allow.click();
    return (await webviewText({ title: 'lent-one' })).includes('Finished');
  });
  const expected = [/Exact match 0\.750/, /Lent by VS Code: house\. No latency or cost is claimed/];
  await untilFits(
    () => webviewText({ title: 'lent-one' }),
    shown => expected.every(words => words.test(shown)),
  );
  await screenshot('run-page-lent');
  log('a lent model has answered');

  await runCommand('View: Show AI Workbench');
  await runCommand('AI Workbench: Focus on Models View');
  await untilFits(() => text('.sidebar'), /Lent by VS Code\s*Echo/);
  await screenshot('models-lent');
}
