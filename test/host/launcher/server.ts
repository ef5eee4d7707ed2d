import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import process from 'node:process';
import { serverProgram } from './install-server.ts';
import { endProcessGroup } from './processes.ts';
import type { Sandbox } from './sandbox.ts';

export interface Server {
  port: number;
  /** What it wrote so far, for the report of a failure. */
  output(): string;
  stop(): Promise<void>;
}

const startMs = 60_000;
const readyLine = /Extension host agent listening on (\d+)/;

/**
 * Starts VS Code's server on a free loopback port and waits until it listens. Its extension hosts inherit
 * `environment`. Throws with the server's output when it ends or stays silent for a minute.
 */
export async function startServer(
  sandbox: Sandbox,
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Server> {
  signal.throwIfAborted();
  const child = spawn(process.execPath, [serverProgram, ...serverArguments(sandbox)], {
    cwd: sandbox.workspace,
    env: { ...process.env, ...environment, HOME: sandbox.home, PATH: pathWithThisNode() },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  });
  let output = '';
  const listening = new Promise<number>(resolve => {
    const take = (chunk: Buffer): void => {
      output += chunk.toString();
      const port = readyLine.exec(output)?.[1];
      if (port !== undefined) resolve(Number(port));
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
  });
  const stop = (): Promise<void> => endProcessGroup(child);
  try {
    const timeout = AbortSignal.any([signal, AbortSignal.timeout(startMs)]);
    const port = await Promise.race([listening, ending(child), aborting(timeout)]);
    return { port, output: () => output, stop };
  } catch (error) {
    await stop();
    throw new Error(`The VS Code server did not start. It wrote:\n${output}`, { cause: error });
  }
}

async function ending(child: ReturnType<typeof spawn>): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number | null];
  throw new Error(`The VS Code server ended with ${code}.`);
}

async function aborting(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort');
  throw signal.reason;
}

function pathWithThisNode(): string {
  return [path.dirname(process.execPath), process.env.PATH ?? ''].join(path.delimiter);
}

function serverArguments(sandbox: Sandbox): string[] {
  return [
    ...['--host', '127.0.0.1', '--port', '0', '--without-connection-token', '--accept-server-license-terms'],
    ...['--telemetry-level', 'off', '--disable-workspace-trust'],
    // Without this flag a built VS Code ignores the extension and the tests that the page's address names.
    '--enable-smoke-test-driver',
    ...['--server-data-dir', sandbox.data],
    // A window that is gone for good must not leave its extension host behind.
    ...['--reconnection-grace-time', '10'],
  ];
}
