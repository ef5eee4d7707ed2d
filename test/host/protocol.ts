/**
 * What the suite, inside VS Code's extension host, and the launcher, which holds the browser, say to
 * each other. The launcher passes where to ask in environment variables of the extension host.
 */
export const environmentNames = {
  /** Loopback URL that takes actions; absent where nothing can drive the user interface. */
  bridge: 'AIWB_HOST_TEST_BRIDGE',
  /** Bearer token of that URL. */
  token: 'AIWB_HOST_TEST_TOKEN',
  /** Absolute path where the suite writes its `SuiteResults`. */
  results: 'AIWB_HOST_TEST_RESULTS',
  /** Regular expression; only tests whose full title matches run. */
  grep: 'AIWB_HOST_TEST_GREP',
  /** Unique to one run of the launcher: every process that carries it belongs to that run. */
  session: 'AIWB_HOST_TEST_SESSION',
} as const;

/** Marks the suite's own lines among everything else that reaches VS Code's console. */
export const testLinePrefix = '[test] ';

export type Theme = 'light' | 'dark' | 'hc-dark' | 'hc-light';

/** Which webview is meant: every given condition must hold, none means any webview that is shown. */
export interface WebviewTarget {
  /** Text that the webview's own title or its document's title contains. */
  title?: string;
  /** Id of the extension that owns it, without regard to case. */
  extensionId?: string;
  /** Text that its body shows. */
  contains?: string;
}

/** What the user interface can be asked. Selectors are Playwright's; waits end after `waitMs` with an error. */
export interface WorkbenchActions {
  /** Writes `.artifacts/screenshots/<name>.png` of the window, or of one element, and returns its path. */
  screenshot(name: string, selector?: string): Promise<string>;
  /** Presses keys one after the other: `press('Control+K', 'Control+S')`. */
  press(...keys: string[]): Promise<void>;
  type(text: string): Promise<void>;
  click(selector: string, button?: 'left' | 'right' | 'middle'): Promise<void>;
  doubleClick(selector: string): Promise<void>;
  hover(selector: string): Promise<void>;
  /** Sets the window's size in CSS pixels. */
  resize(width: number, height: number): Promise<void>;
  /** Visible text of the first match, once it is visible. */
  text(selector: string): Promise<string>;
  /** What is typed into the first box that matches, now; empty where none does. */
  value(selector: string): Promise<string>;
  /** How many elements match now. */
  count(selector: string): Promise<number>;
  waitFor(selector: string, state?: 'visible' | 'hidden' | 'attached' | 'detached'): Promise<void>;
  /** Runs a command by its title, as a person does, from the command palette. */
  runCommand(title: string): Promise<void>;
  /** Opens a file of the workspace by its relative path. */
  openFile(relativePath: string): Promise<void>;
  /** Texts of the notifications that nobody has dismissed, newest first, read from the notification centre. */
  notifications(): Promise<string[]>;
  /** Presses a button of the notification that shows `text`. */
  answerNotification(text: string, button: string): Promise<void>;
  /** Visible text of a webview (or of an element in it), once there is some. */
  webviewText(target?: WebviewTarget, selector?: string): Promise<string>;
  clickInWebview(selector: string, target?: WebviewTarget): Promise<void>;
  fillInWebview(selector: string, value: string, target?: WebviewTarget): Promise<void>;
  /** How many elements match now in the webview. */
  countInWebview(selector: string, target?: WebviewTarget): Promise<number>;
  /** Accessibility faults that axe-core finds in a webview, or in elements of it, as `rule: help (selectors)`. */
  auditWebview(target?: WebviewTarget, selector?: string): Promise<string[]>;
}

export interface BridgeRequest {
  action: keyof WorkbenchActions;
  arguments: unknown[];
}

export type BridgeResponse = { value: unknown } | { error: string };

export interface SuiteResults {
  host: { vscode: string; node: string; sqlite: string | undefined; appHost: string };
  passed: number;
  failed: number;
  skipped: number;
  durationMs: number;
  tests: TestResult[];
}

export interface TestResult {
  title: string;
  /** Title of the outermost `describe`: its tests share a state, so they run together. */
  group: string;
  state: 'passed' | 'failed' | 'skipped';
  durationMs: number;
  error?: string;
}
