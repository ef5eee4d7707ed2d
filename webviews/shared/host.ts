import type { HostToPage, PageToHost } from '../../schemas/generated/messages.ts';
import { validateHostToPage } from '../../schemas/generated/validators.js';

/** The page's view of whoever shows it: VS Code, or nobody in a self-contained HTML file. */
export interface PageHost {
  readonly kind: 'editor' | 'standalone';
  post(message: PageToHost): void;
  /** Calls `listener` with every valid message; the returned function ends that. */
  listen(listener: (message: HostToPage) => void): () => void;
  /** What the page kept when it was hidden; anything may come back. */
  readState(): unknown;
  writeState(state: unknown): void;
}

interface EditorApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare global {
  var acquireVsCodeApi: (() => EditorApi) | undefined;
}

export function createPageHost(scope: Window & typeof globalThis): PageHost {
  return scope.acquireVsCodeApi === undefined
    ? createStandaloneHost()
    : createEditorHost(scope, scope.acquireVsCodeApi());
}

/** Beside what the page keeps, its state names the runs it shows: by them VS Code brings it back after a reload. */
function createEditorHost(scope: Window, api: EditorApi): PageHost {
  const keep = (changes: object): void => {
    const kept = api.getState();
    api.setState({ ...(typeof kept === 'object' ? kept : {}), ...changes });
  };
  return {
    kind: 'editor',
    post: message => api.postMessage(message),
    listen(listener) {
      const receive = ({ data }: MessageEvent<unknown>): void => {
        if (validateHostToPage(data)) {
          if (data.type === 'report') keep({ runIds: data.report.runs.map(run => run.id) });
          listener(data);
        } else console.warn('A message that is no page message was dropped.', validateHostToPage.errors?.slice(0, 3));
      };
      scope.addEventListener('message', receive);
      return () => scope.removeEventListener('message', receive);
    },
    readState: () => api.getState(),
    writeState: state => keep(Object(state) as object),
  };
}

function createStandaloneHost(): PageHost {
  return {
    kind: 'standalone',
    post: () => undefined,
    listen: () => () => undefined,
    readState: () => undefined,
    writeState: () => undefined,
  };
}
