import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { validatePageToHost } from '../../schemas/generated/validators.js';
import { auditPage, deepText, launchBrowser, settle, takePicture, watchFaults } from './browser.ts';
import { askedFor, pageHtml, readReport } from './fake-host.ts';
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
  const { id: runId } = readReport('finished').runs[0] ?? {};
  const lastQuery = async (): Promise<unknown> => {
    const posted = await page.evaluate(
      () => (globalThis as unknown as { posted: { type: string; query?: unknown }[] }).posted,
    );
    for (const message of posted) assert.ok(validatePageToHost(message), JSON.stringify(message));
    return askedFor(posted.findLast(({ type }) => type === 'samples')?.query);
  };
  const kept = (name: string): Promise<unknown> =>
    page.evaluate(
      wanted => (globalThis as unknown as { state: { samples: Record<string, unknown> } }).state.samples[wanted],
      name,
    );
  const waitForFirst = (id: number): Promise<unknown> =>
    list().locator('tr.row').first().getByText(String(id), { exact: true }).waitFor();
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
    assert.match(await deepText(detail), new RegExp(`${readReport('finished').runs[0]?.id ?? ''}#4`));
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
    assert.deepEqual(await lastQuery(), { runId, filter: 'failed', text: 'refund', limit: 200 });
  });

  it('sorts by any heading, up, down and not at all, by keyboard too, and tells so to screen readers', async () => {
    const heading = list().getByRole('columnheader', { name: 'Latency' });
    assert.equal(await list().getByRole('columnheader', { name: 'Sample' }).getAttribute('aria-sort'), 'ascending');
    await heading.getByRole('button').press('Enter');
    await waitForFirst(1);
    assert.equal(await heading.getAttribute('aria-sort'), 'ascending');
    assert.deepEqual(await lastQuery(), { runId, filter: 'all', sort: { by: 'latency' }, limit: 200 });
    await heading.getByRole('button').press('Enter');
    await waitForFirst(7);
    assert.equal(await heading.getAttribute('aria-sort'), 'descending');
    assert.deepEqual((await shownIds()).slice(0, 3), [7, 14, 21]);
    const before = await page.evaluate(() => (globalThis as unknown as { posted: unknown[] }).posted.length);
    await scrollTo(0.5);
    await page.waitForFunction(seen => {
      const { posted } = globalThis as unknown as { posted: { query?: { offset?: number } }[] };
      return posted.slice(seen).some(({ query }) => (query?.offset ?? 0) > 490_000);
    }, before);
    assert.deepEqual(await kept('sort'), { by: 'latency', descending: true });
    await heading.getByRole('button').press('Enter');
    await waitForFirst(1);
    assert.equal(await heading.getAttribute('aria-sort'), 'none');
    assert.deepEqual((await shownIds()).slice(0, 3), [1, 2, 3]);
    assert.deepEqual(faults, []);
  });

  it('shows the columns that a reader chooses, and keeps them', async () => {
    const menu = page.locator('aiwb-choice-menu[label="Columns"]');
    await menu.locator('summary').click();
    const options = (await menu.locator('label').allInnerTexts()).map(text => text.trim());
    assert.ok(['Score accuracy', 'Score wer', 'channel', 'Cost', 'Failure'].every(name => options.includes(name)));
    await menu.getByLabel('Score wer').check();
    await menu.getByLabel('Model', { exact: true }).uncheck();
    assert.deepEqual(
      (await list().getByRole('columnheader').allInnerTexts()).map(text => text.trim()),
      ['Sample', 'Result', 'Input', 'Right answer', 'Output', 'Score wer', 'Latency'],
    );
    assert.deepEqual(await kept('columns'), ['right', 'input', 'target', 'output', 'latency', 'score:wer']);
    await list().getByRole('button', { name: 'Score wer' }).click();
    await page.waitForFunction(() =>
      (globalThis as unknown as { posted: { query?: { sort?: unknown } }[] }).posted.some(({ query }) => query?.sort),
    );
    assert.deepEqual(await lastQuery(), { runId, filter: 'all', sort: { by: 'score', name: 'wer' }, limit: 200 });
    await takePicture(page, 'sample-columns-light');
    assert.deepEqual(await auditPage(page), []);
  });

  it('narrows by numbers and by several models', async () => {
    const numbers = page.locator('aiwb-range-menu');
    await numbers.locator('summary').click();
    await numbers.getByLabel('Latency, ms, at least').fill('6');
    await numbers.getByLabel('Latency, ms, at least').press('Enter');
    await page.getByText('142,857 samples').waitFor();
    await numbers.getByLabel('Score accuracy, at least').fill('1');
    await numbers.getByLabel('Score accuracy, at least').press('Tab');
    const where = { scores: [{ name: 'accuracy', least: 1 }], latencyMs: { least: 6 } };
    await page.waitForFunction(() =>
      JSON.stringify((globalThis as unknown as { posted: unknown[] }).posted.at(-1)).includes('scores'),
    );
    assert.deepEqual(await lastQuery(), { runId, filter: 'all', where, limit: 200 });
    await takePicture(page, 'sample-numbers-light');
    assert.deepEqual(await auditPage(page), []);
    await numbers.getByRole('button', { name: 'Any number' }).click();
    const models = page.locator('aiwb-choice-menu[label="Models"]');
    await models.locator('summary').click();
    await models.getByLabel('embedded:knn').check();
    await models.getByLabel('embedded:linear').check();
    await page.getByText('500,000 samples').waitFor();
    assert.deepEqual(await lastQuery(), { runId, filter: 'all', where: { variants: [2, 3] }, limit: 200 });
    assert.deepEqual(faults, []);
  });

  it('leads to one sample by its permanent id, whatever was chosen, and copies the link', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.evaluate(id => window.postMessage({ type: 'focus', sample: id }, '*'), 654_321);
    const detail = list().locator('tr.detail');
    await detail.waitFor();
    assert.equal(await list().locator('button[aria-expanded="true"]').innerText(), '654,321');
    await page.waitForFunction(() => {
      let active = document.activeElement;
      while (active?.shadowRoot?.activeElement instanceof Element) active = active.shadowRoot.activeElement;
      return active?.textContent.trim() === '654,321';
    });
    assert.equal(
      await list()
        .locator('tr.row', { has: page.locator('button[aria-expanded="true"]') })
        .isVisible(),
      true,
    );
    // Only the page in front may write to the clipboard.
    await page.bringToFront();
    await detail.getByRole('button', { name: 'Copy link to this row' }).click();
    await detail.getByText('Copied').waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `${runId ?? ''}#654321`);
    await page.evaluate(() => window.postMessage({ type: 'focus', sample: 2_000_000 }, '*'));
    await page.getByText('Sample 2,000,000 is not among them').waitFor();
    assert.deepEqual(faults, []);
  });

  it('tells everything about a sample: differences, calls, reasons, and why something was not measured', async () => {
    await list().locator('button[data-index="8"]').click();
    const detail = list().locator('tr.detail');
    const text = await deepText(detail);
    assert.match(text, /the quick missing: brown instead: brow fox jumps over added: a the dog/);
    assert.match(text, /Tool call find_ticket \{"id": 8\}/);
    assert.match(text, /tone judges judge gpt score 0\.750 reasons Polite, but <b>vague<\/b> about the refund\./);
    assert.match(text, /similarity not measured: the embedding model refused the text/);
    assert.match(text, /120 reasoning tokens ended by length answered by fp_0a1b from the cache.* asked disturbed/);
    assert.match(text, /measuring cost 0\.000400 USD/);
    await takePicture(page, 'sample-told-light');
    assert.deepEqual(await auditPage(page), []);
    await page.setViewportSize({ width: 320, height: 700 });
    await page.waitForTimeout(200);
    await takePicture(page, 'sample-told-320px');
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.equal(overflow, 0);
    assert.deepEqual(faults, []);
  });
});
