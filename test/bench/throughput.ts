import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Report } from '../../schemas/generated/messages.ts';
import { aiwbFlags, inFolder, measureNode, median, root, startServer, writeRows, type Measured } from './measure.ts';
import { preparePromptfoo, runPromptfoo } from './promptfoo.ts';

const aiwb = path.join(root, 'dist', 'aiwb.mjs');

/** Rows a second of a whole run, scored and stored, from its start to its end as the store has them (reading the dataset included). */
async function runAiwb(folder: string): Promise<Measured & { readonly perSecond: number }> {
  const measured = await measureNode([...aiwbFlags, aiwb, 'run', 'a.bench.yaml', '--json'], folder);
  const { runs, variants } = JSON.parse(measured.stdout) as Report;
  const [run] = runs;
  const answered = variants.reduce((sum, { samples }) => sum + samples, 0);
  return { ...measured, perSecond: (answered * 1000) / ((run?.endedAt ?? 0) - (run?.startedAt ?? 0)) };
}

function writeBenchmark(folder: string, url: string, rows: number, stream: boolean): void {
  writeRows(path.join(folder, 'rows.jsonl'), rows);
  writeFileSync(
    path.join(folder, 'workbench.yaml'),
    `connections: {fake: {provider: openai, baseUrl: "${url}", model: fake}}\n`,
  );
  writeFileSync(
    path.join(folder, 'a.bench.yaml'),
    `name: bench\ndataset: {path: rows.jsonl, input: q, target: a}\nmodels: [fake]\nmetrics: [exact-match, latency, tokens${stream ? ', time-to-first-token' : ''}]\nlimits: {concurrency: 64}\n`,
  );
}

/** Bare loop and aiwb in turn on one server; the ratio of each pair, so that a machine that changes speed does not matter. */
export async function benchThroughput(rows: number, rounds: number, stream: boolean): Promise<void> {
  const server = await startServer(stream ? ['--words', '16'] : []);
  try {
    await inFolder(async folder => {
      writeBenchmark(folder, server.url, rows, stream);
      const bareArgs = [
        path.join(root, 'test/bench/bare-loop.ts'),
        '--url',
        server.url,
        '--rows',
        path.join(folder, 'rows.jsonl'),
        ...(stream ? ['--stream'] : []),
      ];
      const ratios: number[] = [];
      const bareRates: number[] = [];
      const ownRates: number[] = [];
      const peaks: number[] = [];
      const cpuStart = await server.cpuSeconds();
      for (let round = 0; round < rounds; round += 1) {
        const bare = JSON.parse((await measureNode(bareArgs, folder)).stdout) as { perSecond: number };
        const own = await runAiwb(folder);
        bareRates.push(bare.perSecond);
        ownRates.push(own.perSecond);
        ratios.push(own.perSecond / bare.perSecond);
        peaks.push(own.peakMemory);
      }
      const cpu = (await server.cpuSeconds()) - cpuStart;
      const kind = stream ? 'SSE, 16 tokens' : 'JSON';
      console.log(`${kind}, ${rows} rows, 64 connections, ${rounds} rounds:`);
      console.log(
        `  bare undici loop ${median(bareRates).toFixed(0)}/s, aiwb ${median(ownRates).toFixed(0)}/s, ratio ${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}); promise: at least 0.60`,
      );
      console.log(`  aiwb's peak memory ${median(peaks).toFixed(0)} MB; the server used ${cpu.toFixed(1)} s of CPU`);
    });
  } finally {
    server.stop();
  }
}

/** Memory at two sizes: flat means that the larger one hardly needs more. */
export async function benchMemory(sizes: readonly number[]): Promise<void> {
  const server = await startServer();
  try {
    for (const rows of sizes) {
      await inFolder(async folder => {
        writeBenchmark(folder, server.url, rows, false);
        const { peakMemory, perSecond } = await runAiwb(folder);
        console.log(
          `Memory at ${rows} rows: ${peakMemory.toFixed(0)} MB (${perSecond.toFixed(0)} rows/s); promise: under 300 MB at 100,000`,
        );
      });
    }
  } finally {
    server.stop();
  }
}

export async function benchPromptfoo(rows: number, rounds: number): Promise<void> {
  const installed = preparePromptfoo();
  const server = await startServer();
  try {
    await inFolder(async folder => {
      writeBenchmark(folder, server.url, rows, false);
      const ratios: number[] = [];
      const memories: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const peer = await runPromptfoo(installed, folder, server.url);
        const own = await runAiwb(folder);
        ratios.push(own.perSecond / peer.perSecond);
        memories.push(own.peakMemory / peer.peakMemory);
        console.log(
          `  round ${round + 1}: promptfoo ${peer.perSecond.toFixed(0)} rows/s in ${peer.peakMemory.toFixed(0)} MB, aiwb ${own.perSecond.toFixed(0)} rows/s in ${own.peakMemory.toFixed(0)} MB`,
        );
      }
      console.log(
        `promptfoo ${installed.version}, ${rows} rows, concurrency 64 both: ${median(ratios).toFixed(1)} times its rows a second (promise: 20), ${median(memories).toFixed(2)} of its memory (promise: 0.33)`,
      );
    });
  } finally {
    server.stop();
  }
}
