import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import type { WorkbenchActions } from '../protocol.ts';
import { screenshotsFolder } from './paths.ts';
import { auditWebview, hasBlankWebview, inWebview, readWebview } from './webview.ts';

const messageClass = '.notification-list-item-message';
/** How long a workbench may take to open, and to close before it is loaded anew. */
export const openMs = 90_000;
/** How long a window that is busy may take to hold still for a picture. */
const pictureMs = 45_000;
const pickMs = 30_000;
/** How long quick open may take to filter its list at the first try; at each that follows it may take as much longer. */
const listMs = 2_000;
/** How long the notification centre may take to open or close. */
const centerMs = 1_000;
const answerMs = 30_000;
/** How long one try to press a notification's button may take. */
const pressMs = 5_000;

/** Selects the workbench's root element once it has a theme: before, it shows a light stand-in. */
export const themeLoaded = '[class*="vscode-theme-"]';

interface SmokeTestDriver {
  whenWorkbenchRestored(): Promise<void>;
}

/** Waits until the workbench of a freshly opened or reloaded page has restored its editors and has its theme. */
export async function waitForWorkbench(page: Page): Promise<void> {
  await page.waitForFunction(() => 'driver' in globalThis, undefined, { timeout: openMs });
  await page.evaluate(async () => {
    const { driver } = globalThis as unknown as { driver: SmokeTestDriver };
    await driver.whenWorkbenchRestored();
  });
  await page.locator(`.monaco-workbench${themeLoaded}`).waitFor({ timeout: openMs });
}

/** Binds what the user interface can be asked to a page. */
export function createActions(page: Page): WorkbenchActions {
  return {
    async screenshot(name, selector) {
      const file = path.join(screenshotsFolder, `${name}.png`);
      mkdirSync(path.dirname(file), { recursive: true });
      await (selector === undefined ? page : page.locator(selector).first()).screenshot({
        path: file,
        caret: 'initial',
        timeout: pictureMs,
      });
      return file;
    },
    async press(...keys) {
      for (const key of keys) await page.keyboard.press(key);
    },
    type: text => page.keyboard.type(text),
    click: (selector, button = 'left') => page.locator(selector).first().click({ button }),
    doubleClick: selector => page.locator(selector).first().dblclick(),
    hover: selector => page.locator(selector).first().hover(),
    resize: (width, height) => page.setViewportSize({ width, height }),
    text: selector => page.locator(selector).first().innerText(),
    async value(selector) {
      const [box] = await page.locator(selector).all();
      return box === undefined ? '' : await box.inputValue();
    },
    count: selector => page.locator(selector).count(),
    waitFor: (selector, state = 'visible') => page.locator(selector).first().waitFor({ state }),
    runCommand: title => pick(page, `>${title}`, title),
    async openFile(relativePath) {
      const name = path.posix.basename(relativePath);
      await pick(page, relativePath, name);
      await page.locator(`.tabs-container .tab.active[data-resource-name="${name}"]`).first().waitFor();
      await page.locator(editorOf(name)).first().waitFor();
    },
    notifications: () => inNotificationCenter(page, center => center.locator(messageClass).allInnerTexts()),
    answerNotification: (text, button) => answerNotification(page, text, button),
    async webviewText(target, selector) {
      const reload = 'Developer: Reload Webviews';
      try {
        const text = await readWebview(page, target, selector);
        if (text.trim() !== '' || selector !== undefined) return text;
      } catch (error) {
        if (!(await hasBlankWebview(page))) throw error;
      }
      // Now and then VS Code in a browser does not give a webview its script: it has no text, and no title, for as long as one waits.
      console.warn(`A webview stayed blank and is loaded anew: ${JSON.stringify(target ?? {})}`);
      await pick(page, `>${reload}`, reload);
      return await readWebview(page, target, selector);
    },
    clickInWebview: (selector, target) => inWebview(page, target, frame => frame.locator(selector).first().click()),
    fillInWebview: (selector, value, target) =>
      inWebview(page, target, frame => frame.locator(selector).first().fill(value)),
    countInWebview: (selector, target) => inWebview(page, target, frame => frame.locator(selector).count()),
    auditWebview: (target, selector) => auditWebview(page, target, selector),
  };
}

/** Files that open in editors that are no text editors. */
const otherEditors = /\.(ipynb|(scorecard|run)\.json)$/;

/**
 * The editor of a file. VS Code tells extensions of a text editor once that has its document, and before anything that happens to it
 * afterwards; as long as only its tab is there, they do not know it.
 */
function editorOf(name: string): string {
  const group = '.editor-group-container.active .editor-instance';
  return otherEditors.test(name) ? group : `${group} .monaco-editor[data-uri$="/${encodeURIComponent(name)}"]`;
}

/**
 * Presses a button of a notification once it is there. The centre is opened anew for each try: its list keeps the entry that has the focus
 * where it is, so that one which comes while it is open may lie above what is in sight, where it is not drawn. Throws after 30 seconds.
 */
async function answerNotification(page: Page, text: string, button: string): Promise<void> {
  const deadline = Date.now() + answerMs;
  for (;;) {
    const tried = await inNotificationCenter(page, async center => {
      const item = center.locator('.notification-list-item').filter({ hasText: text }).first();
      const cause = await press(item, button);
      return cause === undefined ? undefined : { cause, seen: await center.locator(messageClass).allInnerTexts() };
    });
    if (tried === undefined) return;
    const { cause, seen } = tried;
    if (Date.now() > deadline)
      throw new Error(`No notification "${text}" with "${button}" among: ${seen.join('; ') || 'none'}.`, { cause });
  }
}

/** What kept a notification's button from being pressed: it is drawn anew when another notification comes. */
async function press(item: Locator, button: string): Promise<unknown> {
  try {
    await item.hover({ timeout: pressMs });
    await item.getByRole('button', { name: button, exact: true }).click({ timeout: pressMs });
    return undefined;
  } catch (error) {
    return error;
  }
}

/**
 * Opens the notification centre for `use`, and closes it. Under its test driver VS Code shows no toasts, so this is
 * where notifications can be seen.
 */
async function inNotificationCenter<T>(page: Page, use: (center: Locator) => Promise<T>): Promise<T> {
  const center = page.locator('.notifications-center.visible');
  await turnCenter(page, center, 'visible');
  try {
    return await use(center);
  } finally {
    await turnCenter(page, center, 'hidden');
  }
}

/** The bell turns the centre on and off, and the centre also goes by itself, with its last notification: perhaps just before the click. */
async function turnCenter(page: Page, center: Locator, wanted: 'visible' | 'hidden'): Promise<void> {
  const bell = page.locator('[id="status.notifications"] a');
  const deadline = Date.now() + answerMs;
  while ((await center.isVisible()) !== (wanted === 'visible')) {
    if (Date.now() > deadline) throw new Error(`The notification centre did not become ${wanted}.`);
    await bell.click();
    await comes(center.waitFor({ state: wanted, timeout: centerMs }));
  }
}

/**
 * Types into quick open and takes the first entry that is called `label`. Its list does not follow what extensions add
 * while it is open, so it is opened anew until it has the entry. Throws after 30 seconds, with what it showed last.
 */
async function pick(page: Page, query: string, label: string): Promise<void> {
  const rows = page.locator('.quick-input-list .monaco-list-row');
  // By its whole name: "Train" is not "Train on…".
  const row = rows.filter({ has: page.getByText(label, { exact: true }) }).first();
  const box = page.locator('.quick-input-widget input[type="text"]').first();
  const deadline = Date.now() + pickMs;
  let seen: readonly string[] = [];
  for (let timeout = listMs; Date.now() < deadline; timeout += listMs) {
    await page.keyboard.press(query.startsWith('>') ? 'F1' : 'Control+P');
    // A dialog that closes just then takes quick open with it, and its box is hidden. Quick open also closes by itself when
    // something else takes the focus, at times between being drawn and being clicked.
    const isTaken =
      (await comes(box.fill(query, { timeout }))) &&
      (await comes(row.waitFor({ timeout }))) &&
      (await comes(row.click({ timeout })));
    if (isTaken) {
      await page.mouse.move(0, 0); // Else whatever lies under the entry shows its hover.
      return;
    }
    seen = await rows.allInnerTexts().catch(() => seen);
    await page.keyboard.press('Escape');
  }
  throw new Error(
    `Quick open has no "${label}" for "${query}", but: ${seen.join('; ').replaceAll('\n', ' ') || 'nothing'}.`,
  );
}

async function comes(wait: Promise<unknown>): Promise<boolean> {
  return await wait.then(
    () => true,
    () => false,
  );
}
