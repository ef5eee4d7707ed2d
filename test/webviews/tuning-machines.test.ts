import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { TuningComparison } from '../../schemas/generated/messages.ts';
import { validateTuningPageToHost } from '../../schemas/generated/validators.js';
import { auditPage, deepText, launchBrowser, settle, takePicture, watchFaults } from './browser.ts';
import { fakePageHtml } from './fake-page.ts';
import { root, startPageServer, webviewPolicy, type PageServer } from './page-server.ts';
import type { ThemeName } from './theme-variables.ts';

function readTuning(name: 'speech' | 'chat' | 'waiting' | 'search'): TuningComparison {
  const file = path.join(root, 'test', 'fixtures', 'tuning', `${name}.json`);
  return JSON.parse(readFileSync(file, 'utf8')) as TuningComparison;
}

describe('the tuning page of runs on rented machines', function () {
  this.timeout(60_000);
  let browser: Browser | undefined;
  let server: PageServer;
  let opened = 0;

  before(async function () {
    browser = await launchBrowser(['webviews/tuning.js']);
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
    comparison: TuningComparison,
    { theme = 'light', width = 1100 }: { theme?: ThemeName; width?: number } = {},
  ): Promise<{ page: Page; faults: string[] }> {
    const viewport = { width, height: 900 };
    const page = await browser!.newPage({ viewport, locale: 'en-US', timezoneId: 'UTC' });
    const faults = await watchFaults(page);
    const html = fakePageHtml({ bundle: 'tuning', theme, messages: [{ type: 'tuning', comparison }] });
    await page.goto(server.publish(`tuning-machines-${String(opened++)}`, { policy: webviewPolicy, html }));
    await page.getByRole('heading', { level: 1 }).waitFor();
    await settle(page);
    return { page, faults };
  }

  const sections = (page: Page): Promise<string[]> => page.getByRole('heading', { level: 2 }).allInnerTexts();
  const posted = (page: Page): Promise<unknown[]> =>
    page.evaluate(() => (globalThis as unknown as { posted: unknown[] }).posted);
  const press = (page: Page, label: string): Promise<void> => page.locator('vscode-button', { hasText: label }).click();
  const summaries = (page: Page): Promise<(string | null)[]> =>
    page.locator('aiwb-chart .plot').evaluateAll(plots => plots.map(plot => plot.getAttribute('aria-label')));

  for (const theme of ['light', 'dark', 'hc-dark', 'hc-light'] as const) {
    it(`leads with what got better and who pays for it, in ${theme}`, async () => {
      const { page, faults } = await open(readTuning('speech'), { theme });
      assert.deepEqual(await sections(page), [
        'Verdict',
        'Results',
        'Slices',
        'Learning curves',
        'Checkpoints',
        'Data',
        'Settings',
        'Infrastructure',
        'Before the start',
      ]);
      const items = await page.locator('aiwb-verdict-list li').allInnerTexts();
      assert.equal(
        items[0],
        'Better on core performance: WER 0.212 → 0.141 (\u22120.071, \u22120.090 to \u22120.052, n 480).',
      );
      assert.equal(
        items[1],
        'No certain change on robustness: WER 0.341 → 0.332 (\u22120.009, \u22120.033 to +0.015, n 320).',
      );
      const worse = await deepText(page.locator('aiwb-regression-list'));
      assert.match(
        worse,
        /^Got worse Worse for accent “scottish”: WER 0\.265 → 0\.314 .* The largest gap in WER by accent grew/,
      );
      assert.equal(worse.match(/scottish/g)?.length, 1);
      await takePicture(page, `tuning-speech-${theme}`);
      assert.deepEqual(await auditPage(page), []);
      assert.deepEqual(faults, []);
    });
  }

  it('draws base, best checkpoint and early stop into every curve, by step or by epoch', async () => {
    const { page } = await open(readTuning('speech'));
    const charts = page.locator('section[aria-labelledby="learning"] aiwb-chart');
    assert.deepEqual(await charts.locator('h3').allInnerTexts(), [
      'Which checkpoint is best?',
      'Does it learn, or memorise?',
      'How does CER go?',
    ]);
    const [wer = '', loss = ''] = await charts
      .locator('.plot')
      .evaluateAll(plots => plots.map(plot => plot.getAttribute('aria-label') ?? ''));
    assert.match(wer, /^WER, over steps: Core performance from 0\.218 at step 0 to 0\.\d{3} at step 900;/);
    assert.match(wer, /Marked: best: step 700; stopped early: step 900\. Dashed: base: 0\.218, core performance\.$/);
    assert.match(loss, /^Loss, nats a token, over steps: .*Training from \d\.\d+ at step 2 to/);
    await page.getByRole('button', { name: 'By epoch' }).focus();
    await page.keyboard.press('Enter');
    await settle(page);
    const after = (await charts.first().locator('.plot').getAttribute('aria-label')) ?? '';
    assert.match(after, /^WER, over epochs: .* Marked: best: epoch 3\.89; stopped early: epoch 5\./);
    assert.equal(await page.getByRole('button', { name: 'By epoch' }).getAttribute('aria-pressed'), 'true');
  });

  it('compares every slice with the base, and says how the gap between them went', async () => {
    const { page } = await open(readTuning('speech'));
    const slices = await deepText(page.locator('aiwb-slice-section'));
    assert.match(slices, /scottish lower is better 0\.265 0\.314 0\.280 to 0\.348 \+0\.049 .* 160 0\.006 Worse/);
    assert.match(slices, /largest gap in WER by accent 0\.166 .*; 0\.064 before training\./);
    assert.match(slices, /Rings: the base\./);
    const used = await deepText(page.locator('section[aria-labelledby="infrastructure"]'));
    assert.match(
      used,
      /Accelerators 1 × NVIDIA L40S .*\(1\.45 h\) .* Tokens learnt from 11,812,440 Tokens a second 2,267/,
    );
    assert.match(used, /Price of an hour 0\.860 USD Cost 1\.30 USD The job on its platform/);
  });

  it('evaluates, and asks what comes next', async () => {
    const comparison = readTuning('chat');
    const { page } = await open(comparison);
    await press(page, 'Evaluate');
    await press(page, 'What next…');
    const runId = comparison.reports[0]!.run.id;
    const messages = (await posted(page)).slice(1);
    assert.deepEqual(messages, [
      { type: 'command', command: 'evaluate', runId },
      { type: 'command', command: 'next', runId },
    ]);
    for (const message of messages) assert.ok(validateTuningPageToHost(message));
    const results = await deepText(page.locator('aiwb-change-table'));
    assert.match(results, /BLEU higher is better 21\.4 19\.6 to 23\.2 34\.9 33\.1 to 36\.7 \+13\.5/);
    assert.match(await deepText(page.locator('aiwb-regression-list')), /Nothing that was measured/);
    await takePicture(page, 'tuning-chat-light');
  });

  it('says what a job waits for on its platform, and what that costs by now', async () => {
    const { page, faults } = await open(readTuning('waiting'), { theme: 'dark' });
    assert.equal(
      await page.locator('.job').innerText(),
      'Waiting for RunPod to start a pod: 0.0186 USD so far, NVIDIA L40S, 0.860 USD an hour.',
    );
    assert.deepEqual(await sections(page), ['Before the start', 'Settings', 'Infrastructure']);
    await takePicture(page, 'tuning-waiting-dark');
    assert.deepEqual(await auditPage(page), []);
    assert.deepEqual(faults, []);
  });

  for (const theme of ['light', 'hc-light'] as const) {
    it(`sorts a search's trials and charts its parameters and what the quality costs, in ${theme}`, async () => {
      const { page, faults } = await open(readTuning('search'), { theme });
      assert.deepEqual(await sections(page), [
        'Verdict',
        'Search',
        'Quality and cost',
        'Runs',
        'Results',
        'Learning curves',
        'Settings that differ',
        'Infrastructure',
      ]);
      const rows = await page.locator('aiwb-trial-table tbody tr').allInnerTexts();
      assert.deepEqual(await page.locator('aiwb-verdict-list li').allInnerTexts(), [
        'Core performance: E (learningRate 0.0002, loraRank 32) has the lowest WER, 0.141 (95 % interval 0.122 to 0.160), against 0.149 of C (learningRate 0.0002, loraRank 8); their intervals overlap, n 480.',
      ]);
      assert.deepEqual(
        rows.map(row => row.trim().charAt(0)),
        ['E', 'C', 'B', 'D', 'A', 'F'],
      );
      const questions = await page.locator('aiwb-chart h3').allInnerTexts();
      assert.deepEqual(questions, [
        'What does learningRate do to WER?',
        'What does loraRank do to WER?',
        'What does the quality cost?',
        'Which run learns more, and how fast?',
      ]);
      assert.match(
        (await summaries(page))[2] ?? '',
        /^WER against Cost of the run, USD: .*D 0\.178 at .*, dominated by A?/,
      );
      await takePicture(page, `tuning-search-${theme}`);
      assert.deepEqual(await auditPage(page), []);
      assert.deepEqual(faults, []);
    });
  }

  it('draws 5,000 measurements with few points, keeps peaks, and says so', async () => {
    const comparison = readTuning('speech');
    const report = comparison.reports[0]!;
    const [, second] = report.epochs;
    const epochs = Array.from({ length: 5000 }, (_, index) => ({
      ...second!,
      epoch: (index + 1) / 180,
      step: index + 1,
      trainingLoss: index === 3210 ? 7.5 : 1 + 1 / (index + 1),
      aspects: second!.aspects.map(aspect => ({
        ...aspect,
        loss: 1 + 1 / (index + 1),
        scores: { wer: 0.2 + 0.1 / (index + 1) },
      })),
    }));
    const { page, faults } = await open({ ...comparison, reports: [{ ...report, epochs, losses: [] }] });
    const loss = page.locator('section[aria-labelledby="learning"] aiwb-chart').nth(1);
    assert.match(await deepText(loss), /Of up to 5,000 points a line the lowest and highest of each stretch\./);
    const lengths = await loss
      .locator('svg .mark-line path')
      .evaluateAll(paths => paths.map(line => (line.getAttribute('d') ?? '').split('L').length));
    assert.ok(Math.max(...lengths) <= 600, String(lengths));
    await loss.getByRole('button', { name: 'Show data' }).click();
    assert.match(await deepText(loss), /7\.5000/);
    assert.deepEqual(faults, []);
  });
});
