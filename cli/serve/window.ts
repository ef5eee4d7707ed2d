import { CancellationTokenSource, ErrorCodes, ResponseError } from 'vscode-jsonrpc/node';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import type { ProgramResponse } from '../../schemas/generated/messages.ts';
import type { LendingHost } from './lend.ts';

/** How the window that this process belongs to lends VS Code's models. */
export function lendingHost(connection: MessageConnection): LendingHost {
  return {
    async answer(question, signal) {
      const cancellation = new CancellationTokenSource();
      const cancel = (): void => {
        cancellation.cancel();
      };
      signal.addEventListener('abort', cancel, { once: true });
      try {
        return await connection.sendRequest('lm/answer', question, cancellation.token);
      } finally {
        signal.removeEventListener('abort', cancel);
        cancellation.dispose();
      }
    },
    consent: request => connection.sendRequest('lm/consent', request),
  };
}

/** A host that knows no such question lets nothing be started. */
export function refuseUnasked(error: unknown): ProgramResponse {
  if (error instanceof ResponseError && error.code === ErrorCodes.MethodNotFound) return { allowed: false };
  throw error;
}
