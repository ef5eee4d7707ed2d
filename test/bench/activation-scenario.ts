import type { ScenarioContext } from '../host/launcher/scenario.ts';

/** Reads VS Code's own figure for the extension from "Developer: Show Running Extensions", which lists the slowest first. */
export async function scenario({ openFile, runCommand, page, log }: ScenarioContext): Promise<void> {
  await openFile('triage.bench.yaml');
  await page.waitForSelector('.codelens-decoration', { timeout: 30_000 });
  await runCommand('Developer: Show Running Extensions');
  const list = page.locator('.monaco-list-row', { hasText: 'Activation:' });
  await list.first().hover();
  for (let turn = 0; turn < 40; turn += 1) {
    for (const text of await list.allInnerTexts()) {
      const time = /ai.workbench[\s\S]*Activation:\s*(\d+\s*ms)/i.exec(text)?.[1];
      if (time === undefined) continue;
      log(`Activation: ${time} by VS Code's own count`);
      return;
    }
    await page.mouse.wheel(0, 140);
    await page.waitForTimeout(100);
  }
  throw new Error(`The list does not name the extension: ${(await list.allInnerTexts()).join(' | ')}`);
}
