import { ResponseError } from 'vscode-jsonrpc/node';
import type { CancellationToken } from 'vscode-jsonrpc/node';
import type { Validator } from '../../schemas/generated/validators.js';
import { toWorkbenchError, WorkbenchError } from '../../engine/base/errors.ts';

/** Every failure travels as an error whose data is a `Failure`; a cancelled request aborts its work. */
export async function answerRequest<P, R>(
  validate: Validator<P> | undefined,
  parameters: unknown,
  token: CancellationToken,
  handle: (parameters: P, signal: AbortSignal) => Promise<R>,
): Promise<R | ResponseError<unknown>> {
  const controller = new AbortController();
  const listener = token.onCancellationRequested(() => {
    controller.abort();
  });
  try {
    if (validate !== undefined && !validate(parameters)) {
      const fault = validate.errors?.[0];
      throw new WorkbenchError(
        'usage',
        `The request is not valid: ${fault?.instancePath ?? ''} ${fault?.message ?? ''}.`,
      );
    }
    return await handle(parameters as P, controller.signal);
  } catch (error) {
    const { code, message, remedy, place } = toWorkbenchError(error);
    return new ResponseError(-32000, message, { code, message, remedy, place });
  } finally {
    listener.dispose();
  }
}
