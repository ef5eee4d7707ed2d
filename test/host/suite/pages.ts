import type { WebviewTarget } from '../protocol.ts';
import { driver } from './driver.ts';
import { fits, type Expected } from './shown.ts';
import { eventually } from './workspace.ts';

/** How long a page may take that waits for a run. */
const runMs = 90_000;
/** How long a page may take to settle after its size or its colours have changed. */
const settleMs = 15_000;

/** Text of the webview that fits, or of the page with this title, once it shows `expected`. */
export async function pageText(target: WebviewTarget | string, expected: Expected, patience = runMs): Promise<string> {
  const meant = typeof target === 'string' ? { title: target } : target;
  return await eventually(async see => {
    const { text } = see({ expected: String(expected), text: await driver.webviewText(meant) });
    return fits(text, expected) ? text : undefined;
  }, patience);
}

/** Fails where axe-core goes on to find faults: those of a page that is being drawn anew pass by. */
export async function requireAccessible(target?: WebviewTarget, selector?: string): Promise<void> {
  await eventually(async see => {
    const faults = see(await driver.auditWebview(target, selector));
    return faults.length === 0 || undefined;
  }, settleMs);
}
