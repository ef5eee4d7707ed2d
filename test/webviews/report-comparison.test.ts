import assert from 'node:assert/strict';
import type { Browser, Locator, Page } from 'playwright-core';
import { validatePageToHost } from '../../schemas/generated/validators.js';
import { auditPage, deepText, launchBrowser, settle, takePicture, watchFaults } from './browser.ts';
import { askedFor, pageHtml, readReport } from './fake-host.ts';
import { startPageServer, webviewPolicy, type PageServer } from './page-server.ts';

interface Posted {
  readonly type: string;
  readonly query?: unknown;
}

const earlier = '20261120-091200-aaaaa';
const later = '20261121-101500-bbbbb';

describe('the comparison of runs', function () {
  this.timeout(60_000);
  let browser: Browser | undefined;
  let server: PageServer;
  let page: Page;
  let faults: string[];
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

  beforeEach(async () => {
    const context = await browser!.newContext({
      viewport: { width: 1100, height: 900 },
      locale: 'en-US',
      timezoneId: 'UTC',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    page = await context.newPage();
    faults = await watchFaults(page);
    const html = pageHtml({ report: readReport('comparison'), theme: 'dark' });
    await page.goto(server.publish(`comparison-${String(opened++)}`, { policy: webviewPolicy, html }));
    await page.getByRole('heading', { level: 1 }).waitFor();
    await settle(page);
  });

  afterEach(() => page.context().close());

  const posted = async (): Promise<readonly Posted[]> => {
    const messages = await page.evaluate(() => (globalThis as unknown as { posted: Posted[] }).posted);
    for (const message of messages) assert.ok(validatePageToHost(message), JSON.stringify(message));
    return messages;
  };
  const lastQuery = async (type: string): Promise<unknown> =>
    (await posted()).findLast(message => message.type === type)?.query;
  const chart = (question: string): Locator =>
    page.locator('aiwb-chart').filter({ has: page.getByRole('heading', { name: question }) });
  const cells = (rows: Locator): Promise<string[][]> =>
    rows.evaluateAll(found =>
      found.map(row => [...row.children].map(cell => cell.textContent.replace(/\s+/g, ' ').trim())),
    );

  it('says a line for each further metric, and what changed since the earlier run', async () => {
    const verdicts = await page.locator('aiwb-verdict-list li').allInnerTexts();
    assert.deepEqual(verdicts.slice(0, 4), [
      'gpt · triage (B) has the highest Accuracy: 0.846 (95 % interval 0.813 to 0.878), n 480.',
      'gpt · triage (B) against gpt (A): better by 0.033 (0.007 to 0.060), n 480.',
      'Latency, median: embedded:linear (B) has the lowest, 0.310 ms; better than gpt (A) by 820 ms.',
      'gpt: 9 rows right before are wrong now, 25 rows the other way. gpt now is better than in run 20261120-091200-aaaaa by 0.033 (0.007 to 0.060), n 480.',
    ]);
  });

  it('words the verdict beside each figure, and says who is on the Pareto front and who dominates whom', async () => {
    const rows = page.getByRole('region', { name: 'Results by model' }).getByRole('row');
    const found = await cells(rows);
    assert.deepEqual(found[0]?.slice(0, 6), ['Model', 'Prompt', 'Run', 'Answered', 'Pareto', 'Accuracy']);
    assert.deepEqual(
      found.slice(1).map(row => row[4]),
      [
        '◆ on the front by latency◆ on the front by cost',
        '◆ on the front by latency◆ on the front by cost',
        '◆ on the front by latency◆ on the front by cost',
        '○ dominated by latency, by gpt · triage (B) and 2 others ○ dominated by cost, by gpt · triage-short (B) and embedded:linear (B)',
        '○ dominated by latency, by embedded:linear (B)',
      ],
    );
    assert.match(found[1]?.[5] ?? '', /0\.813 to 0\.878 better$/);
    assert.match(found[2]?.[5] ?? '', /not distinguishable$/);
    assert.match(found[5]?.[5] ?? '', /worse$/);
    const dominated = rows.nth(4).locator('[title^="Dominated by"]').first();
    assert.match(
      (await dominated.getAttribute('title')) ?? '',
      /gpt · triage \(B\), gpt · triage-short \(B\), embedded/,
    );
  });

  it('has the data of trade-offs and latencies as tables', async () => {
    const cost = chart('What does the quality cost?');
    await cost.getByRole('button', { name: 'Show data' }).click();
    const rows = await cells(cost.getByRole('row'));
    assert.deepEqual(rows[0], [
      ...['Model', 'Cost per 1,000 answers, USD', 'Low', 'High', 'Accuracy', 'Low', 'High', 'Pareto'],
    ]);
    assert.deepEqual(rows[2]?.[7], 'on the front');
    assert.match(await cost.locator('.note').innerText(), /Left out, for one of the two figures is missing: vllm\./);
    assert.match(
      (await cost.locator('.plot').getAttribute('aria-label')) ?? '',
      /gpt \(A\) 0\.813 at 0\.61\d* USD, dominated by gpt · triage-short \(B\), embedded:linear \(B\)/,
    );
    const latency = chart('How long do answers take?');
    await latency.getByRole('button', { name: 'Show data' }).click();
    assert.deepEqual((await cells(latency.getByRole('row')))[0]?.slice(0, 9), [
      ...['Model', 'n', 'Mean', 'Least', 'p1', 'p5', 'p10', 'p25', 'p50'],
    ]);
    assert.match(await latency.locator('.note').innerText(), /logarithmic/);
    assert.equal(await latency.locator('svg .mark-line path').count(), 5);
  });

  it('copies a chart as CSV, SVG and PNG', async () => {
    const cost = chart('What does the quality cost?');
    await cost.getByRole('button', { name: 'Copy or open' }).click();
    await cost.getByRole('button', { name: 'Copy as CSV' }).click();
    await cost.getByText('CSV copied').waitFor();
    assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^Model,"Cost per 1,000 answers, USD",Low/);
    await cost.getByRole('button', { name: 'Copy as SVG' }).click();
    await cost.getByText('SVG copied').waitFor();
    assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^<svg[^>]*>.*<\/svg>$/s);
    await cost.getByRole('button', { name: 'Copy as PNG' }).click();
    await cost.getByText('PNG copied').waitFor();
    const size = await page.evaluate(async () => {
      const [item] = await navigator.clipboard.read();
      const picture = await createImageBitmap(await item!.getType('image/png'));
      return { width: picture.width, height: picture.height };
    });
    assert.ok(size.width > 600 && size.height > 400, JSON.stringify(size));
    assert.deepEqual(faults, []);
  });

  it('lists the rows that became wrong, those that became right, and leads to both samples', async () => {
    const panel = page.locator('aiwb-regression').first();
    assert.match(
      await deepText(panel),
      /480 rows decided in both runs\. Right now Wrong now Right before 381 9 Wrong before 25 65/,
    );
    const variants = [
      { runId: earlier, variant: 0 },
      { runId: later, variant: 0 },
    ];
    const query = { runIds: [earlier, later], variants, limit: 25 };
    const asked = (await posted()).filter(({ type }) => type === 'disagreements').map(message => message.query);
    assert.ok(
      asked.some(
        each => JSON.stringify(each) === JSON.stringify({ runIds: query.runIds, variants, change: 'lost', limit: 25 }),
      ),
    );
    await panel.getByRole('button', { name: 'Wrong before, right now (25)' }).click();
    await panel.getByRole('region', { name: 'wrong before and right now' }).waitFor();
    assert.deepEqual(await lastQuery('disagreements'), { ...query, change: 'gained' });
    await panel.getByRole('button', { name: '2', exact: true }).click();
    await panel.getByRole('button', { name: 'Sample 42' }).click();
    assert.deepEqual(askedFor(await lastQuery('samples')), { runId: later, filter: 'all', find: 42, limit: 200 });
    await page.locator('aiwb-sample-list tr.detail').getByText(`${later}#42`).waitFor();

    const other = page.locator('aiwb-regression').nth(1);
    await other.locator('summary').click();
    await other.getByRole('button', { name: '1', exact: true }).click();
    await other.getByRole('button', { name: 'Sample 1', exact: true }).click();
    assert.deepEqual((await posted()).at(-1), {
      type: 'command',
      command: 'openSample',
      runId: '20261101-080000-earlr',
      sample: 1,
    });
    await takePicture(page, 'comparison-regressions-dark');
    assert.deepEqual(await auditPage(page), []);
    assert.deepEqual(faults, []);
  });

  it('leads from a failure and from a worst row to the samples', async () => {
    await page.locator('aiwb-failures').getByRole('button', { name: '10' }).click();
    await page.getByText('No sample matches.').waitFor();
    assert.deepEqual(askedFor(await lastQuery('samples')), {
      runId: earlier,
      variant: 1,
      filter: 'failed',
      where: { failures: ['rate-limit'] },
      limit: 200,
    });
    const worst = page.getByRole('region', { name: 'Worst rows of gpt · triage (B)' });
    await worst.getByRole('button', { name: '11', exact: true }).click();
    await page.locator('aiwb-sample-list tr.detail').waitFor();
    assert.deepEqual(askedFor(await lastQuery('samples')), { runId: later, filter: 'all', find: 11, limit: 200 });
    await page.locator('aiwb-worst-section vscode-single-select').click();
    await page.locator('aiwb-worst-section').getByRole('option', { name: 'gpt · triage-short (B)' }).click();
    await page.getByText('gpt · triage-short (B) has no wrong answer.').waitFor();
  });

  it('orders the rows models disagree on by how many are wrong', async () => {
    await page.getByRole('button', { name: 'Most wrong answers first' }).click();
    await page.getByRole('button', { name: 'In the order of rows' }).waitFor();
    const expected = { runIds: [earlier, later], sort: { by: 'wrong', descending: true }, limit: 25 };
    assert.deepEqual(await lastQuery('disagreements'), expected);
    const list = page.locator('aiwb-disagreement-list[edition]');
    await list.getByRole('button', { name: 'Show more rows' }).click();
    await list.getByText('60 rows; 50 shown.').waitFor();
    assert.deepEqual(await lastQuery('disagreements'), { ...expected, offset: 25 });
  });

  it('tells what was taken over, cached and paid for judges', async () => {
    await page.locator('aiwb-run-facts summary').click();
    const facts = await deepText(page.locator('aiwb-run-facts'));
    assert.match(facts, /Asked in run B 120 samples taken over from before a resume/);
    assert.match(
      facts,
      /gpt \(A\), cost answers 0\.290 USD, judges and other measuring 0\.0430 USD, 12 answers from the cache/,
    );
  });
});
