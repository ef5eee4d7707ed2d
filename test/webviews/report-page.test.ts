import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import type { Report } from '../../schemas/generated/messages.ts';
import { auditPage, deepText, launchBrowser, settle, takePicture, watchFaults } from './browser.ts';
import { pageHtml, readReport } from './fake-host.ts';
import { startPageServer, webviewPolicy, type PageServer } from './page-server.ts';
import type { ThemeName } from './theme-variables.ts';

interface Opened {
  readonly page: Page;
  readonly faults: string[];
}

describe('the report page', function () {
  this.timeout(60_000);
  let browser: Browser | undefined;
  let server: PageServer;
  let opened = 0;

  before(async function () {
    browser = await launchBrowser(['webviews/report.js']);
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

  async function open(
    report: Report,
    options: { theme?: ThemeName; width?: number; samples?: number } = {},
  ): Promise<Opened> {
    const { theme = 'light', width = 1100, samples } = options;
    const page = await browser!.newPage({ viewport: { width, height: 900 }, locale: 'en-US', timezoneId: 'UTC' });
    const faults = await watchFaults(page);
    const html = pageHtml({ report, theme, ...(samples === undefined ? {} : { samples }) });
    await page.goto(server.publish(`page-${String(opened++)}`, { policy: webviewPolicy, html }));
    await page.getByRole('heading', { level: 1 }).waitFor();
    await settle(page);
    return { page, faults };
  }

  const sections = (page: Page): Promise<string[]> => page.getByRole('heading', { level: 2 }).allInnerTexts();

  for (const theme of ['light', 'dark', 'hc-dark', 'hc-light'] as const) {
    it(`shows a finished run in ${theme}, within its content security policy and without serious accessibility findings`, async () => {
      const { page, faults } = await open(readReport('full'), { theme });
      assert.deepEqual(await sections(page), [
        'Verdict',
        'Results',
        'Charts',
        'Comparisons',
        'Regressions',
        'Slices',
        'Confusion matrix',
        'Learning',
        'Worst rows',
        'Rows models disagree on',
        'Samples',
      ]);
      await takePicture(page, `finished-${theme}`);
      assert.deepEqual(await auditPage(page), []);
      assert.deepEqual(faults, []);
    });
  }

  it('says the verdict first, with interval and n', async () => {
    const { page } = await open(readReport('finished'));
    const verdicts = await page.locator('aiwb-verdict-list li').allInnerTexts();
    assert.match(
      verdicts[0] ?? '',
      /^embedded:linear has the highest Accuracy: 0\.\d{3} \(95 % interval 0\.\d{3} to 0\.\d{3}\), n 480\.$/,
    );
    assert.match(verdicts[1] ?? '', /embedded:linear is better than embedded:majority by/);
  });

  it('shows a report from before there were trade-offs, distributions, worst rows and regressions', async () => {
    const { page, faults } = await open(readReport('finished'));
    assert.deepEqual(await sections(page), [
      'Verdict',
      'Results',
      'Charts',
      'Comparisons',
      'Slices',
      'Confusion matrix',
      'Learning',
      'Rows models disagree on',
      'Samples',
    ]);
    assert.deepEqual(faults, []);
  });

  it('shows the matrix of any model and any metric over classes', async () => {
    const report = readReport('full');
    const [, , knn, linear] = report.variants;
    const matrix = knn!.confusion!;
    const confusions = [
      { metric: 'f1', label: 'F1', matrix },
      {
        metric: 'balanced',
        label: 'Balanced accuracy',
        matrix: { ...matrix, labels: matrix.labels.map(name => `${name}!`) },
      },
    ];
    const { page } = await open({
      ...report,
      variants: [...report.variants.slice(0, 2), { ...knn!, confusions }, linear!],
    });
    const matrices = page.locator('aiwb-matrix-section');
    assert.equal(await matrices.getByRole('region', { name: 'Confusion matrix of embedded:linear' }).count(), 1);
    await matrices.locator('vscode-single-select[label="Model"]').click();
    await matrices.getByRole('option', { name: 'embedded:knn' }).click();
    await matrices.getByRole('region', { name: 'Confusion matrix of embedded:knn' }).waitFor();
    await matrices.locator('vscode-single-select[label="Metric"]').click();
    await matrices.getByRole('option', { name: 'Balanced accuracy' }).click();
    await matrices.getByRole('rowheader', { name: 'billing!' }).waitFor();
    const state = await page.evaluate(() => (globalThis as unknown as { state: Record<string, unknown> }).state);
    assert.deepEqual(state['matrix'], { variant: 2, metric: 'balanced' });
  });

  it('sorts the results by any column and tells so to screen readers', async () => {
    const { page } = await open(readReport('finished'));
    const table = page.getByRole('region', { name: 'Results by model' });
    assert.equal(await table.getByRole('columnheader', { name: 'Accuracy' }).getAttribute('aria-sort'), 'descending');
    assert.match((await table.getByRole('rowheader').allInnerTexts())[0] ?? '', /embedded:linear/);
    await table.getByRole('button', { name: 'Accuracy' }).press('Enter');
    assert.equal(await table.getByRole('columnheader', { name: 'Accuracy' }).getAttribute('aria-sort'), 'ascending');
    assert.match((await table.getByRole('rowheader').allInnerTexts())[0] ?? '', /embedded:majority\s*baseline/);
    const state = await page.evaluate(() => (globalThis as unknown as { state: Record<string, unknown> }).state);
    assert.deepEqual(state['runIds'], [readReport('finished').runs[0]?.id]);
    assert.deepEqual(state['sort'], { column: 'accuracy', descending: false });
  });

  it('gives every chart its data as a table', async () => {
    const { page } = await open(readReport('finished'));
    const chart = page.locator('aiwb-chart').first();
    assert.match(
      (await chart.locator('.plot').getAttribute('aria-label')) ?? '',
      /^Accuracy by model: embedded:linear 0\.\d{3}/,
    );
    await chart.getByRole('button', { name: 'Show data' }).click();
    assert.equal(await chart.getByRole('row').count(), 5);
  });

  it('shows a run under way: progress, failures in words, results so far', async () => {
    const { page, faults } = await open(readReport('running'));
    const text = await deepText(page.locator('aiwb-progress'));
    assert.match(text, /1,012 of 1,920 samples/);
    assert.match(text, /37 a second/);
    assert.match(text, /about 25 s left/);
    assert.match(text, /14 samples failed: 11 rate limited, 3 no answer in time/);
    assert.match(text, /embedded:linear is learning: step 640 of 900, loss 0\.4127/);
    assert.match(await deepText(page.locator('aiwb-report-page')), /Results so far, from 1,012 of 1,920 samples/);
    await page.locator('vscode-button', { hasText: 'Cancel' }).click();
    const posted = await page.evaluate(() => (globalThis as unknown as { posted: unknown[] }).posted.at(-1));
    assert.deepEqual(posted, { type: 'command', command: 'cancel', runId: readReport('running').runs[0]?.id });
    await takePicture(page, 'running-light');
    assert.deepEqual(await auditPage(page), []);
    assert.deepEqual(faults, []);
  });

  it('marks results that a finished run has outgrown', async () => {
    const report = readReport('running');
    const { page } = await open(report);
    const run = {
      ...report.runs[0]!,
      state: 'succeeded' as const,
      progress: { ...report.runs[0]!.progress, done: 1920 },
    };
    await page.evaluate(message => window.postMessage(message, '*'), { type: 'run', run });
    await page.getByText('These results cover 1,012 of the 1,920 samples that are done.').waitFor();
  });

  it('tells why a run failed, what to do and where, and offers to resume', async () => {
    const { page, faults } = await open(readReport('failed'), { theme: 'dark' });
    const alert = await page.getByRole('alert').innerText();
    assert.match(alert, /its key was refused/);
    assert.match(alert, /Check the key/);
    assert.match(alert, /workbench\.yaml:4:12/);
    assert.equal(await page.locator('vscode-button', { hasText: 'Resume' }).count(), 1);
    await takePicture(page, 'failed-dark');
    assert.deepEqual(await auditPage(page), []);
    assert.deepEqual(faults, []);
  });

  it('compares runs, with gates, failures and a chart of quality against cost', async () => {
    const { page, faults } = await open(readReport('comparison'), { theme: 'dark' });
    assert.equal((await sections(page))[1], 'Runs');
    const verdicts = await page.locator('aiwb-verdict-list li').allInnerTexts();
    assert.ok(verdicts.some(text => text.startsWith('Gate not met: Accuracy of vllm')));
    assert.ok(verdicts.some(text => text.includes('12 samples failed: rate limited by vllm')));
    assert.match(await deepText(page.locator('aiwb-comparison-table')), /Not distinguishable/);
    assert.deepEqual(await page.locator('aiwb-chart h3').allInnerTexts(), [
      'Which model is better, and how sure?',
      'What does the quality take in time?',
      'What does the quality cost?',
      'How long do answers take?',
      'Which channel is served worse?',
    ]);
    await takePicture(page, 'comparison-dark');
    assert.deepEqual(await auditPage(page), []);
    assert.deepEqual(faults, []);
  });

  it('shows hostile text as text, its unseen characters spelled out', async () => {
    const { page, faults } = await open(readReport('hostile'));
    assert.equal(await page.title(), 'Run');
    const text = await deepText(page.locator('aiwb-report-page'));
    assert.match(text, /<\/script><script>document\.title='owned'<\/script>/);
    assert.match(text, /safe⟪U\+202E⟫exe\.ledom⟪U\+2066⟫⟪U\+200B⟫⟪U\+0007⟫/);
    assert.doesNotMatch(text, /\u202e|\u2066/);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.equal(overflow, 0);
    await takePicture(page, 'hostile-light');
    assert.deepEqual(faults, []);
  });

  for (const theme of ['light', 'hc-dark'] as const) {
    it(`fits 300 pixels in ${theme}: only tables scroll sideways`, async () => {
      for (const name of ['full', 'comparison', 'running']) {
        const { page } = await open(readReport(name), { theme, width: 300 });
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        assert.equal(overflow, 0, name);
        await takePicture(page, `${name}-${theme}-300px`);
      }
    });
  }

  it('drops messages that are no page messages', async () => {
    const { page, faults } = await open(readReport('finished'));
    await page.evaluate(() => window.postMessage({ type: 'report', report: { title: 'broken' } }, '*'));
    await page.evaluate(() => window.postMessage({ type: 'nonsense' }, '*'));
    await page.waitForTimeout(100);
    assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'ticket-triage');
    assert.equal(faults.filter(fault => fault.includes('no page message was dropped')).length, 2);
  });

  it('redraws charts when the theme changes', async () => {
    const { page } = await open(readReport('finished'));
    const drawn = (): Promise<string> => page.locator('aiwb-chart .plot').first().innerHTML();
    assert.doesNotMatch(await drawn(), /#123456/);
    await page.evaluate(() => document.documentElement.style.setProperty('--vscode-charts-blue', '#123456'));
    for (let turn = 0; turn < 50 && !(await drawn()).includes('#123456'); turn++) await page.waitForTimeout(100);
    assert.match(await drawn(), /#123456/);
  });
});
