import { access, constants, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { WorkbenchError } from '../../engine/base/errors.ts';
import type { PagePrinter } from '../../engine/ports/page-printer.ts';
import type { Programs } from '../../engine/ports/programs.ts';

/** Names the environment variable that says which browser prints; it is the person's own, no workspace sets it. */
export const browserVariable = 'AIWB_CHROMIUM';

/** Milliseconds a page may take: a large scorecard takes a few seconds. */
const longest = 90_000;

const names = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
  'microsoft-edge-stable',
  'msedge',
];

/** Where browsers lie that are not on the PATH. */
const places: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA'].flatMap(variable => {
    const folder = process.env[variable];
    if (folder === undefined) return [];
    return [
      path.join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'),
      path.join(folder, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
    ];
  }),
};

/**
 * Prints pages with an installed Chromium, Chrome or Edge: without a window, with a profile of its own in a temporary folder that is removed
 * again, and without a network. `environment` says where to look.
 */
export function createPagePrinter(
  programs: Programs,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): PagePrinter {
  return {
    async printPdf(html, signal) {
      const browser = await findBrowser(environment);
      signal.throwIfAborted();
      const folder = await mkdtemp(path.join(os.tmpdir(), 'aiwb-print-'));
      try {
        const page = path.join(folder, 'page.html');
        const target = path.join(folder, 'page.pdf');
        await writeFile(page, html, { mode: 0o600 });
        const command = [browser, ...switches(folder), `--print-to-pdf=${target}`, pathToFileURL(page).href];
        const result = await programs.run(command, { folder, timeout: longest, limit: 65_536 }, signal);
        return await readPdf(target, browser, result);
      } finally {
        // Helper processes of the browser may still write while they end.
        await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
      }
    },
  };
}

function switches(folder: string): readonly string[] {
  return [
    '--headless=new',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--disable-extensions',
    '--disable-sync',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-default-apps',
    '--no-first-run',
    '--no-default-browser-check',
    '--no-pings',
    `--user-data-dir=${path.join(folder, 'profile')}`,
    // Nothing is reachable: no name resolves, and what needs none goes to a port where nobody listens.
    '--host-resolver-rules=MAP * ~NOTFOUND',
    '--proxy-server=127.0.0.1:9',
    '--proxy-bypass-list=<-loopback>',
    '--no-pdf-header-footer',
    // The browser refuses its sandbox to the superuser, who runs most containers.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ];
}

async function readPdf(
  target: string,
  browser: string,
  {
    errors,
    status,
    timedOut,
  }: { readonly errors: string; readonly status: number | undefined; readonly timedOut: boolean },
): Promise<Uint8Array> {
  const bytes = await readFile(target).catch(() => undefined);
  if (!timedOut && bytes?.subarray(0, 5).toString('latin1') === '%PDF-') return new Uint8Array(bytes);
  const last = errors.trim().split('\n').at(-1)?.trim() ?? '';
  const why = timedOut
    ? `it was stopped after ${String(longest / 1000)} seconds`
    : `it ended with ${status === undefined ? 'a signal' : String(status)}${last === '' ? '' : ` (${last.slice(0, 300)})`}`;
  throw new WorkbenchError('program-failed', `${browser} made no PDF: ${why}.`, { remedy: otherWays });
}

const otherWays = `Name another browser in ${browserVariable}, or export as HTML and print it from any browser.`;

/** The browser that the environment names, else one that is installed. Throws `program-failed`. */
async function findBrowser(environment: Readonly<Record<string, string | undefined>>): Promise<string> {
  const folders = (environment['PATH'] ?? environment['Path'] ?? '').split(path.delimiter).filter(each => each !== '');
  const named = environment[browserVariable]?.trim();
  if (named !== undefined && named !== '') {
    const found = await firstThere(path.isAbsolute(named) ? [named] : onPath(named, folders));
    if (found !== undefined) return found;
    throw new WorkbenchError('program-failed', `${browserVariable} names ${named}, and there is no such program.`, {
      remedy: 'Write the full path of a Chromium, Chrome or Edge, or unset it to have one looked for.',
    });
  }
  const found = await firstThere([
    ...names.flatMap(name => onPath(name, folders)),
    ...(places[process.platform] ?? []),
  ]);
  if (found !== undefined) return found;
  throw new WorkbenchError('program-failed', 'A PDF is printed by Chromium, Chrome or Edge, and none is installed.', {
    remedy: `Install one, or name it in ${browserVariable}; or export as HTML and print it from any browser.`,
  });
}

function onPath(name: string, folders: readonly string[]): readonly string[] {
  const file = process.platform === 'win32' && !name.endsWith('.exe') ? `${name}.exe` : name;
  return folders.filter(folder => path.isAbsolute(folder)).map(folder => path.join(folder, file));
}

async function firstThere(files: readonly string[]): Promise<string | undefined> {
  for (const file of files) {
    const isThere = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return file;
  }
  return undefined;
}
