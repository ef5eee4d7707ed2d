import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { MetricArtifact } from '../../../schemas/generated/messages.ts';
import { createClock } from '../../../platform/host/clock.ts';
import { openStore } from '../../../platform/store/store.ts';
import { ada, makeVersion } from '../../fakes/registry.ts';
import type { ScenarioContext } from '../launcher/scenario.ts';
import { until, untilFits } from '../until.ts';

const modelCount = 1_500;
const pane = '.sidebar .pane:has(> .pane-header[aria-label^="Registry Section"])';

/**
 * A person looks through a registry of many models: pages, a filter with its explanations, groups, what lies under a version; then adds a
 * registry elsewhere that does not answer, and is told so where it stands.
 */
export async function scenario(window: ScenarioContext): Promise<void> {
  const { runCommand, text, click, count, page, press, resize, screenshot, setTheme, type, workspace, log } = window;
  await fillRegistry(path.join(workspace, '.aiwb'));
  log(`registered ${String(modelCount)} models`);

  const row = (label: string): string => `${pane} [role=treeitem][aria-label*="${label}"]`;
  const shows = (pattern: RegExp): Promise<string> => untilFits(() => text(pane), pattern);
  await runCommand('AI Workbench: Focus on Registry View');
  await until(async () => (await count(row('model-0000'))) > 0);
  const others = '.sidebar .pane-header[aria-expanded="true"]:not([aria-label^="Registry Section"])';
  while ((await count(others)) > 0) await click(`${others} .title`);

  await click(row('model-0000'));
  // The end of the list moves while it grows: only its last row, once it is there, takes the key.
  const last = async (label: string): Promise<boolean> => {
    await press('End');
    return (await count(`${pane} .monaco-list-row.focused[aria-label*="${label}"]`)) > 0;
  };
  await until(() => last('Show More (1,300 left)'));
  await press('Enter');
  await until(() => last('Show More (1,100 left)'));
  log('shows more with each wish');

  await runCommand('AI Workbench: Filter Registry…');
  await page.locator('.quick-input-widget >> text=status:').first().waitFor();
  await screenshot('registry-filter');
  await type('task:asr provider:acme l');
  await untilFits(() => text('.quick-input-widget'), /\d+ models/);
  await screenshot('registry-filter-typed');
  await press('Control+A');
  await type('name:model-0007 nonsense>1');
  await untilFits(() => text('.quick-input-widget'), /called so: nonsense/);
  await press('Control+A');
  await type('provider:acme model-0007');
  await untilFits(() => text('.quick-input-widget'), /1 model(?!s)/);
  await press('Enter');
  await shows(/Filter: provider:acme model-0007 \(1 model\)/);
  await until(async () => (await count(row('model-'))) === 1);
  await until(async () => (await count(row('Version 2'))) > 0);
  log('filters');

  await click(row('Version 2'));
  await untilFits(() => window.webviewText({ title: 'model-0007@2' }), /model-0007@2/);
  await until(async () => {
    // The page that was opened may take the keyboard just then.
    await runCommand('AI Workbench: Focus on Registry View');
    await press('ArrowRight');
    await page.locator(row('Baselines')).first().waitFor({ timeout: 5_000 });
    return true;
  });
  await click(row('Baselines'));
  await shows(/8 × NVIDIA H100/);
  await click(row('chat, 8 × NVIDIA H100'));
  await shows(/107 ms/);
  await runCommand('View: Close All Editors');
  for (const theme of ['light', 'hc-dark', 'hc-light', 'dark'] as const) {
    await setTheme(theme);
    await screenshot(`registry-tree-${theme}`);
  }
  await runCommand('AI Workbench: Clear Filter of Registry');

  await runCommand('AI Workbench: Group Models…');
  await page.locator('.quick-input-widget .monaco-list-row >> text=By Provider').first().click();
  await until(async () => (await count(row('Acme, 750'))) > 0);
  await until(async () => (await count(row('Marlo, 750'))) > 0);
  await click(row('Marlo, 750'));
  await until(async () => (await count(row('model-0002'))) > 0);
  await screenshot('registry-groups');
  log('groups');

  const file = path.join(workspace, 'workbench.yaml');
  const declared = 'registries:\n  shared: {type: mlflow, url: "http://127.0.0.1:9"}\n';
  writeFileSync(file, `${readFileSync(file, 'utf8').trimEnd()}\n${declared}`);
  await until(async () => (await count(row('shared, 127.0.0.1:9'))) > 0);
  await until(async () => (await count(row('Local Registry'))) > 0);
  await click(row('shared, 127.0.0.1:9'));
  await until(async () => (await count(row('offline, never read'))) > 0);
  await screenshot('registry-offline');
  await resize(420, 700);
  await screenshot('registry-narrow');
  assert.equal(await count(row('Local Registry')), 1);
}

/** Models with two versions each, by turns of two providers, with figures. */
async function fillRegistry(folder: string): Promise<void> {
  const store = await openStore({ folder, clock: createClock() });
  try {
    for (let index = 0; index < modelCount; index++) {
      const name = `model-${String(index).padStart(4, '0')}`;
      const model = {
        name,
        provider: index % 2 === 0 ? 'Marlo' : 'Acme',
        tasks: index % 3 === 0 ? ['asr'] : ['text-generation'],
        license: 'apache-2.0',
      };
      for (const version of ['a', 'b'])
        await store.registry.createVersion(
          makeVersion({ model: name, weightsDigest: digestOf(name, version), artifacts: [figureOf(index, version)] }),
          model,
          ada,
        );
    }
  } finally {
    await store.close();
  }
}

function digestOf(name: string, version: string): string {
  return Buffer.from(`${name}-${version}`).toString('hex').padEnd(64, '0').slice(0, 64);
}

function figureOf(index: number, version: string): MetricArtifact {
  return {
    artifactType: 'metric',
    name: `run-${version}/chat/latency.ttft.p90`,
    metric: 'latency.ttft.p90',
    label: 'TTFT, p90',
    value: 100 + (index % 200),
    unit: 'ms',
    direction: 'lower',
    n: 1_000,
    runId: `run-${version}`,
    task: 'chat',
    scope: 'baseline',
    datasetDigest: 'd'.repeat(64),
    timestamp: 1,
    hardwareType: 'NVIDIA H100',
    hardwareCount: 8,
  };
}
