import { WorkbenchError, type ErrorCode } from '../../base/errors.ts';
import type { Files } from '../../ports/files.ts';
import type { HttpFlow } from '../../ports/http.ts';
import type { Quarantine } from '../../ports/quarantine.ts';

export interface ReceiverPorts {
  readonly files: Files;
  readonly quarantine: Quarantine;
}

/** Bytes that wait to be written before the server is held back. */
const mostWaiting = 4 * 2 ** 20;

/** Takes a response in. Never throws from a callback: what is wrong stops the exchange and is thrown afterwards. */
export abstract class Receiver {
  status = 0;
  headers: Readonly<Record<string, string>> = {};
  readonly #stop = new AbortController();
  #reason: Error | undefined;

  get stop(): AbortSignal {
    return this.#stop.signal;
  }

  protected stopWith(reason: Error): void {
    this.#reason ??= reason;
    this.#stop.abort();
  }

  throwIfStopped(): void {
    if (this.#reason !== undefined) throw this.#reason;
  }

  head(status: number, headers: Readonly<Record<string, string>>): void {
    this.status = status;
    this.headers = headers;
  }

  abstract data(chunk: Uint8Array): void;

  /** Resolves when everything received is where it belongs. */
  done(): Promise<void> {
    return Promise.resolve();
  }
}

/** Keeps a body, up to a bound. */
export class Collector extends Receiver {
  readonly #limit: number;
  readonly #pieces: Uint8Array[] = [];
  #size = 0;

  constructor(limit: number) {
    super();
    this.#limit = limit;
  }

  override data(chunk: Uint8Array): void {
    this.#size += chunk.length;
    if (this.#size <= this.#limit) this.#pieces.push(chunk.slice());
    else
      this.stopWith(
        failed('registry-malformed', `An answer has more than ${String(this.#limit)} bytes.`, 'Check the address.'),
      );
  }

  bytes(): Uint8Array {
    const all = new Uint8Array(this.#size);
    let at = 0;
    for (const piece of this.#pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }
}

export interface FilePlan {
  readonly have: number;
  readonly part: string;
  readonly note: string;
  readonly limit: number;
  readonly hasRange: boolean;
}

/** Writes a body to the end of a file, and holds the server back while the disk is slower. */
export class FileReceiver extends Receiver {
  /** Bytes the file had that this response goes on behind. */
  start = 0;
  /** Bytes of the whole file, where the server says. */
  total: number | undefined;
  readonly #plan: FilePlan;
  readonly #ports: ReceiverPorts;
  readonly #onProgress: (bytes: number, total?: number) => void;
  #flow: HttpFlow | undefined;
  #work: Promise<void> = Promise.resolve();
  #waiting = 0;
  #paused = false;
  #received = 0;
  #wanted = false;
  #file: Awaited<ReturnType<Quarantine['openAppend']>> | undefined;

  constructor(plan: FilePlan, ports: ReceiverPorts, onProgress: (bytes: number, total?: number) => void) {
    super();
    this.#plan = plan;
    this.#ports = ports;
    this.#onProgress = onProgress;
  }

  flow(control: HttpFlow): void {
    this.#flow = control;
  }

  override head(status: number, headers: Readonly<Record<string, string>>): void {
    super.head(status, headers);
    const { have, limit, note, part, hasRange } = this.#plan;
    if (status !== 200 && status !== 206) return;
    if (status === 206) {
      const from = /^bytes (\d+)-/.exec(headers['content-range'] ?? '')?.[1];
      if (!hasRange || Number(from) !== have) {
        this.stopWith(
          failed('registry-malformed', 'The server sent another range than was asked for.', 'Fetch it again.'),
        );
        return;
      }
      this.start = have;
      this.total = totalOf(headers);
    } else {
      const length = headers['content-length'];
      this.total = length === undefined ? undefined : Number(length);
    }
    this.#received = this.start;
    if ((this.total ?? 0) > limit) {
      this.stopWith(tooLarge(this.total ?? 0, limit));
      return;
    }
    this.#wanted = true;
    const etag = headers['etag'];
    // A weak ETag says that it is about the same, which is not enough to put two halves together.
    const validator = etag !== undefined && !etag.startsWith('W/') ? etag : headers['last-modified'];
    this.#enqueue(async () => {
      // Before the first byte: a kill must not leave a part of which nobody knows the version.
      if (this.start === 0) {
        await this.#ports.quarantine.remove(part);
        if (validator === undefined) await this.#ports.quarantine.remove(note);
        else await this.#ports.files.writeText(note, validator);
      }
      this.#file = await this.#ports.quarantine.openAppend(part, this.start);
    });
  }

  override data(chunk: Uint8Array): void {
    if (!this.#wanted) return;
    this.#received += chunk.length;
    if (this.#received > this.#plan.limit) {
      this.#wanted = false;
      this.stopWith(tooLarge(this.#received, this.#plan.limit));
      return;
    }
    const kept = chunk.slice();
    this.#waiting += kept.length;
    if (this.#waiting > mostWaiting && !this.#paused) {
      this.#paused = true;
      this.#flow?.pause();
    }
    this.#enqueue(async () => {
      await this.#file?.write(kept);
      this.#waiting -= kept.length;
      this.#onProgress(this.#file?.size ?? 0, this.total);
      if (this.#paused && this.#waiting < mostWaiting / 2) {
        this.#paused = false;
        this.#flow?.resume();
      }
    });
  }

  override async done(): Promise<void> {
    await this.#work;
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  #enqueue(action: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      if (this.stop.aborted) return;
      try {
        await action();
      } catch (error) {
        this.stopWith(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }
}

function tooLarge(bytes: number, limit: number): WorkbenchError {
  return failed(
    'file-too-large',
    `It has ${String(bytes)} bytes or more; at most ${String(limit)} are taken in.`,
    'Where that is right, raise --max-bytes.',
  );
}

/** `bytes 0-9/100` or `bytes *​/100`. */
export function totalOf(headers: Readonly<Record<string, string>>): number | undefined {
  const total = /\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1];
  return total === undefined ? undefined : Number(total);
}

export function failed(code: ErrorCode, message: string, remedy: string): WorkbenchError {
  return new WorkbenchError(code, message, { remedy });
}
