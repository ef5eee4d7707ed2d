import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import type { WorkbenchActions } from '../protocol.ts';
import { screenshotsFolder } from './paths.ts';
import { auditWebview, findWebview, readWebview } from './webview.ts';

const messageClass = '.notification-list-item-message';
const openMs = 90_000;
const pickMs = 20_000;
/** How long quick open may take to filter its list. */
const listMs = 2_000;

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
    },
    notifications: () => inNotificationCenter(page, center => center.locator(messageClass).allInnerTexts()),
    answerNotification: (text, button) =>
      inNotificationCenter(page, async center => {
        const item = center.locator('.notification-list-item').filter({ hasText: text }).first();
        await item.hover();
        await item.getByRole('button', { name: button, exact: true }).click();
      }),
    webviewText: (target, selector) => readWebview(page, target, selector),
    async clickInWebview(selector, target) {
      await (await findWebview(page, target)).locator(selector).first().click();
    },
    async fillInWebview(selector, value, target) {
      await (await findWebview(page, target)).locator(selector).first().fill(value);
    },
    countInWebview: async (selector, target) => (await findWebview(page, target)).locator(selector).count(),
    auditWebview: (target, selector) => auditWebview(page, target, selector),
  };
}

/**
 * Opens the notification centre for `use`, and closes it. Under its test driver VS Code shows no toasts, so this is
 * where notifications can be seen.
 */
async function inNotificationCenter<T>(page: Page, use: (center: Locator) => Promise<T>): Promise<T> {
  const center = page.locator('.notifications-center.visible');
  const bell = page.locator('[id="status.notifications"] a');
  if (!(await center.isVisible())) await bell.click();
  await center.waitFor();
  try {
    return await use(center);
  } finally {
    if (await center.isVisible()) await bell.click();
  }
}

/**
 * Types into quick open and takes the first entry that shows `label`. Its list does not follow what extensions add
 * while it is open, so it is opened anew until it has the entry. Throws after 20 seconds.
 */
async function pick(page: Page, query: string, label: string): Promise<void> {
  const row = page.locator('.quick-input-list .monaco-list-row').filter({ hasText: label }).first();
  const deadline = Date.now() + pickMs;
  while (Date.now() < deadline) {
    await page.keyboard.press(query.startsWith('>') ? 'F1' : 'Control+P');
    if ((await isTyped(page, query)) && (await isShown(row)) && (await isTaken(row))) {
      await page.mouse.move(0, 0); // Else whatever lies under the entry shows its hover.
      return;
    }
    await page.keyboard.press('Escape');
  }
  throw new Error(`Quick open has no "${label}" for "${query}".`);
}

/** A dialog that closes just then takes quick open with it, and its box is hidden. */
async function isTyped(page: Page, query: string): Promise<boolean> {
  const box = page.locator('.quick-input-widget input[type="text"]').first();
  return await box.fill(query, { timeout: listMs }).then(
    () => true,
    () => false,
  );
}

/** Quick open closes by itself when something else takes the focus, at times between being drawn and being clicked. */
async function isTaken(row: Locator): Promise<boolean> {
  return await row.click({ timeout: listMs }).then(
    () => true,
    () => false,
  );
}

async function isShown(locator: Locator): Promise<boolean> {
  return await locator.waitFor({ timeout: listMs }).then(
    () => true,
    () => false,
  );
}
