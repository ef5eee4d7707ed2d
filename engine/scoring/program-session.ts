import { toWorkbenchError } from '../base/errors.ts';
import { ProgramFault } from '../metrics/measure.ts';
import { createAbortFan } from '../models/pacing/abort-fan.ts';
import type { Clock } from '../ports/clock.ts';
import type { LineProgram } from '../ports/programs.ts';

/** A program that ends by itself is started again this often in a run. */
const mostRestarts = 5;

interface Waiting {
  readonly resolve: (reply: Readonly<Record<string, unknown>>) => void;
  readonly reject: (fault: ProgramFault) => void;
}

/**
 * One program that scores answers: requests go out as lines with an id, and replies find their request by it, in any order. A reply
 * that does not come in time, or a program that ends, fails the requests concerned alone.
 */
export class ProgramSession {
  readonly #start: () => Promise<LineProgram>;
  readonly #clock: Clock;
  readonly #name: string;
  readonly #fan = createAbortFan();
  readonly #waiting = new Map<number, Waiting>();
  #program: Promise<LineProgram> | undefined;
  #starts = 0;
  #nextId = 1;
  #isClosed = false;

  constructor(name: string, start: () => Promise<LineProgram>, clock: Clock) {
    this.#name = name;
    this.#start = start;
    this.#clock = clock;
  }

  /** Starts the program. Throws what kept it from starting. */
  async open(): Promise<void> {
    await this.#running();
  }

  async ask(
    request: Readonly<Record<string, unknown>>,
    timeout: number,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, unknown>>> {
    signal.throwIfAborted();
    const program = await this.#running().catch((error: unknown) => {
      throw new ProgramFault(toWorkbenchError(error).message);
    });
    const id = this.#nextId++;
    const reply = Promise.withResolvers<Readonly<Record<string, unknown>>>();
    this.#waiting.set(id, reply);
    const stopTimer = this.#clock.after(timeout, () => {
      reply.reject(new ProgramFault(`${this.#name} gave no score within ${timeout / 1000} s.`));
    });
    const unwatch = this.#fan.watch(signal, () => {
      reply.reject(signal.reason);
    });
    try {
      program.send(JSON.stringify({ id, ...request })).catch((error: unknown) => {
        reply.reject(new ProgramFault(`${this.#name} ended: ${toWorkbenchError(error).message}`));
      });
      return await reply.promise;
    } finally {
      stopTimer();
      unwatch();
      this.#waiting.delete(id);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const program = await this.#program?.catch(() => undefined);
    await program?.close();
  }

  #running(): Promise<LineProgram> {
    if (this.#program !== undefined) return this.#program;
    if (this.#starts > mostRestarts) {
      return Promise.reject(new ProgramFault(`${this.#name} ended ${this.#starts} times and is not started again.`));
    }
    this.#starts += 1;
    const coming = this.#start();
    this.#program = coming;
    coming.then(
      program => {
        void this.#read(program);
      },
      () => {
        this.#program = undefined;
      },
    );
    return coming;
  }

  /** Hands replies over until the program's output ends. Lines that answer nothing asked are left alone. */
  async #read(program: LineProgram): Promise<void> {
    let reason = 'its output ended';
    try {
      for await (const line of program.lines) this.#take(line);
    } catch (error) {
      reason = toWorkbenchError(error).message;
    }
    this.#program = undefined;
    if (this.#isClosed) return;
    for (const { reject } of this.#waiting.values())
      reject(new ProgramFault(`${this.#name} ended before it gave a score: ${reason}`));
  }

  #take(line: string): void {
    const reply = parseReply(line);
    if (typeof reply !== 'object' || reply === null || !('id' in reply)) return;
    const waiting = this.#waiting.get(Number(reply.id));
    waiting?.resolve(reply);
  }
}

/** Python writes NaN and Infinity, which JSON does not have; they are told as what is no number. */
function parseReply(line: string): unknown {
  const mended = line.replace(/(?<=[:,[]\s?)(?:NaN|-?Infinity)(?=\s?[,\]}])/g, '"not a number"');
  for (const text of new Set([line, mended])) {
    try {
      return JSON.parse(text);
    } catch {
      continue; // Programs print all sorts of things; only replies count.
    }
  }
  return undefined;
}
