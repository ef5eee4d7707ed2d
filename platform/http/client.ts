import type { Dispatcher } from 'undici';
import { WorkbenchError } from '../../engine/base/errors.ts';
import { createAbortFan } from '../../engine/models/pacing/abort-fan.ts';
import { HttpFailure } from '../../engine/ports/http.ts';
import type { CreateHttpClient, HttpReceiver } from '../../engine/ports/http.ts';
import { checkCertificates } from './certificates.ts';
import { createRoute } from './dispatcher.ts';
import { toHttpFailure } from './faults.ts';

/**
 * A client for one origin over undici's lowest layer: callbacks straight from the socket, no stream and no promise a chunk.
 * Redirects are not followed, nothing is retried, bodies are not decompressed, and undici's global dispatcher is left alone.
 * `close` breaks off what is under way.
 */
export const createHttpClient: CreateHttpClient = (origin, options) => {
  checkCertificates(options);
  const route = createRoute(origin, options);
  const fan = createAbortFan();
  const routeHeaders = Object.keys(route.headers).length > 0 ? route.headers : undefined;
  // undici's proxy agent writes into the headers it is given, so it gets its own copy.
  const copyHeaders = options.proxy !== undefined;

  return {
    send(request, receiver, signal) {
      if (signal.aborted) return Promise.reject(new HttpFailure('aborted', `${origin}: aborted`, signal.reason));
      return new Promise<void>((resolve, reject) => {
        const path = pathWithin(origin, request.url);
        const exchange = new Exchange(origin, receiver, resolve, reject);
        exchange.unwatch = fan.watch(signal, () => exchange.abort(signal.reason));
        const message: Dispatcher.DispatchOptions = {
          origin,
          path: route.target(path),
          method: request.method,
          headers: copyHeaders ? { ...request.headers, ...routeHeaders } : request.headers,
          body: request.body ?? null,
        };
        if (request.headTimeout !== undefined) message.headersTimeout = request.headTimeout;
        if (request.idleTimeout !== undefined) message.bodyTimeout = request.idleTimeout;
        route.dispatcher.dispatch(message, exchange);
      });
    },
    close: () => route.dispatcher.destroy(),
  };
};

/** The path of a URL of this origin. A URL elsewhere is a fault in the caller and is never sent: it would leak credentials. */
function pathWithin(origin: string, url: string): string {
  const path = url.slice(origin.length);
  if (url.startsWith(origin) && (path.startsWith('/') || path === '')) return path || '/';
  throw new WorkbenchError('internal', `A request to another origin was given to the client of ${origin}.`);
}

/** One request under way; settles once, whatever undici still reports afterwards. */
class Exchange implements Dispatcher.DispatchHandler {
  unwatch: (() => void) | undefined;
  readonly #origin: string;
  readonly #receiver: HttpReceiver;
  readonly #resolve: () => void;
  readonly #reject: (failure: HttpFailure) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #settled = false;

  constructor(origin: string, receiver: HttpReceiver, resolve: () => void, reject: (failure: HttpFailure) => void) {
    this.#origin = origin;
    this.#receiver = receiver;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  abort(reason: unknown): void {
    if (this.#settled) return;
    const failure = new HttpFailure('aborted', `${this.#origin}: aborted`, reason);
    this.#fail(failure);
    this.#controller?.abort(failure);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Aborted while it waited for a connection: give the socket back before anything is written.
    if (this.#settled) controller.abort(new HttpFailure('aborted', `${this.#origin}: aborted`));
    this.#receiver.flow?.({ pause: () => controller.pause(), resume: () => controller.resume() });
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status >= 200 && !this.#settled) this.#receiver.head(status, flattenHeaders(headers));
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#settled) this.#receiver.data(chunk);
  }

  onResponseEnd(): void {
    if (this.#settle()) this.#resolve();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#fail(toHttpFailure(error, this.#origin));
  }

  #fail(failure: HttpFailure): void {
    if (this.#settle()) this.#reject(failure);
  }

  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.unwatch?.();
    return true;
  }
}

function flattenHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  for (const name in headers) {
    const value = headers[name];
    if (Array.isArray(value)) headers[name] = value.join(', ');
  }
  return headers as Record<string, string>;
}
