import { WorkbenchError } from '../../../base/errors.ts';
import { joinBytes } from '../../../base/join-bytes.ts';
import type { Credential } from '../../../models/http/credential.ts';
import { checkKey, type Endpoint } from '../../../models/http/endpoint.ts';
import { isContentFilter, isQuota, readErrorObject } from '../../../models/http/error-object.ts';
import { isRecord } from '../../../models/http/json.ts';
import { planRetry, readRetryAfter, type RetryHint } from '../../../models/pacing/retry.ts';
import type { Clock } from '../../../ports/clock.ts';
import { HttpFailure, type HttpClient, type HttpReceiver, type HttpRequest } from '../../../ports/http.ts';

/** One request to a fine-tuning service. */
export interface ServiceCall {
  readonly method: HttpRequest['method'];
  /** Below the base URL, begins with `/`; parts from outside are already percent-encoded. */
  readonly path: string;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly form?: { readonly body: Uint8Array; readonly contentType: string };
  /** Whether sending it twice does no harm beyond sending it once. Default: true for all but POST. */
  readonly repeatable?: boolean;
  /** Milliseconds until the whole reply must be there. Default 60 000. */
  readonly timeout?: number;
}

export interface ServiceReply {
  /** Parsed JSON; undefined for a body that is none. */
  readonly json: unknown;
  readonly bytes: Uint8Array;
}

interface ServiceFault {
  readonly remedy?: string;
  readonly cause?: unknown;
  readonly status?: number;
  readonly param?: string;
  readonly mayHaveActed?: boolean;
  readonly passing?: boolean;
}

/** A service that refused, failed or could not be reached: `platform-refused` or `platform-unreachable`. */
export class ServiceError extends WorkbenchError {
  /** HTTP status; undefined where no whole answer came. */
  readonly status: number | undefined;
  /** The field of the request that the service blames. */
  readonly param: string | undefined;
  /** What was asked for may have happened all the same: the answer was lost, or the server failed midway. */
  readonly mayHaveActed: boolean;
  /** The same request may succeed later. */
  readonly passing: boolean;

  constructor(code: 'platform-refused' | 'platform-unreachable', message: string, fault: ServiceFault) {
    const { remedy, cause } = fault;
    super(code, message, {
      ...(remedy === undefined ? {} : { remedy }),
      ...(cause === undefined ? {} : { cause }),
    });
    this.status = fault.status;
    this.param = fault.param;
    this.mayHaveActed = fault.mayHaveActed ?? false;
    this.passing = fault.passing ?? false;
  }
}

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

interface Collected extends ServiceReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Why an attempt failed, and what that says about trying again; no hint where trying again might do harm or cannot help. */
interface Failed {
  readonly error: ServiceError;
  readonly hint?: RetryHint;
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

function parseQuietly(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined; // No JSON: a file, or a page of something in between.
  }
}

function failOfStatus(
  endpoint: Endpoint,
  call: ServiceCall,
  { status, headers, json, bytes }: Collected,
  repeatable: boolean,
  now: number,
): Failed {
  const error = readErrorObject(json) ?? { message: new TextDecoder().decode(bytes.subarray(0, 400)) };
  const inner = isRecord(json) && isRecord(json['error']) ? json['error']['param'] : undefined;
  const words = endpoint.quote(error.message);
  const said = `${call.method} ${call.path}: HTTP ${String(status)}${words === '' ? '' : `, ${words}`}`;
  const about = { status, ...(typeof inner === 'string' ? { param: inner } : {}) };
  const refuse = (message: string, remedy?: string): Failed => ({
    error: new ServiceError('platform-refused', message, { ...about, ...(remedy === undefined ? {} : { remedy }) }),
  });
  if (status < 400)
    return refuse(
      `${endpoint.name} redirects (${said}), which is not followed so that the key stays where it belongs.`,
      `Put the final address in ${endpoint.field}.`,
    );
  if (isContentFilter(error))
    return refuse(`${endpoint.name} refuses the training data (${said}).`, 'Take out the rows it objects to.');
  if (status === 401)
    return refuse(`${endpoint.name} did not accept the credentials (${said}).`, 'Check the key of the connection.');
  if (status === 403)
    return refuse(
      `The key of ${endpoint.name} may not do this (${said}).`,
      'Use a key whose scope includes files and fine-tuning.',
    );
  if (status === 429 && isQuota(error))
    return refuse(`The account of ${endpoint.name} has no quota left (${said}).`, 'Check its plan and billing.');
  const retryAfter = readRetryAfter(headers, now);
  const pause = retryAfter === undefined ? {} : { retryAfter };
  if (status === 429)
    return {
      error: new ServiceError('platform-refused', `Rate limited by ${endpoint.name} (${said}).`, {
        ...{ ...about, passing: true, remedy: 'Resume the run in a while: what was begun is found again.' },
      }),
      hint: { class: 'rate-limit', ...pause },
    };
  if (status === 408 || status >= 500)
    return {
      error: new ServiceError('platform-unreachable', `The service of ${endpoint.name} failed (${said}).`, {
        ...{ ...about, passing: true, mayHaveActed: true },
        remedy: 'Resume the run in a while: what was begun is found again.',
      }),
      ...(repeatable && status !== 501 ? { hint: { class: 'server', ...pause } } : {}),
    };
  if (status === 404)
    return refuse(`${endpoint.name} has no such thing (${said}).`, `Check ${endpoint.field} and the names in the job.`);
  return refuse(`${endpoint.name} refused the request (${said}).`);
}

function failOfHttp(endpoint: Endpoint, failure: HttpFailure, repeatable: boolean): Failed {
  const neverArrived = failure.fault === 'refused' || failure.fault === 'dns' || failure.fault === 'tls';
  const isPermanent = failure.fault === 'tls' || failure.fault === 'protocol';
  const message = `${endpoint.name} at ${endpoint.baseUrl} could not be asked. ${endpoint.quote(failure.message)}`;
  return {
    error: new ServiceError('platform-unreachable', message, {
      ...{ cause: failure, mayHaveActed: !neverArrived, passing: !isPermanent },
      remedy: `Check that it runs and that ${endpoint.field}, proxy and certificates are right. What was begun is found again when the run is resumed.`,
    }),
    ...((repeatable || neverArrived) && !isPermanent ? { hint: { class: 'network' } } : {}),
  };
}

function tooLarge({ name }: Endpoint, { path }: ServiceCall): ServiceError {
  return new ServiceError('platform-refused', `${name} sent more than 64 MiB for ${path}.`, {
    remedy: 'Check that its address is that of a fine-tuning service.',
  });
}
