import type { Clock } from '../../ports/clock.ts';
import { HttpFailure } from '../../ports/http.ts';
import type { HttpClient, HttpRequest } from '../../ports/http.ts';
import { createAbortFan } from '../pacing/abort-fan.ts';
import type { Draft } from './draft.ts';
import type { Endpoint } from './endpoint.ts';
import { failOfHttp, failOfTimeout } from './failures.ts';
import type { HttpCall, ReplyFormat } from './protocol.ts';
import { ReplyReader } from './reader.ts';

/** A reply and when its request was sent. */
export interface Sent {
  readonly draft: Draft;
  /** Monotonic milliseconds, just before the request was handed to the client. */
  readonly sentAt: number;
}

/**
 * Sends one request and reads its reply within `timeout` milliseconds. Throws AttemptFailure, or the signal's reason.
 */
export type Exchange = <Asked>(
  call: HttpCall,
  headers: Readonly<Record<string, string>>,
  format: ReplyFormat<Asked>,
  asked: Asked,
  timeout: number,
  signal: AbortSignal,
) => Promise<Sent>;

export function createExchange(endpoint: Endpoint, client: HttpClient, clock: Clock): Exchange {
  const fan = createAbortFan();
  const spare: AbortController[] = []; // Making one and listening to it costs several microseconds, so they are used again.

  return async (call, headers, format, asked, timeout, signal) => {
    const controller = spare.pop() ?? new AbortController();
    const stop = () => controller.abort();
    const reader = new ReplyReader(format, asked, endpoint, clock, stop);
    const timer = { isLate: false };
    const unwatch = fan.watch(signal, stop);
    const cancelTimer = clock.after(timeout, () => {
      timer.isLate = true;
      stop();
    });
    const sentAt = clock.monotonic();
    try {
      await client.send(toRequest(call, headers, timeout), reader, controller.signal);
    } catch (error) {
      signal.throwIfAborted();
      if (reader.failure) throw reader.failure;
      if (timer.isLate) throw failOfTimeout(endpoint, timeout);
      throw error instanceof HttpFailure ? failOfHttp(endpoint, error) : error;
    } finally {
      cancelTimer();
      unwatch();
      if (!controller.signal.aborted) spare.push(controller);
    }
    return { draft: reader.finish(), sentAt };
  };
}

function toRequest(
  { method = 'POST', url, body, headers: own, contentType }: HttpCall,
  shared: Readonly<Record<string, string>>,
  timeout: number,
): HttpRequest {
  const both = own === undefined ? shared : { ...own, ...shared };
  const headers = contentType === undefined ? both : { ...both, 'content-type': contentType };
  const request = { method, url, headers, headTimeout: timeout, idleTimeout: timeout };
  return body === undefined ? request : { ...request, body };
}
