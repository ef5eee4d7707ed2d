import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import type { FocusSamples, Report } from '../../schemas/generated/messages.ts';
import { validatePageToHost } from '../../schemas/generated/validators.js';
import { auditPage, launchBrowser, settle, takePicture, watchFaults } from './browser.ts';
import { pageHtml, readReport } from './fake-host.ts';
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

  const select = (label: string) => page.locator(`aiwb-sample-browser vscode-single-select[label="${label}"]`);
  const shown = (label: string): Promise<string> =>
    select(label).evaluate(element => {
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
    return posted.findLast(({ type }) => type === 'samples')?.query;
  };
  const state = (): Promise<Scope['state']> => page.evaluate(() => (globalThis as unknown as Scope).state);
  const runId = readReport('finished').runs[0]?.id;

  it('are chosen among the slices of the report, and kept', async () => {
    await open(readReport('finished'));
    await select('Slice').click();
    const options = select('Slice').getByRole('option');
    assert.deepEqual(
      (await options.allInnerTexts()).map(text => text.trim()),
      [
        'Every slice',
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
    assert.deepEqual((await state())['slice'], chat);
    await takePicture(page, 'samples-of-a-slice');
    assert.deepEqual(await auditPage(page), []);
    await select('Slice').click();
    await options.filter({ hasText: 'Every slice' }).click();
    await page.getByText('1,920 samples').waitFor();
    assert.deepEqual(await lastQuery(), { runId, filter: 'all', limit: 200 });
    assert.equal((await state())['slice'], undefined);
    assert.deepEqual(faults, []);
  });

  it('are no choice where the report has no slices', async () => {
    const report = readReport('finished');
    await open({ ...report, variants: report.variants.map(variant => ({ ...variant, slices: [] })) });
    assert.equal(await select('Slice').count(), 0);
    assert.equal(await select('Show').count(), 1);
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
      [await shown('Model'), await shown('Show'), await shown('Slice')],
      ['embedded:knn', 'Wrong answers', 'channel: chat'],
    );
    assert.equal(await page.locator('vscode-textfield input').inputValue(), '');
    assert.equal(await hasFocus(), true);
    assert.equal(await isInView(), true);
    const { filter, sampleVariant, slice } = await state();
    assert.deepEqual({ filter, sampleVariant, slice }, { filter: 'wrong', sampleVariant: 2, slice: chat });
    await takePicture(page, 'samples-led-to');
    assert.deepEqual(await auditPage(page), []);

    await tell({ type: 'focus', slice: email });
    await page.getByText('960 samples').waitFor();
    assert.deepEqual(await lastQuery(), { runId, filter: 'all', slice: email, limit: 200 });
    assert.deepEqual(
      [await shown('Model'), await shown('Show'), await shown('Slice')],
      ['All models', 'Every sample', 'channel: email'],
    );
    assert.deepEqual(faults, []);
  });

  it('are led to as well when there is no report yet, once', async () => {
    await open(readReport('finished'), { type: 'focus', variant: 1, slice: email, filter: 'wrong' });
    await page.getByText('80 samples').waitFor();
    assert.deepEqual(await lastQuery(), { runId, variant: 1, filter: 'wrong', slice: email, limit: 200 });
    assert.equal(await hasFocus(), true);
    assert.equal(await isInView(), true);
    await select('Slice').click();
    await select('Slice').getByRole('option', { name: 'Every slice' }).click();
    await page.getByText('160 samples').waitFor();
    await tell({ type: 'report', report: { ...readReport('finished'), title: 'Again' } });
    await page.getByRole('heading', { level: 1, name: 'Again' }).waitFor();
    assert.equal(await shown('Slice'), 'Every slice');
    assert.deepEqual(faults, []);
  });

  it('stay a choice where the report does not know the slice', async () => {
    await open(readReport('finished'), { type: 'focus', slice: { column: 'tier', value: '' } });
    await page.getByText('No sample matches.').waitFor();
    assert.equal(await shown('Slice'), 'tier: (empty)');
  });
});
