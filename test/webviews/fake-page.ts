import { nonce } from './page-server.ts';
import { themeClasses, themeVariables, type ThemeName } from './theme-variables.ts';

interface FakePage {
  /** Name of the page's bundle, such as `scorecard`. */
  readonly bundle: string;
  readonly theme: ThemeName;
  /** What the host sends once the page is ready. */
  readonly messages: readonly unknown[];
  /** What the page kept when it was last hidden. */
  readonly state?: unknown;
  /** What the host answers to a question, by its type; the question's number is added. */
  readonly answers?: Readonly<Record<string, unknown>>;
}

/**
 * A document like the one VS Code's host makes: the policy's nonce on the bundle's script, theme variables on the root
 * element, and an `acquireVsCodeApi`. `window.posted` keeps what the page sent, `window.state` what it kept.
 */
export function fakePageHtml({ bundle, theme, messages, state, answers = {} }: FakePage): string {
  const embed = (value: unknown): string => JSON.stringify(value ?? null).replaceAll('<', '\\u003c');
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Page</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body class="${themeClasses[theme]}" data-vscode-theme-id="${theme}">
<script nonce="${nonce}">
  for (const [name, value] of Object.entries(${embed(themeVariables(theme))})) document.documentElement.style.setProperty(name, value);
  globalThis.posted = [];
  globalThis.state = ${embed(state)} ?? undefined;
  globalThis.acquireVsCodeApi = () => ({
    getState: () => globalThis.state,
    setState: state => (globalThis.state = state),
    postMessage(message) {
      globalThis.posted.push(message);
      if (message.type === 'ready') for (const answer of ${embed(messages)}) setTimeout(() => window.postMessage(answer, '*'));
      const answer = ${embed(answers)}[message.type];
      if (answer !== undefined) setTimeout(() => window.postMessage({ ...answer, request: message.request }, '*'));
    },
  });
</script>
<script nonce="${nonce}" type="module" src="/dist/webviews/${bundle}.js"></script>
</body></html>`;
}
