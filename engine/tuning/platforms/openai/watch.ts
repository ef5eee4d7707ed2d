import type { RunState } from '../../../../schemas/generated/messages.ts';
import { WorkbenchError } from '../../../base/errors.ts';
import type { JobBundle, JobEvent } from '../../platform.ts';
import { ServiceError } from './service-error.ts';
import { hasEnded, hasFailed, type OpenedService } from './context.ts';
import { Curves, readResultFile } from './curves.ts';
import { removeFiles } from './files.ts';
import { readResult } from './result.ts';
import { filesOf } from './submit.ts';
import type { ServiceCheckpoint, ServiceJob } from './wire.ts';

/** The service's words for its states, and what they mean. A job of any other state goes on, for all that is known. */
const states: Readonly<Record<string, readonly [RunState, string | undefined]>> = {
  validating_files: ['provisioning', 'The service looks through the training data'],
  pending: ['queued', 'Waiting for the service'],
  notRunning: ['queued', 'Waiting for the service'],
  queued: ['queued', 'Waiting for the service'],
  running: ['running', 'Training'],
  paused: ['running', 'Paused on the service'],
  succeeded: ['succeeded', undefined],
  failed: ['failed', undefined],
  cancelled: ['cancelled', undefined],
  canceled: ['cancelled', undefined],
  deleted: ['lost', undefined],
};

/** Milliseconds between two looks at a job: short at first. */
const firstWait = 2_000;
const longestWait = 30_000;
/** Milliseconds for which a service that does not answer is asked again, while its job goes on. */
const longestSilence = 30 * 60_000;

/** A job that is followed. */
export interface Followed {
  readonly bundle: JobBundle;
  /** US dollars of this job that are counted already: an attempt before has told them. Negative for those nobody has counted yet. */
  readonly counted: number;
}

/** Follows a job to its end. Attached to again, it tells everything from the beginning. */
export async function* watchJob(
  id: string,
  followed: Followed,
  opened: OpenedService,
  signal: AbortSignal,
): AsyncIterable<JobEvent> {
  const watch = new Watch(id, followed, opened);
  for (let wait = firstWait; ; wait = Math.min(wait * 1.5, longestWait)) {
    const job = await watch.look(signal);
    if (job === undefined) {
      yield { type: 'state', state: 'lost', raw: 'not found' };
      return;
    }
    const changed = watch.stateChange(job);
    if (changed !== undefined && !hasEnded(job.status)) {
      yield changed;
      wait = firstWait;
    }
    yield* watch.news(job, signal);
    if (hasEnded(job.status)) {
      yield* watch.finish(job, signal);
      return;
    }
    await opened.clock.sleep(wait, signal);
  }
}

class Watch {
  readonly #id: string;
  readonly #bundle: JobBundle;
  readonly #counted: number;
  readonly #opened: OpenedService;
  #curves: Curves | undefined;
  #status: string | undefined;
  #lastEvent: string | undefined;
  #checkpoints: readonly ServiceCheckpoint[] = [];
  #heardAt: number;

  constructor(id: string, { bundle, counted }: Followed, opened: OpenedService) {
    this.#id = id;
    this.#bundle = bundle;
    this.#counted = counted;
    this.#opened = opened;
    this.#heardAt = opened.clock.monotonic();
  }

  /** The job as it is now; waits out a service that is away for a while, since the job does not need us. */
  async look(signal: AbortSignal): Promise<ServiceJob | undefined> {
    const { service, clock } = this.#opened;
    for (;;) {
      try {
        const job = await service.lookAtJob(this.#id, signal);
        this.#heardAt = clock.monotonic();
        return job;
      } catch (error) {
        const isPassing = error instanceof ServiceError && error.passing;
        if (!isPassing || clock.monotonic() - this.#heardAt > longestSilence) throw error;
        await clock.sleep(longestWait, signal);
      }
    }
  }

  stateChange({ status, expectedAt }: ServiceJob): JobEvent | undefined {
    if (status === this.#status) return undefined;
    this.#status = status;
    const [state, words] = states[status] ?? ['running', `The service says "${status.slice(0, 60)}"`];
    const until = expectedAt === undefined || state !== 'running' ? '' : `, until about ${clockTime(expectedAt)}`;
    const phase = words === undefined ? undefined : words + until;
    return { type: 'state', state, raw: status, ...(phase === undefined ? {} : { phase }) };
  }

  /** What events and checkpoints tell that was not told yet. */
  async *news(job: ServiceJob, signal: AbortSignal): AsyncIterable<JobEvent> {
    const { clock } = this.#opened;
    const curves = this.#curvesOf(job);
    curves.learn(job);
    for (const { id, level, message, figures, createdAt } of await this.#quietly([], service =>
      service.listEvents(this.#id, this.#lastEvent, signal),
    )) {
      this.#lastEvent = id;
      if (figures !== undefined) curves.add(figures, createdAt);
      else if (message !== '') yield { type: 'log', line: level === 'info' ? message : `${level}: ${message}` };
    }
    if (job.status === 'running' || job.status === 'succeeded') {
      this.#checkpoints = await this.#quietly(this.#checkpoints, service => service.listCheckpoints(this.#id, signal));
      for (const { figures, createdAt } of this.#checkpoints) curves.add(figures, createdAt);
    }
    yield* this.#points(curves, false, clock.now());
  }

  /** The end of a job: its figures, what it made, what it cost. */
  async *finish(job: ServiceJob, signal: AbortSignal): AsyncIterable<JobEvent> {
    const { price, connection, clock } = this.#opened;
    const curves = this.#curvesOf(job);
    const notes: string[] = [];
    if (job.status === 'succeeded') {
      notes.push(...(await this.#readResultFiles(job, curves, signal)));
      yield* this.#points(curves, true, job.finishedAt ?? clock.now());
    }
    if (job.trainedTokens !== undefined) {
      const wallSeconds = Math.max(0, (job.finishedAt ?? clock.now()) - curves.startedAt) / 1000;
      yield { type: 'usage', usage: { wallSeconds, tokens: job.trainedTokens } };
      const dollars = price === undefined ? 0 : (job.trainedTokens * price) / 1e6 - this.#counted;
      if (dollars > 0) yield { type: 'cost', dollars };
    }
    for (const line of await removeFiles(filesOf(job), this.#opened, signal)) yield { type: 'log', line };
    if (job.status === 'failed') {
      const why = job.reason === undefined ? 'it does not say why' : job.reason.slice(0, 500);
      throw new WorkbenchError('run-failed', `Training at ${connection} failed: ${why}.`.replace('..', '.'), {
        remedy: 'Correct what it names, and start the job anew.',
      });
    }
    if (!hasFailed(job.status)) {
      const result = await readResult(job, this.#checkpoints, curves, this.#bundle, this.#opened, notes, signal);
      yield { type: 'result', result };
    }
    this.#status = undefined;
    const change = this.stateChange(job);
    if (change !== undefined) yield change;
  }

  *#points(curves: Curves, isLast: boolean, at: number): Iterable<JobEvent> {
    for (const point of curves.takeLosses()) yield { type: 'loss', point };
    for (const point of curves.takeEpochs(isLast, at)) yield { type: 'epoch', point, weights: undefined };
  }

  async #readResultFiles(job: ServiceJob, curves: Curves, signal: AbortSignal): Promise<readonly string[]> {
    const notes: string[] = [];
    for (const file of job.resultFiles) {
      const bytes = await this.#quietly(undefined, service => service.readFile(file, signal));
      const steps = bytes === undefined ? [] : readResultFile(bytes);
      for (const figures of steps) curves.add(figures);
      if (bytes === undefined)
        notes.push(`The service no longer has the result file ${file}: the curves hold what its events told.`);
      else if (steps.length === 0) notes.push(`The result file ${file} is no table of steps: it was left out.`);
    }
    return notes;
  }

  /** What a job's end does not depend on is left out where the service does not tell it. */
  async #quietly<Value>(otherwise: Value, ask: (service: OpenedService['service']) => Promise<Value>): Promise<Value> {
    try {
      return await ask(this.#opened.service);
    } catch (error) {
      if (error instanceof ServiceError) return otherwise;
      throw error;
    }
  }

  #curvesOf({ createdAt }: ServiceJob): Curves {
    this.#curves ??= new Curves(this.#bundle, createdAt ?? this.#opened.clock.now());
    return this.#curves;
  }
}

/** `14:05 UTC`. */
function clockTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(11, 16)} UTC`;
}
