import { rmSync } from 'node:fs';
import path from 'node:path';
import type { SampleRecord, Store } from '../../engine/ports/store.ts';
import { parseDocument } from '../../engine/documents/parse.ts';
import { reportRun } from '../../engine/reports/compare-runs.ts';
import { judgeGates } from '../../engine/reports/gates.ts';
import { describeHost } from '../../platform/host/describe.ts';
import { openStore } from '../../platform/store/store.ts';
import type { Report, RunProgress } from '../../schemas/generated/messages.ts';
import { createSetClock, makePlan, makeProgress, makeStoreFolder, spec, type SetClock } from './runs.ts';

/** A store with runs whose samples are given, for tests of reports and exports. */
export interface ReportWorld {
  readonly store: Store;
  readonly clock: SetClock;
  readonly signal: AbortSignal;
  /** Stores a run of two models that ended with its report. `benchmark` is the rest of its text, after models. */
  run(id: string, samples: readonly SampleRecord[], benchmark?: string): Promise<Report>;
  close(): Promise<void>;
}

export async function openReportWorld(): Promise<ReportWorld> {
  const clock = createSetClock(1_790_000_000_000);
  const folder = makeStoreFolder();
  const store = await openStore({ folder, clock });
  const { signal } = new AbortController();
  return {
    store,
    clock,
    signal,
    async run(id, samples, benchmark = 'metrics: [accuracy, latency, cost]') {
      const text = `name: sample\ndataset: {path: rows.jsonl, input: q, target: a}\nmodels: [model-0, model-1]\n${benchmark}\n`;
      clock.advance(1000);
      await store.createRun({ id, spec: { ...spec, text }, createdAt: clock.now() });
      const writer = await store.openWriter(id, describeHost());
      const plan = makePlan();
      await writer.begin({
        ...plan,
        variants: plan.variants.map(({ variant, model, modelDigest }) => ({ variant, model, modelDigest })),
      });
      const progress = progressOf(samples);
      for (let from = 0; from < samples.length; from += 1000)
        await writer.append(samples.slice(from, from + 1000), progress);
      clock.advance(1000);
      const sofar = await reportRun(id, store, clock, signal);
      const gates = judgeGates(parseDocument('bench', text).value?.gate ?? [], sofar.variants, true);
      const report = { ...sofar, gates, notes: sofar.notes.filter(note => !note.startsWith('Partial')) };
      await writer.finish({ state: 'succeeded', progress, headlines: [], report });
      return reportRun(id, store, clock, signal);
    },
    async close() {
      await store.close();
      rmSync(path.dirname(folder), { recursive: true, force: true });
    },
  };
}

function progressOf(samples: readonly SampleRecord[]): RunProgress {
  const errors: Record<string, number> = {};
  for (const { failure } of samples)
    if (failure !== undefined) errors[failure.class] = (errors[failure.class] ?? 0) + 1;
  const failed = Object.values(errors).reduce((sum, count) => sum + count, 0);
  return { ...makeProgress(samples.length), total: samples.length, failed, errors };
}
