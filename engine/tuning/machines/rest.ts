import { joinBytes } from '../../base/join-bytes.ts';
import { WorkbenchError } from '../../base/errors.ts';
import type { Credential } from '../../models/http/credential.ts';
import { createEndpoint, type Endpoint } from '../../models/http/endpoint.ts';
import { isRecord } from '../../models/http/json.ts';
import { planRetry, readRetryAfter } from '../../models/pacing/retry.ts';
import type { Clock } from '../../ports/clock.ts';
import { HttpFailure, type HttpClient, type HttpRequest } from '../../ports/http.ts';

/** One request to the API of a platform that rents machines. */
export interface PlatformCall {
  readonly method: HttpRequest['method'];
  /** Below the base URL, begins with `/`; parts that come from outside are already percent-encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Whether sending it twice does no harm beyond sending it once. Default: true but for POST. */
  readonly repeatable?: boolean;
  /** Sent without the credential: the request that fetches it. */
  readonly open?: boolean;
  /** Ends reading after so many bytes, for streams without end. Default 16 MiB, which is an error to exceed. */
  readonly cut?: number;
  /** Milliseconds until the answer must be whole; default 60 seconds. What came of a stream that is cut is its answer. */
  readonly patience?: number;
}

export interface PlatformReply {
  readonly status: number;
  /** Parsed JSON; undefined for an empty body or one that is no JSON. */
  readonly json: unknown;
  readonly text: string;
}

/** What the platform answered with a status from 400 on. `platform-refused`: it has done nothing of what was asked. */
export class PlatformRefusal extends WorkbenchError {
  readonly status: number;
  constructor(
    code: WorkbenchError['code'],
    message: string,
    status: number,
    details: { remedy?: string; cause?: unknown },
  ) {
    super(code, message, details);
    this.status = status;
  }
}

export interface PlatformClientSettings {
  /** The platform's name in `workbench.yaml`. */
  readonly name: string;
  /** Such as `RunPod`. */
  readonly product: string;
  readonly baseUrl: string;
  readonly credential: Credential;
  /** What to check where it does not accept who asks. */
  readonly keyRemedy: string;
  /** The platform's own words for what went wrong, in a parsed body. */
  readonly readError: (body: Readonly<Record<string, unknown>>) => string | undefined;
}

export interface PlatformClientPorts {
  readonly http: HttpClient;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export interface PlatformClient {
  readonly endpoint: Endpoint;
  /** Statuses named in `expect` are replies; others from 300 on throw. */
  send(call: PlatformCall, signal: AbortSignal, expect?: readonly number[]): Promise<PlatformReply>;
}

const timeout = 60_000;
const mostBytes = 16 * 2 ** 20;
const policy = { retries: 4, baseDelay: 500, maxDelay: 15_000, timeouts: true };

/**
 * Asks a platform. 429, 500, 502, 503, 504 and broken connections are tried again with growing waits, as the platform asks, where the call
 * may be repeated; 429 and refused connections always, since nothing was done. An expired token is renewed once. Throws
 * `platform-unreachable` where it is not known what came of it, `platform-refused` where nothing did.
 */
export function createPlatformClient(settings: PlatformClientSettings, ports: PlatformClientPorts): PlatformClient {
  const { name, baseUrl, credential } = settings;
  const endpoint = createEndpoint({ name, baseUrl, model: '', apiKey: credential.current(), field: 'url' });

  async function headersOf(call: PlatformCall, signal: AbortSignal): Promise<Record<string, string>> {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (call.body !== undefined) headers['content-type'] = 'application/json';
    if (call.open === true) return headers;
    const token = credential.current() ?? (await credential.renew(signal));
    endpoint.hide(token);
    headers['authorization'] = `Bearer ${token}`;
    return headers;
  }

  async function sendOnce(call: PlatformCall, signal: AbortSignal) {
    const collector = new Collector(call.cut ?? mostBytes);
    const timer = new AbortController();
    const cancel = ports.clock.after(call.patience ?? timeout, () => timer.abort(new HttpFailure('timeout', 'No complete answer.')));
    const request: HttpRequest = {
      method: call.method,
      url: endpoint.urlOf(call.path) + queryOf(call),
      headers: await headersOf(call, signal),
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    };
    try {
      await ports.http.send(request, collector, AbortSignal.any([signal, timer.signal, collector.full]));
    } catch (error) {
      signal.throwIfAborted();
      // A stream of logs goes on for ever: what came before the cut, or before the time was over, is all of it.
      const isEnough = call.cut !== undefined && collector.status === 200;
      if (isEnough && (collector.full.aborted || timer.signal.aborted)) return collector;
      if (collector.full.aborted) throw tooMuch(settings);
      throw timer.signal.aborted ? timer.signal.reason : error;
    } finally {
      cancel();
    }
    return collector;
  }

  return {
    endpoint,
    async send(call, signal, expect = []) {
      const isRepeatable = call.repeatable ?? call.method !== 'POST';
      let renewed = call.open === true;
      for (let attempt = 1; ; attempt++) {
        let wait: number | undefined;
        try {
          const reply = await sendOnce(call, signal);
          const { status } = reply;
          if (status === 401 && !renewed) {
            renewed = true;
            await credential.renew(signal);
            continue;
          }
          if ((status >= 200 && status < 300) || expect.includes(status)) return reply.read();
          const again = status === 429 || (isRepeatable && isServerFault(status));
          const retryAfter = readRetryAfter(reply.headers, ports.clock.now());
          const hint = { class: status === 429 ? 'rate-limit' : 'server' } as const;
          wait = again
            ? planRetry({ ...hint, ...(retryAfter === undefined ? {} : { retryAfter }) }, attempt, policy, ports.random)
            : undefined;
          if (wait === undefined) throw failOfStatus(settings, endpoint, call, reply.read());
        } catch (error) {
          if (!(error instanceof HttpFailure)) throw error;
          signal.throwIfAborted();
          const again = isRepeatable || error.fault === 'refused' || error.fault === 'dns';
          const isPermanent = error.fault === 'tls' || error.fault === 'protocol';
          wait = again && !isPermanent ? planRetry({ class: 'network' }, attempt, policy, ports.random) : undefined;
          if (wait === undefined) throw failOfHttp(settings, endpoint, error);
        }
        await ports.clock.sleep(wait, signal);
      }
    },
  };
}

function isServerFault(status: number): boolean {
  return status === 408 || status === 500 || (status >= 502 && status <= 504);
}

function queryOf({ query = {} }: PlatformCall): string {
  const pairs = Object.entries(query).flatMap(([key, value]) =>
    value === undefined ? [] : [`${encodeURIComponent(key)}=${encodeURIComponent(value)}`],
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** Keeps a reply, up to a bound. */
class Collector {
  readonly #most: number;
  readonly #pieces: Uint8Array[] = [];
  readonly #overflow = new AbortController();
  #size = 0;
  status = 0;
  headers: Readonly<Record<string, string>> = {};

  constructor(most: number) {
    this.#most = most;
  }

  get full(): AbortSignal {
    return this.#overflow.signal;
  }

  head(status: number, headers: Readonly<Record<string, string>>): void {
    this.status = status;
    this.headers = headers;
  }

  data(chunk: Uint8Array): void {
    this.#size += chunk.length;
    this.#pieces.push(chunk);
    if (this.#size > this.#most) this.#overflow.abort();
  }

  read(): PlatformReply {
    const text = new TextDecoder().decode(joinBytes(this.#pieces));
    return { status: this.status, text, json: parseQuietly(text) };
  }
}

function parseQuietly(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failOfStatus(
  { product, keyRemedy, readError }: PlatformClientSettings,
  endpoint: Endpoint,
  { method, path }: PlatformCall,
  { status, json, text }: PlatformReply,
): PlatformRefusal {
  const said = endpoint.quote((isRecord(json) ? readError(json) : undefined) ?? text.slice(0, 400));
  const what = `${method} ${path} of ${endpoint.name}: HTTP ${String(status)}${said === '' ? '' : `, ${said}`}`;
  if (status === 401 || status === 403) {
    const message = `${product} does not accept who asks (${what}).`;
    return new PlatformRefusal('platform-refused', message, status, { remedy: keyRemedy });
  }
  if (status >= 300 && status < 400) {
    const message = `${product} redirects (${what}).`;
    const remedy = 'Put the final address into its url: redirects are not followed, so that the key stays where it belongs.';
    return new PlatformRefusal('platform-refused', message, status, { remedy });
  }
  if (status === 429) {
    const remedy = 'Try again later: the account asks too often.';
    return new PlatformRefusal('platform-refused', `${product} limits how often it is asked (${what}).`, status, { remedy });
  }
  if (isServerFault(status)) {
    const remedy = 'Try again later, or see its status page.';
    return new PlatformRefusal('platform-unreachable', `${product} failed (${what}).`, status, { remedy });
  }
  return new PlatformRefusal('platform-refused', `${product} refused (${what}).`, status, {});
}

function failOfHttp({ product }: PlatformClientSettings, endpoint: Endpoint, failure: HttpFailure): WorkbenchError {
  const message = `${product} (${endpoint.name}) at ${endpoint.baseUrl} could not be asked: ${endpoint.quote(failure.message)}`;
  return new WorkbenchError('platform-unreachable', message, {
    remedy: 'Check the network, and that its url, proxy and certificates in workbench.yaml are right.',
    cause: failure,
  });
}

function tooMuch({ name, product }: PlatformClientSettings): WorkbenchError {
  return new WorkbenchError('platform-malformed', `${product} (${name}) sent more than 16 MiB in one answer.`, {
    remedy: 'Check that its url is that of the API.',
  });
}

/** An answer that is not what the API promises. */
export function malformed(product: string, name: string, what: string): WorkbenchError {
  return new WorkbenchError('platform-malformed', `What ${product} (${name}) answers is no ${what}.`, {
    remedy: 'Check that its url is that of the API; a newer version of the workbench may know a newer API.',
  });
}
