import path from 'node:path';
import type { Store } from '../../engine/ports/store.ts';
import { describeHost } from '../../platform/host/describe.ts';
import { openStore } from '../../platform/store/store.ts';
import type { MetricValue, PairedComparison, VariantResult } from '../../schemas/generated/messages.ts';
import { makeVariant } from './assessed.ts';
import { createSetClock, makeProgress, spec, type SetClock } from './runs.ts';

/** A run to remember: which benchmark, and what its models came to. */
export interface Remembered {
  readonly name: string;
  readonly file: string;
  readonly variants: readonly (Partial<VariantResult> & { readonly model: string })[];
  readonly text?: string;
  readonly comparisons?: readonly PairedComparison[];
  /** Milliseconds the run took; default a minute. */
  readonly duration?: number;
  readonly limit?: number;
  readonly samples?: number;
}

/** The store of a workspace folder, written by somebody else than the language server. */
export interface Memory {
  readonly store: Store;
  readonly clock: SetClock;
  /** Stores a run that succeeded; returns its id. */
  remember(run: Remembered): Promise<string>;
  close(): Promise<void>;
}

/** Its clock starts three hours ago; every run ends a minute after the one before. */
export async function openMemory(folder: string, storeFolder = path.join(folder, '.aiwb')): Promise<Memory> {
  const clock = createSetClock(Date.now() - 3 * 3_600_000);
  const store = await openStore({ folder: storeFolder, clock });
  let counter = 0;
  return {
    store,
    clock,
    async remember({ name, file, variants, text, comparisons = [], duration = 60_000, limit, samples = 100 }) {
      const id = `run-${String((counter += 1))}-${String(clock.now())}`;
      const own = { ...spec, name, file, folder, path: path.join(folder, file), text: text ?? `name: ${name}\n` };
      const run = await store.createRun({
        id,
        spec: { ...own, ...(limit !== undefined && { limit }) },
        createdAt: clock.now(),
      });
      const writer = await store.openWriter(id, describeHost());
      const results = variants.map((variant, index) =>
        makeVariant({ variant: index, runId: id, modelDigest: `digest of ${variant.model}`, ...variant }),
      );
      await writer.begin({
        variants: results.map(({ variant, model, modelDigest = '' }) => ({ variant, model, modelDigest })),
        environment: { workbench: '0.1.0', node: '24', platform: 'linux', host: 'here', seed: 7, fileDigest: 'f' },
        dataset: { path: 'd.csv', digest: 'rows', rows: samples, trainingRows: 0 },
      });
      clock.advance(duration);
      const progress = { ...makeProgress(samples), total: samples };
      await writer.finish({
        state: 'succeeded',
        progress: {
          ...progress,
          variants: results.map(({ variant, model }) => ({ variant, model, total: samples, done: samples, failed: 0 })),
        },
        headlines: [],
        report: {
          title: name,
          createdAt: clock.now(),
          runs: [run.summary],
          confidence: 0.95,
          baseline: 0,
          leading: 'accuracy',
          variants: results,
          comparisons: [...comparisons],
          gates: [],
          failures: [],
          notes: [],
        },
      });
      return id;
    },
    close: () => store.close(),
  };
}

export function latency(figure: 'mean' | 'p95', value: number): MetricValue {
  return {
    metric: `latency.${figure}`,
    label: `Latency, ${figure}`,
    kind: 'latency',
    unit: 'ms',
    direction: 'lower',
    value,
    n: 100,
  };
}

export function cost(value: number): MetricValue {
  return { metric: 'cost', label: 'Cost', kind: 'cost', unit: 'USD', direction: 'lower', value, n: 100 };
}
