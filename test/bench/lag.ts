import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { FakeRecord } from '../fakes/fake-server.ts';
import { aiwbFlags, inFolder, measureNode, root, startServer } from './measure.ts';

const aiwb = path.join(root, 'dist', 'aiwb.mjs');

interface Streams {
  /** Answers under way at once. */
  readonly streams: number;
  /** Milliseconds between two events of one stream. */
  readonly delay: number;
  readonly words: number;
  readonly rows: number;
  readonly promise: string;
}

/**
 * How much later the engine saw a first token than the server handed it to its socket, each request matched with its sample: both clocks
 * count from the request, so what is left is the way there and back, the server's own queue, and the engine.
 */
export async function benchLag(): Promise<void> {
  await measureLag({ streams: 64, delay: 21, words: 40, rows: 1000, promise: 'p99 under 1 ms' });
  await measureLag({ streams: 1000, delay: 330, words: 20, rows: 3000, promise: 'median under 5 ms' });
}

async function measureLag({ streams, delay, words, rows, promise }: Streams): Promise<void> {
  const server = await startServer(['--words', String(words), '--token-delay', String(delay), '--record', '--spread']);
  try {
    await inFolder(async folder => {
      const lines = Array.from({ length: rows }, (_, row) => JSON.stringify({ q: `Say something #r${row}x`, a: 'w0' }));
      writeFileSync(path.join(folder, 'rows.jsonl'), `${lines.join('\n')}\n`);
      writeFileSync(
        path.join(folder, 'workbench.yaml'),
        `connections: {fake: {provider: openai, baseUrl: "${server.url}", model: fake}}\n`,
      );
      writeFileSync(
        path.join(folder, 'a.bench.yaml'),
        `name: lag\ndataset: {path: rows.jsonl, input: q, target: a}\nmodels: [fake]\nmetrics: [exact-match, latency, time-to-first-token]\nlimits: {concurrency: ${streams}}\n`,
      );
      const started = performance.now();
      await measureNode([...aiwbFlags, aiwb, 'run', 'a.bench.yaml', '--json'], folder);
      const seconds = (performance.now() - started) / 1000;
      const exported = await measureNode([aiwb, 'runs', 'export', 'latest', '--to', 'jsonl'], folder);
      const seen = new Map<string, number>();
      for (const line of exported.stdout.trim().split('\n')) {
        const { input, first_token_ms: first } = JSON.parse(line) as { input: string; first_token_ms: number | null };
        const tag = /#(\w+)/.exec(input)?.[1];
        if (tag !== undefined && first !== null) seen.set(tag, first);
      }
      const records = (await (await fetch(new URL('/__requests', server.url))).json()) as FakeRecord[];
      records.sort((one, other) => one.receivedAt - other.receivedAt);
      const lagsOf = (some: readonly FakeRecord[]): number[] =>
        some
          .flatMap(({ tag, receivedAt, firstTokenAt }) => {
            const own = tag === undefined ? undefined : seen.get(tag);
            return own === undefined || firstTokenAt === undefined ? [] : [own - (firstTokenAt - receivedAt)];
          })
          .sort((one, other) => one - other);
      const all = lagsOf(records);
      const perSecond = (all.length * (words + 2)) / seconds;
      console.log(
        `First token, ${streams} streams at once, ${all.length} of ${rows} requests matched, about ${perSecond.toFixed(0)} events/s:`,
      );
      console.log(`  lag behind the server: ${describe(all)}; promise: ${promise}`);
      console.log(
        `  without each connection's first request, which opens it: ${describe(lagsOf(records.slice(streams)))}`,
      );
    });
  } finally {
    server.stop();
  }
}

function describe(sorted: readonly number[]): string {
  const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN).toFixed(2);
  return `median ${at(0.5)} ms, p90 ${at(0.9)} ms, p99 ${at(0.99)} ms`;
}
