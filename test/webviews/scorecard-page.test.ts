import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { renderPage, renderScorecardHtml } from '../../engine/reports/html.ts';
import { canonicalJson } from '../../schemas/canonical.ts';
import type { ScorecardView } from '../../schemas/generated/messages.ts';
import { validateScorecardPageToHost, validateScorecardView } from '../../schemas/generated/validators.js';
import { auditPage, deepText, launchBrowser, takePicture, watchFaults } from './browser.ts';
import { fakePageHtml } from './fake-page.ts';
import { nonce, root, startPageServer, webviewPolicy, type PageServer } from './page-server.ts';
import type { ThemeName } from './theme-variables.ts';

const names = ['failed', 'passed', 'tampered', 'tiny', 'not-computed', 'hostile'] as const;
type Name = (typeof names)[number];
/** When the reader reads: waivers and evidence are counted from here. */
const now = new Date('2026-11-24T12:00:00Z');

function readView(name: Name): ScorecardView {
  return JSON.parse(
    readFileSync(path.join(root, 'test', 'fixtures', 'scorecards', `${name}.json`), 'utf8'),
  ) as ScorecardView;
}

describe('scorecards for the page', () => {
  for (const name of names) {
    it(`${name} fits the schema, and its digest tells whether it was changed`, () => {
      const view = readView(name);
      assert.ok(validateScorecardView(view), JSON.stringify(validateScorecardView.errors?.slice(0, 3)));
      const { record, digest } = view.scorecard;
      const computed = createHash('sha256').update(canonicalJson(record)).digest('hex');
      assert.equal(view.verification.computedDigest, computed);
      assert.equal(computed === digest, view.verification.state === 'verified');
    });
  }
});

describe('the scorecard page', function () {
  this.timeout(60_000);
  let browser: Browser | undefined;
  let server: PageServer;
  let folder: string;
  let opened = 0;

  before(async function () {
    browser = await launchBrowser(['webviews/scorecard.js', 'webviews/scorecard-standalone.js']);
    if (browser === undefined) return this.skip();
    server = await startPageServer();
    folder = await mkdtemp(path.join(tmpdir(), 'aiwb-scorecard-'));
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

  interface Options {
    readonly theme?: ThemeName;
    readonly width?: number;
    readonly messages?: readonly unknown[];
    readonly state?: unknown;
  }

  async function newPage(width: number, colorScheme: 'light' | 'dark' = 'light'): Promise<{ page: Page; faults: string[] }> {
    const page = await browser!.newPage({
      viewport: { width, height: 900 },
      colorScheme,
      locale: 'en-US',
      timezoneId: 'UTC',
    });
    await page.clock.setFixedTime(now);
    return { page, faults: await watchFaults(page) };
  }

  async function open(shown: Name | ScorecardView, options: Options = {}): Promise<{ page: Page; faults: string[] }> {
    const { theme = 'light', width = 1100, state } = options;
    const view = typeof shown === 'string' ? readView(shown) : shown;
    const messages = options.messages ?? [{ type: 'scorecard', view }];
    const { page, faults } = await newPage(width);
    const html = fakePageHtml({ bundle: 'scorecard', theme, messages, state });
    await page.goto(server.publish(`page-${String(opened++)}`, { policy: webviewPolicy, html }));
    await page.getByRole('heading', { level: 1 }).or(page.locator('aiwb-message')).first().waitFor();
    return { page, faults };
  }

  async function openStandalone(html: string, colorScheme: 'light' | 'dark' = 'light') {
    const file = path.join(folder, 'scorecard.html');
    await writeFile(file, html);
    const { page, faults } = await newPage(1100, colorScheme);
    const requests: string[] = [];
    page.on('request', request => requests.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    return { page, faults, requests };
  }

  const assets = () => ({
    script: readFileSync(path.join(root, 'dist', 'webviews', 'scorecard-standalone.js'), 'utf8'),
    nonce,
  });
  const sections = (page: Page): Promise<string[]> => page.getByRole('heading', { level: 2 }).allInnerTexts();
  const posted = (page: Page) => page.evaluate(() => (globalThis as unknown as { posted: unknown[] }).posted);
  const button = (page: Page, name: string) => page.locator('vscode-button', { hasText: name }).first();
  const overflow = (page: Page) =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

  for (const theme of ['light', 'dark', 'hc-dark', 'hc-light'] as const) {
    it(`shows a failed assessment in ${theme}: the verdict first, within its policy, without serious accessibility findings`, async () => {
      const { page, faults } = await open('failed', { theme });
      assert.deepEqual(await sections(page), [
        'Verdict',
        'Policies',
        'Failures (4)',
        'Needs review and not assessed (4)',
        'Not applicable (1)',
        'Passed (4)',
        'Waivers',
        'Frameworks',
        'History',
        'Against the baseline',
        'Record',
      ]);
      await takePicture(page, `scorecard-failed-${theme}`);
      assert.deepEqual(await auditPage(page), []);
      assert.deepEqual(faults, []);
    });
  }
});
