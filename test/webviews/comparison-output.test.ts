import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { ComparisonOutput, TuningComparison } from '../../schemas/generated/messages.ts';
import { validateComparisonOutput, validateRendererToHost } from '../../schemas/generated/validators.js';
import { auditPage, deepText, launchBrowser, settle, takePicture, watchFaults } from './browser.ts';
import { readReport } from './fake-host.ts';
import { outputFrameHtml } from './output-frame.ts';
import { root, startPageServer, webviewPolicy, type PageServer } from './page-server.ts';
import type { ThemeName } from './theme-variables.ts';

describe('the notebook output of a comparison', function () {
  this.timeout(60_000);
  let browser: Browser | undefined;
  let server: PageServer;
  let opened = 0;

  before(async function () {
    browser = await launchBrowser(['renderers/run.js']);
    if (browser === undefined) return this.skip();
    server = await startPageServer();
  });

  after(async () => {
    await browser?.close();
    if (browser !== undefined) await server.close();
  });

  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close();
  });

  async function render(
    items: readonly unknown[],
    options: { theme?: ThemeName; width?: number; isAnswered?: boolean } = {},
  ): Promise<{ page: Page; faults: string[] }> {
    const { theme = 'light', width = 900, isAnswered = false } = options;
    const page = await browser!.newPage({ viewport: { width, height: 800 }, locale: 'en-US', timezoneId: 'UTC' });
    const faults = await watchFaults(page);
    const html = outputFrameHtml({
      mime: 'application/vnd.aiwb.comparison+json',
      items,
      theme,
      hasMessaging: isAnswered,
      ...(isAnswered ? { store: { report: readReport('comparison'), samples: 100 } } : {}),
    });
    await page.goto(server.publish(`comparison-output-${String(opened++)}`, { policy: webviewPolicy, html }));
    await page.locator('aiwb-comparison-output-v1').first().waitFor();
    return { page, faults };
  }

  const benchmarks = (): ComparisonOutput => {
    const report = {
      ...readReport('comparison'),
      differences: [{ name: 'limits.concurrency', values: ['4', '32'] }],
    };
    const runIds = report.runs.map(({ id }) => id);
    return { version: 1, as: 'both', runIds, names: ['first', 'second'], createdAt: report.createdAt, report };
  };
  const tunings = (name = 'comparison'): ComparisonOutput => {
    const file = path.join(root, 'test', 'fixtures', 'tuning', `${name}.json`);
    const tuning = JSON.parse(readFileSync(file, 'utf8')) as TuningComparison;
    const runIds = tuning.reports.map(({ run }) => run.id);
    return {
      version: 1,
      runIds,
      names: ['plain', 'warm'].slice(0, runIds.length),
      createdAt: 1_790_000_000_000,
      tuning,
    };
  };

  for (const theme of ['light', 'dark', 'hc-dark', 'hc-light'] as const) {
    it(`shows benchmarks side by side where nobody answers, in ${theme}`, async () => {
      const output = benchmarks();
      assert.ok(validateComparisonOutput(output));
      const { page, faults } = await render([output], { theme });
      const text = await deepText(page.locator('#output-0'));
      assert.match(text, /Comparison of first and second as both/);
      assert.match(text, /A ticket-triage first .* B ticket-triage-llm second/);
      await page.getByRole('button', { name: 'Settings' }).click();
      await page.locator('aiwb-difference-table').waitFor();
      assert.match(await deepText(page.locator('#part')), /limits\.concurrency 4 32/);
      assert.equal(await page.getByRole('button', { name: 'Disagreements' }).count(), 0);
      await takePicture(page, `notebook-comparison-${theme}`);
      assert.deepEqual(await auditPage(page), []);
      assert.deepEqual(faults, []);
    });

    it(`shows tuning runs side by side, in ${theme}`, async () => {
      const output = tunings();
      assert.ok(validateComparisonOutput(output));
      const { page, faults } = await render([output], { theme });
      await page.getByRole('button', { name: 'Charts' }).click();
      await settle(page);
      assert.match(await deepText(page.locator('#part')), /Which run learns more, and how fast\?/);
      await takePicture(page, `notebook-comparison-tuning-${theme}`);
      assert.deepEqual(await auditPage(page), []);
      await page.getByRole('button', { name: 'Settings' }).click();
      await page.locator('aiwb-difference-table').waitFor();
      await page.getByRole('button', { name: 'Infrastructure' }).click();
      await page.locator('aiwb-run-usage').waitFor();
      assert.deepEqual(faults, []);
    });
  }

  it("shows a search's trials by their figure, its parameters and what the quality costs", async () => {
    const { page, faults } = await render([tunings('search')]);
    const rows = await page.locator('aiwb-trial-table tbody tr').allInnerTexts();
    assert.deepEqual(
      rows.map(row => row.trim().charAt(0)),
      ['E', 'C', 'B', 'D', 'A', 'F'],
    );
    await page.getByRole('button', { name: 'Charts' }).click();
    await settle(page);
    const text = await deepText(page.locator('#part'));
    assert.match(text, /What does the quality cost\? .* What does learningRate do to WER\? .* Which run learns more/);
    await takePicture(page, 'notebook-comparison-search-light');
    assert.deepEqual(await auditPage(page), []);
    assert.deepEqual(faults, []);
  });

  it('asks for the rows the runs disagree on, and opens the page of both', async () => {
    const { page, faults } = await render([benchmarks()], { isAnswered: true });
    await page.getByRole('button', { name: 'Disagreements' }).click();
    await page.locator('aiwb-disagreement-list').getByText('60 rows').waitFor();
    await page.getByRole('button', { name: 'Open Comparison' }).click();
    const messages = await page.evaluate(() => (globalThis as unknown as { posted: { type: string }[] }).posted);
    for (const message of messages) assert.ok(validateRendererToHost(message), JSON.stringify(message));
    assert.deepEqual(
      messages.map(({ type }) => type),
      ['disagreements', 'compare'],
    );
    assert.deepEqual(faults, []);
  });

  it('fits 300 pixels', async () => {
    const { page } = await render([benchmarks(), tunings()], { width: 300 });
    await takePicture(page, 'notebook-comparison-narrow');
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
  });

  it('takes nothing on trust: a newer version, no comparison at all, none of its results', async () => {
    const { runIds, createdAt } = benchmarks();
    const empty = { version: 1, runIds, createdAt };
    const { page, faults } = await render([{ version: 2 }, 'text', empty, benchmarks()]);
    const text = async (index: number): Promise<string> => deepText(page.locator(`#output-${String(index)}`));
    assert.match(await text(0), /made by a newer AI Workbench/);
    assert.match(await text(1), /holds no comparison that AI Workbench can read/);
    assert.match(await text(2), /holds no comparison that AI Workbench can read/);
    assert.match(await text(3), /Comparison of first and second/);
    assert.deepEqual(faults, []);
  });
});
