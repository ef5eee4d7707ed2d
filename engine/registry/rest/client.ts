import { WorkbenchError } from '../../base/errors.ts';
import type { Credential } from '../../models/http/credential.ts';
import { createEndpoint, type Endpoint } from '../../models/http/endpoint.ts';
import { planRetry, readRetryAfter } from '../../models/pacing/retry.ts';
import type { Clock } from '../../ports/clock.ts';
import { HttpFailure, type HttpClient, type HttpRequest } from '../../ports/http.ts';

/** One request to a registry's REST API. */
export interface RestCall {
  readonly method: HttpRequest['method'];
  /** Below the base URL, begins with `/`; parts that come from outside are already percent-encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, as `application/octet-stream`. */
  readonly content?: Uint8Array;
  /**
   * Whether sending it twice does no harm beyond sending it once. Reads are; a creation is only where the caller looks for what it
   * made before it sends it again, which is its own to do. Default: true for GET, HEAD, PUT, PATCH and DELETE.
   */
  readonly repeatable?: boolean;
}

export interface RestReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON; undefined for an empty body or one that is no JSON. */
  readonly json: unknown;
  readonly bytes: Uint8Array;
}

export interface RestSettings {
  /** As workbench.yaml names it. */
  readonly name: string;
  readonly baseUrl: string;
  readonly scheme: 'Bearer' | 'Basic';
  readonly credential: Credential | undefined;
}

export interface RestPorts {
  readonly http: HttpClient;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** Thrown for statuses from 400 on that are not retried any more. `said` is the registry's own message, made fit to show. */
export class RestError extends WorkbenchError {
  readonly status: number;
  /** The registry's own error code, such as `RESOURCE_ALREADY_EXISTS`. */
  readonly kind: string | undefined;
  constructor(
    code: WorkbenchError['code'],
    message: string,
    details: { remedy?: string; cause?: unknown; status: number; kind: string | undefined },
  ) {
    super(code, message, details);
    this.status = details.status;
    this.kind = details.kind;
  }
}

export interface RestClient {
  readonly endpoint: Endpoint;
  /** Statuses named in `expect` are replies; others from 400 on throw. */
  send(call: RestCall, signal: AbortSignal, expect?: readonly number[]): Promise<RestReply>;
}

const timeout = 60_000;
const mostBytes = 64 * 2 ** 20;
const policy = { retries: 5, baseDelay: 200, maxDelay: 10_000, timeouts: true };

/**
 * Asks a registry. Answers 429, 502, 503 and 504 and broken connections are tried again with growing waits, as the registry asks, where
 * the call may be repeated; a refused connection always, since nothing arrived. Throws `registry-unreachable`, `registry-refused`,
 * `registry-conflict` (409), `registry-not-found` (404) and `registry-malformed`.
 */
export function createRestClient(settings: RestSettings, ports: RestPorts): RestClient {
  const { name, baseUrl, credential } = settings;
  const endpoint = createEndpoint({ name, baseUrl, model: '', apiKey: credential?.current(), field: 'url' });

  async function headersOf(call: RestCall, signal: AbortSignal): Promise<Record<string, string>> {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (call.body !== undefined) headers['content-type'] = 'application/json';
    if (call.content !== undefined) headers['content-type'] = 'application/octet-stream';
    if (credential !== undefined) {
      const token = credential.current() ?? (await credential.renew(signal));
      endpoint.hide(token);
      headers['authorization'] = `${settings.scheme} ${token}`;
    }
    return headers;
  }

  async function sendOnce(call: RestCall, signal: AbortSignal): Promise<RestReply> {
    const receiver = new Collector(endpoint);
    const timer = new AbortController();
    const cancel = ports.clock.after(timeout, () => timer.abort(new HttpFailure('timeout', 'No complete answer.')));
    const body = call.content ?? (call.body === undefined ? undefined : JSON.stringify(call.body));
    const request: HttpRequest = {
      method: call.method,
      url: endpoint.urlOf(call.path) + queryOf(call),
      headers: await headersOf(call, signal),
      ...(body === undefined ? {} : { body }),
    };
    try {
      await ports.http.send(request, receiver, AbortSignal.any([signal, timer.signal, receiver.tooMuch]));
    } catch (error) {
      signal.throwIfAborted();
      receiver.requireBounded();
      throw timer.signal.aborted ? timer.signal.reason : error;
    } finally {
      cancel();
    }
    return receiver.reply();
  }

  return {
    endpoint,
    async send(call, signal, expect = []) {
      const repeatable = call.repeatable ?? call.method !== 'POST';
      let renewed = false;
      for (let attempt = 1; ; attempt++) {
        let wait: number | undefined;
        try {
          const reply = await sendOnce(call, signal);
          if (reply.status === 401 && credential !== undefined && !renewed) {
            renewed = true;
            await credential.renew(signal);
            continue;
          }
          if ((reply.status >= 200 && reply.status < 300) || expect.includes(reply.status)) return reply;
          const kind = reply.status === 429 ? 'rate-limit' : 'server';
          // A registry that is overloaded says so before it does anything; other failures of the server leave that open.
          const again = reply.status === 429 || (reply.status >= 502 && reply.status <= 504 && repeatable);
          const retryAfter = readRetryAfter(reply.headers, ports.clock.now());
          wait = again
            ? planRetry(
                { class: kind, ...(retryAfter === undefined ? {} : { retryAfter }) },
                attempt,
                policy,
                ports.random,
              )
            : undefined;
          if (wait === undefined) throw failOfStatus(endpoint, call, reply);
        } catch (error) {
          if (!(error instanceof HttpFailure)) throw error;
          signal.throwIfAborted();
          const again = repeatable || error.fault === 'refused' || error.fault === 'dns';
          const permanent = error.fault === 'tls' || error.fault === 'protocol';
          wait = again && !permanent ? planRetry({ class: 'network' }, attempt, policy, ports.random) : undefined;
          if (wait === undefined) throw failOfHttp(endpoint, error);
        }
        await ports.clock.sleep(wait, signal);
      }
    },
  };
}

function queryOf({ query = {} }: RestCall): string {
  const pairs = Object.entries(query).flatMap(([key, value]) =>
    value === undefined ? [] : [`${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`],
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** Keeps a reply, up to a bound. */
class Collector {
  readonly #endpoint: Endpoint;
  readonly #pieces: Uint8Array[] = [];
  readonly #overflow = new AbortController();
  #size = 0;
  #status = 0;
  #headers: Readonly<Record<string, string>> = {};

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  get tooMuch(): AbortSignal {
    return this.#overflow.signal;
  }

  head(status: number, headers: Readonly<Record<string, string>>): void {
    this.#status = status;
    this.#headers = headers;
  }

  data(chunk: Uint8Array): void {
    this.#size += chunk.length;
    if (this.#size > mostBytes) this.#overflow.abort();
    else this.#pieces.push(chunk);
  }

  requireBounded(): void {
    if (!this.#overflow.signal.aborted) return;
    throw new WorkbenchError('registry-malformed', `${this.#endpoint.name} sent more than 64 MiB in one answer.`, {
      remedy: 'Check that its url is that of a model registry.',
    });
  }

  reply(): RestReply {
    this.requireBounded();
    const bytes = new Uint8Array(this.#size);
    let at = 0;
    for (const piece of this.#pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return { status: this.#status, headers: this.#headers, bytes, json: parseQuietly(bytes) };
  }
}

function parseQuietly(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/** Kubeflow answers `{code, message}`, MLflow `{error_code, message}`. */
function failOfStatus(endpoint: Endpoint, call: RestCall, { status, json, bytes }: RestReply): RestError {
  const fields = (typeof json === 'object' && json !== null ? json : {}) as Readonly<Record<string, unknown>>;
  const code = fields['error_code'] ?? fields['code'];
  const kind = typeof code === 'string' ? code : undefined;
  const text =
    typeof fields['message'] === 'string' ? fields['message'] : new TextDecoder().decode(bytes.slice(0, 400));
  const said = endpoint.quote(text);
  const what = `${call.method} ${call.path} of the registry ${endpoint.name}: HTTP ${status}${said === '' ? '' : `, ${said}`}`;
  const details = { status, kind };
  if (status === 401 || status === 403) {
    const remedy = 'Check its token in workbench.yaml, and what the token may do.';
    return new RestError('registry-refused', `The registry does not accept who asks (${what}).`, {
      ...details,
      remedy,
    });
  }
  if (status === 404) return new RestError('registry-not-found', `The registry has no such thing (${what}).`, details);
  if (status === 409) return new RestError('registry-conflict', `Somebody else was quicker (${what}).`, details);
  if (status >= 300 && status < 400) {
    const remedy =
      'Put the final address into its url: redirects are not followed, so that the token stays where it belongs.';
    return new RestError('registry-refused', `The registry redirects (${what}).`, { ...details, remedy });
  }
  if (status >= 500 || status === 429) {
    const remedy = 'Try again later, or see its log. What was begun can be repeated without doubling anything.';
    return new RestError('registry-unreachable', `The registry failed (${what}).`, { ...details, remedy });
  }
  return new RestError('registry-refused', `The registry refused (${what}).`, details);
}

function failOfHttp(endpoint: Endpoint, failure: HttpFailure): WorkbenchError {
  const message = `The registry ${endpoint.name} at ${endpoint.baseUrl} could not be asked: ${endpoint.quote(failure.message)}`;
  return new WorkbenchError('registry-unreachable', message, {
    remedy: 'Check that it runs and that its url, proxy and certificates in workbench.yaml are right.',
    cause: failure,
  });
}
