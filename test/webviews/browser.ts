import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import { root } from './page-server.ts';

/** First Chromium as it is made for programs: it has no window and takes half the work. */
const programs = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];
const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Undefined, with a loud word about it, where there is no Chromium or nothing has been built. */
export async function launchBrowser(bundles: readonly string[]): Promise<Browser | undefined> {
  const executablePath = programs.find(existsSync);
  const missing = bundles.filter(bundle => !existsSync(path.join(root, 'dist', bundle)));
  const why =
    executablePath === undefined
      ? `there is none of ${programs.join(', ')}`
      : missing.length > 0
        ? `dist/ lacks ${missing.join(', ')}`
        : undefined;
  if (executablePath === undefined || why !== undefined) {
    console.warn(`SKIPPED: tests of built pages, for ${why}.`);
    return undefined;
  }
  return chromium.launch({ executablePath, args: chromiumArguments });
}

/** What went wrong in a page: policy violations, uncaught errors, console errors. Empty in a sound page. */
export async function watchFaults(page: Page): Promise<string[]> {
  const faults: string[] = [];
  await page.exposeFunction('reportFault', (fault: string) => faults.push(fault));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', event => {
      const { reportFault } = globalThis as unknown as { reportFault(fault: string): void };
      reportFault(
        `policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${String(event.lineNumber)} ${event.sample}`,
      );
    });
  });
  page.on('pageerror', error => faults.push(`error: ${error.message}`));
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(`console: ${message.text()}`);
  });
  return faults;
}

interface AxeViolation {
  readonly id: string;
  readonly impact: string | null;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** Serious and critical findings of axe-core, shadow roots included. */
export async function auditPage(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: AxeViolation[] }> } };
    return (await axe.run()).violations;
  });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, help, nodes }) =>
        `${id}: ${help}: ${nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary ?? ''}`).join(' | ')}`,
    );
}

/** All text of an element, shadow roots included. */
export function deepText(locator: Locator): Promise<string> {
  return locator.first().evaluate(element => {
    return read(element)
      .replace(/\s+/g, ' ')
      .replace(/ ([,;:.])/g, '$1')
      .trim();
    function read(node: Node): string {
      if (node.nodeType === Node.TEXT_NODE) return node.nodeValue ?? '';
      const root = node instanceof Element ? node.shadowRoot : null;
      return [...(root ?? node).childNodes].map(read).join(' ');
    }
  });
}

/** A picture for people, under .artifacts/: of the whole page, or of what is in view. */
export async function takePicture(page: Page, name: string, fullPage = true): Promise<void> {
  await page.screenshot({
    path: path.join(root, '.artifacts', 'screenshots', 'webviews', `${name}.png`),
    fullPage,
  });
}

/** Waits until charts asked for are drawn and nothing moves any more. */
export async function settle(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const charts = findAll(document, 'aiwb-chart');
    return charts.every(chart => chart.shadowRoot?.querySelector('.plot svg, .scroll') instanceof Element);
    function findAll(from: ParentNode, name: string): Element[] {
      return [...from.querySelectorAll('*')].flatMap(element => [
        ...(element.localName === name ? [element] : []),
        ...(element.shadowRoot === null ? [] : findAll(element.shadowRoot, name)),
      ]);
    }
  });
  await page.waitForTimeout(150);
}
