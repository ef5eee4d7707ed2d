import { randomUUID } from 'node:crypto';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { environmentNames, type WorkbenchActions } from '../protocol.ts';
import { openBridge } from './bridge.ts';
import { findProgram } from './paths.ts';
import { endLeftovers, findProcesses } from './processes.ts';
import { relayConsole } from './relay.ts';
import { createSandbox, type Sandbox } from './sandbox.ts';
import { startServer } from './server.ts';
import { createActions, waitForWorkbench } from './workbench.ts';

export interface HostOptions {
  /** Absolute path of the extension under test. */
  extension: string;
  /** Absolute path of the folder to copy as the workspace; an empty workspace when absent. */
  workspace?: string | undefined;
  /** Absolute path of the module whose `run()` the extension host calls. */
  tests?: string | undefined;
  grep?: string | undefined;
  headed: boolean;
  /** File that gets everything VS Code and its server write. */
  log: string;
  /** Also prints what VS Code writes beside the suite's own lines. */
  verbose: boolean;
}

export interface BrowserHost {
  page: Page;
  context: BrowserContext;
  actions: WorkbenchActions;
  sandbox: Sandbox;
  /** Another window on the same workspace, with an extension host of its own. */
  openWindow(): Promise<BrowserWindow>;
  /** Ids of processes that this host has started, the extension's included, by their command lines; oldest first. */
  findProcesses(commandLine: RegExp): number[];
  /** Resolves with the exit code that VS Code gives when the tests' `run()` is done: 0 when it resolved. */
  finished: Promise<number>;
}

export interface BrowserWindow {
  page: Page;
  actions: WorkbenchActions;
}

/** Chromium as it is made for programs: no window, and half the work. */
const shellName = 'chromium-headless-shell';
const chromiumNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const chromiumArguments = [
  ...['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
  // Whatever VS Code would fetch from elsewhere fails at once: tests are the same with and without a network.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];
const windowSize = { width: 1280, height: 800 };
const actionMs = 30_000;
/** How long a page may take to load: a busy machine needs more than one for a click. */
const loadMs = 90_000;

/**
 * Opens VS Code in a browser with the extension under development, gives it to `use`, and always closes
 * everything it started. Throws what `use` throws, the signal's reason, or what kept VS Code from starting.
 */
export async function withBrowserHost<T>(
  options: HostOptions,
  use: (host: BrowserHost) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const session = randomUUID();
  const cleanups: (() => unknown)[] = [() => endLeftovers(session)];
  try {
    return await untilAborted(openHost(options, session, cleanups, signal).then(use), signal);
  } finally {
    for (const cleanup of cleanups.reverse()) await cleanup();
  }
}

async function openHost(
  options: HostOptions,
  session: string,
  cleanups: (() => unknown)[],
  signal: AbortSignal,
): Promise<BrowserHost> {
  const sandbox = createSandbox(options.workspace);
  cleanups.unshift(sandbox.remove);
  const bridge = await openBridge();
  cleanups.push(bridge.close);
  const environment = {
    [environmentNames.bridge]: bridge.url,
    [environmentNames.token]: bridge.token,
    [environmentNames.results]: sandbox.results,
    [environmentNames.session]: session,
    [environmentNames.grep]: options.grep,
  };
  const server = await startServer(sandbox, environment, signal);
  cleanups.push(server.stop);
  const browser = await openBrowser(options.headed);
  cleanups.push(() => browser.close());
  signal.throwIfAborted();

  const context = await browser.newContext({ viewport: windowSize });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: `http://127.0.0.1:${server.port}` });
  const page = await context.newPage();
  page.setDefaultTimeout(actionMs);
  page.setDefaultNavigationTimeout(loadMs);
  const closeLog = relayConsole(page, options.log, options.verbose);
  cleanups.push(() => closeLog(server.output()));
  const finished = Promise.withResolvers<number>();
  // VS Code calls this function, where a page has it, when the tests are done.
  await page.exposeFunction('codeAutomationExit', finished.resolve);
  const actions = createActions(page);
  bridge.connect(actions);
  const address = createAddress(server.port, sandbox.workspace, options);
  await page.goto(address);
  await waitForWorkbench(page);
  return {
    page,
    context,
    actions,
    sandbox,
    async openWindow() {
      const other = await context.newPage();
      other.setDefaultTimeout(actionMs);
      other.setDefaultNavigationTimeout(loadMs);
      await other.goto(address);
      await waitForWorkbench(other);
      return { page: other, actions: createActions(other) };
    },
    findProcesses: commandLine => findProcesses(session, commandLine),
    finished: finished.promise,
  };
}

async function openBrowser(headed: boolean): Promise<Browser> {
  const executablePath = findProgram(headed ? chromiumNames : [shellName, ...chromiumNames]);
  if (executablePath === undefined) {
    throw new Error(`The in-host tests need Chromium, and none of ${chromiumNames.join(', ')} is on PATH.`);
  }
  const own = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
  return await chromium.launch({ executablePath, headless: !headed, args: chromiumArguments, ...own });
}

function createAddress(port: number, workspace: string, options: HostOptions): string {
  const remote = `vscode-remote://127.0.0.1:${port}`;
  const payload = [['extensionDevelopmentPath', remote + options.extension]];
  if (options.tests !== undefined) payload.push(['extensionTestsPath', remote + options.tests]);
  const query = new URLSearchParams({ folder: workspace, payload: JSON.stringify(payload) });
  return `http://127.0.0.1:${port}/?${query}`;
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
    work.catch(() => undefined); // After an abort, what the closing windows make it throw says nothing new.
  }
}
