import assert from 'node:assert/strict';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startFakeOpenAi } from '../../fakes/openai-server.ts';
import type { ScenarioContext } from '../launcher/scenario.ts';
import { untilFits } from '../until.ts';

const canary = 'canary-5b1d-window-key';

/** A key goes to an address only after its user said so, is kept in secret storage, and is in no file afterwards. */
export async function scenario(window: ScenarioContext): Promise<void> {
  const { workspace, page, openFile, runCommand, webviewText, screenshot, waitFor, click, log } = window;
  const server = await startFakeOpenAi({ requireKey: canary });
  try {
    await writeFile(
      path.join(workspace, 'workbench.yaml'),
      `connections:\n  team: {provider: openai, baseUrl: "${server.url}", model: fake, apiKey: {secret: team}}\n`,
    );
    await writeFile(path.join(workspace, 'rows.jsonl'), '{"q":"a ANSWER=x","a":"x"}\n{"q":"b ANSWER=x","a":"y"}\n');
    await writeFile(
      path.join(workspace, 'keyed.bench.yaml'),
      'name: keyed\ndataset: {path: rows.jsonl, input: q, target: a}\nmodels: [team]\nmetrics: [exact-match]\n',
    );
    await openFile('keyed.bench.yaml');
    // Before its lenses are there, the extension may not know which editor is active, and would ask.
    await page.locator('.codelens-decoration >> text=Run benchmark').first().waitFor({ timeout: 60_000 });

    await runCommand('AI Workbench: Run Benchmark');
    await waitFor('.monaco-dialog-box');
    await screenshot('key-consent');
    await click('.monaco-dialog-box .monaco-button >> text=Cancel');
    await wait(1500);
    assert.equal(server.stats.requests, 0, 'nothing was sent without consent');

    await runCommand('AI Workbench: Run Benchmark');
    await waitFor('.monaco-dialog-box');
    await click('.monaco-dialog-box .monaco-button >> text=Allow');
    await page.locator('.quick-input-widget input[type=password]').waitFor();
    await page.keyboard.type(canary);
    await page.keyboard.press('Enter');
    await untilFits(() => webviewText({ title: 'keyed' }), /Finished/);
    assert.equal(server.stats.answered, 2);
    for (const file of await filesUnder(workspace)) {
      assert.ok(!(await readFile(file)).includes(canary), `${file} holds the key`);
    }
    log('no file of the workspace holds the key');
  } finally {
    await server.close();
  }
}

async function filesUnder(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  const files: string[] = [];
  for (const name of names) if ((await stat(path.join(folder, name))).isFile()) files.push(path.join(folder, name));
  return files;
}
