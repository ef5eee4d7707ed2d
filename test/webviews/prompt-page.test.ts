import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { renderPromptHtml } from '../../engine/run-exports/html.ts';
import type { PromptReport } from '../../schemas/generated/messages.ts';
import { validatePromptPageToHost, validatePromptReport } from '../../schemas/generated/validators.js';
import { makePromptReport } from '../fakes/prompt-report.ts';
import { auditPage, deepText, launchBrowser, settle, takePicture, watchFaults } from './browser.ts';
import { fakePageHtml } from './fake-page.ts';
import { nonce, root, startPageServer, webviewPolicy, type PageServer } from './page-server.ts';
import type { ThemeName } from './theme-variables.ts';

describe('the page of a prompt’s trial', function () {
  this.timeout(60_000);
  let browser: Browser | undefined;
  let server: PageServer;
  let folder: string;
  let opened = 0;

  before(async function () {
    browser = await launchBrowser(['webviews/prompt.js', 'webviews/prompt-standalone.js']);
    if (browser === undefined) return this.skip();
    server = await startPageServer();
    folder = await mkdtemp(path.join(tmpdir(), 'aiwb-prompt-'));
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

  async function newPage(width: number): Promise<{ page: Page; faults: string[] }> {
    const page = await browser!.newPage({ viewport: { width, height: 900 }, locale: 'en-US', timezoneId: 'UTC' });
    return { page, faults: await watchFaults(page) };
  }

  async function open(
    report: PromptReport,
    { theme = 'light', width = 1100 }: { theme?: ThemeName; width?: number } = {},
  ): Promise<{ page: Page; faults: string[] }> {
    assert.ok(validatePromptReport(report), JSON.stringify(validatePromptReport.errors?.slice(0, 3)));
    const { page, faults } = await newPage(width);
    const html = fakePageHtml({ bundle: 'prompt', theme, messages: [{ type: 'prompt', report }] });
    await page.goto(server.publish(`prompt-${String(opened++)}`, { policy: webviewPolicy, html }));
    await page.getByRole('heading', { level: 1 }).waitFor();
    await settle(page);
    return { page, faults };
  }

  const tell = (page: Page, message: unknown): Promise<void> =>
    page.evaluate(sent => window.postMessage(sent, '*'), message);
  const posted = (page: Page): Promise<unknown[]> =>
    page.evaluate(() => (globalThis as unknown as { posted: unknown[] }).posted);
  const overflow = (page: Page): Promise<number> =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  const lefts = (page: Page): Promise<number[]> =>
    page
      .locator('.case')
      .first()
      .locator('.answers > li')
      .evaluateAll(items => items.map(item => Math.round(item.getBoundingClientRect().left)));

  for (const theme of ['light', 'dark', 'hc-dark', 'hc-light'] as const) {
    it(`shows answers side by side in ${theme}, within its policy and without serious accessibility findings`, async () => {
      const { page, faults } = await open(makePromptReport(), { theme });
      assert.equal(new Set(await lefts(page)).size, 3);
      await takePicture(page, `prompt-${theme}`);
      assert.deepEqual(await auditPage(page), []);
      assert.deepEqual(faults, []);
    });
  }

  for (const width of [480, 300]) {
    it(`puts them below one another at ${String(width)} px, and nothing sticks out`, async () => {
      const { page } = await open(makePromptReport(), { width, theme: 'dark' });
      assert.equal(new Set(await lefts(page)).size, 1);
      assert.ok((await overflow(page)) <= 0);
      await takePicture(page, `prompt-${String(width)}px`);
    });
  }

  it('tells of each answer what it took, and of each model what all took', async () => {
    const { page } = await open(makePromptReport());
    const text = await deepText(page.locator('aiwb-answer-table'));
    assert.match(text, /gpt 2 0 1 812 210 128 44 0\.00420/);
    assert.match(text, /812 ms first token 210 ms 64 → 22 tokens 0\.0021/);
    assert.match(text, /cached/);
    assert.match(text, /Failed: no answer in time\. No complete answer within 60 s/);
    assert.match(text, /refund ?\( ?\{"order": 17, "amount": 12\.5\} ?\)/);
    assert.match(text, /Expected: billing channel: phone/);
    assert.match(text, /1 answer came from the cache/);
    assert.deepEqual(await page.locator('td.best').allInnerTexts(), ['812', '95']);
  });

  it('marks how words differ from a model’s, and no longer when told', async () => {
    const { page } = await open(makePromptReport());
    await page.getByLabel('Show word differences from').selectOption({ label: 'gpt' });
    const second = page.locator('aiwb-answer-card').nth(1);
    assert.deepEqual(await second.locator('del').allInnerTexts(), ['twice', 'charge back.']);
    assert.deepEqual(await second.locator('ins').allInnerTexts(), ['two times', 'a refund of', 'charge.']);
    assert.equal(await page.locator('aiwb-answer-card').first().locator('ins').count(), 0);
    await takePicture(page, 'prompt-differences-light');
    assert.deepEqual(await auditPage(page), []);
    await page.getByLabel('Show word differences from').selectOption('');
    assert.equal(await page.locator('ins').count(), 0);
  });

  it('reads the whole of an answer when asked, says when it cannot, and sends commands', async () => {
    const { page } = await open(makePromptReport());
    await page.getByRole('button', { name: 'Read all 1,250,000 characters' }).click();
    const request = (await posted(page)).at(-1) as { request: number };
    assert.deepEqual(request, { type: 'sample', request: 1, sample: 3 });
    await tell(page, { type: 'failure', request: 1, failure: { code: 'run-not-found', message: 'gone' } });
    await page.getByText('could not be read').waitFor();
    await page.locator('vscode-button', { hasText: 'Try Again…' }).click();
    for (const message of await posted(page)) assert.ok(validatePromptPageToHost(message), JSON.stringify(message));
    assert.deepEqual((await posted(page)).at(-1), { type: 'command', command: 'again' });
  });

  it('shows an answer of a million characters bit by bit', async () => {
    const { page } = await open(makePromptReport());
    await page.getByRole('button', { name: 'Read all 1,250,000 characters' }).click();
    const sample = {
      id: 3,
      variant: 2,
      row: 0,
      repeat: 0,
      state: 'answered',
      input: 'x',
      target: '',
      output: `${'y'.repeat(1_249_990)} the end`,
      scores: {},
      slices: {},
    };
    await tell(page, { type: 'sample', request: 1, sample });
    const more = page.getByRole('button', { name: 'Show 100,000 more of 1,249,998 characters' });
    for (let pressed = 0; pressed < 2; pressed++) await more.click();
    const shown = page.locator('aiwb-answer-card').nth(2).locator('pre');
    assert.equal((await shown.innerText()).length, 200_001);
    assert.ok((await overflow(page)) <= 0);
  });

  it('follows a run: waiting models, progress, then the answers', async () => {
    const whole = makePromptReport();
    const { progress } = whole.run;
    const running = {
      ...whole.run,
      state: 'running' as const,
      progress: { ...progress, done: 1, failed: 0, errors: {} },
    };
    const { page } = await open({
      ...whole,
      run: running,
      notes: [],
      cases: whole.cases.slice(0, 1).map(one => ({ ...one, answers: one.answers.slice(0, 1) })),
    });
    assert.match(await deepText(page.locator('aiwb-prompt-page')), /Waiting for an answer… .*Waiting for an answer…/s);
    assert.match(await deepText(page.locator('aiwb-progress')), /1 of 6 answers/);
    await takePicture(page, 'prompt-running-light');
    await tell(page, { type: 'run', run: { ...running, progress: { ...running.progress, done: 2 } } });
    await page.getByText('2 of 6 answers').waitFor();
    await tell(page, { type: 'prompt', report: whole });
    await page.getByText('the app crashes at start. Ask').waitFor();
    assert.equal(await page.locator('aiwb-progress').count(), 0);
  });

  it('shows hostile texts as text', async () => {
    const hostile =
      '<img src=x onerror="alert(1)"><script>alert(2)</script>\u202egnol \u001b[31m **bold** javascript:alert(3)';
    const whole = makePromptReport();
    const { page, faults } = await open({
      ...whole,
      run: { ...whole.run, name: hostile, file: hostile },
      prompt: { ...whole.prompt, variables: [hostile], messages: [{ role: hostile, text: hostile }] },
      models: whole.models.map(model => ({ ...model, model: `${hostile}${String(model.variant)}` })),
      cases: [
        {
          row: 0,
          input: hostile,
          target: hostile,
          slices: { [hostile]: hostile },
          answers: [
            { variant: 0, repeat: 0, sample: 1, text: hostile, finishReason: hostile },
            { variant: 1, repeat: 0, sample: 2, failure: { class: 'client', message: hostile } },
            { variant: 2, repeat: 0, sample: 3, text: '', toolCalls: [{ name: hostile, arguments: hostile }] },
          ],
        },
      ],
      notes: [hostile],
    });
    const text = await deepText(page.locator('aiwb-prompt-page'));
    assert.ok(text.includes('⟪U+202E⟫gnol ⟪U+001B⟫[31m **bold**'));
    assert.ok(!/[\u202e\u001b]/.test(text));
    assert.equal(await page.locator('aiwb-answer-table img, aiwb-answer-table script').count(), 0);
    assert.ok((await overflow(page)) <= 0);
    await takePicture(page, 'prompt-hostile-light');
    assert.deepEqual(faults, []);
  });

  it('draws a hundred cases of sixteen models in parts', async () => {
    const whole = makePromptReport();
    const [first] = whole.models;
    const [one] = whole.cases;
    assert.ok(first !== undefined && one !== undefined);
    const models = Array.from({ length: 16 }, (_, variant) => ({
      ...first,
      variant,
      model: `model-${String(variant)}`,
    }));
    const answers = models.map(({ variant }) => ({ variant, repeat: 0, sample: variant + 1, text: 'short' }));
    const cases = Array.from({ length: 100 }, (_, row) => ({ ...one, row, answers }));
    const { page } = await open({ ...whole, models, cases, rows: 100 });
    assert.equal(await page.locator('.case').count(), 20);
    await page.getByRole('button', { name: 'Show 20 more cases' }).click();
    assert.equal(await page.locator('.case').count(), 40);
  });

  it('is one self-contained file without a host', async () => {
    const script = readFileSync(path.join(root, 'dist', 'webviews', 'prompt-standalone.js'), 'utf8');
    const file = path.join(folder, 'prompt.html');
    await writeFile(file, renderPromptHtml(makePromptReport(), { script, nonce }));
    const { page, faults } = await newPage(1000);
    await page.goto(pathToFileURL(file).href);
    await page.getByText('the customer was charged twice').waitFor();
    assert.match(await deepText(page.locator('aiwb-answer-table')), /1,247,030 more characters are not here/);
    assert.equal(await page.getByRole('button', { name: /Read all/ }).count(), 0);
    assert.equal(await page.locator('vscode-button').innerText(), 'Print');
    await takePicture(page, 'prompt-standalone-light');
    assert.deepEqual(await auditPage(page), []);
    assert.deepEqual(faults, []);
  });
});
