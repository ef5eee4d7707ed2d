import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Containers } from '../../engine/ports/containers.ts';
import type { RunRecord, SampleRecord, Store } from '../../engine/ports/store.ts';
import { executeRun } from '../../engine/runs/execute.ts';
import type { RunPorts } from '../../engine/runs/ports.ts';
import { createRun, specifyRun, type RunRequest } from '../../engine/runs/start.ts';
import { findJobResult } from '../../engine/tuning/job-result.ts';
import { createFiles } from '../../platform/files/files.ts';
import { createQuarantine } from '../../platform/files/quarantine.ts';
import { createClock } from '../../platform/host/clock.ts';
import { describeHost } from '../../platform/host/describe.ts';
import { createDigest } from '../../platform/host/digest.ts';
import { createHttpClient } from '../../platform/http/client.ts';
import { createPrograms } from '../../platform/processes/programs.ts';
import { openStore } from '../../platform/store/store.ts';
import { identity } from './evidence.ts';
import { makeStoreFolder } from './runs.ts';
import { noTrainer } from './trainer.ts';

/** A workspace with a store in a temporary folder, and hands to run benchmarks in it. */
export interface BenchWorld {
  readonly folder: string;
  readonly store: Store;
  readonly ports: RunPorts;
  write(name: string, text: string): void;
  create(bench: string, request?: Partial<RunRequest>): Promise<RunRecord>;
  execute(record: RunRecord, signal?: AbortSignal): Promise<RunRecord>;
  /** `create` and `execute`. */
  run(bench: string, request?: Partial<RunRequest>): Promise<RunRecord>;
  /** Samples by row, of one variant. */
  samples(record: RunRecord, variant?: number): Promise<readonly SampleRecord[]>;
  close(): Promise<void>;
}

const never = new AbortController().signal;

export async function openBench(containers?: Containers): Promise<BenchWorld> {
  const clock = createClock();
  const storeFolder = makeStoreFolder();
  const folder = path.dirname(storeFolder);
  const store = await openStore({ folder: storeFolder, clock });
  const { host, node, platform, cpus } = describeHost();
  const unavailable = (): Promise<never> => Promise.reject(new Error('There is no container here.'));
  const ports: RunPorts = {
    files: createFiles(),
    clock,
    digest: createDigest(),
    random: Math.random,
    secrets: { resolve: () => Promise.reject(new Error('No secret is needed.')) },
    createHttp: createHttpClient,
    networkFor: () => ({}),
    host: { workbench: '0.1.0', node, platform, host, cpus },
    usage: { hardware: '2 × test', read: () => ({ cpuSeconds: 1, peakMemoryBytes: 50_000_000 }) },
    quarantine: createQuarantine(),
    trainerFolder: '/nowhere/trainer',
    trainer: noTrainer,
    findJobResult,
    programs: createPrograms(() => true),
    containers: containers ?? { prepare: unavailable, run: unavailable },
  };
  const write = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };
  const world: BenchWorld = {
    folder,
    store,
    ports,
    write,
    async create(bench, request = {}) {
      write('a.bench.yaml', bench);
      const spec = await specifyRun(
        { path: path.join(folder, 'a.bench.yaml'), folder, origin: 'terminal', ...request },
        ports.files,
        { whoAmI: () => Promise.resolve(identity('ada')) },
        never,
      );
      return createRun(spec, store, ports, never);
    },
    execute: (record, signal = never) => executeRun(record.summary.id, store, ports, { owner: describeHost() }, signal),
    run: async (bench, request) => world.execute(await world.create(bench, request)),
    async samples(record, variant = 0) {
      const found: SampleRecord[] = [];
      for await (const batch of store.readSamples(record.summary.id, never, variant)) found.push(...batch);
      return found.sort((a, b) => a.row - b.row || a.repeat - b.repeat);
    },
    close: async () => {
      await store.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  return world;
}

/** Rows `row 0 ANSWER=…`, whose answer is told to the fake server, and whose target is `a`. */
export function makeRows(answers: readonly string[]): string {
  return answers.map((answer, row) => `${JSON.stringify({ q: `row ${row} ANSWER=${answer}`, a: 'a' })}\n`).join('');
}
