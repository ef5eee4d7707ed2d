import { performance } from 'node:perf_hooks';
import path from 'node:path';
import type { Store } from '../../engine/ports/store.ts';
import { reportRun } from '../../engine/reports/compare-runs.ts';
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
    const { signal } = new AbortController();
    let computed = 0;
    const runId = await generateStore(folder, samples, async (store, id) => {
      const stored = performance.now();
      const report = await reportRun(id, store, createClock(), signal);
      computed = performance.now() - stored;
      console.log(`Report over ${samples} samples of 2 models (stored in ${seconds(stored - start)}):`);
      return report;
    });
    console.log(`  computed from the samples in ${seconds(computed)}; promise: under 10 s at 1,000,000`);
    console.log(`  peak memory ${peakMemory().toFixed(0)} MB, storing them included`);
    const opened: number[] = [];
    for (let round = 0; round < rounds; round += 1)
      opened.push(await inStore(folder, store => time(() => openRun(store, runId))));
    console.log(`  stored run and first page read in ${milliseconds(median(opened))}; promise: 300 ms at 1,000,000`);
    await inStore(folder, store => benchQueries(store, runId));
  });
}

/** What a page needs to open: the run with its report, and the first rows. */
async function openRun(store: Store, runId: string): Promise<void> {
  await Promise.all([store.getRun(runId), store.querySamples({ runId, limit: pageLength })]);
}

async function benchQueries(store: Store, runId: string): Promise<void> {
  const queries: readonly (readonly [string, Omit<SampleQuery, 'runId' | 'limit'>])[] = [
    ['scrolled to the middle', { offset: 500_000 }],
    ['by latency, the longest first', { sort: { by: 'latency', descending: true } }],
    ['by answer', { sort: { by: 'output' } }],
    ['one slice of wrong answers by cost', { ...wrongInNorth, sort: { by: 'cost' } }],
    ['with a text', { text: '777' }],
  ];
  for (const [name, query] of queries) {
    const asked = { runId, limit: pageLength, ...query };
    const first = await time(() => store.querySamples(asked));
    const again = await time(() => store.querySamples({ ...asked, offset: 50_000 }));
    console.log(`  page ${name}: ${milliseconds(first)} at first, ${milliseconds(again)} for a page further on`);
  }
  const answered = await longestWait(store, runId);
  console.log(`  while an order is made, others wait ${milliseconds(answered)} at most`);
}

const wrongInNorth = { where: { right: false, slices: [{ column: 'region', value: 'north' }] } };

/** How long a heartbeat would wait while a page sorts all inputs. */
async function longestWait(store: Store, runId: string): Promise<number> {
  let longest = 0;
  const state = { isSorting: true };
  const sorting = store.querySamples({ runId, limit: pageLength, sort: { by: 'input' } }).finally(() => {
    state.isSorting = false;
  });
  while (state.isSorting) longest = Math.max(longest, await time(() => store.dataVersion()));
  await sorting;
  return longest;
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function inStore<T>(folder: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore({ folder, clock: createClock() });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

function peakMemory(): number {
  return process.resourceUsage().maxRSS / 1024;
}

function seconds(duration: number): string {
  return `${(duration / 1000).toFixed(1)} s`;
}

function milliseconds(duration: number): string {
  return `${duration.toFixed(0)} ms`;
}
