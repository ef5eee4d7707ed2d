import type { Platform } from '../../../../schemas/generated/files.ts';
import type { PreflightFinding } from '../../../../schemas/generated/messages.ts';
import { WorkbenchError } from '../../../base/errors.ts';
import type { TrainingProcess } from '../../../ports/trainer.ts';
import type { PlatformPorts } from '../../platform-ports.ts';
import { tagOf, type JobBundle, type JobEvent, type JobHandle, type TuningPlatform } from '../../platform.ts';
import type { BaseModel } from '../../../models/transformers/base.ts';
import { TrainerEvents } from '../../trainer/events.ts';
import { writeTrainerJob } from '../../trainer/job-folder.ts';
import { layJob } from '../../trainer/lay.ts';
import { LineCutter } from '../../trainer/lines.ts';
import { outputFolder } from '../../trainer/output.ts';
import { checkEnvironment, requireEnvironment } from '../../../models/transformers/environment.ts';
import { checkRoom } from './room.ts';
import { StepChannel } from './step-channel.ts';

export type LocalSettings = Extract<Platform, { type: 'local' }>;

/** Milliseconds that a trainer has to save its state when it is cancelled. */
const patience = 60_000;

interface Submitted {
  readonly bundle: JobBundle;
  readonly stop: AbortController;
}

/**
 * Trains on this machine, in a Python program that is this process's child and ends with it. What it has saved lies in a folder of the store;
 * the next attempt of the run goes on from there.
 */
export function createLocalPlatform(name: string, settings: LocalSettings, ports: PlatformPorts): TuningPlatform {
  const { files, quarantine, trainer, scratch } = ports;
  const jobs = new Map<string, Submitted>();

  async function* events(handle: JobHandle, signal: AbortSignal): AsyncIterable<JobEvent> {
    const submitted = jobs.get(handle.job);
    if (submitted === undefined) {
      yield { type: 'state', state: 'lost', raw: 'no such job in this process' };
      return;
    }
    const { bundle, stop } = submitted;
    const combined = AbortSignal.any([signal, stop.signal]);
    try {
      yield* train(bundle, combined);
    } catch (error) {
      if (!stop.signal.aborted || signal.aborted) throw error;
      yield { type: 'state', state: 'cancelled', raw: 'cancelled' };
    }
  }

  async function* train(bundle: JobBundle, signal: AbortSignal): AsyncIterable<JobEvent> {
    const folder = files.resolve(scratch, tagOf(bundle.runId));
    const out = files.resolve(folder, 'out');
    const told = new TrainerEvents(bundle, outputFolder(out, files), ports);
    // Of a job that had finished, the process that heard it may not have stored it.
    if (await hasFinished(files.resolve(out, 'events.jsonl'), signal))
      yield* repeatAll(told, files.resolve(out, 'events.jsonl'), signal);
    if (!told.isEnded) yield* trainInFolder(bundle, folder, out, told, signal);
    yield { type: 'state', state: 'succeeded', raw: 'done' };
    // Asked for more, the run has stored the result: nothing of it is needed here any more.
    await quarantine.remove(folder);
  }

  async function hasFinished(path: string, signal: AbortSignal): Promise<boolean> {
    if ((await files.facts(path))?.kind !== 'file') return false;
    const cutter = new LineCutter();
    for await (const chunk of files.stream(path, signal)) if (cutter.add(chunk).some(isResult)) return true;
    return false;
  }

  async function* repeatAll(told: TrainerEvents, path: string, signal: AbortSignal): AsyncIterable<JobEvent> {
    for await (const chunk of files.stream(path, signal)) {
      for (const line of told.cut(chunk)) if (!isFailure(line)) yield* told.takeLine(line, signal);
    }
  }

  async function* trainInFolder(
    bundle: JobBundle,
    folder: string,
    out: string,
    told: TrainerEvents,
    signal: AbortSignal,
  ): AsyncIterable<JobEvent> {
    const steps = new StepChannel();
    const making = requireEnvironment(trainer, settings.python, step => steps.push(step), signal).finally(() =>
      steps.end(),
    );
    making.catch(() => undefined); // Told below, once the steps are.
    yield { type: 'state', state: 'provisioning', raw: 'preparing', phase: 'Looking at the Python environment' };
    for await (const phase of steps) yield { type: 'state', state: 'provisioning', raw: 'installing', phase };
    const environment = await making;
    yield { type: 'state', state: 'provisioning', raw: 'preparing', phase: 'Laying out the data' };
    const job = await writeTrainerJob(
      bundle,
      ports,
      settings.device === undefined ? {} : { device: settings.device },
      signal,
    );
    await layJob(job.files, folder, ports, signal);
    const request = { job: folder, out, usesHub: usesHub(bundle.base) };
    yield { type: 'state', state: 'running', raw: 'starting', phase: 'Starting the trainer' };
    const running = await trainer.train(environment, request, signal);
    try {
      yield* follow(bundle, running, told, signal);
    } finally {
      await running.stop(patience);
    }
  }

  return {
    name,
    async preflight(bundle, signal): Promise<readonly PreflightFinding[]> {
      const environment = await checkEnvironment(trainer, settings.python, signal);
      return [environment, ...(await checkRoom(bundle, scratch, ports, signal))];
    },
    async submit(bundle, _earlier, record) {
      const tag = tagOf(bundle.runId);
      await record({ platform: name, type: 'local', tag, state: 'created', id: tag });
      jobs.set(tag, { bundle, stop: new AbortController() });
      return { platform: name, job: tag };
    },
    events,
    cancel: async handle => {
      jobs.get(handle.job)?.stop.abort(new WorkbenchError('cancelled', 'The job was cancelled.'));
      jobs.delete(handle.job);
    },
  };
}

/** The trainer's events until its result. Whoever aborts does not wait for the trainer's next line. */
async function* follow(
  bundle: JobBundle,
  running: TrainingProcess,
  told: TrainerEvents,
  signal: AbortSignal,
): AsyncIterable<JobEvent> {
  const lines = running.lines[Symbol.asyncIterator]();
  let abort: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => {
      reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
  });
  aborted.catch(() => undefined); // Nobody may be waiting for a line just then.
  try {
    while (!told.isEnded) {
      signal.throwIfAborted();
      const next = await Promise.race([lines.next(), aborted]);
      for (const line of running.takeLog()) yield { type: 'log', line };
      if (next.done === true) break;
      yield* told.takeLine(next.value, signal);
    }
  } finally {
    signal.removeEventListener('abort', abort);
  }
  if (told.isEnded) return;
  throw new WorkbenchError('run-failed', `The trainer of ${bundle.name} ended before it had finished.`, {
    remedy: 'Look at the run’s log, and resume the run to go on from its last saved state.',
  });
}

function isResult(line: string): boolean {
  return /"event"\s*:\s*"result"/.test(line.slice(0, 200));
}

/** The end of an attempt before the one that finished. */
function isFailure(line: string): boolean {
  return /"event"\s*:\s*"failure"/.test(line.slice(0, 200));
}

function usesHub(base: BaseModel): boolean {
  return base.kind === 'hub' || (base.kind === 'stored' && base.base !== undefined && usesHub(base.base));
}
