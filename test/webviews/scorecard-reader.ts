import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import type { ScorecardView } from '../../schemas/generated/messages.ts';
import { launchBrowser, watchFaults } from './browser.ts';
import { fakePageHtml } from './fake-page.ts';
import { nonce, root, startPageServer, webviewPolicy } from './page-server.ts';
import type { ThemeName } from './theme-variables.ts';

export const scorecardNames = [
  'failed',
  'passed',
  'tampered',
  'tiny',
  'unassessed',
  'not-computed',
  'hostile',
] as const;
type Name = (typeof scorecardNames)[number];

/** When the reader reads: waivers and evidence are counted from here. */
const now = new Date('2026-11-24T12:00:00Z');

export function readScorecard(name: Name): ScorecardView {
  const file = path.join(root, 'test', 'fixtures', 'scorecards', `${name}.json`);
  return JSON.parse(readFileSync(file, 'utf8')) as ScorecardView;
}

interface Opened {
  readonly page: Page;
  readonly faults: string[];
}

interface PageOptions {
  readonly theme?: ThemeName;
  readonly width?: number;
  /** Instead of the scorecard itself. */
  readonly messages?: readonly unknown[];
  readonly state?: unknown;
  /** Sent in answer to what the page asks, by the type of its question. */
  readonly answers?: Readonly<Record<string, unknown>>;
}

/** Somebody who reads scorecards: in the editor, and as files of their own. */
export interface ScorecardReader {
  open(shown: Name | ScorecardView, options?: PageOptions): Promise<Opened>;
  openFile(html: string, colorScheme?: 'light' | 'dark'): Promise<Opened & { readonly requests: string[] }>;
  closePages(): Promise<void>;
  leave(): Promise<void>;
}

/** Undefined where there is no browser, or nothing has been built. */
export async function createScorecardReader(): Promise<ScorecardReader | undefined> {
  const browser = await launchBrowser(['webviews/scorecard.js', 'webviews/scorecard-standalone.js']);
  if (browser === undefined) return undefined;
  const server = await startPageServer();
  const folder = await mkdtemp(path.join(tmpdir(), 'aiwb-scorecard-'));
  let opened = 0;

  async function newPage(width: number, colorScheme: 'light' | 'dark'): Promise<Opened> {
    const viewport = { width, height: 900 };
    const page = await browser!.newPage({ viewport, colorScheme, locale: 'en-US', timezoneId: 'UTC' });
    await page.clock.setFixedTime(now);
    return { page, faults: await watchFaults(page) };
  }

  return {
    async open(shown, { theme = 'light', width = 1100, messages, state, answers } = {}) {
      const view = typeof shown === 'string' ? readScorecard(shown) : shown;
      const { page, faults } = await newPage(width, 'light');
      const html = fakePageHtml({
        bundle: 'scorecard',
        theme,
        messages: messages ?? [{ type: 'scorecard', view }],
        state,
        ...(answers === undefined ? {} : { answers }),
      });
      await page.goto(server.publish(`page-${String(opened++)}`, { policy: webviewPolicy, html }));
      const awaited = messages === undefined ? 'h1' : 'aiwb-message';
      await page.locator(awaited).first().waitFor();
      return { page, faults };
    },
    async openFile(html, colorScheme = 'light') {
      const file = path.join(folder, 'scorecard.html');
      await writeFile(file, html);
      const { page, faults } = await newPage(1100, colorScheme);
      const requests: string[] = [];
      page.on('request', request => requests.push(request.url()));
      await page.goto(pathToFileURL(file).href);
      return { page, faults, requests };
    },
    async closePages() {
      for (const context of browser.contexts()) await context.close();
    },
    async leave() {
      await browser.close();
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** What a self-contained page is made with. */
export function standaloneAssets(): { readonly script: string; readonly nonce: string } {
  return { script: readFileSync(path.join(root, 'dist', 'webviews', 'scorecard-standalone.js'), 'utf8'), nonce };
}

export function sectionTitles(page: Page): Promise<string[]> {
  return page.getByRole('heading', { level: 2 }).allInnerTexts();
}

export function sectionOf(page: Page, id: string): Locator {
  return page.locator(`section[aria-labelledby="${id}"]`);
}

/** Controls of one kind: `failures`, `open`, `notApplicable`. */
export function groupOf(page: Page, name: string): Locator {
  return page.locator(`aiwb-controls [role="group"][aria-labelledby="${name}"]`);
}

/** The button of a control's row. */
export function controlOf(page: Page, id: string): Locator {
  return page.locator('aiwb-control-rows .row').filter({ hasText: id }).locator('button.open');
}

/** The row of a control with all that stands in it. */
export function rowOf(page: Page, id: string): Locator {
  return page.locator('aiwb-control-rows .row').filter({ has: page.locator('button.open', { hasText: id }) });
}

/** The control that is open beside the list. */
export function drawerOf(page: Page): Locator {
  return page.locator('aiwb-control-drawer');
}

/** Words of what has the focus, through shadow roots. */
export function focusedText(page: Page): Promise<string> {
  return page.evaluate(() => {
    let active = document.activeElement;
    while (active?.shadowRoot?.activeElement instanceof Element) active = active.shadowRoot.activeElement;
    return active?.textContent.replace(/\s+/g, ' ').trim() ?? '';
  });
}

/** What the page sent to its host. */
export function postedBy(page: Page): Promise<unknown[]> {
  return page.evaluate(() => (globalThis as unknown as { posted: unknown[] }).posted);
}

export function overflowOf(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** Unfolds everything, as printing does. */
export function unfoldAll(page: Page): Promise<void> {
  return page.evaluate(() => {
    dispatchEvent(new Event('beforeprint'));
  });
}
