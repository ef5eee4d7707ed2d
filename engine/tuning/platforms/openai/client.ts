import { joinBytes } from '../../../base/join-bytes.ts';
import type { Credential } from '../../../models/http/credential.ts';
import { checkKey, type Endpoint } from '../../../models/http/endpoint.ts';
import { planRetry } from '../../../models/pacing/retry.ts';
import type { Clock } from '../../../ports/clock.ts';
import { HttpFailure, type HttpClient, type HttpReceiver } from '../../../ports/http.ts';
import type { ServiceCall, ServiceReply, Collected } from './service-call.ts';
import { ServiceError, parseQuietly, failOfStatus, failOfHttp, type Failed } from './service-error.ts';

export interface ServiceClientPorts {
  readonly http: HttpClient;
  readonly clock: Clock;
  /** Uniform in [0, 1), for the jitter of retries. */
  readonly random: () => number;
}

export interface ServiceClientSettings {
  readonly credential: Credential | undefined;
  /** How a key or token is sent. */
  readonly authorise: (key: string) => Readonly<Record<string, string>>;
  /** The connection's own headers. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends one request. A 404 is undefined where it is expected; everything else that is no success throws ServiceError. */
export interface ServiceClient {
  send(call: ServiceCall, signal: AbortSignal): Promise<ServiceReply>;
  sendOrMiss(call: ServiceCall, signal: AbortSignal): Promise<ServiceReply | undefined>;
}

const defaultTimeout = 60_000;

const mostBytes = 64 * 2 ** 20;

const policy = { retries: 6, baseDelay: 500, maxDelay: 20_000, timeouts: true };

/**
 * Asks a fine-tuning service. An overloaded one (429) refuses before it does anything, so it is always asked again; broken connections,
 * timeouts and failures of the server only where repeating does no harm. A token that has expired (401) is fetched anew, once a request.
 */
export function createServiceClient(
  endpoint: Endpoint,
  settings: ServiceClientSettings,
  { http, clock, random }: ServiceClientPorts,
): ServiceClient {
  const { credential, authorise } = settings;
  let shown: string | undefined;

  async function headersOf(call: ServiceCall, signal: AbortSignal): Promise<Record<string, string>> {
    const headers: Record<string, string> = { 'user-agent': 'ai-workbench', 'accept-encoding': 'identity' };
    for (const [name, value] of Object.entries(settings.headers)) headers[name.toLowerCase()] = value;
    headers['accept'] = 'application/json';
    if (call.json !== undefined) headers['content-type'] = 'application/json';
    if (call.form !== undefined) headers['content-type'] = call.form.contentType;
    if (credential === undefined) return headers;
    shown = credential.current() ?? (await credential.renew(signal));
    checkKey(endpoint.name, shown);
    endpoint.hide(shown);
    for (const [name, value] of Object.entries(authorise(shown))) headers[name.toLowerCase()] = value;
    return headers;
  }

  async function sendOnce(call: ServiceCall, signal: AbortSignal): Promise<Collected> {
    const receiver = new Collector();
    const timer = new AbortController();
    const { timeout = defaultTimeout, json, form } = call;
    const body = form?.body ?? (json === undefined ? undefined : JSON.stringify(json));
    const headers = await headersOf(call, signal);
    const cancel = clock.after(timeout, () => {
      timer.abort(new HttpFailure('timeout', `No complete answer within ${String(timeout / 1000)} s.`));
    });
    try {
      await http.send(
        {
          ...{ method: call.method, url: endpoint.urlOf(call.path), headers, headTimeout: timeout },
          ...{ idleTimeout: timeout, ...(body === undefined ? {} : { body }) },
        },
        receiver,
        AbortSignal.any([signal, timer.signal, receiver.overflow.signal]),
      );
    } catch (error) {
      signal.throwIfAborted();
      if (receiver.overflow.signal.aborted) throw tooLarge(endpoint, call);
      throw timer.signal.aborted ? timer.signal.reason : error;
    } finally {
      cancel();
    }
    if (receiver.overflow.signal.aborted) throw tooLarge(endpoint, call);
    return receiver.collected();
  }

  /** A fresh token after the service refused one; false where there is none to be had. */
  async function renew(signal: AbortSignal): Promise<boolean> {
    const refused = shown;
    return credential !== undefined && (await credential.renew(signal)) !== refused;
  }

  async function attempt(call: ServiceCall, signal: AbortSignal): Promise<Collected | Failed> {
    const repeatable = call.repeatable ?? call.method !== 'POST';
    try {
      const reply = await sendOnce(call, signal);
      if (reply.status >= 200 && reply.status < 300) return reply;
      return failOfStatus(endpoint, call, reply, repeatable, clock.now());
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error;
      return failOfHttp(endpoint, error, repeatable);
    }
  }

  async function send(call: ServiceCall, signal: AbortSignal): Promise<Collected> {
    let renewed = false;
    for (let attempts = 1; ; attempts++) {
      const outcome = await attempt(call, signal);
      if (!('error' in outcome)) return outcome;
      if (outcome.error.status === 401 && !renewed) {
        renewed = true;
        if (await renew(signal)) continue;
      }
      const wait = outcome.hint === undefined ? undefined : planRetry(outcome.hint, attempts, policy, random);
      if (wait === undefined) throw outcome.error;
      await clock.sleep(wait, signal);
    }
  }

  return {
    send,
    async sendOrMiss(call, signal) {
      try {
        return await send(call, signal);
      } catch (error) {
        if (error instanceof ServiceError && (error.status === 404 || error.status === 410)) return undefined;
        throw error;
      }
    },
  };
}

/** Keeps a reply, up to a bound. */
class Collector implements HttpReceiver {
  readonly overflow = new AbortController();
  readonly #pieces: Uint8Array[] = [];
  #size = 0;
  #status = 0;
  #headers: Readonly<Record<string, string>> = {};

  head(status: number, headers: Readonly<Record<string, string>>): void {
    this.#status = status;
    this.#headers = headers;
  }

  data(chunk: Uint8Array): void {
    this.#size += chunk.length;
    if (this.#size > mostBytes) this.overflow.abort();
    else this.#pieces.push(chunk);
  }

  collected(): Collected {
    const bytes = joinBytes(this.#pieces);
    return { status: this.#status, headers: this.#headers, bytes, json: parseQuietly(bytes) };
  }
}

function tooLarge({ name }: Endpoint, { path }: ServiceCall): ServiceError {
  return new ServiceError('platform-refused', `${name} sent more than 64 MiB for ${path}.`, {
    remedy: 'Check that its address is that of a fine-tuning service.',
  });
}
