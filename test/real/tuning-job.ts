import path from 'node:path';
import process from 'node:process';
import { createRunPorts, trainerFolder, type Host } from '../../cli/composition.ts';
import type { Workbench } from '../../schemas/generated/files.ts';
import type { EpochPoint, LossPoint } from '../../schemas/generated/messages.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { PlatformPorts } from '../../engine/tuning/platform-ports.ts';
import type { AskedRow, JobBundle, JobEvent, JobResult, LearningRow } from '../../engine/tuning/platform.ts';
import { createBlobs } from '../../platform/store/blobs.ts';
import { pythonWith } from './server.ts';

/** A Python that has what the trainer needs; `AIWB_REAL_TRAINER` names one. */
export function trainerPython(): string {
  return (
    process.env['AIWB_REAL_TRAINER'] ?? pythonWith('trainer', ['-r', path.join(trainerFolder, 'requirements.txt')])
  );
}

/** Everything a platform needs, in a folder that is thrown away. Every interpreter is allowed. */
export async function portsOf(
  host: Host,
  folder: string,
  config: Workbench,
  signal: AbortSignal,
): Promise<PlatformPorts> {
  const secrets = { resolve: () => Promise.reject(new Error('There are no secrets here.')) };
  const access = { secrets, allowsProgram: () => true };
  const ports = await createRunPorts(host, { folder, path: undefined, text: '', config }, access, {}, signal);
  return {
    ...ports,
    blobs: createBlobs(path.join(folder, 'blobs'), false),
    folder,
    scratch: path.join(folder, 'scratch'),
    config,
  };
}

/** The same with waits a tenth as long. */
export function hurried(clock: Clock): Clock {
  return { ...clock, sleep: (milliseconds, signal) => clock.sleep(milliseconds / 10, signal) };
}

const words = ['red', 'green', 'blue', 'grey', 'pink', 'gold'];

/** A small job: an adapter of a model in a folder learns to repeat a word in capital letters. */
export function makeBundle(runId: string, model: string, steps: number): JobBundle {
  const ask = (word: string): AskedRow => ({ text: word, messages: [{ role: 'user', content: word }] });
  const learn = (word: string): LearningRow => ({ ...ask(word), label: word.toUpperCase() });
  const shared = { aspect: 'core-performance', weight: 1 } as const;
  const every = { steps: Math.floor(steps / 4) };
  return {
    runId,
    name: 'capitals',
    task: 'text-generation',
    base: { kind: 'folder', path: model },
    method: { name: 'lora', rank: 8, alpha: 16, dropout: 0, merge: false },
    inputs: [
      { role: 'train', ...shared, digest: '1'.repeat(64), rows: words.map(learn) },
      { role: 'validation', ...shared, digest: '2'.repeat(64), rows: words.slice(0, 3).map(learn) },
      { role: 'test', ...shared, digest: '3'.repeat(64), rows: words.slice(3).map(ask) },
    ],
    output: `runs/aiwb-${runId}`,
    labels: [],
    hyperparameters: {
      epochs: 1000,
      maxSteps: steps,
      learningRate: 0.01,
      l2: 0,
      batchSize: 3,
      gradientAccumulation: 1,
      weightDecay: 0,
      warmupRatio: 0,
      scheduler: 'linear',
      maxLength: 128,
      precision: 'float32',
      gradientCheckpointing: false,
      lossOn: 'answer',
    },
    seed: 11,
    evaluation: {
      metrics: ['exact-match'],
      every,
      select: { aspect: 'core-performance', metric: 'loss', label: 'Loss', direction: 'lower' },
      limit: 3,
      maxTokens: 8,
    },
    bootDeadline: 300,
    trainingDigest: '4'.repeat(64),
  };
}

/** What a job has told, once it has ended. */
export interface Told {
  readonly states: string[];
  readonly phases: string[];
  readonly losses: Map<number, LossPoint>;
  readonly epochs: EpochPoint[];
  result: JobResult | undefined;
}

export function createTold(): Told {
  return { states: [], phases: [], losses: new Map(), epochs: [], result: undefined };
}

/** Writes an event down. A job that is attached to again repeats itself: each measurement counts once. */
export function takeDown(told: Told, event: JobEvent): void {
  if (event.type === 'loss') told.losses.set(event.point.step, event.point);
  if (event.type === 'result') told.result = event.result;
  if (event.type === 'epoch' && !told.epochs.some(({ epoch }) => epoch === event.point.epoch))
    told.epochs.push(event.point);
  if (event.type !== 'state') return;
  if (told.states.at(-1) !== event.state) told.states.push(event.state);
  if (event.phase !== undefined && told.phases.at(-1) !== event.phase) told.phases.push(event.phase);
}
