import { createHash } from 'node:crypto';
import type { RunSpec } from '../../engine/ports/run-spec.ts';
import type { SampleRecord, Store } from '../../engine/ports/store.ts';
import { createClock } from '../../platform/host/clock.ts';
import { describeHost } from '../../platform/host/describe.ts';
import { openStore } from '../../platform/store/store.ts';
import type { Report } from '../../schemas/generated/messages.ts';

const labels = ['billing', 'outage', 'refund', 'login', 'delivery', 'other'];
const regions = ['north', 'south', 'east', 'west'];
const batchLength = 2000;

/** The benchmark that the generated run stands for. */
const text = `name: million
dataset: {path: rows.jsonl, input: q, target: a, slices: [region, channel]}
models: [small, large]
metrics: [accuracy, f1, exact-match, latency, time-to-first-token, tokens, cost]
`;

/**
 * Fills a new store with one run of two models over half as many rows; its samples look like a classifier's. `report` makes the report
 * that the run ends with.
 */
export async function generateStore(
  folder: string,
  samples: number,
  report: (store: Store, runId: string) => Promise<Report>,
): Promise<string> {
  const store = await openStore({ folder, clock: createClock() });
  const id = 'generated';
  const spec: RunSpec = {
    kind: 'benchmark',
    text,
    path: '/bench/million.bench.yaml',
    file: 'million.bench.yaml',
    name: 'million',
    folder: '/bench',
    origin: 'terminal',
  };
  try {
    await store.createRun({ id, spec, createdAt: Date.now() });
    const writer = await store.openWriter(id, describeHost());
    const rows = Math.ceil(samples / 2);
    await writer.begin({
      variants: ['small', 'large'].map((model, variant) => ({ variant, model, modelDigest: model })),
      environment: {
        workbench: '0',
        node: process.versions.node,
        platform: 'any',
        host: 'bench',
        seed: 7,
        fileDigest: 'f',
      },
      dataset: { path: 'rows.jsonl', digest: 'd', rows, trainingRows: 0, labels: labels.length },
    });
    const progress = { total: samples, done: samples, failed: 0, reused: 0, errors: {}, variants: [] };
    for (let from = 0; from < rows; from += batchLength / 2) {
      const batch: SampleRecord[] = [];
      for (let row = from; row < Math.min(rows, from + batchLength / 2); row++)
        batch.push(makeSample(row, 0), makeSample(row, 1));
      await writer.append(batch, progress);
    }
    await writer.finish({ state: 'succeeded', progress, headlines: [], report: await report(store, id) });
  } finally {
    await store.close();
  }
  return id;
}

/** Mixes row and variant into 0 … 1, the same every time. */
function chance(row: number, salt: number): number {
  let mixed = Math.imul(row + 1, 0x9e3779b1) ^ Math.imul(salt + 1, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
}

function makeSample(row: number, variant: number): SampleRecord {
  const input = `Ticket ${row}: the customer writes that nothing arrived and asks what to do next`;
  const target = labels[row % labels.length] ?? '';
  const failed = chance(row, 7 + variant) < 0.001;
  const right = chance(row, variant) < (variant === 0 ? 0.8 : 0.82);
  const base = {
    variant,
    row,
    rowDigest: createHash('sha256').update(input).digest('hex'),
    occurrence: 0,
    repeat: 0,
    input,
    target,
    slices: { region: regions[row % 4] ?? '', channel: row % 3 === 0 ? 'mail' : 'chat' },
    attempts: failed ? 3 : 1,
  };
  if (failed) return { ...base, scores: {}, failure: { class: 'rate-limit', message: '429 Too Many Requests' } };
  const latencyMs = (variant === 0 ? 120 : 400) * Math.exp(chance(row, 20 + variant) * 2 - 1);
  return {
    ...base,
    output: right ? target : (labels[(row + 1) % labels.length] ?? ''),
    right,
    scores: { accuracy: Number(right), 'exact-match': Number(right) },
    latencyMs,
    firstTokenMs: latencyMs / 3,
    inputTokens: 30 + (row % 17),
    outputTokens: 2,
    cost: (variant === 0 ? 1 : 6) * 1e-5 * (30 + (row % 17)),
  };
}
