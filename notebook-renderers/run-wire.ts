import type { RendererContext } from 'vscode-notebook-renderer';
import type { HostToRenderer, RendererToHost } from '../schemas/generated/messages.ts';
import { validateHostToRenderer } from '../schemas/generated/validators.js';
import { createEpochJoiner } from './join-epochs.ts';

/** Messages between the outputs of a notebook and VS Code; absent where nobody listens. */
export interface RunWire {
  post(message: RendererToHost): void;
  /** Calls `listener` with every valid message; the returned function ends that. */
  listen(listener: (message: HostToRenderer) => void): () => void;
}

/** Undefined where the host has no messaging: outputs are then complete without it. */
export function createRunWire(context: RendererContext<unknown>): RunWire | undefined {
  const { postMessage, onDidReceiveMessage } = context;
  if (postMessage === undefined || onDidReceiveMessage === undefined) return undefined;
  const listeners = new Set<(message: HostToRenderer) => void>();
  const join = createEpochJoiner();
  onDidReceiveMessage((message: unknown) => {
    if (!validateHostToRenderer(message)) return;
    const whole = join(message);
    for (const listener of listeners) listener(whole);
  });
  return {
    post: message => postMessage(message),
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
