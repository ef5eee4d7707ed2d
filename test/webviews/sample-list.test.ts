import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { auditPage, deepText, launchBrowser, settle, takePicture, watchFaults } from './browser.ts';
import { pageHtml, readReport } from './fake-host.ts';
import { startPageServer, webviewPolicy, type PageServer } from './page-server.ts';

describe('the sample list', function () {
  this.timeout(60_000);
  let browser: Browser | undefined;
  let server: PageServer;
  let page: Page;
  let faults: string[];
  const million = 1_000_000;

  before(async function () {
    browser = await launchBrowser(['webviews/report.js']);
    if (browser === undefined) return this.skip();
    server = await startPageServer();
  });

  after(async () => {
    await browser?.close();
    if (browser !== undefined) await server.close();
  });

  beforeEach(async () => {
    const report = readReport('finished');
    const run = report.runs[0]!;
    const runs = [{ ...run, progress: { ...run.progress, done: million, total: million } }];
    page = await browser!.newPage({ viewport: { width: 1100, height: 900 } });
    faults = await watchFaults(page);
    const html = pageHtml({ report: { ...report, runs }, theme: 'light', samples: million });
    await page.goto(server.publish('million', { policy: webviewPolicy, html }));
    await page.getByText('1,000,000 samples').waitFor();
    await settle(page);
    await list().scrollIntoViewIfNeeded();
  });

  afterEach(async () => {
    await page.close();
  });

  const list = () => page.getByRole('region', { name: 'Table of samples' });
  const rowButtons = () => list().locator('tr.row button');
  const scrollTo = (share: number) =>
    list().evaluate((element, to) => (element.scrollTop = to * (element.scrollHeight - element.clientHeight)), share);
  const shownIds = async () => (await rowButtons().allInnerTexts()).map(text => Number(text.replaceAll(',', '')));
  const asked = () =>
    page.evaluate(
      () =>
        (globalThis as unknown as { posted: { type: string }[] }).posted.filter(({ type }) => type === 'samples')
          .length,
    );

  it('draws only the rows in view of a million, wherever it is scrolled', async () => {
    assert.equal((await shownIds())[0], 1);
    for (const share of [0.5, 0.1, 0.9, 1]) {
      await scrollTo(share);
      await page.waitForFunction(wanted => {
        const view = document
          .querySelector('aiwb-report-page')
          ?.shadowRoot?.querySelector('aiwb-sample-browser')
          ?.shadowRoot?.querySelector('aiwb-sample-list');
        const ids = [...(view?.shadowRoot?.querySelectorAll('tr.row button') ?? [])].map(button =>
          Number(button.textContent.replaceAll(',', '')),
        );
        return (
          ids.some(id => Math.abs(id - wanted) < 60) &&
          (view?.shadowRoot?.querySelectorAll('tr.row').length ?? 0) === ids.length
        );
      }, share * million);
      const ids = await shownIds();
      assert.ok(ids.length < 60, `${String(ids.length)} rows drawn`);
      assert.deepEqual(
        ids,
        ids.map((_, index) => (ids[0] ?? 0) + index),
      );
    }
    assert.equal((await shownIds()).at(-1), million);
    assert.ok((await asked()) < 14);
    assert.deepEqual(faults, []);
  });

  it('is walked by keyboard and opens a row in full', async () => {
    await rowButtons().first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const detail = list().locator('tr.detail');
    await detail.waitFor();
    assert.match(await deepText(detail), /right to left ⟪U\+202E⟫override⟪U\+202C⟫ and a bell⟪U\+0007⟫ inside/);
    assert.match(await deepText(detail), new RegExp(`${readReport('finished').runs[0]?.id ?? ''}#12884901892`));
    await takePicture(page, 'sample-open-light');
    assert.deepEqual(await auditPage(page), []);
    await page.keyboard.press('Enter');
    assert.equal(await detail.count(), 0);
    await page.keyboard.press('End');
    await list().locator('button[data-index="999999"]').waitFor();
    await page.waitForTimeout(100);
    const focused = await page.evaluate(() => {
      let active = document.activeElement;
      while (active?.shadowRoot?.activeElement instanceof Element) active = active.shadowRoot.activeElement;
      return active?.textContent.trim();
    });
    assert.equal(focused, '1,000,000');
  });

  it('cuts very long text until asked for all of it', async () => {
    await list().locator('button[data-index="4"]').click();
    const whole = list().getByRole('button', { name: 'Show all 20,000 characters' });
    await whole.click();
    assert.equal((await list().locator('aiwb-long-text pre').first().innerText()).length, 20_000);
  });

  it('filters by model, outcome and text on the host', async () => {
    await page.locator('vscode-single-select[label="Show"]').click();
    await page.locator('vscode-single-select[label="Show"]').getByRole('option', { name: 'Failed samples' }).click();
    await page.getByText('10,000 samples').waitFor();
    assert.deepEqual((await shownIds()).slice(0, 3), [100, 200, 300]);
    assert.match(await list().innerText(), /rate limited/);
    await scrollTo(1);
    await page.waitForTimeout(300);
    assert.equal((await shownIds()).at(-1), million);
    await page.locator('vscode-textfield input').fill('refund');
    await page.waitForTimeout(400);
    const query = await page.evaluate(
      () => (globalThis as unknown as { posted: { query?: unknown }[] }).posted.at(-1)?.query,
    );
    assert.deepEqual(query, {
      runId: readReport('finished').runs[0]?.id,
      filter: 'failed',
      text: 'refund',
      limit: 200,
    });
  });
});
