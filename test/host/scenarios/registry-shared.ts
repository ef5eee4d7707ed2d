import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openMlflowAt } from '../../fakes/mlflow-registry.ts';
import { startMlflowServer } from '../../fakes/mlflow-server.ts';
import { ada, newFigure } from '../../fakes/registry-contract.ts';
import type { ScenarioContext } from '../launcher/scenario.ts';
import { until, untilFits } from '../until.ts';

const pane = '.sidebar .pane:has(> .pane-header[aria-label^="Registry Section"])';

/**
 * A person finds a model in a registry that another team publishes to, reads its page, pulls it with its weights and publishes it back,
 * which makes nothing twice.
 */
export async function scenario(window: ScenarioContext): Promise<void> {
  const { runCommand, click, count, page, press, screenshot, setTheme, webviewText, workspace, log } = window;
  const server = await startMlflowServer();
  const client = openMlflowAt(server.url);
  const { signal } = new AbortController();
  try {
    const weights = new TextEncoder().encode('the weights of granite');
    const digest = createHash('sha256').update(weights).digest('hex');
    const { registry } = client;
    const version = {
      model: 'granite',
      author: ada,
      description: 'Answers questions about covenants',
      weightsDigest: digest,
      lineage: { datasets: [], prompts: [] },
      artifacts: [],
    };
    await registry.createVersion(version, { name: 'granite', provider: 'Marlo', tasks: ['text-generation'] }, ada);
    const uri = await registry.putContent('granite', '1', 'weights', weights, ada, signal);
    const figure = { ...newFigure('accuracy', 0.875), hardwareType: 'NVIDIA H100', hardwareCount: 8 };
    const file = { artifactType: 'model-artifact' as const, name: 'weights', uri, digest, bytes: weights.length };
    await registry.addArtifacts('granite', '1', [file, figure], ada, signal);
    await registry.setStatus('granite', '1', 'evaluated', ada, signal);
    const declared = path.join(workspace, 'workbench.yaml');
    const entry = `registries:\n  shared: {type: mlflow, url: "${server.url}"}\n`;
    writeFileSync(declared, `${readFileSync(declared, 'utf8').trimEnd()}\n${entry}`);

    /** Takes a version from the command's list, up to the question that follows. The list closes by itself when a page takes the focus. */
    const chooseVersion = async (command: string, label: string): Promise<void> => {
      const entry = page.locator(`.quick-input-widget .monaco-list-row:has-text("${label}")`).first();
      const list = page.locator('.quick-input-widget .monaco-list-row').first();
      await until(async () => {
        await press('Escape');
        await runCommand(command);
        await entry.click({ timeout: 5000 });
        await list.waitFor({ state: 'hidden', timeout: 5000 });
        await page.locator('.quick-input-widget .quick-input-box input[type=text]').waitFor({ timeout: 5000 });
        return true;
      });
    };
    const row = (label: string): string => `${pane} [role=treeitem][aria-label*="${label}"]`;
    await runCommand('AI Workbench: Focus on Registry View');
    await until(async () => (await count(row('shared, 127.0.0.1'))) > 0);
    const others = '.sidebar .pane-header[aria-expanded="true"]:not([aria-label^="Registry Section"])';
    while ((await count(others)) > 0) await click(`${others} .title`);
    await click(row('shared, 127.0.0.1'));
    await until(async () => (await count(row('granite'))) > 0);
    await until(async () => {
      if ((await count(row('Version 1, evaluated'))) > 0) return true;
      const closed = page.locator(`${row('granite')}[aria-expanded="false"]`).first();
      if (await closed.isVisible()) await closed.click({ timeout: 5000 });
      return false;
    });
    await click(row('Version 1, evaluated'));
    const shown = 'shared/granite@1';
    await untilFits(() => webviewText({ title: shown }), /covenants/);
    await untilFits(() => webviewText({ title: shown }), /NVIDIA H100/);
    for (const theme of ['light', 'dark'] as const) {
      await setTheme(theme);
      await screenshot(`registry-shared-${theme}`);
    }
    log('shows what another team published');

    await chooseVersion('AI Workbench: Pull Version…', shown);
    await press('Enter');
    await untilFits(() => webviewText({ title: 'granite@1' }, 'h1'), /granite@1/);
    await runCommand('AI Workbench: Focus on Registry View');
    await until(async () => (await count(row('granite, 1 version'))) === 2);
    await screenshot('registry-pulled');
    log('pulled it with its weights');

    await chooseVersion('AI Workbench: Publish Version…', 'granite@1');
    await press('Enter');
    await untilFits(() => webviewText({ title: 'granite@1' }), /the version\s+Published/);
    const { items } = await registry.pageVersions({ model: 'granite' }, signal);
    assert.equal(items.length, 1, 'the same weights are the same version');
  } finally {
    await client.close();
    await server.close();
  }
}
