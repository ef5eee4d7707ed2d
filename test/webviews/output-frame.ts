import type { Report } from '../../schemas/generated/messages.ts';
import { fakeHostScript } from './fake-host.ts';
import { nonce } from './page-server.ts';
import { themeClasses, themeVariables, type ThemeName } from './theme-variables.ts';

interface OutputFrame {
  /** What the outputs are. */
  readonly mime: string;
  /** One cell output for each. */
  readonly items: readonly unknown[];
  readonly theme: ThemeName;
  /** Whether VS Code listens. */
  readonly hasMessaging: boolean;
  /** What VS Code has of the run: its questions are answered then. */
  readonly store?: { readonly report: Report; readonly samples: number };
}

/**
 * A notebook's output frame. `window.posted` keeps what the outputs sent, `send` answers them, `renderer` is the renderer; it
 * is activated twice, as happens in a frame that several notebooks share.
 */
export function outputFrameHtml({ mime, items, theme, hasMessaging, store }: OutputFrame): string {
  const embed = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Outputs</title></head>
<body class="${themeClasses[theme]}"><main id="outputs"></main>
${store === undefined ? '' : `<script nonce="${nonce}">${fakeHostScript({ ...store, theme, before: [] })}</script>`}
<script nonce="${nonce}" type="module">
  import { activate } from '/dist/renderers/run.js';
  for (const [name, value] of Object.entries(${embed(themeVariables(theme))})) document.documentElement.style.setProperty(name, value);
  document.body.style.setProperty('background', 'var(--vscode-editor-background)');
  const api = globalThis.acquireVsCodeApi?.();
  globalThis.posted ??= [];
  const listeners = [];
  if (api !== undefined) addEventListener('message', ({ data }) => globalThis.send(data));
  globalThis.send = message => listeners.forEach(listener => listener(message));
  let kept;
  const state = { getState: () => kept, setState: value => (kept = structuredClone(value)) };
  const context = ${hasMessaging ? `{ postMessage: message => (api === undefined ? posted.push(message) : api.postMessage(message)), onDidReceiveMessage: listener => listeners.push(listener) }` : '{}'};
  globalThis.renderer = activate({ ...context, ...state, workspace: { isTrusted: true }, settings: {} });
  activate({ ...state, workspace: { isTrusted: true }, settings: {} });
  ${embed(items)}.forEach((data, index) => {
    const element = document.createElement('div');
    element.id = 'output-' + index;
    document.getElementById('outputs').append(element);
    renderer.renderOutputItem({ id: 'item-' + index, mime: '${mime}', json: () => data }, element, new AbortController().signal);
  });
</script></body></html>`;
}
