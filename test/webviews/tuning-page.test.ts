import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { renderPage } from '../../engine/run-exports/html.ts';
import type { RunSummary, TuningComparison } from '../../schemas/generated/messages.ts';
import { validateTuningComparison, validateTuningPageToHost } from '../../schemas/generated/validators.js';
import { auditPage, deepText, launchBrowser, settle, takePicture, watchFaults } from './browser.ts';
import { fakePageHtml } from './fake-page.ts';
import { nonce, root, startPageServer, webviewPolicy, type PageServer } from './page-server.ts';
import type { ThemeName } from './theme-variables.ts';

const names = [
  ...(['finished', 'running', 'diverged', 'warm', 'comparison', 'hostile'] as const),
  ...(['speech', 'chat', 'waiting', 'search'] as const),
] as const;
type Name = (typeof names)[number];

function readTuning(name: Name): TuningComparison {
  return JSON.parse(
    readFileSync(path.join(root, 'test', 'fixtures', 'tuning', `${name}.json`), 'utf8'),
  ) as TuningComparison;
}

describe('tuning runs for the page', () => {
  for (const name of names) {
    it(`${name} fits the schema`, () => {
      assert.ok(
        validateTuningComparison(readTuning(name)),
        JSON.stringify(validateTuningComparison.errors?.slice(0, 3)),
      );
    });
  }
});

describe('the tuning page', function () {
  this.timeout(60_000);
  let browser: Browser | undefined;
  let server: PageServer;
  let folder: string;
  let opened = 0;

  before(async function () {
    browser = await launchBrowser(['webviews/tuning.js', 'webviews/tuning-standalone.js']);
    if (browser === undefined) return this.skip();
    server = await startPageServer();
    folder = await mkdtemp(path.join(tmpdir(), 'aiwb-tuning-'));
  });

  after(async () => {
    await browser?.close();
    if (browser === undefined) return;
    await server.close();
    await rm(folder, { recursive: true });
  });

  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close();
  });

  async function newPage(width: number, colorScheme: 'light' | 'dark' = 'light') {
    const page = await browser!.newPage({
      viewport: { width, height: 900 },
      colorScheme,
      locale: 'en-US',
      timezoneId: 'UTC',
    });
    return { page, faults: await watchFaults(page) };
  }

  async function open(
    comparison: TuningComparison,
    { theme = 'light', width = 1100 }: { theme?: ThemeName; width?: number } = {},
  ): Promise<{ page: Page; faults: string[] }> {
    const { page, faults } = await newPage(width);
    const html = fakePageHtml({ bundle: 'tuning', theme, messages: [{ type: 'tuning', comparison }] });
    await page.goto(server.publish(`tuning-${String(opened++)}`, { policy: webviewPolicy, html }));
    await page.getByRole('heading', { level: 1 }).waitFor();
    await settle(page);
    return { page, faults };
  }

  const sections = (page: Page): Promise<string[]> => page.getByRole('heading', { level: 2 }).allInnerTexts();
  const tell = (page: Page, message: unknown): Promise<void> =>
    page.evaluate(sent => window.postMessage(sent, '*'), message);
  const posted = (page: Page): Promise<unknown[]> =>
    page.evaluate(() => (globalThis as unknown as { posted: unknown[] }).posted);
  const overflow = (page: Page): Promise<number> =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  const press = (page: Page, label: string): Promise<void> => page.locator('vscode-button', { hasText: label }).click();
  const summaries = (page: Page): Promise<(string | null)[]> =>
    page.locator('aiwb-chart .plot').evaluateAll(plots => plots.map(plot => plot.getAttribute('aria-label')));

  for (const theme of ['light', 'dark', 'hc-dark', 'hc-light'] as const) {
    it(`shows a finished run in ${theme}, within its content security policy and without serious accessibility findings`, async () => {
      const { page, faults } = await open(readTuning('finished'), { theme });
      assert.deepEqual(await sections(page), [
        'Verdict',
        'Results',
        'Slices',
        'Learning curves',
        'Checkpoints',
        'Data',
        'Settings',
        'Infrastructure',
      ]);
      const first = await page.locator('aiwb-verdict-list li').first().innerText();
      assert.equal(first, 'Best checkpoint: epoch 12, Accuracy (core performance, validation) 0.917, n 72.');
      await takePicture(page, `tuning-finished-${theme}`);
      assert.deepEqual(await auditPage(page), []);
      assert.deepEqual(faults, []);
    });
  }

  it('shows every aspect on its test rows with intervals and n, and every group with its gap', async () => {
    const { page } = await open(readTuning('finished'));
    const results = await deepText(page.locator('aiwb-aspect-table'));
    assert.match(results, /Robustness 300 0\.773 0\.723 to 0\.817 0\.760/);
    assert.doesNotMatch(results, /difference/);
    const slices = await deepText(page.locator('aiwb-slice-section'));
    assert.match(
      slices,
      /Ethical alignment: largest gap in accuracy by writer 0\.063 \(95 % interval 0\.000 to 0\.132\)/,
    );
    assert.match(slices, /Does it serve every writer alike\?/);
    assert.match(slices, /singapore-english 347 0\.787/);
    const data = await deepText(page.locator('aiwb-data-table'));
    assert.match(data, /Core performance data\/ tickets\. jsonl 648 [0-9a-f]{8} 72 480 [0-9a-f]{8} 1 .* licence mit/);
  });

  it('sets the base beside the tuned model, with a signed and worded difference', async () => {
    const { page, faults } = await open(readTuning('warm'), { theme: 'dark' });
    const results = await deepText(page.locator('aiwb-aspect-table'));
    assert.match(results, /base registry:ticket-triage@1 0\.842 .* difference \+0\.004 intervals overlap/);
    assert.match(results, /difference \+0\.127 better, intervals apart/);
    const data = await deepText(page.locator('aiwb-data-table'));
    assert.match(data, /no licence stated Not reviewed/);
    assert.match(data, /No card/);
    assert.match(await deepText(page.locator('aiwb-tuning-page')), /Resumed once: epochs 1 to 4 were learnt before\./);
    await takePicture(page, 'tuning-warm-dark');
    assert.deepEqual(faults, []);
  });

  it('marks the chosen checkpoint in its curves and gives them as a table', async () => {
    const { page } = await open(readTuning('finished'));
    const charts = page.locator('section[aria-labelledby="learning"] aiwb-chart');
    assert.deepEqual(await charts.locator('h3').allInnerTexts(), [
      'Which epoch is best?',
      'Does it learn, or memorise?',
    ]);
    const loss = charts.nth(1);
    const summary = (await loss.locator('.plot').getAttribute('aria-label')) ?? '';
    assert.match(
      summary,
      /^Loss, nats a row, over epochs: Core performance from 1\.\d{3} at epoch 1 to 0\.\d{3} at epoch 20;/,
    );
    assert.match(summary, /; Training from .*Marked: best: epoch 12\.$/);
    const labels = await loss.locator('svg text').allTextContents();
    for (const label of ['Core performance', 'Robustness', 'Ethical alignment', 'Training', 'best: epoch 12'])
      assert.ok(labels.includes(label), `${label} is not in the chart`);
    const dashes = await loss
      .locator('svg .mark-line path')
      .evaluateAll(paths => paths.map(line => line.getAttribute('stroke-dasharray')));
    assert.equal(new Set(dashes).size, 4);
    await loss.getByRole('button', { name: 'Show data' }).click();
    assert.equal(await loss.getByRole('row').count(), 21);
  });

  it('registers any checkpoint, opens the registered version, the job and the log', async () => {
    const comparison = readTuning('finished');
    const runId = comparison.reports[0]!.run.id;
    const { page } = await open(comparison);
    await page.getByRole('button', { name: 'Register epoch 15…' }).click();
    await press(page, 'Open ticket-triage@1');
    await press(page, 'Open Tuning Job');
    await press(page, 'Log');
    await press(page, 'Compare…');
    await press(page, 'Open as HTML');
    const messages = await posted(page);
    assert.deepEqual(messages, [
      { type: 'ready' },
      { type: 'command', command: 'register', runId, epoch: 15 },
      { type: 'command', command: 'openVersion', runId },
      { type: 'command', command: 'openFile', runId },
      { type: 'command', command: 'openLog', runId },
      { type: 'command', command: 'compare', runId },
      { type: 'command', command: 'openHtml', runId },
    ]);
    for (const message of messages) assert.ok(validateTuningPageToHost(message));
    const state = await page.evaluate(() => (globalThis as unknown as { state: unknown }).state);
    assert.deepEqual(state, { runIds: [runId] });
  });

  it('grows its curves with every epoch that is told, and moves the best with them', async () => {
    const comparison = readTuning('running');
    const { run } = comparison.reports[0]!;
    const { page, faults } = await open(comparison);
    assert.match(await deepText(page.locator('aiwb-progress')), /9 of 20 epochs training loss 0\.1091 4\.9 a second/);
    assert.match((await summaries(page))[0] ?? '', /Marked: best so far: epoch 8\./);
    assert.equal(await page.getByRole('button', { name: /^Register epoch/ }).count(), 0);
    await takePicture(page, 'tuning-running-light');
    const epochs = run.progress.epochs ?? [];
    const last = epochs.at(-1)!;
    const next = {
      ...last,
      epoch: 10,
      aspects: last.aspects.map(aspect => ({ ...aspect, scores: { ...aspect.scores, accuracy: 0.99 } })),
    };
    const grown: RunSummary = { ...run, progress: { ...run.progress, done: 10, epochs: [...epochs, next] } };
    await tell(page, { type: 'run', run: grown });
    await page.getByText('10 of 20 epochs').first().waitFor();
    assert.match((await summaries(page))[0] ?? '', /to 0\.990 at epoch 10; .*Marked: best so far: epoch 10\./);
    assert.match(
      await page.locator('aiwb-verdict-list li').first().innerText(),
      /^Best checkpoint so far: epoch 10, Accuracy \(core performance, validation\) 0\.990, n 72\.$/,
    );
    await settle(page);
    assert.equal(await page.locator('aiwb-chart .plot svg').count(), 2);
    await press(page, 'Cancel');
    assert.deepEqual((await posted(page)).at(-1), { type: 'command', command: 'cancel', runId: run.id });
    await tell(page, { type: 'run', run: { ...grown, id: 'another', progress: { ...grown.progress, done: 20 } } });
    await tell(page, { type: 'run', run: { ...grown, state: 'cancelled', resumable: true } });
    await page.getByText('Cancelled').first().waitFor();
    await press(page, 'Resume');
    assert.deepEqual((await posted(page)).at(-1), { type: 'command', command: 'resume', runId: run.id });
    assert.equal(await page.locator('aiwb-progress').count(), 0);
    assert.deepEqual(await auditPage(page), []);
    assert.deepEqual(faults, []);
  });

  it('says what is missing before the first epoch, and shows progress that comes before the report', async () => {
    const comparison = readTuning('running');
    const report = comparison.reports[0]!;
    const progress = { ...report.run.progress, epochs: [] };
    const started = {
      ...report,
      run: { ...report.run, progress: { ...progress, done: 0 } },
      epochs: [],
      checkpoints: [],
    };
    const { page } = await open({ ...comparison, reports: [started] });
    await page.getByText('No epoch has been measured yet.').waitFor();
    assert.equal(await page.locator('aiwb-chart').count(), 0);

    const { page: early } = await newPage(1100);
    const html = fakePageHtml({ bundle: 'tuning', theme: 'light', messages: [{ type: 'run', run: report.run }] });
    await early.goto(server.publish('tuning-early', { policy: webviewPolicy, html }));
    await early.getByText('9 of 20 epochs').first().waitFor();
    assert.match((await summaries(early)).join(' '), /Accuracy, over epochs: Core performance/);
  });

  it('tells why a run diverged, where and what to do, and still offers its checkpoint', async () => {
    const { page, faults } = await open(readTuning('diverged'), { theme: 'dark' });
    const alert = await page.getByRole('alert').innerText();
    assert.match(alert, /Training diverged in epoch 5/);
    assert.match(alert, /Lower `learningRate`/);
    assert.match(alert, /ticket-triage\.tune\.yaml:33:42/);
    assert.ok((await page.locator('aiwb-chart svg text').allTextContents()).includes('Loss, nats a row, log scale'));
    await press(page, 'Register…');
    const runId = readTuning('diverged').reports[0]!.run.id;
    assert.deepEqual((await posted(page)).at(-1), { type: 'command', command: 'register', runId, epoch: 1 });
    await takePicture(page, 'tuning-diverged-dark');
    assert.deepEqual(await auditPage(page), []);
    assert.deepEqual(faults, []);
  });

  it('compares runs: figures on the same rows, curves over one another, settings that differ', async () => {
    const { page, faults } = await open(readTuning('comparison'), { theme: 'dark' });
    assert.deepEqual(await sections(page), [
      'Verdict',
      'Runs',
      'Results',
      'Learning curves',
      'Settings that differ',
      'Infrastructure',
    ]);
    assert.match(
      await page.locator('aiwb-verdict-list li').first().innerText(),
      /^Core performance: B ticket-triage-warm has the highest Accuracy, 0\.846 .* their intervals overlap, n 480\.$/,
    );
    const results = await deepText(page.locator('aiwb-run-comparison'));
    assert.match(results, /Accuracy 480 0\.842 .* ▸ best: 0\.846/);
    assert.equal(results.match(/not comparable, rows/g)?.length, 2);
    assert.match(await deepText(page.locator('aiwb-run-list')), /Epochs A ticket-triage-tuned Finished .* 20/);
    assert.match((await summaries(page))[0] ?? '', /A ticket-triage-tuned from .*; B ticket-triage-warm from .*; C/);
    assert.match(await deepText(page.locator('aiwb-difference-table')), /platform local gpu-pool local/);
    await takePicture(page, 'tuning-comparison-dark');
    assert.deepEqual(await auditPage(page), []);
    assert.deepEqual(faults, []);
  });

  it('shows hostile text as text, its unseen characters spelled out', async () => {
    const { page, faults } = await open(readTuning('hostile'));
    assert.equal(await page.title(), 'Page');
    const text = await deepText(page.locator('aiwb-tuning-page'));
    assert.match(text, /<\/script><script>document\.title='owned'<\/script>/);
    assert.match(text, /safe⟪U\+202E⟫exe\.ledom⟪U\+2066⟫⟪U\+200B⟫⟪U\+0007⟫/);
    assert.doesNotMatch(text, /\u202e|\u2066/);
    assert.equal(await overflow(page), 0);
    assert.deepEqual(faults, []);
  });

  for (const theme of ['light', 'hc-dark'] as const) {
    it(`fits 300 pixels in ${theme}: only tables scroll sideways`, async () => {
      for (const name of ['warm', 'comparison', 'hostile', 'speech', 'search', 'waiting'] as const) {
        const { page } = await open(readTuning(name), { theme, width: 300 });
        assert.equal(await overflow(page), 0, name);
        await takePicture(page, `tuning-${name}-${theme}-300px`);
        await page.close();
      }
    });
  }

  it('drops messages that are none, and shows a failure of the page as a whole', async () => {
    const { page, faults } = await open(readTuning('finished'));
    await tell(page, { type: 'tuning', comparison: { reports: [] } });
    await tell(page, { type: 'report' });
    await tell(page, { type: 'failure', failure: { code: 'internal', message: 'The store is gone.' } });
    await page.getByText('The store is gone.').waitFor();
    assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'ticket-triage-tuned');
    assert.equal(faults.filter(fault => fault.includes('no page message was dropped')).length, 2);
  });

  for (const scheme of ['light', 'dark'] as const) {
    it(`is complete as a self-contained file in ${scheme}, nothing fetched, nothing to press but Print`, async () => {
      const script = readFileSync(path.join(root, 'dist', 'webviews', 'tuning-standalone.js'), 'utf8');
      const file = path.join(folder, 'tuning.html');
      await writeFile(file, renderPage('ticket-triage', { 'aiwb-tuning': readTuning('warm') }, { script, nonce }));
      const { page, faults } = await newPage(1100, scheme);
      const requests: string[] = [];
      page.on('request', request => requests.push(request.url()));
      await page.goto(pathToFileURL(file).href);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await settle(page);
      assert.equal((await sections(page)).length, 8);
      assert.deepEqual(await page.locator('vscode-button').allInnerTexts(), ['Print']);
      assert.equal(await page.getByRole('button', { name: /Register/ }).count(), 0);
      assert.deepEqual(requests.length, 1);
      await takePicture(page, `tuning-standalone-${scheme}`);
      assert.deepEqual(await auditPage(page), []);
      assert.deepEqual(faults, []);
      await page.emulateMedia({ media: 'print' });
      assert.equal(await page.locator('vscode-button').first().isVisible(), false);
      assert.equal(await overflow(page), 0);
    });
  }

  it('says so when a file holds no tuning run', async () => {
    const script = readFileSync(path.join(root, 'dist', 'webviews', 'tuning-standalone.js'), 'utf8');
    const file = path.join(folder, 'broken.html');
    await writeFile(file, renderPage('broken', { 'aiwb-tuning': { reports: [] } }, { script, nonce }));
    const { page } = await newPage(800);
    await page.goto(pathToFileURL(file).href);
    await page.getByText('This file holds no tuning run that this page can read.').waitFor();
  });
});
