import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { renderHtml } from '../../engine/run-exports/html.ts';
import type { Report, SamplePage } from '../../schemas/generated/messages.ts';
import { auditPage, deepText, launchBrowser, settle, takePicture, watchFaults } from './browser.ts';
import { readReport } from './fake-host.ts';
import { nonce, root } from './page-server.ts';

describe('the self-contained report', function () {
  this.timeout(60_000);
  let browser: Browser | undefined;
  let folder: string;

  before(async function () {
    browser = await launchBrowser(['webviews/report-standalone.js']);
    if (browser === undefined) return this.skip();
    folder = await mkdtemp(path.join(tmpdir(), 'aiwb-standalone-'));
  });

  after(async () => {
    await browser?.close();
    if (browser !== undefined) await rm(folder, { recursive: true });
  });

  async function open(
    report: Report,
    samples: SamplePage | undefined,
    colorScheme: 'light' | 'dark',
  ): Promise<{ page: Page; faults: string[]; requests: string[] }> {
    const script = readFileSync(path.join(root, 'dist', 'webviews', 'report-standalone.js'), 'utf8');
    const file = path.join(folder, 'report.html');
    await writeFile(file, renderHtml(report, samples, { script, nonce }));
    const page = await browser!.newPage({
      viewport: { width: 1100, height: 900 },
      colorScheme,
      locale: 'en-US',
      timezoneId: 'UTC',
    });
    const faults = await watchFaults(page);
    const requests: string[] = [];
    page.on('request', request => requests.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await settle(page);
    return { page, faults, requests };
  }

  const worst: SamplePage = {
    total: 84,
    rows: Array.from({ length: 40 }, (_, index) => ({
      id: index * 5 + 3,
      variant: index % 4,
      row: index,
      repeat: 0,
      state: 'answered' as const,
      input: `</script><b>row ${String(index)}</b>`,
      target: 'billing',
      output: 'bug',
      right: false,
      scores: { accuracy: 0 },
      slices: {},
      latencyMs: index % 7,
    })),
  };

  for (const scheme of ['light', 'dark'] as const) {
    it(`is complete without a host in ${scheme}: every section, charts, the wrong answers, nothing fetched`, async () => {
      const { page, faults, requests } = await open(readReport('full'), worst, scheme);
      const titles = await page.getByRole('heading', { level: 2 }).allInnerTexts();
      assert.deepEqual(titles, [
        'Verdict',
        'Results',
        'Charts',
        'Comparisons',
        'Regressions',
        'Slices',
        'Confusion matrix',
        'Learning',
        'Worst rows',
        'Wrong answers',
      ]);
      assert.match(await deepText(page.locator('aiwb-sample-list')), /40 samples .*<\/script><b>row 0<\/b>/);
      assert.deepEqual(await page.locator('vscode-button').allInnerTexts(), ['Print']);
      assert.equal(await page.locator('aiwb-choice-menu[label="Models"]').count(), 1);
      assert.equal(await page.locator('aiwb-choice-menu[label="Slices"]').count(), 0, 'no row at hand has a slice');
      assert.deepEqual(requests.length, 1);
      await takePicture(page, `standalone-${scheme}`);
      assert.deepEqual(await auditPage(page), []);
      assert.deepEqual(faults, []);
      await page.close();
    });
  }

  it('sorts, narrows and leads to the rows it carries, and says where it carries none', async () => {
    const { page, faults } = await open(readReport('full'), worst, 'dark');
    const list = page.getByRole('region', { name: 'Table of samples' });
    const ids = async (): Promise<string[]> =>
      (await list.locator('tr.row button').allInnerTexts()).map(text => text.trim()).slice(0, 3);
    const latency = list.getByRole('columnheader', { name: 'Latency' }).getByRole('button');
    await latency.click();
    await latency.click();
    await list.locator('tr.row').first().getByText('33', { exact: true }).waitFor();
    assert.deepEqual(await ids(), ['33', '68', '103']);
    await page.locator('vscode-textfield input').fill('row 13<');
    await page.getByText('1 sample', { exact: true }).waitFor();
    await page.locator('vscode-textfield input').fill('');
    await page.getByText('40 samples').waitFor();
    const models = page.locator('aiwb-choice-menu[label="Models"]');
    await models.locator('summary').click();
    await models.getByLabel('embedded:knn').check();
    await page.getByText('10 samples').waitFor();
    assert.deepEqual(await ids(), ['33', '173', '133']);
    const worstRows = page.getByRole('region', { name: 'Worst rows of embedded:linear' });
    await worstRows.getByRole('button').first().click();
    await page.getByText(/Sample [\d,]+ is not among them/).waitFor();
    assert.equal(await page.locator('aiwb-choice-menu[label="Models"] summary').innerText(), 'Models: all');
    assert.deepEqual(faults, []);
    await page.close();
  });

  it('does without samples', async () => {
    const { page, faults } = await open(readReport('hostile'), undefined, 'light');
    assert.equal(await page.getByRole('heading', { level: 2, name: 'Wrong answers' }).count(), 0);
    assert.equal(await page.locator('aiwb-worst-rows button').count(), 0);
    assert.deepEqual(faults, []);
    await page.close();
  });

  it('prints in light colours, with whole tables and without buttons', async () => {
    const { page } = await open(readReport('finished'), worst, 'dark');
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(background, 'rgb(255, 255, 255)');
    assert.equal(await page.locator('vscode-button').first().isVisible(), false);
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    await page.waitForTimeout(300);
    assert.equal(await page.locator('aiwb-sample-list tr.row').count(), 40);
    await takePicture(page, 'standalone-print');
    await page.close();
  });

  it('says so when it holds no report', async () => {
    const script = readFileSync(path.join(root, 'dist', 'webviews', 'report-standalone.js'), 'utf8');
    const file = path.join(folder, 'broken.html');
    await writeFile(file, renderHtml({ title: 'broken' } as unknown as Report, undefined, { script, nonce }));
    const page = await browser!.newPage();
    await page.goto(pathToFileURL(file).href);
    await page.getByText('This file holds no report that this page can read.').waitFor();
    await page.close();
  });
});
