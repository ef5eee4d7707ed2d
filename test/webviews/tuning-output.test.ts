import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { RunOutput, RunSummary, TuningComparison } from '../../schemas/generated/messages.ts';
import { validateRendererToHost, validateRunOutput } from '../../schemas/generated/validators.js';
import { auditPage, deepText, launchBrowser, settle, takePicture, watchFaults } from './browser.ts';
import { outputFrameHtml } from './output-frame.ts';
import { root, startPageServer, webviewPolicy, type PageServer } from './page-server.ts';
import type { ThemeName } from './theme-variables.ts';

describe('the notebook output of a tuning run', function () {
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

  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close();
  });

  async function render(
    items: readonly unknown[],
    options: { theme?: ThemeName; hasMessaging?: boolean; width?: number } = {},
  ): Promise<{ page: Page; faults: string[] }> {
    const { theme = 'light', hasMessaging = true, width = 900 } = options;
    const page = await browser!.newPage({ viewport: { width, height: 700 }, locale: 'en-US', timezoneId: 'UTC' });
    const faults = await watchFaults(page);
    const html = outputFrameHtml({ mime: 'application/vnd.aiwb.run+json', items, theme, hasMessaging });
    await page.goto(server.publish(`tuning-output-${String(opened++)}`, { policy: webviewPolicy, html }));
    await page.locator('aiwb-run-output-v1').first().waitFor();
    await settle(page);
    return { page, faults };
  }

  const outputOf = (name: string): RunOutput => {
    const file = path.join(root, 'test', 'fixtures', 'tuning', `${name}.json`);
    const tuning = (JSON.parse(readFileSync(file, 'utf8')) as TuningComparison).reports[0]!;
    const { id: runId, name: title, state, createdAt, endedAt, failure } = tuning.run;
    return {
      version: 1,
      kind: 'tune',
      runId,
      name: title,
      state,
      createdAt,
      ...(endedAt === undefined ? {} : { endedAt }),
      ...(failure === undefined ? {} : { failure }),
      tuning,
    };
  };
  const send = (page: Page, run: RunSummary): Promise<void> =>
    page.evaluate(sent => (globalThis as unknown as { send(message: unknown): void }).send(sent), { type: 'run', run });
  const posted = (page: Page): Promise<unknown[]> =>
    page.evaluate(() => (globalThis as unknown as { posted: unknown[] }).posted);
  const summary = (page: Page): Promise<string | null> =>
    page.locator('aiwb-chart .plot').first().getAttribute('aria-label');

  for (const theme of ['light', 'dark', 'hc-dark'] as const) {
    it(`is complete where nobody answers, in ${theme}: checkpoint, aspects, curves, what it used`, async () => {
      const output = outputOf('warm');
      assert.ok(validateRunOutput(output));
      const { page, faults } = await render([output], { theme, hasMessaging: false });
      const text = await deepText(page.locator('aiwb-run-output-v1'));
      assert.match(text, /ticket-triage-warm Finished/);
      assert.match(text, /Best checkpoint: epoch 9, Accuracy \(core performance, validation\) 0\.944, n 72\./);
      assert.match(text, /Robustness 300 0\.833 .* difference \+0\.127 better, intervals apart/);
      assert.match(text, /Which epoch is best\? .* Does it learn, or memorise\?/);
      assert.match(text, /gpu-pool, 1 × NVIDIA L4 · 3\.1 s wall · 3\.0 s CPU · 143 MB at most/);
      assert.equal(await page.getByRole('button', { name: 'Open Run Page' }).count(), 0);
      await takePicture(page, `notebook-tuning-${theme}`);
      assert.deepEqual(await auditPage(page), []);
      assert.deepEqual(faults, []);
    });
  }

  it('grows its curves while the run goes on, and can cancel and open it', async () => {
    const { tuning, ...reference } = outputOf('running');
    const run = tuning!.run;
    const { page, faults } = await render([reference]);
    assert.match(await deepText(page.locator('#output-0')), /The run has been started/);
    const epochs = run.progress.epochs ?? [];
    await send(page, { ...run, id: 'another' });
    await send(page, { ...run, progress: { ...run.progress, done: 4, epochs: epochs.slice(0, 4) } });
    await page.getByText('4 of 20 epochs').first().waitFor();
    await settle(page);
    assert.match((await summary(page)) ?? '', /at epoch 4/);
    await send(page, run);
    await page.getByText('9 of 20 epochs').first().waitFor();
    await page.getByText('training loss 0.1091').waitFor();
    assert.match((await summary(page)) ?? '', /at epoch 9/);
    await settle(page);
    assert.equal(await page.locator('aiwb-chart .plot svg').count(), 2);
    await takePicture(page, 'notebook-tuning-running-light');
    await page.getByRole('button', { name: 'Open Run Page' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    const messages = await posted(page);
    assert.deepEqual(messages, [
      { type: 'watch', runId: run.id },
      { type: 'open', runId: run.id },
      { type: 'cancel', runId: run.id },
    ]);
    for (const message of messages) assert.ok(validateRendererToHost(message));
    await send(page, { ...run, state: 'cancelled' });
    await page.getByText('Cancelled').waitFor();
    assert.equal(await page.locator('aiwb-progress').count(), 0);
    assert.equal(await page.locator('aiwb-chart').count(), 2);
    assert.deepEqual(faults, []);
  });

  it('grows without flicker: hundreds of updates a second draw few charts, and none is ever empty', async () => {
    const { tuning, ...reference } = outputOf('running');
    const run = tuning!.run;
    const { page, faults } = await render([reference]);
    const [first] = run.progress.epochs ?? [];
    const epochs = Array.from({ length: 200 }, (_, index) => ({
      ...first!,
      epoch: index + 1,
      trainingLoss: 2 / (index + 1),
    }));
    const at = (done: number) => ({
      ...run,
      progress: { ...run.progress, total: 200, done, epochs: epochs.slice(0, done) },
    });
    await send(page, at(4));
    await settle(page);
    await page.evaluate(() => {
      const scope = globalThis as unknown as { drawings: number; blanks: number; since: number };
      [scope.drawings, scope.blanks, scope.since] = [0, 0, performance.now()];
      const view = document.querySelector('aiwb-run-output-v1');
      for (const chart of view?.shadowRoot?.querySelectorAll('aiwb-chart') ?? []) {
        const plot = chart.shadowRoot?.querySelector('.plot');
        if (plot === null || plot === undefined) continue;
        const count = (): void => {
          scope.drawings++;
          if (plot.querySelector('svg') === null) scope.blanks++;
        };
        new MutationObserver(count).observe(plot, { childList: true });
      }
    });
    await page.evaluate(
      async messages => {
        for (const message of messages) {
          (globalThis as unknown as { send(message: unknown): void }).send(message);
          await new Promise(resolve => setTimeout(resolve, 10));
        }
      },
      Array.from({ length: 196 }, (_, index) => ({ type: 'run', run: at(index + 5) })),
    );
    await page.waitForFunction(() =>
      [...(document.querySelector('aiwb-run-output-v1')?.shadowRoot?.querySelectorAll('aiwb-chart') ?? [])].every(
        chart =>
          chart.shadowRoot?.querySelector('.plot')?.getAttribute('aria-label')?.includes('at epoch 200') ?? false,
      ),
    );
    const { drawings, blanks, took } = await page.evaluate(() => {
      const scope = globalThis as unknown as { drawings: number; blanks: number; since: number };
      return { drawings: scope.drawings, blanks: scope.blanks, took: performance.now() - scope.since };
    });
    assert.equal(blanks, 0);
    // Two charts rest 150 ms after each drawing, however long the machine takes for the updates.
    const most = 2 * (took / 150 + 2);
    assert.ok(drawings <= most, `${String(drawings)} drawings of two charts in ${String(took)} ms`);
    assert.deepEqual(faults, []);
  });

  for (const theme of ['light', 'hc-light'] as const) {
    it(`leads with what got better and what got worse, and asks what comes next, in ${theme}`, async () => {
      const output = outputOf('speech');
      assert.ok(validateRunOutput(output));
      const { page, faults } = await render([output], { theme });
      const items = await page.locator('aiwb-verdict-list li').allInnerTexts();
      assert.match(items[0] ?? '', /^Better on core performance: WER 0\.212 → 0\.141/);
      assert.ok(
        items.some(text => text.startsWith('Worse for accent “scottish”')),
        items.join('\n'),
      );
      const text = await deepText(page.locator('aiwb-run-output-v1'));
      assert.match(text, /WER lower is better 0\.341 .* 320 0\.410 Not distinguishable/);
      assert.match(text, /pod, 1 × NVIDIA L40S · 1 h 28 min wall · 1\.45 GPU-hours .* · 11,812,440 tokens · 1\.30 USD/);
      await takePicture(page, `notebook-tuning-speech-${theme}`);
      assert.deepEqual(await auditPage(page), []);
      await page.getByRole('button', { name: 'What next…' }).click();
      const last = (await posted(page)).at(-1);
      assert.deepEqual(last, { type: 'next', runId: output.runId });
      assert.ok(validateRendererToHost(last));
      assert.deepEqual(faults, []);
    });
  }

  it('tells why a run failed, and shows hostile text as text, in 300 pixels', async () => {
    const { page, faults } = await render([outputOf('diverged'), outputOf('hostile')], { width: 300 });
    assert.match(await deepText(page.locator('#output-0')), /Training diverged in epoch 5/);
    const hostile = await deepText(page.locator('#output-1'));
    assert.match(hostile, /<\/script><script>document\.title='owned'<\/script> safe⟪U\+202E⟫exe/);
    assert.doesNotMatch(hostile, /\u202e|\u2066/);
    assert.equal(await page.title(), 'Outputs');
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.equal(overflow, 0);
    assert.deepEqual(faults, []);
  });
});
