import { toWorkbenchError } from '../../base/errors.ts';
import type { LineProgram } from '../../ports/programs.ts';
import { quoteLine } from './quote.ts';
import { readReply, type ProgramAnswer } from './wire.ts';

/** Why a question has no answer: `why` is a clause about the program. */
export interface WorkerFailure {
  /**
   * `broke`: the program ended, or was ended. `garbage`: it was ended for a line that is no reply. `late`: no reply in time. `error`: the
   * program said so. `malformed`: the reply cannot be used; the program goes on. `dead`: it broke too often to be started again.
   */
  readonly kind: 'broke' | 'garbage' | 'late' | 'error' | 'malformed' | 'dead';
  readonly why: string;
  /** No other question can have been the cause. */
  readonly alone?: boolean;
}

/** A question under way. */
export interface Asking {
  /** Nobody waits any more: a late reply is ignored. */
  forget(): void;
  /** The same, for lack of a reply in time. A program that has printed nothing since it was asked is taken to hang, and is ended. */
  giveUp(why: string): void;
}

export type WorkerResult = { readonly answer: ProgramAnswer } | { readonly failure: WorkerFailure };

/** Times in a row a program may break without an answer in between before it is given up. */
const mostBreaks = 5;

interface Pending {
  readonly choices: number | undefined;
  settle(result: WorkerResult): void;
  reject(error: Error): void;
}

/** One running copy of a program, started when first asked and again when it has broken. */
export class ProgramWorker {
  readonly #start: () => Promise<LineProgram>;
  readonly #pending = new Map<string, Pending>();
  #program: Promise<LineProgram> | undefined;
  #lastId = 0;
  #breaks = 0;
  #lastWhy = '';
  #heard = 0;

  /** `start` starts the program; what it throws is thrown to the one who asks. */
  constructor(start: () => Promise<LineProgram>) {
    this.#start = start;
  }

  /**
   * Sends one line; `settle` gets its outcome, unless the question is given up before. `write` gets the id to put into the line.
   * `reject` gets `program-not-allowed`.
   */
  ask(
    write: (id: string) => string,
    choices: number | undefined,
    settle: (result: WorkerResult) => void,
    reject: (error: Error) => void,
  ): Asking {
    if (this.#breaks >= mostBreaks) {
      const why = `is not started again after it broke ${String(mostBreaks)} times in a row: ${this.#lastWhy}`;
      queueMicrotask(() => {
        settle({ failure: { kind: 'dead', why } });
      });
      return { forget: () => undefined, giveUp: () => undefined };
    }
    const id = String(++this.#lastId);
    const heard = this.#heard;
    this.#pending.set(id, { choices, settle, reject });
    const program = (this.#program ??= this.#open());
    program
      .then(running => running.send(write(id)))
      .catch((error: unknown) => {
        const { code, message } = toWorkbenchError(error);
        // The person's decision, and no fault of the program: it ends the run instead of failing each row.
        if (code === 'program-not-allowed') this.#pending.get(id)?.reject(error as Error);
        else this.#break(program, { kind: 'broke', why: `broke: ${message}` });
      });
    return {
      forget: () => this.#pending.delete(id),
      giveUp: why => {
        this.#pending.delete(id);
        if (this.#heard === heard) this.#break(program, { kind: 'broke', why });
      },
    };
  }

  async close(): Promise<void> {
    const program = await this.#program?.catch(() => undefined);
    await program?.close();
  }

  #open(): Promise<LineProgram> {
    const opening = this.#start();
    opening.then(
      program => this.#listen(program, opening),
      () => undefined, // `ask` tells it.
    );
    return opening;
  }

  async #listen(program: LineProgram, opening: Promise<LineProgram>): Promise<void> {
    try {
      for await (const line of program.lines) {
        if (this.#program !== opening) return;
        this.#heard += 1;
        if (line.trim() === '' || this.#take(line)) continue;
        const why = `printed a line that is no answer: ${quoteLine(line)}. Print logs to the standard error`;
        this.#break(opening, { kind: 'garbage', why });
        return;
      }
      this.#break(opening, { kind: 'broke', why: 'ended before it had answered' });
    } catch (error) {
      this.#break(opening, { kind: 'broke', why: `broke: ${toWorkbenchError(error).message}` });
    }
  }

  /** Whether a line is a reply to a question of this worker, however old. */
  #take(line: string): boolean {
    const reply = readReply(line, id => this.#pending.get(id)?.choices);
    if (reply === undefined || !isIssued(reply.id, this.#lastId)) return false;
    const pending = this.#pending.get(reply.id);
    if (pending === undefined) return true; // Too late, or a second time: the first word counts.
    this.#pending.delete(reply.id);
    this.#breaks = 0;
    if ('answer' in reply) pending.settle({ answer: reply.answer });
    else if (reply.isFormat) pending.settle({ failure: { kind: 'malformed', why: `printed ${reply.error}` } });
    else pending.settle({ failure: { kind: 'error', why: `reported an error: ${quoteLine(reply.error)}` } });
    return true;
  }

  /** The program is over: it is ended for good, and every question it had is told so. A later question starts it again. */
  #break(program: Promise<LineProgram>, failure: WorkerFailure): void {
    if (this.#program !== program) return;
    this.#program = undefined;
    this.#breaks += 1;
    this.#lastWhy = failure.why;
    program.then(running => running.close()).catch(() => undefined); // One that never started needs no closing.
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { settle } of pending) settle({ failure: { ...failure, alone: pending.length === 1 } });
  }
}

function isIssued(id: string, last: number): boolean {
  return /^[1-9]\d{0,15}$/.test(id) && Number(id) <= last;
}
