import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import type { FocusSamples, Report } from '../../schemas/generated/messages.ts';
import { validatePageToHost } from '../../schemas/generated/validators.js';
import { auditPage, launchBrowser, settle, takePicture, watchFaults } from './browser.ts';
import { askedFor, pageHtml, readReport } from './fake-host.ts';
import { startPageServer, webviewPolicy, type PageServer } from './page-server.ts';

interface Scope {
  readonly posted: { readonly type: string; readonly query?: Record<string, unknown> }[];
  readonly state: Record<string, unknown>;
}

const chat = { column: 'channel', value: 'chat' };
const email = { column: 'channel', value: 'email' };

describe('samples of a slice', function () {
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

  afterEach(() => page.close());

  async function open(report: Report, focus?: FocusSamples): Promise<void> {
    page = await browser!.newPage({ viewport: { width: 1100, height: 900 }, locale: 'en-US', timezoneId: 'UTC' });
    faults = await watchFaults(page);
    const html = pageHtml({ report, theme: 'light', ...(focus === undefined ? {} : { before: [focus] }) });
    await page.goto(server.publish(`slices-${String(opened++)}`, { policy: webviewPolicy, html }));
    await page.getByRole('heading', { level: 1 }).waitFor();
    await settle(page);
  }

  const menu = (label: string) => page.locator(`aiwb-sample-filters aiwb-choice-menu[label="${label}"]`);
  const shown = async (label: string): Promise<string> =>
    (await menu(label).locator('summary').innerText()).replace(`${label}: `, '').trim();
  const shownOutcome = (): Promise<string> =>
    page.locator('vscode-single-select[label="Show"]').evaluate(element => {
      const { value } = element as HTMLElement & { value: string };
      const option = [...element.querySelectorAll('vscode-option')].find(
        each => (each as HTMLElement & { value: string }).value === value,
      );
      return option?.textContent.trim() ?? '';
    });
  const tell = (message: unknown): Promise<void> => page.evaluate(sent => window.postMessage(sent, '*'), message);
  const samplesHeading = () => page.getByRole('heading', { level: 2, name: 'Samples' });
  const hasFocus = (): Promise<boolean> =>
    samplesHeading().evaluate(element => (element.getRootNode() as ShadowRoot).activeElement === element);
  const isInView = (): Promise<boolean> =>
    samplesHeading().evaluate(element => {
      const { top, bottom } = element.getBoundingClientRect();
      return top >= 0 && bottom <= innerHeight / 2;
    });
  const lastQuery = async (): Promise<unknown> => {
    const posted = await page.evaluate(() => (globalThis as unknown as Scope).posted);
    for (const message of posted) assert.ok(validatePageToHost(message), JSON.stringify(message));
    return askedFor(posted.findLast(({ type }) => type === 'samples')?.query);
  };
  const samplesState = (): Promise<Record<string, unknown>> =>
    page.evaluate(() => (globalThis as unknown as Scope).state['samples'] as Record<string, unknown>);
  const runId = readReport('finished').runs[0]?.id;

  it('are chosen among the slices of the report, and kept', async () => {
    await open(readReport('finished'));
    await menu('Slices').locator('summary').click();
    const options = menu('Slices').locator('label');
    assert.deepEqual(
      (await options.allInnerTexts()).map(text => text.trim()),
      [
        'channel: email',
        'channel: chat',
        'channel: web-form',
        'channel: phone-transcript',
        'region: UK',
        'region: US',
        'region: DE',
        'region: SG',
        'region: IE',
      ],
    );
    await options.filter({ hasText: 'channel: chat' }).click();
    await page.getByText('960 samples').waitFor();
    assert.deepEqual(await lastQuery(), { runId, filter: 'all', slice: chat, limit: 200 });
    assert.deepEqual((await samplesState())['slices'], [chat]);
    await takePicture(page, 'samples-of-a-slice');
    assert.deepEqual(await auditPage(page), []);
    await options.filter({ hasText: 'channel: email' }).click();
    await page.getByText('1,920 samples').waitFor();
    assert.deepEqual(await lastQuery(), { runId, filter: 'all', where: { slices: [chat, email] }, limit: 200 });
    assert.equal(await shown('Slices'), '2 chosen');
    await page.keyboard.press('Escape');
    assert.equal(await options.first().isVisible(), false);
    await menu('Slices').locator('summary').press('Enter');
    await menu('Slices').getByRole('button', { name: 'all' }).click();
    await page.waitForFunction(() => (globalThis as unknown as Scope).posted.at(-1)?.query?.['where'] === undefined);
    assert.deepEqual(await lastQuery(), { runId, filter: 'all', limit: 200 });
    assert.deepEqual((await samplesState())['slices'], []);
    assert.deepEqual(faults, []);
  });

  it('are no choice where the report has no slices', async () => {
    const report = readReport('finished');
    await open({ ...report, variants: report.variants.map(variant => ({ ...variant, slices: [] })) });
    assert.equal(await menu('Slices').count(), 0);
    assert.equal(await menu('Models').count(), 1);
  });

  it('are what the host leads to, whatever was chosen and searched for', async () => {
    await open(readReport('finished'));
    await page.locator('vscode-textfield input').fill('refund');
    await page.waitForFunction(() =>
      (globalThis as unknown as Scope).posted.some(({ query }) => query?.['text'] === 'refund'),
    );
    await page.evaluate(() => scrollTo(0, 0));
    await tell({ type: 'focus', variant: 2, slice: chat, filter: 'wrong' });
    await page.getByText('80 samples').waitFor();
    assert.deepEqual(await lastQuery(), { runId, variant: 2, filter: 'wrong', slice: chat, limit: 200 });
    assert.deepEqual(
      [await shown('Models'), await shownOutcome(), await shown('Slices')],
      ['embedded:knn', 'Wrong answers', 'channel: chat'],
    );
    assert.equal(await page.locator('vscode-textfield input').inputValue(), '');
    assert.equal(await hasFocus(), true);
    assert.equal(await isInView(), true);
    const { outcome, variants, slices } = await samplesState();
    assert.deepEqual({ outcome, variants, slices }, { outcome: 'wrong', variants: [2], slices: [chat] });
    await takePicture(page, 'samples-led-to');
    assert.deepEqual(await auditPage(page), []);

    await tell({ type: 'focus', slice: email });
    await page.getByText('960 samples').waitFor();
    assert.deepEqual(await lastQuery(), { runId, filter: 'all', slice: email, limit: 200 });
    assert.deepEqual(
      [await shown('Models'), await shownOutcome(), await shown('Slices')],
      ['all', 'Every sample', 'channel: email'],
    );
    assert.deepEqual(faults, []);
  });

  it('are led to as well when there is no report yet, once', async () => {
    await open(readReport('finished'), { type: 'focus', variant: 1, slice: email, filter: 'wrong' });
    await page.getByText('80 samples').waitFor();
    assert.deepEqual(await lastQuery(), { runId, variant: 1, filter: 'wrong', slice: email, limit: 200 });
    assert.equal(await hasFocus(), true);
    assert.equal(await isInView(), true);
    await menu('Slices').locator('summary').click();
    await menu('Slices').getByRole('button', { name: 'all' }).click();
    await page.getByText('160 samples').waitFor();
    await tell({ type: 'report', report: { ...readReport('finished'), title: 'Again' } });
    await page.getByRole('heading', { level: 1, name: 'Again' }).waitFor();
    assert.equal(await shown('Slices'), 'all');
    assert.deepEqual(faults, []);
  });

  it('stay a choice where the report does not know the slice', async () => {
    await open(readReport('finished'), { type: 'focus', slice: { column: 'tier', value: '' } });
    await page.getByText('No sample matches.').waitFor();
    assert.equal(await shown('Slices'), 'tier: (empty)');
  });
});
