import type { ScenarioContext } from '../host/launcher/scenario.ts';

/** Reads VS Code's own figures for the extension from "Developer: Show Running Extensions". */
export async function scenario({ openFile, runCommand, page, log }: ScenarioContext): Promise<void> {
  await openFile('triage.bench.yaml');
  await page.waitForSelector('.codelens-decoration', { timeout: 30_000 });
  await runCommand('Developer: Show Running Extensions');
  const row = page.locator('.runtime-extensions-editor .extension', { hasText: 'AI Workbench' }).first();
  await row.waitFor();
  const time = row.locator('.activation-time');
  log(`Activation: ${await time.innerText()} by VS Code's own count (loading and activating the extension)`);
}
