import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import type { Frame, Page } from 'playwright-core';
import type { WebviewTarget } from '../protocol.ts';

const waitMs = 30_000;
const pollMs = 100;
/** A document that has not changed for this long is still; one that never is, is taken as it is after `stillMs`. */
const quietMs = 300;
const stillMs = 5_000;

interface AxeViolation {
  id: string;
  help: string;
  nodes: { target: unknown[] }[];
}

/**
 * Finds the frame with the content of a webview that is shown: VS Code nests it in two, an outer one that
 * it owns (`iframe.webview`) and in it the extension's document (`#active-frame`).
 * Throws after 30 seconds, listing the webviews that were there.
 */
async function findWebview(page: Page, target: WebviewTarget = {}): Promise<Frame> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    const shown = await listWebviews(page);
    const found = shown.find(webview => fits(webview, target));
    if (found) return found.frame;
    if (Date.now() > deadline) {
      const seen = shown.map(
        ({ titles, owner, text }) => `${JSON.stringify(titles)} of ${owner}: ${text.slice(0, 80)}`,
      );
      throw new Error(`No webview fits ${JSON.stringify(target)}. Shown: ${seen.join('; ') || 'none'}.`);
    }
    await delay(pollMs);
  }
}

/**
 * Does something in a webview. VS Code may take a frame away between its being found and its being used, as when an editor moves
 * or a page is shown anew: then the webview is found again. Throws after 30 seconds, or what `act` throws otherwise.
 */
export async function inWebview<T>(
  page: Page,
  target: WebviewTarget | undefined,
  act: (frame: Frame) => Promise<T>,
): Promise<T> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    const frame = await findWebview(page, target);
    try {
      return await act(frame);
    } catch (error) {
      if (page.isClosed() || Date.now() > deadline || !(frame.isDetached() || isNavigation(error))) throw error;
    }
    await delay(pollMs);
  }
}

/** Visible text of the webview, or of the first element in it that fits `selector`, once there is some. */
export async function readWebview(page: Page, target?: WebviewTarget, selector = 'body'): Promise<string> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    const text = await inWebview(page, target, frame =>
      frame.locator(selector).first().evaluate(readShownText, undefined, { timeout: waitMs }),
    );
    if (text.trim() !== '' || Date.now() > deadline) return text;
    await delay(pollMs);
  }
}

/** Whether a webview is shown that has no text. */
export async function hasBlankWebview(page: Page): Promise<boolean> {
  return (await listWebviews(page)).some(({ text }) => text === '');
}

/**
 * Runs axe-core in a webview, or in the elements of it that fit `selector`: the document around a notebook's outputs is VS Code's own.
 * The debugger injects it, so the webview's content security policy stays as it is. What changes just then, as after another theme or
 * width, is looked at once it is still.
 */
export async function auditWebview(page: Page, target?: WebviewTarget, selector?: string): Promise<string[]> {
  const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const look = (): Promise<AxeViolation[]> =>
    inWebview(page, target, async frame => {
      await frame.evaluate(untilStill, { quietMs, stillMs });
      await frame.evaluate(axeSource);
      return await frame.evaluate(async context => {
        const { axe } = globalThis as unknown as {
          axe: { run(context: string | Document): Promise<{ violations: AxeViolation[] }> };
        };
        return (await axe.run(context ?? document)).violations;
      }, selector);
    });
  const first = await look();
  // The window may have told the page of its theme or width only now: a fault of the page is there the second time as well.
  const violations = first.length === 0 ? first : await look();
  return violations.map(
    ({ id, help, nodes }) => `${id}: ${help} (${nodes.map(node => node.target.join(' ')).join(', ')})`,
  );
}

/** Runs in the webview: resolves when its document, shadow trees included, has not changed for a while and no transition of it runs. */
async function untilStill({ quietMs: quiet, stillMs: most }: { quietMs: number; stillMs: number }): Promise<void> {
  const end = performance.now() + most;
  let changed = performance.now();
  const observer = new MutationObserver(() => void (changed = performance.now()));
  const seen = new WeakSet<Node>();
  const observe = (root: Node): void => {
    if (!seen.has(root)) {
      seen.add(root);
      observer.observe(root, { attributes: true, characterData: true, childList: true, subtree: true });
    }
    for (const element of (root as ParentNode).querySelectorAll('*'))
      if (element.shadowRoot) observe(element.shadowRoot);
  };
  const moves = (): boolean =>
    document.getAnimations().some(({ playState, effect }) => {
      const { iterations = 1 } = effect?.getTiming() ?? {};
      return playState === 'running' && Number.isFinite(iterations);
    });
  do {
    observe(document);
    await new Promise(resolve => setTimeout(resolve, 50));
    if (moves()) changed = performance.now();
  } while (performance.now() - changed < quiet && performance.now() < end);
  observer.disconnect();
}

interface ShownWebview {
  frame: Frame;
  titles: string[];
  owner: string;
  text: string;
}

async function listWebviews(page: Page): Promise<ShownWebview[]> {
  const found = await Promise.all(page.frames().map(describeWebview));
  return found.filter(webview => webview !== undefined);
}

/** Describes a frame when it is a webview's inner document and is shown. Frames come and go: one that left is none. */
async function describeWebview(frame: Frame): Promise<ShownWebview | undefined> {
  const outer = frame.parentFrame();
  if (!outer?.parentFrame()) return undefined;
  try {
    const element = await frame.frameElement();
    if ((await element.getAttribute('id')) !== 'active-frame') return undefined;
    const host = await outer.frameElement();
    if (!(await host.isVisible())) return undefined;
    const titles = [await element.getAttribute('title'), await host.getAttribute('title'), await frame.title()];
    return {
      frame,
      titles: titles.map(title => title ?? '').filter(Boolean),
      owner: new URL(outer.url()).searchParams.get('extensionId') ?? '',
      text: await frame.locator('body').evaluate(readShownText),
    };
  } catch (error) {
    if (frame.isDetached() || outer.isDetached() || isNavigation(error)) return undefined;
    throw error;
  }
}

/** Runs in the webview: the text a person sees, shadow trees included, which `innerText` leaves out. */
function readShownText(root: Element): string {
  const hidden = new Set(['SCRIPT', 'STYLE', 'TEMPLATE', 'NOSCRIPT']);
  const read = (node: Node): string => {
    if (node instanceof Text) return node.data;
    if (node instanceof HTMLSlotElement) return node.assignedNodes({ flatten: true }).map(read).join('');
    if (!(node instanceof HTMLElement)) return [...node.childNodes].map(read).join('');
    if (hidden.has(node.tagName)) return '';
    const display = getComputedStyle(node).display;
    if (display === 'none') return '';
    const text = [...(node.shadowRoot ?? node).childNodes].map(read).join('');
    return display === 'inline' || display === 'contents' ? text : `\n${text}\n`;
  };
  return read(root)
    .replace(/[ \t\r]+/g, ' ')
    .replace(/\s*\n\s*/g, '\n')
    .trim();
}

function isNavigation(error: unknown): boolean {
  return error instanceof Error && /detached|destroyed|navigat|not attached|closed/i.test(error.message);
}

function fits(webview: ShownWebview, target: WebviewTarget): boolean {
  const { title, extensionId, contains } = target;
  return (
    (title === undefined || webview.titles.some(one => one.includes(title))) &&
    (extensionId === undefined || webview.owner.toLowerCase() === extensionId.toLowerCase()) &&
    (contains === undefined || webview.text.includes(contains))
  );
}
