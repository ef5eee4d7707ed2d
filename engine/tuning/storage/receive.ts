import { WorkbenchError } from '../../base/errors.ts';
import type { HttpClient, HttpFlow, HttpRequest } from '../../ports/http.ts';
import type { StorageReply } from './client.ts';

/** A reply whose head is there. */
export interface StartedReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Its body as it comes; the server is held back while nobody takes it. Throws HttpFailure. */
  readonly pieces: AsyncIterable<Uint8Array>;
}

/** Bytes that wait to be taken before the server is held back. */
const mostWaiting = 4 * 2 ** 20;

/** Sends a request and resolves once the head of its reply is there. Who does not read all pieces must end their iteration. */
export function startReply(client: HttpClient, request: HttpRequest, signal: AbortSignal): Promise<StartedReply> {
  const stop = new AbortController();
  const queue = new PieceQueue(() => stop.abort());
  return new Promise((resolve, reject) => {
    const receiver = {
      flow: (control: HttpFlow) => queue.control(control),
      head: (status: number, headers: Readonly<Record<string, string>>) =>
        resolve({ status, headers, pieces: queue.take() }),
      data: (chunk: Uint8Array) => queue.add(chunk),
    };
    client.send(request, receiver, AbortSignal.any([signal, stop.signal])).then(
      () => queue.end(),
      (error: unknown) => {
        const failure = error instanceof Error ? error : new Error(String(error));
        queue.end(failure);
        reject(failure);
      },
    );
  });
}

/** All of a reply. Throws `storage-refused` for more than `limit` bytes, HttpFailure for a body that breaks off. */
export async function receiveReply(started: StartedReply, limit: number): Promise<StorageReply> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of started.pieces) {
    size += piece.length;
    if (size > limit)
      throw new WorkbenchError('storage-refused', `A storage sent more than ${String(limit)} bytes in one answer.`, {
        remedy: 'See what wrote the object: a job’s events and answers are far smaller.',
      });
    pieces.push(piece);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return { status: started.status, headers: started.headers, bytes };
}

/** Between a socket that gives and a reader that takes. */
class PieceQueue {
  readonly #abort: () => void;
  readonly #waiting: Uint8Array[] = [];
  #size = 0;
  #flow: HttpFlow | undefined;
  #paused = false;
  #ended = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(abort: () => void) {
    this.#abort = abort;
  }

  control(flow: HttpFlow): void {
    this.#flow = flow;
  }

  add(chunk: Uint8Array): void {
    this.#waiting.push(chunk.slice());
    this.#size += chunk.length;
    if (this.#size > mostWaiting && !this.#paused) {
      this.#paused = true;
      this.#flow?.pause();
    }
    this.#wake?.();
  }

  end(failure?: Error): void {
    this.#ended = true;
    this.#failure = failure;
    this.#wake?.();
  }

  async *take(): AsyncIterable<Uint8Array> {
    try {
      for (;;) {
        const chunk = this.#waiting.shift();
        if (chunk !== undefined) {
          this.#size -= chunk.length;
          if (this.#paused && this.#size < mostWaiting / 2) {
            this.#paused = false;
            this.#flow?.resume();
          }
          yield chunk;
          continue;
        }
        if (this.#ended) break;
        await new Promise<void>(resolve => (this.#wake = resolve));
      }
      if (this.#failure !== undefined) throw this.#failure;
    } finally {
      if (!this.#ended) this.#abort();
    }
  }
}
