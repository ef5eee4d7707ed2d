import { performance } from 'node:perf_hooks';
import path from 'node:path';
import type { Store } from '../../engine/ports/store.ts';
import { compareRuns, reportRun } from '../../engine/reports/compare-runs.ts';
import { createClock } from '../../platform/host/clock.ts';
import { openStore } from '../../platform/store/store.ts';
import type { SampleQuery } from '../../schemas/generated/messages.ts';
import { inFolder, median } from './measure.ts';
import { generateStore } from './sample-store.ts';

const pageLength = 100;

/** Report, first page and sorted or filtered pages of a generated run of so many samples. */
export async function benchReport(samples: number, rounds: number): Promise<void> {
  await inFolder(async parent => {
    const folder = path.join(parent, '.aiwb');
    const start = performance.now();
    const runId = await generateStore(folder, samples);
    console.log(`Report over ${samples} samples of 2 models (stored in ${seconds(performance.now() - start)}):`);
    const peakBefore = peakMemory();
    const computed = await timeOnce(folder, store => computeReport(store, runId));
    console.log(`  computed from the samples in ${seconds(computed)}; promise: under 10 s at 1,000,000`);
    console.log(`  peak memory ${peakMemory().toFixed(0)} MB (${peakBefore.toFixed(0)} MB before)`);
    const opened: number[] = [];
    for (let round = 0; round < rounds; round += 1) opened.push(await timeOnce(folder, store => openRun(store, runId)));
    console.log(`  stored run and first page read in ${milliseconds(median(opened))}; promise: 300 ms at 1,000,000`);
    await inStore(folder, store => benchQueries(store, runId));
  });
}

/** The generated run ended without a report, so it is made from its samples. */
async function computeReport(store: Store, runId: string): Promise<void> {
  const { signal } = new AbortController();
  const clock = createClock();
  await reportRun(runId, store, clock, signal);
  await compareRuns([runId], store, clock, signal);
}
