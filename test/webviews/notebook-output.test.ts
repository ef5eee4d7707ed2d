import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import type { RunOutput } from '../../schemas/generated/messages.ts';
import { auditPage, deepText, launchBrowser, settle, takePicture, watchFaults } from './browser.ts';
import { readReport } from './fake-host.ts';
import { outputFrameHtml } from './output-frame.ts';
import { startPageServer, webviewPolicy, type PageServer } from './page-server.ts';
import type { ThemeName } from './theme-variables.ts';

interface Rendered {
  readonly page: Page;
  readonly faults: string[];
}

describe('the notebook output', function () {
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

  async function render(
    items: readonly unknown[],
    options: { theme?: ThemeName; hasMessaging?: boolean } = {},
  ): Promise<Rendered> {
    const { theme = 'light', hasMessaging = true } = options;
    const page = await browser!.newPage({ viewport: { width: 900, height: 700 }, locale: 'en-US', timezoneId: 'UTC' });
    const faults = await watchFaults(page);
    await page.goto(
      server.publish(`output-${String(opened++)}`, {
        policy: webviewPolicy,
        html: outputFrameHtml({ mime: 'application/vnd.aiwb.run+json', items, theme, hasMessaging }),
      }),
    );
    await page.locator('aiwb-run-output-v1').first().waitFor();
    await settle(page);
    return { page, faults };
  }

  const outputOf = (name: string): RunOutput => {
    const report = readReport(name);
    const run = report.runs[0]!;
    const { id: runId, state, createdAt } = run;
    return {
      version: 1,
      runId,
      name: run.name,
      state,
      createdAt,
      ...(run.endedAt === undefined ? {} : { endedAt: run.endedAt }),
      report,
    };
  };
  const posted = (page: Page) => page.evaluate(() => (globalThis as unknown as { posted: unknown[] }).posted);
  const send = (page: Page, message: unknown) =>
    page.evaluate(sent => (globalThis as unknown as { send(message: unknown): void }).send(sent), message);

  for (const theme of ['light', 'dark', 'hc-dark'] as const) {
    it(`is complete where nobody answers, in ${theme}`, async () => {
      const { page, faults } = await render([outputOf('finished')], { theme, hasMessaging: false });
      const text = await deepText(page.locator('aiwb-run-output-v1'));
      assert.match(text, /ticket-triage Finished/);
      assert.match(text, /embedded:linear has the highest Accuracy/);
      assert.match(text, /Which model is better, and how sure\?/);
      assert.equal(await page.getByRole('button', { name: 'Open Run Page' }).count(), 0);
      await takePicture(page, `notebook-${theme}`);
      assert.deepEqual(await auditPage(page), []);
      assert.deepEqual(faults, []);
      await page.close();
    });
  }

  it('watches its run, follows it live and opens and cancels it', async () => {
    const started = { ...outputOf('running'), report: undefined };
    const { page, faults } = await render([started]);
    assert.deepEqual(await posted(page), [{ type: 'watch', runId: started.runId }]);
    assert.match(await deepText(page.locator('#output-0')), /The run has been started/);
    const run = readReport('running').runs[0]!;
    await send(page, { type: 'run', run: { ...run, id: 'another' } });
    await send(page, { type: 'run', run });
    await page.getByText('1,012 of 1,920 samples').first().waitFor();
    await takePicture(page, 'notebook-running-light');
    await page.getByRole('button', { name: 'Open Run Page' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    assert.deepEqual((await posted(page)).slice(1), [
      { type: 'open', runId: started.runId },
      { type: 'cancel', runId: started.runId },
    ]);
    await send(page, { type: 'run', run: { ...run, state: 'succeeded' } });
    await page.getByText('Finished').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Cancel' }).count(), 0);
    assert.deepEqual(faults, []);
    await page.close();
  });

  it('takes nothing on trust: a newer version, no run at all, hostile text', async () => {
    const { page, faults } = await render([
      { version: 2, anything: [] },
      { version: 1, runId: {} },
      '<img src=x onerror=alert(1)>',
      null,
      outputOf('hostile'),
    ]);
    const text = async (index: number): Promise<string> => deepText(page.locator(`#output-${String(index)}`));
    assert.match(await text(0), /made by a newer AI Workbench/);
    for (const index of [1, 2, 3]) assert.match(await text(index), /holds no run that AI Workbench can read/);
    assert.match(await text(4), /safe⟪U\+202E⟫exe/);
    await page.evaluate(() =>
      (globalThis as unknown as { renderer: { disposeOutputItem(id?: string): void } }).renderer.disposeOutputItem(
        'item-0',
      ),
    );
    assert.equal(await page.locator('aiwb-run-output-v1').count(), 4);
    assert.deepEqual(faults, []);
    await page.close();
  });
});
