import { WorkbenchError } from '../../base/errors.ts';
import { planRetry, readRetryAfter } from '../../models/pacing/retry.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Files } from '../../ports/files.ts';
import { HttpFailure, type CreateHttpClient, type HttpClient, type HttpOptions } from '../../ports/http.ts';
import type { Quarantine } from '../../ports/quarantine.ts';
import { Collector, failed, FileReceiver, totalOf, type Receiver } from './receivers.ts';

/** What fetching needs of the outside world. */
export interface TransferPorts {
  readonly createHttp: CreateHttpClient;
  readonly networkFor: (origin: string) => Omit<HttpOptions, 'connections'>;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly files: Files;
  readonly quarantine: Quarantine;
}

/** Headers for one request, such as a signature of its address. Asked anew for every attempt. */
export type HeadersFor = (url: string, signal: AbortSignal) => Promise<Readonly<Record<string, string>>>;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
}

export interface Download {
  readonly url: string;
  /** For the address itself; never for where a redirect leads. */
  readonly headers: HeadersFor;
  /** Absolute path. */
  readonly target: string;
  /** Bytes it may have. */
  readonly limit: number;
  /** Bytes it must have, where that is known. */
  readonly size?: number;
  /** Its address names its content: what is there of it can be gone on with whatever the server says of its version. */
  readonly immutable?: boolean;
}

export interface Downloaded {
  readonly bytes: number;
  /** The server's word for this version of it. */
  readonly etag?: string;
  /** Bytes that an earlier attempt had fetched. */
  readonly reused: number;
}

export interface Transfer {
  /** GETs something small. Statuses are the caller's to judge. Follows redirects, without the headers. */
  get(url: string, headers: HeadersFor, limit: number, signal: AbortSignal): Promise<Answer>;
  /** Fetches a file, going on where an earlier attempt ended. */
  download(
    wanted: Download,
    signal: AbortSignal,
    onProgress: (bytes: number, total?: number) => void,
  ): Promise<Downloaded>;
  close(): Promise<void>;
}

const mostRedirects = 5;
const policy = { retries: 5, baseDelay: 250, maxDelay: 15_000, timeouts: true };
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Fetches over HTTP. Redirects are followed without any header that was given, never from https to http, and `onNote` tells of each. */
export function createTransfer(ports: TransferPorts, onNote: (sentence: string) => void): Transfer {
  const clients = new Map<string, HttpClient>();
  const noted = new Set<string>();

  function clientOf(url: string): HttpClient {
    const { origin } = new URL(url);
    const known = clients.get(origin);
    if (known !== undefined) return known;
    const client = ports.createHttp(origin, { connections: 2, ...ports.networkFor(origin) });
    clients.set(origin, client);
    return client;
  }

  /** Follows redirects up to a response that is none. */
  async function send(
    start: string,
    headersFor: HeadersFor,
    extra: Readonly<Record<string, string>>,
    makeReceiver: () => Receiver,
    signal: AbortSignal,
  ): Promise<Receiver> {
    let url = start;
    for (let hop = 0; hop <= mostRedirects; hop++) {
      const own = hop === 0 ? await headersFor(url, signal) : {};
      const receiver = makeReceiver();
      const stop = AbortSignal.any([signal, receiver.stop]);
      try {
        await clientOf(url).send(
          {
            method: 'GET',
            url,
            headers: { accept: '*/*', 'user-agent': 'aiwb', ...own, ...extra },
            headTimeout: 60_000,
            idleTimeout: 60_000,
          },
          receiver,
          stop,
        );
        await receiver.done();
      } catch (error) {
        signal.throwIfAborted();
        await receiver.done();
        receiver.throwIfStopped();
        throw error;
      }
      receiver.throwIfStopped();
      const { location } = receiver.headers;
      if (!redirects.has(receiver.status) || location === undefined) return receiver;
      const next = resolveUrl(location, url);
      const isHttp = next !== undefined && (next.protocol === 'https:' || next.protocol === 'http:');
      if (!isHttp || next.username !== '' || (new URL(url).protocol === 'https:' && next.protocol === 'http:'))
        throw failed(
          'registry-refused',
          `${hostOf(url)} redirects to an address that is not followed.`,
          'Name the final https address yourself.',
        );
      const { origin } = next;
      if (origin !== new URL(url).origin && !noted.has(origin)) {
        noted.add(origin);
        onNote(`${hostOf(url)} redirects to ${origin}: followed without credentials.`);
      }
      url = next.href;
    }
    throw failed('registry-refused', `${hostOf(start)} redirects in a circle.`, 'Name the final address yourself.');
  }

  /** Repeats what broke or what a server asked to repeat. */
  async function repeat<T>(
    url: string,
    attempt: () => Promise<{ readonly done: T } | { readonly again: Receiver }>,
    signal: AbortSignal,
  ): Promise<T> {
    for (let count = 1; ; count++) {
      let wait: number | undefined;
      try {
        const outcome = await attempt();
        if ('done' in outcome) return outcome.done;
        const { again } = outcome;
        const retryAfter = readRetryAfter(again.headers, ports.clock.now());
        wait = planRetry(
          {
            class: again.status === 429 ? 'rate-limit' : 'server',
            ...(retryAfter === undefined ? {} : { retryAfter }),
          },
          count,
          policy,
          ports.random,
        );
        if (wait === undefined)
          throw failed(
            'endpoint-unreachable',
            `${hostOf(url)} answers HTTP ${String(again.status)} again and again.`,
            'Try again later with --resume: what was fetched is kept.',
          );
      } catch (error) {
        if (!(error instanceof HttpFailure)) throw error;
        signal.throwIfAborted();
        wait =
          error.fault === 'tls' || error.fault === 'protocol'
            ? undefined
            : planRetry({ class: 'network' }, count, policy, ports.random);
        if (wait === undefined)
          throw new WorkbenchError('endpoint-unreachable', `${hostOf(url)} cannot be reached: ${error.message}.`, {
            remedy: 'Check the address and the network, then go on with --resume: what was fetched is kept.',
            cause: error,
          });
      }
      await ports.clock.sleep(wait, signal);
    }
  }

  return {
    async get(url, headers, limit, signal) {
      const reply = await repeat<Collector>(
        url,
        async () => {
          const received = await send(url, headers, {}, () => new Collector(limit), signal);
          return isPassing(received.status) ? { again: received } : { done: received as Collector };
        },
        signal,
      );
      return { status: reply.status, headers: reply.headers, bytes: reply.bytes() };
    },
    async download(wanted, signal, onProgress) {
      const { url, target, limit } = wanted;
      const done = await ports.files.facts(target);
      if (done !== undefined) return { bytes: done.size, reused: done.size };
      const part = `${target}.part`;
      const note = `${target}.version`;
      let reused = 0;
      return repeat<Downloaded>(
        url,
        async () => {
          const validator = wanted.immutable === true ? 'immutable' : await readNote(ports.files, note, signal);
          const have = validator === undefined ? 0 : ((await ports.files.facts(part))?.size ?? 0);
          const range: Record<string, string> =
            have === 0
              ? {}
              : {
                  range: `bytes=${String(have)}-`,
                  ...(validator === 'immutable' ? {} : { 'if-range': validator ?? '' }),
                };
          const received = (await send(
            url,
            wanted.headers,
            { ...range, 'accept-encoding': 'identity' },
            () => new FileReceiver({ have, part, note, limit, hasRange: have > 0 }, ports, onProgress),
            signal,
          )) as FileReceiver;
          const { status } = received;
          if (status === 416 && have > 0) {
            // What is there is longer than the file, or the server cannot say: begin anew, unless it is whole.
            const total = totalOf(received.headers);
            if (total !== have) {
              await ports.quarantine.remove(part);
              throw new HttpFailure('reset', 'the range is not there');
            }
            reused = have;
          } else if (isPassing(status)) {
            return { again: received };
          } else if (status !== 200 && status !== 206) {
            throw refused(url, status);
          } else {
            reused = Math.max(reused, received.start);
          }
          const bytes = (await ports.files.facts(part))?.size ?? 0;
          const expected = wanted.size ?? received.total;
          // A connection that closes early looks like an end where no length was told before.
          if (expected !== undefined && bytes < expected) throw new HttpFailure('reset', 'the connection ended early');
          if (expected !== undefined && bytes > expected) {
            await ports.quarantine.remove(part);
            throw failed(
              'registry-malformed',
              `${hostOf(url)} sent ${String(bytes)} bytes in place of ${String(expected)}.`,
              'Fetch it again.',
            );
          }
          if (bytes === 0) await (await ports.quarantine.openAppend(part, 0)).close();
          await ports.quarantine.move(part, target);
          await ports.quarantine.remove(note);
          const { etag } = received.headers;
          return { done: { bytes, reused, ...(etag === undefined ? {} : { etag }) } };
        },
        signal,
      );
    },
    async close() {
      for (const client of clients.values()) await client.close();
      clients.clear();
    },
  };
}

function resolveUrl(location: string, base: string): URL | undefined {
  try {
    return new URL(location, base);
  } catch {
    return undefined;
  }
}

function isPassing(status: number): boolean {
  return status === 429 || (status >= 500 && status <= 504 && status !== 501);
}

function hostOf(url: string): string {
  return new URL(url).origin;
}

async function readNote(files: Files, note: string, signal: AbortSignal): Promise<string | undefined> {
  if ((await files.facts(note)) === undefined) return undefined;
  const text = (await files.readText(note, signal, 4096)).trim();
  return /^[\x21-\x7e][\x20-\x7e]*$/.test(text) ? text : undefined;
}

/** Throws for statuses that repeating does not change. */
export function refused(url: string, status: number): WorkbenchError {
  if (status === 401 || status === 403)
    return failed(
      'registry-refused',
      `${hostOf(url)} does not let this be fetched (HTTP ${String(status)}).`,
      'Give credentials, and check what they may read.',
    );
  if (status === 404 || status === 410)
    return failed(
      'registry-not-found',
      `${hostOf(url)} has no such thing (HTTP ${String(status)}).`,
      'Check the address.',
    );
  return failed('registry-malformed', `${hostOf(url)} answers HTTP ${String(status)}.`, 'Check the address.');
}
