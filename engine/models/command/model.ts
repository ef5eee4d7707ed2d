import type { Clock } from '../../ports/clock.ts';
import type { Digest } from '../../ports/digest.ts';
import type { Programs } from '../../ports/programs.ts';
import { AnswerFailure, type Model, type ModelParameters, type Question } from '../model.ts';
import { quoteLine } from './quote.ts';
import { Turnstile } from './turnstile.ts';
import { ProgramWorker, type WorkerFailure, type WorkerResult } from './worker.ts';
import { writeQuestion } from './wire.ts';

/** Raised when what is sent or read changes in a way that makes older cached answers differ. */
const version = 1;

export interface CommandSettings {
  readonly name: string;
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** Absolute path of the folder it runs in. */
  readonly folder: string;
  /** A name for what answers; part of the model's digest. */
  readonly model?: string | undefined;
  /** Digests of the files the command names, so that a changed program is another model. */
  readonly files?: readonly string[];
  /** The connection's parameters, handed to the program; a question's own win. */
  readonly parameters?: ModelParameters;
  /** Copies of the program that run side by side. Default 1. */
  readonly processes?: number;
}

export interface CommandDependencies {
  readonly programs: Programs;
  readonly clock: Clock;
  readonly digest: Digest;
}

/**
 * A local program that answers JSON lines. It is started when first asked, and again when it breaks. A question that was lost when the
 * program broke over another one is sent once more, alone. Throws `program-not-allowed` from `answer` where nobody allowed the command.
 */
export function createCommandModel(settings: CommandSettings, dependencies: CommandDependencies): Model {
  const { name, command, folder } = settings;
  const { programs, clock } = dependencies;
  const life = new AbortController();
  const slots = Array.from({ length: settings.processes ?? 1 }, () => ({
    worker: new ProgramWorker(() => programs.start(command, { folder }, life.signal)),
    turnstile: new Turnstile(),
  }));

  /** Asks the slot with the fewest questions; `alone` keeps every other question out of its program meanwhile. */
  async function askSlot(question: Question, alone: boolean, signal: AbortSignal): Promise<Timed> {
    const slot = slots.reduce((best, other) => (other.turnstile.size < best.turnstile.size ? other : best));
    await slot.turnstile.enter(alone);
    try {
      signal.throwIfAborted();
      const sentAt = clock.monotonic();
      const result = await askWorker(slot.worker, question, signal);
      return { result, latencyMs: clock.monotonic() - sentAt };
    } finally {
      slot.turnstile.leave();
    }
  }

  function askWorker(worker: ProgramWorker, question: Question, signal: AbortSignal): Promise<WorkerResult> {
    const parameters = { ...settings.parameters, ...question.parameters };
    return new Promise((resolve, reject) => {
      const done = (): void => {
        cancelTimer();
        signal.removeEventListener('abort', onAbort);
      };
      const onAbort = (): void => {
        done();
        asking.forget();
        reject(signal.reason);
      };
      const asking = worker.ask(
        id => writeQuestion(id, question, parameters),
        question.choices?.length,
        result => {
          done();
          resolve(result);
        },
        error => {
          done();
          reject(error);
        },
      );
      const cancelTimer = clock.after(question.timeout, () => {
        done();
        const why = `gave no answer within ${String(question.timeout / 1000)} s`;
        resolve({ failure: { kind: 'late', why } });
        asking.giveUp(why);
      });
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  return {
    name,
    digest: dependencies.digest.sha256(
      JSON.stringify(['command', version, command, settings.model, settings.files, settings.parameters ?? {}]),
    ),
    async answer(question, signal) {
      signal.throwIfAborted();
      let attempts = 1;
      let { result, latencyMs } = await askSlot(question, false, signal);
      if ('failure' in result && isMaybeInnocent(result.failure)) {
        attempts = 2;
        ({ result, latencyMs } = await askSlot(question, true, signal));
      }
      if ('failure' in result) throw toFailure(name, result.failure, attempts);
      return { ...result.answer, latencyMs, attempts };
    },
    async close() {
      await Promise.all(slots.map(({ worker }) => worker.close()));
      life.abort();
    },
  };
}

interface Timed {
  readonly result: WorkerResult;
  readonly latencyMs: number;
}

/** Whether the program may have broken over another question that it had at the same time. */
function isMaybeInnocent({ kind, alone }: WorkerFailure): boolean {
  return (kind === 'broke' || kind === 'garbage') && alone !== true;
}

/** Characters of a failure: room for the end of a stack trace. */
const longestMessage = 1500;

function toFailure(name: string, { kind, why }: WorkerFailure, attempts: number): AnswerFailure {
  const message = quoteLine(`The program of ${name} ${why}.`, longestMessage);
  switch (kind) {
    case 'late':
      return new AnswerFailure('timeout', `${message} Raise limits.timeout or processes.`, attempts);
    case 'malformed':
    case 'garbage':
      return new AnswerFailure('malformed', message, attempts);
    case 'broke':
    case 'error':
      return new AnswerFailure('model', message, attempts);
    case 'dead':
      return new AnswerFailure('model', message, 0);
  }
}
