import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Clock } from '../../engine/ports/clock.ts';
import type { RunPlanRecord, SampleRecord } from '../../engine/ports/store.ts';
import type { RunSpec } from '../../engine/ports/run-spec.ts';
import type { RunProgress } from '../../schemas/generated/messages.ts';

/** A run's specification, plan and samples as small as they can be, for tests of the store. */
export const spec: RunSpec = {
  text: 'name: sample\n',
  path: '/home/ada/sample.bench.yaml',
  file: 'sample.bench.yaml',
  name: 'sample',
  folder: '/home/ada',
  kind: 'benchmark',
  origin: 'terminal',
};

export function makePlan(variants = 2): RunPlanRecord {
  return {
    variants: Array.from({ length: variants }, (_, variant) => ({
      variant,
      model: `model-${variant}`,
      modelDigest: `digest-${variant}`,
      prompt: 'prompts/short.prompt.yml',
      promptDigest: 'p1',
    })),
    environment: { workbench: '0.1.0', node: '24', platform: 'linux', host: 'here', seed: 1, fileDigest: 'b' },
    dataset: { path: 'data/rows.jsonl', digest: 'dataset-1', rows: 100, trainingRows: 0 },
  };
}

export function makeProgress(done = 0): RunProgress {
  return { total: 100, done, failed: 0, reused: 0, errors: {}, variants: [] };
}

export function makeSample(row: number, changes: Partial<SampleRecord> = {}): SampleRecord {
  const input = `question ${row}`;
  return {
    variant: 0,
    row,
    rowDigest: createHash('sha256').update(input).digest('hex'),
    occurrence: 0,
    repeat: 0,
    input,
    target: `label-${row % 3}`,
    slices: { region: row % 2 === 0 ? 'north' : 'south' },
    output: `label-${row % 2}`,
    right: row % 2 === 0,
    scores: { 'exact-match': row % 2 === 0 ? 1 : 0 },
    latencyMs: 10 + row / 4,
    inputTokens: 7,
    attempts: 1,
    ...changes,
  };
}

export function makeSamples(count: number, changes: Partial<SampleRecord> = {}, from = 0): SampleRecord[] {
  return Array.from({ length: count }, (_, index) => makeSample(from + index, changes));
}

/** The sample without some of its optional fields. */
export function without(sample: SampleRecord, ...names: (keyof SampleRecord)[]): SampleRecord {
  const left = Object.entries(sample).filter(([name]) => !names.some(unwanted => unwanted === name));
  return Object.fromEntries(left) as unknown as SampleRecord;
}

export function makeStoreFolder(): string {
  return path.join(mkdtempSync(path.join(tmpdir(), 'aiwb-store-')), '.aiwb');
}

/** The wall clock moves only when told to. */
export interface SetClock extends Clock {
  advance(milliseconds: number): void;
}

export function createSetClock(start = Date.now()): SetClock {
  let time = start;
  return {
    now: () => time,
    monotonic: () => time,
    sleep: () => Promise.resolve(),
    every: () => () => undefined,
    after: () => () => undefined,
    advance(milliseconds) {
      time += milliseconds;
    },
  };
}
