import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import type { RunOutput, TakeChart } from '../../schemas/generated/messages.ts';
import { validateRendererToHost } from '../../schemas/generated/validators.js';
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
    options: { theme?: ThemeName; hasMessaging?: boolean; width?: number } = {},
  ): Promise<Rendered> {
    const { theme = 'light', hasMessaging = true, width = 900 } = options;
    const page = await browser!.newPage({ viewport: { width, height: 700 }, locale: 'en-US', timezoneId: 'UTC' });
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

  for (const theme of ['light', 'dark', 'hc-dark', 'hc-light'] as const) {
    it(`is short at first and complete where nobody answers, in ${theme}`, async () => {
      const { page, faults } = await render([{ ...outputOf('full'), as: 'first' }], { theme, hasMessaging: false });
      const text = await deepText(page.locator('aiwb-run-output-v1'));
      assert.match(text, /ticket-triage as first Finished/);
      assert.match(text, /embedded:linear has the highest Accuracy/);
      assert.equal(await page.getByRole('button', { name: 'Open Run Page' }).count(), 0);
      assert.equal(await page.locator('aiwb-chart').count(), 0);
      await takePicture(page, `notebook-${theme}`);
      assert.deepEqual(await auditPage(page), []);
      for (const [part, told] of [
        ['Charts', /Which model is better, and how sure\? .*How long do answers take\?/],
        ['Slices', /Which channel is served worse\?/],
        ['Confusion matrix', /Rows by right label/],
        ['Differences', /Differences with 95 % intervals/],
        ['Samples', /does not answer here\. The notebook itself holds the rows/],
      ] as const) {
        await page.getByRole('button', { name: part, exact: true }).click();
        await page.locator('aiwb-report-part').waitFor();
        await settle(page);
        assert.match(await deepText(page.locator('#part')), told);
        await takePicture(page, `notebook-${part.toLowerCase().replace(' ', '-')}-${theme}`);
        assert.deepEqual(await auditPage(page), [], part);
      }
      await page.getByRole('button', { name: 'Samples', exact: true }).click();
      assert.equal(await page.locator('aiwb-report-part').count(), 0);
      assert.deepEqual(faults, []);
      await page.close();
    });
  }

  it('draws charts in the colours that a system forces, and stands still where motion is reduced', async () => {
    const { page, faults } = await render([outputOf('full'), { ...outputOf('running'), report: undefined }]);
    const moving = () =>
      page.locator('#output-1 aiwb-run-output-v1').evaluate(({ shadowRoot }) => shadowRoot?.getAnimations().length);
    assert.equal(await moving(), 1);
    await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
    assert.equal(await moving(), 0);
    await page.getByRole('button', { name: 'Charts', exact: true }).click();
    await page.locator('aiwb-report-part').waitFor();
    await settle(page);
    const drawn = await page.locator('aiwb-chart .plot').first().innerHTML();
    assert.match(drawn, /CanvasText/);
    assert.doesNotMatch(drawn, /(fill|stroke)="#[0-9a-f]{6}"/);
    await takePicture(page, 'notebook-forced-colours');
    assert.deepEqual(faults, []);
    await page.close();
  });

  it('fits 300 pixels, every part of it', async () => {
    const { page, faults } = await render([outputOf('full')], { width: 300, hasMessaging: false });
    for (const part of ['Charts', 'Slices', 'Confusion matrix', 'Differences', 'Samples']) {
      await page.getByRole('button', { name: part, exact: true }).click();
      await page.locator('aiwb-report-part').waitFor();
      await settle(page);
      await takePicture(page, `notebook-narrow-${part.toLowerCase().replace(' ', '-')}`);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(overflow <= 0, `${part} overflows by ${String(overflow)} pixels`);
    }
    assert.deepEqual(faults, []);
    await page.close();
  });

  it('remembers what was open when the output is written anew', async () => {
    const { page } = await render([outputOf('full')]);
    await page.getByRole('button', { name: 'Differences' }).click();
    await page.locator('aiwb-comparison-table').waitFor();
    await page.evaluate(output => {
      const element = document.createElement('div');
      element.id = 'again';
      document.body.append(element);
      const { renderer } = globalThis as unknown as {
        renderer: { renderOutputItem(item: unknown, element: Element, signal: AbortSignal): Promise<void> };
      };
      const item = { id: 'again', mime: 'application/vnd.aiwb.run+json', json: () => output };
      return renderer.renderOutputItem(item, element, new AbortController().signal);
    }, outputOf('full'));
    await page.locator('#again aiwb-comparison-table').waitFor();
    await page.close();
  });

  it('takes a chart out of the notebook: copied, opened, saved', async () => {
    const { page, faults } = await render([outputOf('full')]);
    await page.evaluate(() => {
      const refuse = () => Promise.reject(new Error('Not here.'));
      Object.defineProperty(navigator, 'clipboard', { value: { writeText: refuse, write: refuse } });
    });
    await page.getByRole('button', { name: 'Charts', exact: true }).click();
    await page.locator('aiwb-report-part').waitFor();
    await settle(page);
    const chart = page.locator('aiwb-chart').first();
    await chart.getByRole('button', { name: 'Copy or open' }).click();
    await takePicture(page, 'notebook-chart-ways');
    for (const format of ['SVG', 'CSV']) {
      await chart.getByRole('button', { name: `Open ${format} in editor` }).click();
      await chart.getByRole('button', { name: `Copy as ${format}` }).click();
      await chart.getByText(`${format} copied`).waitFor();
    }
    await chart.getByRole('button', { name: 'Copy as PNG' }).click();
    await chart.getByText('save it instead').waitFor();
    const messages = (await posted(page)).filter(message => (message as { type: string }).type === 'chart');
    for (const message of messages) assert.ok(validateRendererToHost(message));
    const told = messages.map(message => message as TakeChart).map(({ take, format }) => `${take} ${format}`);
    assert.deepEqual(told.sort(), ['copy csv', 'copy svg', 'open csv', 'open svg', 'save png']);
    const contentOf = (format: string) => (messages as TakeChart[]).find(message => message.format === format)?.content;
    assert.match(contentOf('svg') ?? '', /^<svg[^]*<\/svg>$/);
    assert.match(contentOf('csv') ?? '', /^Model,Accuracy,Low,High,n\r\nembedded:linear,/);
    assert.ok(
      Buffer.from(contentOf('png') ?? '', 'base64')
        .subarray(1, 4)
        .equals(Buffer.from('PNG')),
    );
    assert.deepEqual(faults, []);
    await page.close();
  });

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

  it('says that a run was lost sight of, and keeps what the notebook holds', async () => {
    const started = { ...outputOf('running'), report: undefined };
    const { page, faults } = await render([started, outputOf('full')]);
    const failure = { code: 'run-not-found', message: 'This run is not here.', remedy: 'It was deleted.' };
    await send(page, { type: 'failure', runId: started.runId, failure });
    await page.getByText('Running when last seen').waitFor();
    const text = await deepText(page.locator('#output-0'));
    assert.match(text, /This run is not here\. It was deleted\./);
    assert.match(await deepText(page.locator('#output-1')), /embedded:linear has the highest Accuracy/);
    await takePicture(page, 'notebook-lost-run');
    assert.deepEqual(faults, []);
    await page.close();
  });

  it('shows the end of a run that another window writes', async () => {
    const started = { ...outputOf('full'), state: 'running' as const, endedAt: undefined, report: undefined };
    const { page } = await render([started]);
    await send(page, { type: 'output', output: outputOf('full') });
    await page.getByText('embedded:linear has the highest Accuracy').waitFor();
    await page.close();
  });

  it('shows the first answers of a run under way as text', async () => {
    const started = { ...outputOf('running'), report: undefined };
    const { page, faults } = await render([started]);
    const run = readReport('running').runs[0]!;
    const text = '\u001b[31m<img src=x onerror=alert(1)>\u202e';
    const firstAnswers = [{ model: 'gpt', row: 6, text }];
    await send(page, { type: 'run', run: { ...run, progress: { ...run.progress, firstAnswers } } });
    await page.getByText('row 7:').waitFor();
    assert.match(
      await deepText(page.locator('#output-0')),
      /gpt, row 7: ⟪U\+001B⟫\[31m<img src=x onerror=alert\(1\)>⟪U\+202E⟫/,
    );
    assert.deepEqual(faults, []);
    await page.close();
  });

  it('stays usable with 5,000 slices, and names and texts of a megabyte', async () => {
    const output = outputOf('full');
    const report = output.report!;
    const [first, ...others] = report.variants;
    const long = 'm'.repeat(1_000_000);
    const slices = Array.from({ length: 5000 }, (_, index) => ({
      column: 'customer',
      value: `customer ${String(index)}`,
      n: 5000 - index,
      metrics: first!.metrics.slice(0, 1),
    }));
    const worst = first!.worst!.map(row => ({ ...row, output: long }));
    const variants = [{ ...first!, model: long, slices, worst }, ...others];
    const { page, faults } = await render([{ ...output, name: long, report: { ...report, variants } }], {
      hasMessaging: false,
    });
    await page.getByRole('button', { name: 'Slices', exact: true }).click();
    await page.getByRole('button', { name: 'Show all 5,000 values' }).waitFor();
    await page.getByRole('button', { name: 'Samples', exact: true }).click();
    await page.locator('aiwb-worst-rows').waitFor();
    const shown = (await deepText(page.locator('#output-0'))).length;
    assert.ok(shown < 60_000, `${String(shown)} characters are shown`);
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
