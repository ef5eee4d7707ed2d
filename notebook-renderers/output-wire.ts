import type { RendererContext } from 'vscode-notebook-renderer';
import type { HostToRenderer, RendererToHost } from '../schemas/generated/messages.ts';
import { validateHostToRenderer } from '../schemas/generated/validators.js';
import { createRequests, type Requests } from '../webviews/shared/requests.ts';
import { createEpochJoiner } from './join-epochs.ts';

/** Messages between the outputs of a notebook and VS Code; absent where nobody listens. */
export interface OutputWire {
  post(message: RendererToHost): void;
  /** Calls `listener` with every valid message that is no answer; the returned function ends that. */
  listen(listener: (message: HostToRenderer) => void): () => void;
  readonly requests: Requests<RendererToHost, HostToRenderer>;
}

/** Undefined where the host has no messaging: outputs are then complete without it. */
export function createOutputWire(context: RendererContext<unknown>): OutputWire | undefined {
  const { postMessage, onDidReceiveMessage } = context;
  if (postMessage === undefined || onDidReceiveMessage === undefined) return undefined;
  const post = (message: RendererToHost): void => postMessage(message);
  const listeners = new Set<(message: HostToRenderer) => void>();
  const requests = createRequests<RendererToHost, HostToRenderer>(post, request => post({ type: 'stop', request }));
  const join = createEpochJoiner();
  onDidReceiveMessage((message: unknown) => {
    if (!validateHostToRenderer(message) || requests.receive(message)) return;
    const whole = join(message);
    for (const listener of listeners) listener(whole);
  });
  return {
    post,
    requests,
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
