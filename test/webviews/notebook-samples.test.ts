import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { validateRendererToHost } from '../../schemas/generated/validators.js';
import { auditPage, deepText, launchBrowser, takePicture, watchFaults } from './browser.ts';
import { readReport } from './fake-host.ts';
import { outputFrameHtml } from './output-frame.ts';
import { startPageServer, webviewPolicy, type PageServer } from './page-server.ts';
import type { ThemeName } from './theme-variables.ts';

interface Posted {
  readonly type: string;
  readonly request?: number;
  readonly query?: Record<string, unknown>;
}

describe('samples in a notebook output', function () {
  this.timeout(60_000);
  let browser: Browser | undefined;
  let server: PageServer;
  let opened = 0;
  const report = readReport('full');
  const [run] = report.runs;
  const output = { version: 1, runId: run!.id, name: run!.name, state: run!.state, createdAt: run!.createdAt, report };

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

  async function open(
    options: { samples?: number; theme?: ThemeName; width?: number } = {},
  ): Promise<{ page: Page; faults: string[] }> {
    const { samples, theme = 'light', width = 900 } = options;
    const page = await browser!.newPage({ viewport: { width, height: 800 }, locale: 'en-US', timezoneId: 'UTC' });
    const faults = await watchFaults(page);
    const store = samples === undefined ? {} : { store: { report, samples } };
    const html = outputFrameHtml({
      mime: 'application/vnd.aiwb.run+json',
      items: [output],
      theme,
      hasMessaging: true,
      ...store,
    });
    await page.goto(server.publish(`samples-${String(opened++)}`, { policy: webviewPolicy, html }));
    await page.getByRole('button', { name: 'Samples', exact: true }).click();
    return { page, faults };
  }

  const posted = (page: Page): Promise<Posted[]> =>
    page.evaluate(() => (globalThis as unknown as { posted: Posted[] }).posted);
  const rows = (page: Page) => page.locator('aiwb-sample-list tr.row button');
  const focused = (page: Page): Promise<string | undefined> =>
    page.evaluate(() => {
      let active = document.activeElement;
      while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
      return (active as HTMLElement | null)?.dataset['index'];
    });

  for (const theme of ['light', 'dark', 'hc-dark', 'hc-light'] as const) {
    it(`are a table that a screen reader can count, in ${theme}`, async () => {
      const { page, faults } = await open({ samples: 1_000_000, theme });
      await rows(page).first().waitFor();
      assert.equal(await page.locator('aiwb-sample-list table').getAttribute('aria-rowcount'), '1000001');
      await page.getByText('1,000,000 samples').waitFor();
      await takePicture(page, `notebook-samples-${theme}`);
      assert.deepEqual(await auditPage(page), []);
      assert.deepEqual(faults, []);
    });
  }

  it('are sorted, filtered and searched by asking VS Code, each question numbered and valid', async () => {
    const { page, faults } = await open({ samples: 1920 });
    await rows(page).first().waitFor();
    const list = page.locator('aiwb-sample-list');
    await list.getByRole('button', { name: 'Latency' }).click();
    await list.locator('th[aria-sort=ascending]').getByRole('button', { name: 'Latency' }).waitFor();
    await list.getByRole('button', { name: 'Latency' }).click();
    await list.locator('th[aria-sort=descending]').waitFor();
    await page.locator('vscode-textfield').locator('input').fill('accounts');
    await page.waitForFunction(() =>
      (globalThis as unknown as { posted: Posted[] }).posted.some(({ query }) => query?.['text'] === 'accounts'),
    );
    const asked = (await posted(page)).filter(({ type }) => type === 'samples');
    for (const message of asked) assert.ok(validateRendererToHost(message), JSON.stringify(message));
    assert.equal(new Set(asked.map(({ request }) => request)).size, asked.length);
    const sorts = asked.map(({ query }) => query?.['sort']);
    assert.ok(sorts.some(sort => JSON.stringify(sort) === '{"by":"latency","descending":true}'));
    assert.deepEqual(faults, []);
  });

  it('are walked by keyboard to the last of a million, and none of the keys reaches the notebook', async () => {
    const { page, faults } = await open({ samples: 1_000_000 });
    await rows(page).first().waitFor();
    await page.evaluate(() => {
      const scope = globalThis as unknown as { leaked: string[] };
      scope.leaked = [];
      addEventListener('keydown', ({ key }) => scope.leaked.push(key));
    });
    await rows(page).first().focus();
    for (const [key, index] of [
      ['ArrowDown', '1'],
      ['End', '999999'],
      ['ArrowUp', '999998'],
      ['Home', '0'],
    ] as const) {
      await page.keyboard.press(key);
      await page.waitForFunction(wanted => {
        let active = document.activeElement;
        while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
        return (active as HTMLElement | null)?.dataset['index'] === wanted;
      }, index);
      assert.equal(await focused(page), index);
    }
    assert.deepEqual(await page.evaluate(() => (globalThis as unknown as { leaked: string[] }).leaked), []);
    assert.deepEqual(faults, []);
  });

  it('take the wheel for themselves as long as they can scroll, and then leave it to the notebook', async () => {
    const { page, faults } = await open({ samples: 100 });
    await rows(page).first().waitFor();
    await page.evaluate(() => {
      const scope = globalThis as unknown as { turns: number };
      scope.turns = 0;
      addEventListener('wheel', () => scope.turns++);
    });
    const turns = () => page.evaluate(() => (globalThis as unknown as { turns: number }).turns);
    const table = page.locator('aiwb-sample-list .samples');
    await table.hover();
    await page.mouse.wheel(0, 200);
    await page.waitForFunction(element => element.scrollTop > 0, await table.elementHandle());
    assert.equal(await turns(), 0);
    await table.evaluate(element => (element.scrollTop = element.scrollHeight));
    await page.mouse.wheel(0, 200);
    await page.waitForFunction(() => (globalThis as unknown as { turns: number }).turns > 0);
    assert.deepEqual(faults, []);
  });

  it('come cut, and whole when one is opened', async () => {
    const { page, faults } = await open({ samples: 20 });
    await rows(page).nth(4).click();
    await page.getByRole('button', { name: 'Show all 20,000 characters' }).waitFor();
    const asked = (await posted(page)).filter(({ type }) => type === 'wholeSample');
    assert.equal(asked.length, 1);
    assert.ok(validateRendererToHost(asked[0]));
    assert.ok((await posted(page)).every(({ type, query }) => type !== 'samples' || query?.['textLimit'] === 1000));
    assert.deepEqual(faults, []);
  });

  it('give way to the worst rows where the run is gone, with the reason, and can be tried again', async () => {
    const { page, faults } = await open();
    await page.locator('aiwb-sample-browser').waitFor();
    const [asked] = (await posted(page)).filter(({ type }) => type === 'samples');
    const failure = {
      code: 'run-not-found',
      message: 'There is no run r1 in this workspace.',
      remedy: 'It was removed.',
    };
    await page.evaluate(message => (globalThis as unknown as { send(message: unknown): void }).send(message), {
      type: 'failure',
      request: asked!.request,
      failure,
    });
    await page.locator('aiwb-worst-rows').waitFor();
    const text = await deepText(page.locator('#part'));
    assert.match(text, /There is no run r1 in this workspace\. It was removed\./);
    assert.match(text, /The notebook itself holds the rows that each model answered worst/);
    await takePicture(page, 'notebook-samples-gone');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('aiwb-sample-browser').waitFor();
    assert.equal((await posted(page)).filter(({ type }) => type === 'samples').length, 2);
    assert.deepEqual(faults, []);
  });

  it('lead to the run page, and stop asking when they are closed', async () => {
    const { page } = await open();
    await page.locator('aiwb-sample-browser').waitFor();
    const [asked] = (await posted(page)).filter(({ type }) => type === 'samples');
    await page.getByRole('button', { name: 'Worst rows' }).click();
    await page.locator('aiwb-worst-rows button.link').first().click();
    const messages = await posted(page);
    assert.ok(messages.some(({ type, request }) => type === 'stop' && request === asked!.request));
    const link = messages.find(({ type }) => type === 'openSample');
    assert.ok(validateRendererToHost(link));
  });

  it('fit 300 pixels', async () => {
    const { page, faults } = await open({ samples: 1920, width: 300 });
    await rows(page).first().waitFor();
    await takePicture(page, 'notebook-samples-narrow');
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
    assert.deepEqual(faults, []);
  });
});
