import type { ShowFailure } from '../../schemas/generated/messages.ts';
import type { Disposable } from '../base/emitter.ts';
import { toFailure } from '../base/failure.ts';

/** What every page may send: that it is ready, questions with a number, and what its contract adds. */
export interface PageMessage {
  readonly type: string;
  readonly request?: number;
}

/** What a page shows, with its panel's title. */
export interface Shown<Out> {
  readonly title: string;
  readonly message: Out;
}

export interface PageSessionParts<In extends PageMessage, Out> {
  /** Asks for what the page shows. */
  load(signal: AbortSignal): Promise<Shown<Out>>;
  /** Subscribes to what makes the page stale, once it is ready; `refresh` loads anew. */
  follow(refresh: () => void): Disposable;
  /** Handles any message but `ready`. */
  answer(message: Exclude<In, { type: 'ready' }>, signal: AbortSignal): Promise<void>;
  post(message: Out | ShowFailure): void;
  onTitle(title: string): void;
}

export interface PageSession<In> extends Disposable {
  /** Handles one validated message of the page. Failures are shown in the page. */
  receive(message: In): Promise<void>;
}

/** What a page is told, and what it may ask. What it shows is loaded by one question at a time, the last of which counts. */
export function createPageSession<In extends PageMessage, Out>(parts: PageSessionParts<In, Out>): PageSession<In> {
  const closed = new AbortController();
  let following: Disposable | undefined;
  let isLoading = false;
  let isStale = false;

  async function show(): Promise<void> {
    isStale = true;
    if (isLoading) return;
    isLoading = true;
    while (isStale && !closed.signal.aborted) {
      isStale = false;
      await loadOnce();
    }
    isLoading = false;
  }

  async function loadOnce(): Promise<void> {
    try {
      const { title, message } = await parts.load(closed.signal);
      if (closed.signal.aborted) return;
      parts.onTitle(title);
      parts.post(message);
    } catch (error) {
      fail(error);
    }
  }

  function fail(error: unknown, request?: number): void {
    const failure = toFailure(error);
    if (failure.code === 'cancelled' || closed.signal.aborted) return;
    parts.post({ type: 'failure', failure, ...(request === undefined ? {} : { request }) });
  }

  return {
    async receive(message) {
      if (message.type === 'ready') {
        following ??= parts.follow(() => void show());
        await show();
        return;
      }
      try {
        await parts.answer(message as Exclude<In, { type: 'ready' }>, closed.signal);
      } catch (error) {
        fail(error, message.request);
      }
    },
    dispose() {
      closed.abort();
      following?.dispose();
    },
  };
}
