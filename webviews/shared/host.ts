import type { Validator } from '../../schemas/generated/validators.js';

/** A page's view of whoever shows it: VS Code, or nobody in a self-contained HTML file. */
export interface PageHost<Incoming, Outgoing> {
  readonly kind: 'editor' | 'standalone';
  post(message: Outgoing): void;
  /** Calls `listener` with every valid message; the returned function ends that. */
  listen(listener: (message: Incoming) => void): () => void;
  /** What the page kept when it was hidden; anything may come back. */
  readState(): unknown;
  writeState(state: unknown): void;
}

/** What one kind of page may receive, and what of it names the page's subject. */
export interface PageContract<Incoming> {
  readonly validate: Validator<Incoming>;
  /** Kept with the page's state: by it VS Code brings the page back after a reload. Undefined where a message names nothing. */
  readonly identify: (message: Incoming) => object | undefined;
}

interface EditorApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare global {
  var acquireVsCodeApi: (() => EditorApi) | undefined;
}

export function createPageHost<Incoming, Outgoing>(
  scope: Window & typeof globalThis,
  contract: PageContract<Incoming>,
): PageHost<Incoming, Outgoing> {
  return scope.acquireVsCodeApi === undefined
    ? createStandaloneHost()
    : createEditorHost(scope, scope.acquireVsCodeApi(), contract);
}

function createEditorHost<Incoming, Outgoing>(
  scope: Window,
  api: EditorApi,
  { validate, identify }: PageContract<Incoming>,
): PageHost<Incoming, Outgoing> {
  const keep = (changes: object): void => {
    const kept = api.getState();
    api.setState({ ...(typeof kept === 'object' ? kept : {}), ...changes });
  };
  return {
    kind: 'editor',
    post: message => api.postMessage(message),
    listen(listener) {
      const receive = ({ data }: MessageEvent<unknown>): void => {
        if (validate(data)) {
          const subject = identify(data);
          if (subject !== undefined) keep(subject);
          listener(data);
        } else console.warn('A message that is no page message was dropped.', validate.errors?.slice(0, 3));
      };
      scope.addEventListener('message', receive);
      return () => scope.removeEventListener('message', receive);
    },
    readState: () => api.getState(),
    writeState: state => keep(Object(state) as object),
  };
}

function createStandaloneHost<Incoming, Outgoing>(): PageHost<Incoming, Outgoing> {
  return {
    kind: 'standalone',
    post: () => undefined,
    listen: () => () => undefined,
    readState: () => undefined,
    writeState: () => undefined,
  };
}
