import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

export interface Measured {
  readonly stdout: string;
  readonly seconds: number;
  /** Highest resident memory, MB; 0 where the system does not tell. */
  readonly peakMemory: number;
}

/** The flags of the command line's own first line. */
export const aiwbFlags: readonly string[] = ['--max-semi-space-size=8'];

/** Runs a Node program to its end and tells what it printed, how long it took and how much memory it had. */
export async function measureNode(
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Measured> {
  const start = performance.now();
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  let peakMemory = 0;
  const look = setInterval(() => (peakMemory = Math.max(peakMemory, readPeak(child))), 20);
  child.stdout.on('data', chunk => (stdout += String(chunk)));
  child.stderr.on('data', chunk => (stderr += String(chunk)));
  const code = await new Promise<number | null>(resolve => child.once('close', resolve));
  clearInterval(look);
  if (code !== 0 && code !== 100)
    throw new Error(`${args.join(' ')} ended with ${String(code)}: ${stderr.slice(-2000)}`);
  return { stdout, seconds: (performance.now() - start) / 1000, peakMemory };
}

function readPeak(child: ChildProcess): number {
  try {
    const status = readFileSync(`/proc/${String(child.pid)}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** The fake server as a process of its own, as a real endpoint would be. */
export async function startServer(
  args: readonly string[] = [],
): Promise<{ readonly url: string; cpuSeconds(): Promise<number>; stop(): void }> {
  const child = spawn(process.execPath, [path.join(root, 'test/fakes/openai-server.ts'), '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', chunk => resolve((JSON.parse(String(chunk)) as { url: string }).url));
    child.once('exit', () => reject(new Error('The fake server did not start.')));
  });
  return {
    url,
    cpuSeconds: async () => ((await (await fetch(new URL('/__stats', url))).json()) as { cpu?: number }).cpu ?? 0,
    stop: () => child.kill(),
  };
}

/** A folder that is gone after `use`. */
export async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-bench-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Short rows of which each has its own text. */
export function writeRows(file: string, count: number): void {
  const rows = [];
  for (let i = 0; i < count; i += 1)
    rows.push(JSON.stringify({ q: `Which class has ticket ${i}, please? ANSWER=a${i % 7}`, a: `a${i % 7}` }));
  writeFileSync(file, `${rows.join('\n')}\n`);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
