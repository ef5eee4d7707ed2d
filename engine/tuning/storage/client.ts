import { WorkbenchError } from '../../base/errors.ts';
import { createEndpoint, type Endpoint } from '../../models/http/endpoint.ts';
import { planRetry, readRetryAfter } from '../../models/pacing/retry.ts';
import { HttpFailure, type HttpRequest } from '../../ports/http.ts';
import type { StoragePorts } from './ports.ts';
import { receiveReply, startReply, type StartedReply, type StorageReply } from './receive.ts';

/** One request to a storage's API, before it is signed. */
export interface StorageCall {
  readonly method: HttpRequest['method'];
  /** Path and query are percent-encoded. */
  readonly url: string;
  /** By lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** What a storage's API has of its own. */
export interface StorageDialect {
  /** For messages, such as `the bucket tuning`. */
  readonly name: string;
  readonly baseUrl: string;
  /** The field of workbench.yaml that holds the address. */
  readonly field: string;
  /** Signs a call. Asked again for each attempt: a signature is bound to its moment. */
  authorize(call: StorageCall, signal: AbortSignal): Promise<Pick<StorageCall, 'url' | 'headers'>>;
  /** What a status from 300 on means; `code` and `message` are the service's own, made fit to show. */
  explain(status: number, code: string | undefined, said: string, reply: StorageReply): WorkbenchError;
  /** Codes after which the same call is asked once more with credentials looked up anew. */
  readonly expired: readonly string[];
  renew(): void;
}

export interface StorageClient {
  readonly endpoint: Endpoint;
  /** Statuses named in `expect` are replies; others from 300 on throw. Every call must be one that may be repeated. */
  send(call: StorageCall, signal: AbortSignal, expect?: readonly number[], limit?: number): Promise<StorageReply>;
  /** Begins to read an object of any size, and goes on where a connection broke. Undefined where there is none. */
  open(url: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** What a reply that failed means. */
  explain(reply: StorageReply): WorkbenchError;
}

/** Milliseconds a transfer may stay silent. */
const silence = 60_000;
const policy = { retries: 5, baseDelay: 200, maxDelay: 10_000, timeouts: true };
const usualLimit = 16 * 2 ** 20;

/**
 * Asks a storage over HTTP. Overload, broken connections and failures of the server are tried again with growing waits. Redirects are not
 * followed: signatures are for one address. Throws `storage-unreachable` and `storage-refused`.
 */
export function createStorageClient(dialect: StorageDialect, ports: StoragePorts): StorageClient {
  const { name, baseUrl, field } = dialect;
  const endpoint = createEndpoint({ name, baseUrl, model: '', field });
  const http = ports.createHttp(endpoint.origin, { connections: 8, ...ports.networkFor(endpoint.origin) });

  async function start(call: StorageCall, signal: AbortSignal): Promise<StartedReply> {
    const { url, headers = {} } = await dialect.authorize(call, signal);
    signal.throwIfAborted();
    return startReply(
      http,
      {
        method: call.method,
        url,
        headers,
        headTimeout: silence,
        idleTimeout: silence,
        ...(call.body === undefined ? {} : { body: call.body }),
      },
      signal,
    );
  }

  function fail(reply: StorageReply): WorkbenchError {
    const { code, message } = readError(reply.bytes);
    return dialect.explain(reply.status, code, endpoint.quote(message), reply);
  }

  /** Starts a call until its answer is one that asking again does not change. */
  async function begin(
    call: StorageCall,
    expect: readonly number[],
    signal: AbortSignal,
  ): Promise<{ readonly started: StartedReply; readonly failed?: StorageReply }> {
    let renewed = false;
    for (let attempt = 1; ; attempt++) {
      let wait: number | undefined;
      try {
        const started = await start(call, signal);
        if ((started.status >= 200 && started.status < 300) || expect.includes(started.status)) return { started };
        const failed = await receiveReply(started, usualLimit);
        const { code } = readError(failed.bytes);
        if (!renewed && code !== undefined && dialect.expired.includes(code)) {
          renewed = true;
          dialect.renew();
          continue;
        }
        wait = waitAfter(failed, code, attempt);
        if (wait === undefined) return { started, failed };
      } catch (error) {
        wait = waitAfterFault(error, attempt, signal);
      }
      await ports.clock.sleep(wait, signal);
    }
  }

  function waitAfter({ status, headers }: StorageReply, code: string | undefined, attempt: number): number | undefined {
    const isPassing = status === 429 || (status >= 500 && status !== 501) || code === 'RequestTimeout';
    if (!isPassing) return undefined;
    const retryAfter = readRetryAfter(headers, ports.clock.now());
    const hint = status === 429 || status === 503 ? 'rate-limit' : 'server';
    return planRetry(
      { class: hint, ...(retryAfter === undefined ? {} : { retryAfter }) },
      attempt,
      policy,
      ports.random,
    );
  }

  /** Milliseconds to wait after a broken exchange. Throws where waiting does not help. */
  function waitAfterFault(error: unknown, attempt: number, signal: AbortSignal): number {
    signal.throwIfAborted();
    if (!(error instanceof HttpFailure)) throw error;
    const isPermanent = error.fault === 'tls' || error.fault === 'protocol';
    const wait = isPermanent ? undefined : planRetry({ class: 'network' }, attempt, policy, ports.random);
    if (wait !== undefined) return wait;
    const message = `${capitalize(name)} at ${endpoint.origin} cannot be reached: ${endpoint.quote(error.message)}.`;
    throw new WorkbenchError('storage-unreachable', message, {
      remedy: `Check its ${field} in workbench.yaml, the network, proxy and certificates.`,
      cause: error,
    });
  }

  async function* readOn(url: string, first: StartedReply, signal: AbortSignal): AsyncIterable<Uint8Array> {
    const total = lengthOf(first);
    const { etag } = first.headers;
    let started = first;
    let done = 0;
    for (let attempt = 1; ;) {
      try {
        for await (const chunk of started.pieces) {
          signal.throwIfAborted();
          yield chunk;
          done += chunk.length;
          attempt = 1;
        }
        if (total === undefined || done >= total) return;
        throw new HttpFailure('reset', 'the connection ended early');
      } catch (error) {
        await ports.clock.sleep(waitAfterFault(error, attempt, signal), signal);
        attempt += 1;
      }
      const headers = { range: `bytes=${String(done)}-`, ...(etag === undefined ? {} : { 'if-match': etag }) };
      const next = await begin({ method: 'GET', url, headers }, [412], signal);
      if (next.failed !== undefined) throw fail(next.failed);
      if (next.started.status !== 206) throw changed(name);
      started = next.started;
    }
  }

  return {
    endpoint,
    explain: fail,
    async send(call, signal, expect = [], limit = usualLimit) {
      for (let attempt = 1; ; attempt++) {
        const { started, failed } = await begin(call, expect, signal);
        if (failed !== undefined) throw fail(failed);
        try {
          return await receiveReply(started, limit);
        } catch (error) {
          await ports.clock.sleep(waitAfterFault(error, attempt, signal), signal);
        }
      }
    },
    async open(url, signal) {
      const { started, failed } = await begin({ method: 'GET', url }, [404], signal);
      if (failed !== undefined) throw fail(failed);
      if (started.status !== 404) return readOn(url, started, signal);
      const reply = await receiveReply(started, usualLimit);
      if (isMissingObject(reply)) return undefined;
      throw fail(reply);
    },
  };
}

/** A 404 of the object itself, not of the bucket or container it should be in. */
export function isMissingObject({ bytes }: StorageReply): boolean {
  const { code } = readError(bytes);
  return code !== 'NoSuchBucket' && code !== 'ContainerNotFound' && code !== 'ResourceNotFound';
}

/** The code and message in an error's XML, which S3 and Azure write alike. */
function readError(bytes: Uint8Array): { readonly code: string | undefined; readonly message: string } {
  const text = new TextDecoder().decode(bytes.subarray(0, 64 * 1024));
  return { code: /<Code>([^<]+)<\/Code>/.exec(text)?.[1], message: /<Message>([^<]*)/.exec(text)?.[1] ?? '' };
}

/** The text of an XML element that holds no others; undefined where there is none. */
export function elementOf(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}(?: [^>]*)?>([^<]*)</${name}>`).exec(xml)?.[1];
  return text
    ?.replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('&amp;', '&');
}

function lengthOf({ headers }: StartedReply): number | undefined {
  const length = headers['content-length'];
  return length === undefined ? undefined : Number(length);
}

/** Asking again helps, as it does where a storage is away: answers are replaced as they grow. */
function changed(name: string): WorkbenchError {
  return new WorkbenchError('storage-unreachable', `An object in ${name} was replaced while it was read.`, {
    remedy: 'Try again.',
  });
}

export function capitalize(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
