import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Frame, Page } from 'playwright-core';
import { createRunOutput } from '../../engine/notebooks/run-output.ts';
import { reportRun } from '../../engine/reports/compare-runs.ts';
import { createClock } from '../../platform/host/clock.ts';
import { openStore } from '../../platform/store/store.ts';
import type { ScenarioContext } from '../host/launcher/scenario.ts';
import { median } from './measure.ts';
import { watchOutputs, type FrameReading, type OutputWatch } from './notebook-watch.ts';
import { generateStore } from './sample-store.ts';

const samples = 1_000_000;
const rounds = 5;
const scrollSeconds = 4;

/** Opens a notebook whose output is a run of a million samples, several times, and uses its table of samples. */
export async function scenario(given: ScenarioContext): Promise<void> {
  const { workspace, context, page, openFile, runCommand, log } = given;
  const size = await writeNotebook(workspace);
  log(`Notebook: the output itself ${kilobytes(size)}`);
  await context.addInitScript(watchOutputs);
  await page.setViewportSize({ width: 1280, height: 1400 });
  await runCommand('View: Close Primary Side Bar');
  const painted: number[] = [];
  const loaded: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await openFile('million.ipynb');
    const { arrived, ready, drawn } = await untilDrawn(page);
    painted.push(drawn - arrived);
    loaded.push(drawn - ready);
    if (round < rounds - 1) await runCommand('View: Close All Editors');
  }
  log(`Notebook: first paint ${milliseconds(median(painted))} after the output came (${list(painted)})`);
  log(`Notebook: of it ${milliseconds(median(loaded))} after our code had been fetched (${list(loaded)})`);
  const frame = await findFrame(page);
  log(
    `Notebook: first rows ${milliseconds(await timed(frame, '.bar button:has-text("Samples")'))} after Samples was pressed`,
  );
  const table = page.frameLocator('iframe.webview').frameLocator('#active-frame').locator('aiwb-sample-list .samples');
  await table.hover();
  const scrolled = await whileRecording(frame, async () => {
    const until = Date.now() + scrollSeconds * 1000;
    while (Date.now() < until) await page.mouse.wheel(0, 240);
  });
  log(`Notebook: scrolling by wheel, ${describe(scrolled)}`);
  const jumped = await whileRecording(frame, async () => {
    for (let stop = 1; stop <= 40; stop += 1) {
      await frame.evaluate(part => {
        const { scroller } = (globalThis as unknown as { aiwbWatch: OutputWatch }).aiwbWatch.list() ?? {};
        if (scroller !== undefined) scroller.scrollTop = scroller.scrollHeight * part;
      }, stop / 41);
      await page.waitForTimeout(60);
    }
  });
  log(`Notebook: dragging through all of them, ${describe(jumped)}`);
  const sort = 'aiwb-sample-list thead button:has-text("Latency")';
  log(`Notebook: sorted by latency ${milliseconds(await timed(frame, sort))} after the heading was pressed`);
  const sizes = await frame.evaluate(() => (globalThis as unknown as { aiwbWatch: OutputWatch }).aiwbWatch.messages);
  log(
    `Notebook: ${String(sizes.length)} messages to the output, median ${kilobytes(median(sizes))}, largest ${kilobytes(Math.max(...sizes))}`,
  );
}

async function writeNotebook(workspace: string): Promise<number> {
  const folder = path.join(workspace, '.aiwb');
  const { signal } = new AbortController();
  const runId = await generateStore(folder, samples, (store, id) => reportRun(id, store, createClock(), signal));
  const store = await openStore({ folder, clock: createClock() });
  try {
    const { summary, report } = await store.getRun(runId);
    if (report === undefined) throw new Error('The generated run has no report.');
    const data = createRunOutput(summary, 'million', { report });
    const cell = {
      cell_type: 'code',
      execution_count: 1,
      metadata: {},
      source: ['name: million\n'],
      outputs: [{ output_type: 'display_data', metadata: {}, data: { 'application/vnd.aiwb.run+json': data } }],
    };
    const notebook = {
      cells: [cell],
      metadata: {
        kernelspec: { display_name: 'AI Workbench', language: 'yaml', name: 'ai-workbench' },
        language_info: { name: 'yaml' },
      },
      nbformat: 4,
      nbformat_minor: 4,
    };
    writeFileSync(path.join(workspace, 'million.ipynb'), JSON.stringify(notebook));
    return JSON.stringify(data).length;
  } finally {
    await store.close();
  }
}

/** The notebook's own frame: the one in which our output was drawn. */
async function findFrame(page: Page): Promise<Frame> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    for (const frame of page.frames()) {
      const isOurs = await frame
        .evaluate(() => (globalThis as unknown as { aiwbWatch?: OutputWatch }).aiwbWatch?.drawn !== undefined)
        .catch(() => false);
      if (isOurs) return frame;
    }
    await page.waitForTimeout(100);
  }
  throw new Error('No output was drawn.');
}

async function untilDrawn(page: Page): Promise<{ arrived: number; ready: number; drawn: number }> {
  const frame = await findFrame(page);
  return await frame.evaluate(() => {
    const { arrived = 0, drawn = 0 } = (globalThis as unknown as { aiwbWatch: OutputWatch }).aiwbWatch;
    const ours = performance.getEntriesByType('resource').filter(({ name }) => name.includes('/dist/renderers/'));
    const fetched = ours.map(entry => (entry as PerformanceResourceTiming).responseEnd).filter(end => end < drawn);
    return { arrived, drawn, ready: Math.max(arrived, ...fetched) };
  });
}

function list(durations: readonly number[]): string {
  return durations.map(milliseconds).join(', ');
}

/** From the click in the frame until the first row that was not there before is painted. */
async function timed(frame: Frame, selector: string): Promise<number> {
  await frame.evaluate(() => (globalThis as unknown as { aiwbWatch: OutputWatch }).aiwbWatch.expectRows());
  await frame.locator(selector).first().click();
  return await frame.evaluate(() => (globalThis as unknown as { aiwbWatch: OutputWatch }).aiwbWatch.rowsPainted());
}

async function whileRecording(frame: Frame, act: () => Promise<void>): Promise<readonly FrameReading[]> {
  await frame.evaluate(() => (globalThis as unknown as { aiwbWatch: OutputWatch }).aiwbWatch.record());
  await act();
  return await frame.evaluate(() => (globalThis as unknown as { aiwbWatch: OutputWatch }).aiwbWatch.stop());
}

function describe(readings: readonly FrameReading[]): string {
  const gaps = readings.map(({ gap }) => gap).sort((a, b) => a - b);
  const at = (share: number): string => milliseconds(gaps[Math.floor((gaps.length - 1) * share)] ?? 0);
  const blank = readings.filter(({ isBlank }) => isBlank).length;
  const waiting = readings.filter(({ isWaiting }) => isWaiting).length;
  return `${String(readings.length)} frames: median gap ${at(0.5)}, 95th percentile ${at(0.95)}, longest ${at(1)}; ${String(blank)} blank, ${String(waiting)} with a row still to come`;
}

function milliseconds(duration: number): string {
  return `${duration.toFixed(0)} ms`;
}

function kilobytes(length: number): string {
  return `${(length / 1000).toFixed(0)} kB`;
}
