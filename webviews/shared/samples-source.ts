import type {
  DisagreementPage,
  DisagreementQuery,
  Failure,
  HostToPage,
  PageToHost,
  SamplePage,
  SampleQuery,
} from '../../schemas/generated/messages.ts';

/** Where a page reads samples from. Both methods throw `RequestFailed` with the host's words, or the signal's reason. */
export interface SamplesSource {
  readonly samples: (query: SampleQuery, signal: AbortSignal) => Promise<SamplePage>;
  /** Absent where rows of several models cannot be asked for. */
  readonly disagreements?: (query: DisagreementQuery, signal: AbortSignal) => Promise<DisagreementPage>;
}

/** A request the host answered with a failure. */
export class RequestFailed extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

interface Pending {
  readonly resolve: (message: HostToPage) => void;
  readonly reject: (error: Error) => void;
}

/** Pairs answers with requests by their number. `receive` tells whether a message was the answer to one. */
export function createHostSamples(
  post: (message: PageToHost) => void,
): SamplesSource & { receive(message: HostToPage): boolean } {
  const pending = new Map<number, Pending>();
  let last = 0;
  function ask(build: (request: number) => PageToHost, signal: AbortSignal): Promise<HostToPage> {
    signal.throwIfAborted();
    const request = ++last;
    return new Promise<HostToPage>((resolve, reject) => {
      const forget = (): void => {
        pending.delete(request);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', forget, { once: true });
      pending.set(request, {
        resolve(message) {
          signal.removeEventListener('abort', forget);
          resolve(message);
        },
        reject(error) {
          signal.removeEventListener('abort', forget);
          reject(error);
        },
      });
      post(build(request));
    });
  }
  return {
    async samples(query, signal) {
      const answer = await ask(request => ({ type: 'samples', request, query }), signal);
      if (answer.type !== 'samples') throw new Error('The answer to a request for samples was of another kind.');
      return answer.page;
    },
    async disagreements(query, signal) {
      const answer = await ask(request => ({ type: 'disagreements', request, query }), signal);
      if (answer.type !== 'disagreements') throw new Error('The answer to a request for rows was of another kind.');
      return answer.page;
    },
    receive(message) {
      if (!('request' in message) || message.request === undefined) return false;
      const waiting = pending.get(message.request);
      pending.delete(message.request);
      if (message.type === 'failure') waiting?.reject(new RequestFailed(message.failure));
      else waiting?.resolve(message);
      return true;
    },
  };
}
