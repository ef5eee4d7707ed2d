import type { Workbench } from '../../schemas/generated/files.ts';
import type { PlatformJob } from '../../schemas/generated/messages.ts';
import { createOpenAiPlatform } from '../../engine/tuning/platforms/openai/platform.ts';
import type { PlatformPorts } from '../../engine/tuning/platform-ports.ts';
import type { JobBundle, JobEvent, LearningRow, TuningPlatform } from '../../engine/tuning/platform.ts';
import type { CreateHttpClient } from '../../engine/ports/http.ts';
import { findJobResult } from '../../engine/tuning/job-result.ts';
import { createFiles } from '../../platform/files/files.ts';
import { createQuarantine } from '../../platform/files/quarantine.ts';
import { createClock } from '../../platform/host/clock.ts';
import { createDigest } from '../../platform/host/digest.ts';
import { createHttpClient } from '../../platform/http/client.ts';
import { createContainers } from '../../platform/processes/containers.ts';
import { createPrograms } from '../../platform/processes/programs.ts';
import { createHurriedClock } from './clock.ts';
import { noTrainer } from './trainer.ts';
import { startFineTuningService, type FineTuningServer, type FineTuningServiceOptions } from './fine-tuning-service.ts';

export const serviceKey = 'sk-canary-1a2b3c4d5e6f';

/** Rows that a service learns by heart. */
export function makeLearningRows(rows: number, from = 0): LearningRow[] {
  return Array.from({ length: rows }, (_, at) => ({
    text: `question ${from + at}`,
    messages: [
      { role: 'system', content: 'Answer with one word.' },
      { role: 'user', content: `question ${from + at}` },
    ],
    label: `answer-${(from + at) % 7}`,
  }));
}

export function makeServiceBundle(change: Partial<JobBundle> = {}): JobBundle {
  return {
    ...{ runId: 'r-20261130-abc', name: 'Ticket triage', task: 'text-generation' },
    base: { kind: 'service', model: 'gpt-4o-mini-2024-07-18' },
    method: { name: 'lora', rank: 16, alpha: 32, dropout: 0, merge: false },
    inputs: [
      { role: 'train', aspect: 'core-performance', digest: 't1', weight: 1, rows: makeLearningRows(20) },
      { role: 'validation', aspect: 'core-performance', digest: 'v1', weight: 1, rows: makeLearningRows(6, 100) },
    ],
    ...{ output: 'runs/aiwb-r-20261130-abc', labels: [], seed: 7, bootDeadline: 1200, trainingDigest: 'd' },
    hyperparameters: { epochs: 3, learningRate: 0.0002, l2: 0, batchSize: 4 },
    evaluation: {
      ...{ metrics: ['accuracy'], every: { epochs: 1 }, limit: 200, maxTokens: 64 },
      select: { aspect: 'core-performance', metric: 'loss', label: 'Loss', direction: 'lower' },
    },
    ...change,
  };
}

/** How long a process lives: it hears of each step before and after it, and dies where it returns true: nothing more happens in it. */
export interface Life {
  dies(step: string): boolean;
}

/** A service and the platform in front of it, with a memory of what was recorded, as the store would keep it. */
export interface ServiceWorld {
  readonly server: FineTuningServer;
  readonly records: PlatformJob[];
  readonly sleeps: readonly number[];
  /** A new process: nothing is known but what was recorded. */
  connect(settings?: Partial<Parameters<typeof createOpenAiPlatform>[1]>, life?: Life): TuningPlatform;
  record(job: PlatformJob): Promise<void>;
  close(): Promise<void>;
}

export interface ServiceWorldOptions extends FineTuningServiceOptions {
  /** The key, or what gives a token each time it is asked. */
  readonly secret?: () => string;
  readonly connection?: Partial<NonNullable<Workbench['connections']>[string]>;
}

export async function openService(options: ServiceWorldOptions = {}): Promise<ServiceWorld> {
  const { secret = () => serviceKey } = options;
  const server = await startFineTuningService({ accepts: key => key === serviceKey, ...options });
  const clock = createHurriedClock(createClock());
  const records: PlatformJob[] = [];
  const programs = createPrograms(() => false);
  const key = options.secret === undefined ? { env: 'KEY' } : { command: 'print-token' };
  const connection =
    options.azure === true
      ? { provider: 'azure-openai', endpoint: server.origin, model: 'tuned', apiKey: key, ...options.connection }
      : { provider: 'openai', baseUrl: server.url, model: 'gpt', apiKey: key, ...options.connection };
  const ports: PlatformPorts = {
    ...{ files: createFiles(), clock, digest: createDigest(), random: () => 0.5 },
    secrets: { resolve: () => Promise.resolve(secret()) },
    ...{ createHttp: createHttpClient, networkFor: () => ({}), programs, containers: createContainers(programs) },
    host: { workbench: '0.1.0', node: '24', platform: 'linux', host: 'here', cpus: 2 },
    usage: { hardware: '2 × test', read: () => ({ cpuSeconds: 1, peakMemoryBytes: 1 }) },
    ...{ quarantine: createQuarantine(), trainer: noTrainer, trainerFolder: '/nowhere/trainer', findJobResult },
    ...{ folder: '/nowhere', scratch: '/nowhere/.aiwb/tuning', blobs: noBlobs },
    ...{ quarantine: createQuarantine(), trainer: noTrainer, trainerFolder: '/nowhere' },
    config: { connections: { gpt: connection } } as Workbench,
  };
  return {
    ...{ server, records, sleeps: clock.sleeps },
    connect: (settings, life) =>
      createOpenAiPlatform(
        'tuner',
        { type: 'openai', connection: 'gpt', ...settings },
        life === undefined ? ports : { ...ports, createHttp: createMortalHttp(life) },
      ),
    async record(job) {
      records.push(structuredClone(job));
    },
    close: () => server.close(),
  };
}

/** Of a dead process nothing is heard any more. */
export async function live<Value>(life: Life, step: string, act: () => Promise<Value>): Promise<Value> {
  if (life.dies(`before ${step}`)) await new Promise<never>(() => undefined);
  const value = await act();
  if (life.dies(`after ${step}`)) await new Promise<never>(() => undefined);
  return value;
}

function createMortalHttp(life: Life): CreateHttpClient {
  return (origin, options) => {
    const http = createHttpClient(origin, options);
    return {
      send: (request, receiver, signal) =>
        live(life, `${request.method} ${request.url}`, () => http.send(request, receiver, signal)),
      close: () => http.close(),
    };
  };
}

const refuse = (): never => {
  throw new Error('A service keeps its own weights.');
};
const noBlobs: PlatformPorts['blobs'] = { put: refuse, read: refuse, has: refuse, adopt: refuse, locate: refuse };

/** Starts the job and follows it to its end. */
export async function trainOnService(
  world: ServiceWorld,
  platform: TuningPlatform,
  bundle: JobBundle,
  signal = new AbortController().signal,
): Promise<JobEvent[]> {
  const handle = await platform.submit(bundle, world.records.at(-1), job => world.record(job), signal);
  const events: JobEvent[] = [];
  for await (const event of platform.events(handle, signal)) events.push(event);
  return events;
}
