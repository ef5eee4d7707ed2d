import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { WorkbenchError } from '../../engine/base/errors.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { RunRecord, Store } from '../../engine/ports/store.ts';
import type { RunPorts } from '../../engine/runs/ports.ts';
import { createRun, specifyRun, type RunRequest } from '../../engine/runs/start.ts';
import { executeTuning, type TuningOptions } from '../../engine/tuning/execute.ts';
import { findJobResult } from '../../engine/tuning/job-result.ts';
import { createFiles } from '../../platform/files/files.ts';
import { createQuarantine } from '../../platform/files/quarantine.ts';
import { createClock } from '../../platform/host/clock.ts';
import { describeHost } from '../../platform/host/describe.ts';
import { createDigest } from '../../platform/host/digest.ts';
import { createContainers } from '../../platform/processes/containers.ts';
import { createPrograms } from '../../platform/processes/programs.ts';
import { openStore } from '../../platform/store/store.ts';
import { identity } from './evidence.ts';
import { makeStoreFolder } from './runs.ts';
import { createSeeded } from './seeded.ts';
import { noTrainer } from './trainer.ts';

export interface TicketRow {
  readonly text: string;
  readonly topic: string;
  readonly channel: string;
  readonly split: string;
}

const words: Readonly<Record<string, readonly string[]>> = {
  billing: ['invoice', 'refund', 'charged', 'payment', 'price'],
  login: ['password', 'locked', 'account', 'signin', 'reset'],
  delivery: ['parcel', 'late', 'tracking', 'courier', 'broken'],
};
const fillers = ['please', 'hello', 'today', 'again', 'help', 'about', 'still', 'week', 'order', 'question'];

/** Rows that can mostly be told apart, each text once. `noise` is the share of rows with a topic drawn at random. */
export function makeTickets(
  rows: number,
  options: { seed?: number; noise?: number; prefix?: string } = {},
): TicketRow[] {
  const random = createSeeded(options.seed ?? 1);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const topics = Object.keys(words);
  return Array.from({ length: rows }, (_, index) => {
    const topic = topics[index % topics.length]!;
    const told = Array.from({ length: 7 }, () => pick(random() < 0.45 ? words[topic]! : fillers));
    return {
      text: `${options.prefix ?? 'ticket'} ${index} ${told.join(' ')}`,
      topic: random() < (options.noise ?? 0) ? pick(topics) : topic,
      channel: pick(['email', 'chat']),
      split: index % 3 === 2 && index % 2 === 0 ? 'test' : index % 5 === 0 ? 'test' : 'train',
    };
  });
}

export function toJsonLines(rows: readonly object[]): string {
  return rows.map(row => `${JSON.stringify(row)}\n`).join('');
}

/** A tuning job over `tickets.jsonl`; `more` is further YAML at the top level. */
export function makeJob(more = '', aspects = coreAspect()): string {
  return `name: triage\nbase: embedded:linear\naspects:\n${aspects}${more}`;
}

export function coreAspect(more = ''): string {
  return `  core-performance:\n${more}    dataset: {path: tickets.jsonl, input: text, target: topic, slices: [channel], split: {field: split, train: train, test: test}}\n`;
}

/** A workspace with a store in a temporary folder, and hands to run tuning jobs in it. */
export interface TuningWorld {
  readonly folder: string;
  readonly store: Store;
  readonly ports: RunPorts;
  write(name: string, text: string): void;
  /** Records a run of this job's text. */
  create(job: string, request?: Partial<RunRequest> & { readonly anonymous?: boolean }): Promise<RunRecord>;
  execute(record: RunRecord, options?: Partial<TuningOptions>, signal?: AbortSignal): Promise<RunRecord>;
  /** `create` and `execute`. */
  run(job: string, options?: Partial<TuningOptions>): Promise<RunRecord>;
  close(): Promise<void>;
}

export async function openTuning(change: (clock: Clock) => Clock = clock => clock): Promise<TuningWorld> {
  const clock = change(createClock());
  const storeFolder = makeStoreFolder();
  const folder = path.dirname(storeFolder);
  const store = await openStore({ folder: storeFolder, clock });
  const { host, node, platform, cpus } = describeHost();
  let used = 0;
  const ports: RunPorts = {
    files: createFiles(),
    clock,
    digest: createDigest(),
    random: Math.random,
    secrets: { resolve: () => Promise.reject(new Error('No secret is needed.')) },
    createHttp: () => {
      throw new Error('Nothing is sent.');
    },
    networkFor: () => ({}),
    host: { workbench: '0.1.0', node, platform, host, cpus },
    quarantine: createQuarantine(),
    trainerFolder: '/nowhere/trainer',
    trainer: noTrainer,
    findJobResult,
    programs: createPrograms(() => false),
    containers: createContainers(createPrograms(() => false)),
    usage: { hardware: '2 × test', read: () => ({ cpuSeconds: (used += 1), peakMemoryBytes: 50_000_000 }) },
  };
  const signal = new AbortController().signal;
  const world: TuningWorld = {
    folder,
    store,
    ports,
    write(name, text) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    },
    async create(job, { anonymous, ...request } = {}) {
      world.write('triage.tune.yaml', job);
      const whoAmI = () =>
        anonymous === true
          ? Promise.reject(new WorkbenchError('identity-missing', 'Git knows nobody.'))
          : Promise.resolve(identity('trainer'));
      const spec = await specifyRun(
        { path: path.join(folder, 'triage.tune.yaml'), folder, origin: 'terminal', ...request },
        ports.files,
        { whoAmI },
        signal,
      );
      return createRun(spec, store, ports, signal);
    },
    execute: (record, options = {}, stop = signal) =>
      executeTuning(record.summary.id, store, ports, { owner: describeHost(), ...options }, stop),
    run: async (job, options) => world.execute(await world.create(job), options),
    close: async () => {
      await store.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  world.write('tickets.jsonl', toJsonLines(makeTickets(240)));
  return world;
}
