import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import type { Frame, Page } from 'playwright-core';
import type { WebviewTarget } from '../protocol.ts';

const waitMs = 15_000;
const pollMs = 100;

interface AxeViolation {
  id: string;
  help: string;
  nodes: { target: unknown[] }[];
}

/**
 * Finds the frame with the content of a webview that is shown: VS Code nests it in two, an outer one that
 * it owns (`iframe.webview`) and in it the extension's document (`#active-frame`).
 * Throws after 15 seconds, listing the webviews that were there.
 */
export async function findWebview(page: Page, target: WebviewTarget = {}): Promise<Frame> {
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

/** Visible text of the webview, or of the first element in it that fits `selector`, once there is some. */
export async function readWebview(page: Page, target?: WebviewTarget, selector = 'body'): Promise<string> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    const frame = await findWebview(page, target);
    const text = await frame.locator(selector).first().evaluate(readShownText, undefined, { timeout: waitMs });
    if (text.trim() !== '' || Date.now() > deadline) return text;
    await delay(pollMs);
  }
}

/**
 * Runs axe-core in a webview, or in the elements of it that fit `selector`: the document around a notebook's outputs is VS Code's own.
 * The debugger injects it, so the webview's content security policy stays as it is.
 */
export async function auditWebview(page: Page, target?: WebviewTarget, selector?: string): Promise<string[]> {
  const frame = await findWebview(page, target);
  await frame.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  const violations = await frame.evaluate(async context => {
    const { axe } = globalThis as unknown as {
      axe: { run(context: string | Document): Promise<{ violations: AxeViolation[] }> };
    };
    return (await axe.run(context ?? document)).violations;
  }, selector);
  return violations.map(
    ({ id, help, nodes }) => `${id}: ${help} (${nodes.map(node => node.target.join(' ')).join(', ')})`,
  );
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
