import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';

/** A server in a process of its own. */
export interface RealServer {
  readonly url: string;
  stop(): Promise<void>;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
}

/** Why a server cannot be had on this machine. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}

const folder = import.meta.dirname;

/**
 * A Python with these packages, in an environment of its own beside the system's temporary files; `AIWB_REAL_PYTHON` names one that has
 * them. Throws Unavailable where they cannot be installed.
 */
export function pythonWith(name: string, packages: readonly string[]): string {
  const own = process.env['AIWB_REAL_PYTHON'];
  if (own !== undefined) return own;
  const environment = path.join(os.tmpdir(), `aiwb-real-${name}`);
  const python = path.join(environment, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  if (!existsSync(python)) install(process.platform === 'win32' ? 'python' : 'python3', ['-m', 'venv', environment]);
  install(python, ['-m', 'pip', 'install', '--quiet', ...packages]);
  return python;
}

function install(program: string, args: readonly string[]): void {
  const why = run(program, args);
  if (why !== undefined) throw new Unavailable(why);
}

/** Runs a program to its end; what went wrong, if anything did. */
function run(program: string, args: readonly string[]): string | undefined {
  const { status, error, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: 30 * 60_000 });
  if (status === 0) return undefined;
  const said = error?.message ?? stderr.trim().split('\n').at(-1) ?? '';
  return `${program} ${args.slice(0, 4).join(' ')}: ${said}`;
}

/** Runs one of this folder's scripts to its end. Throws an Error with the end of what it wrote. */
export function runScript(python: string, script: string, ...args: readonly string[]): void {
  const why = run(python, [path.join(folder, script), ...args]);
  if (why !== undefined) throw new Error(why);
}

/** The same while this process goes on: for scripts that ask a server in it. */
export async function runScriptWhile(python: string, script: string, ...args: readonly string[]): Promise<void> {
  const child = spawn(python, [path.join(folder, script), ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let wrote = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (wrote = (wrote + text).slice(-2000)));
  const [status] = (await once(child, 'close')) as [number | null];
  if (status !== 0) throw new Error(`${script}: ${wrote}`);
}

/**
 * Starts a program that serves until it is ended, and waits until it prints its address or, where `ready` names a page, until that
 * answers. Throws an Error with the end of what it wrote when it ends before.
 */
export async function startServer(
  command: readonly string[],
  known?: { url: string; ready: string },
): Promise<RealServer> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: process.platform !== 'win32' });
  let wrote = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (wrote = (wrote + text).slice(-2000)));
  const ended = once(child, 'close').then(() => {
    throw new Error(`${program} ended before it served. It wrote: ${wrote}`);
  });
  ended.catch(() => undefined);
  const stop = async (): Promise<void> => {
    const closed = once(child, 'close');
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
      process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
      await closed;
      clearTimeout(timer);
    }
  };
  const kill = async (): Promise<void> => {
    const closed = once(child, 'close');
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
    await closed;
  };
  try {
    const printed = once(createInterface(child.stdout), 'line').then(([line]) => String(line));
    const url = await Promise.race([known === undefined ? printed : waitFor(known), ended]);
    return { url, stop, kill };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function waitFor({ url, ready }: { url: string; ready: string }): Promise<string> {
  for (let tries = 0; tries < 240; tries += 1) {
    const answered = await fetch(url + ready).then(
      response => response.ok,
      () => false,
    );
    if (answered) return url;
    await new Promise(resolve => setTimeout(resolve, 500));
  }
  throw new Error(`${url}${ready} did not answer within two minutes.`);
}
