import type { Failure } from '../../schemas/generated/messages.ts';

/** A request the host answered with a failure. */
export class RequestFailed extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

interface Message {
  readonly type: string;
}

/** Questions to the host and its answers, paired by their number. */
export interface Requests<Out extends Message, In extends Message> {
  /** Rejects with `RequestFailed` and the host's words, or with the signal's reason. */
  ask(build: (request: number) => Out, signal: AbortSignal): Promise<In>;
  /** Tells whether a message was the answer to a question. */
  receive(message: In): boolean;
}

interface Pending<In> {
  readonly resolve: (message: In) => void;
  readonly reject: (error: Error) => void;
}

/** One for all, from anywhere: of several windows and frames that show one thing, no two use a number. */
let last = Math.floor(Math.random() * 2 ** 40);

/** @param stop called with the number of a question whose answer is not needed any more */
export function createRequests<Out extends Message, In extends Message>(
  post: (message: Out) => void,
  stop?: (request: number) => void,
): Requests<Out, In> {
  const pending = new Map<number, Pending<In>>();
  return {
    ask(build, signal) {
      signal.throwIfAborted();
      const request = ++last;
      return new Promise<In>((resolve, reject) => {
        const forget = (): void => {
          pending.delete(request);
          stop?.(request);
          reject(signal.reason as Error);
        };
        signal.addEventListener('abort', forget, { once: true });
        const settle = (end: () => void): void => {
          signal.removeEventListener('abort', forget);
          end();
        };
        pending.set(request, {
          resolve: message => settle(() => resolve(message)),
          reject: error => settle(() => reject(error)),
        });
        post(build(request));
      });
    },
    receive(message) {
      const { request, failure } = message as { readonly request?: number; readonly failure?: Failure };
      if (request === undefined) return false;
      const waiting = pending.get(request);
      pending.delete(request);
      if (message.type === 'failure' && failure !== undefined) waiting?.reject(new RequestFailed(failure));
      else waiting?.resolve(message);
      return true;
    },
  };
}
