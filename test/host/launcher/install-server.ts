import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

const folder = path.join(import.meta.dirname, '../vscode-server');
const modules = path.join(folder, 'node_modules');
const marker = path.join(folder, '.installed.json');
const attempts = 2;

/** Absolute path of VS Code's server program; it exists once `installServer` has resolved. */
export const serverProgram = path.join(modules, 'code-server/lib/vscode/out/server-main.js');

/**
 * Installs the pinned code-server, which carries VS Code's own server and workbench. Returns at
 * once when the manifest, the lock file and the Node version are those of the last finished install.
 * Throws an `Error` when the install fails twice; it names the system packages that are often missing.
 */
export async function installServer(signal?: AbortSignal): Promise<void> {
  const wanted = describeInstall();
  if (existsSync(serverProgram) && readMarker() === wanted) return;

  for (let attempt = 1; attempt <= attempts; attempt++) {
    removeInstall();
    console.log(`Installing the VS Code server (attempt ${attempt} of ${attempts}, about two minutes) …`);
    const code = await runNpm(signal);
    signal?.throwIfAborted();
    if (code === 0 && existsSync(serverProgram)) {
      writeFileSync(marker, wanted);
      return;
    }
  }
  removeInstall();
  throw new Error(
    `"npm ci" failed ${attempts} times in test/host/vscode-server. Its native modules need python3, make, ` +
      'a C++ compiler and the Kerberos headers (on Debian: libkrb5-dev).',
  );
}

/** A half-finished install breaks the next one, so every attempt starts from nothing. */
function removeInstall(): void {
  rmSync(marker, { force: true });
  rmSync(modules, { recursive: true, force: true });
}

function describeInstall(): string {
  const digest = createHash('sha256');
  for (const name of ['package.json', 'package-lock.json']) digest.update(readFileSync(path.join(folder, name)));
  return `${JSON.stringify({ digest: digest.digest('hex'), node: process.version })}\n`;
}

function readMarker(): string | undefined {
  return existsSync(marker) ? readFileSync(marker, 'utf8') : undefined;
}

async function runNpm(signal?: AbortSignal): Promise<number> {
  const npm = spawn('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: folder,
    env: npmEnvironment(),
    stdio: 'inherit',
    shell: process.platform === 'win32',
    ...(signal && { signal }),
  });
  return await new Promise((resolve, reject) => {
    npm.once('error', reject);
    npm.once('exit', code => resolve(code ?? 1));
  });
}

function npmEnvironment(): NodeJS.ProcessEnv {
  const binaries = path.dirname(process.execPath);
  // Under `npm run` the outer npm speaks for its own Node in these, and the server's installer believes them.
  const outer = /^(NODE|npm_config_user_agent|npm_node_execpath|npm_execpath|npm_lifecycle_\w+|npm_package_\w+)$/;
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !outer.test(name)));
  const environment = { ...own, PATH: [binaries, process.env.PATH ?? ''].join(path.delimiter) };
  const root = path.dirname(binaries);
  if (!existsSync(path.join(root, 'include/node/node_api.h'))) return environment;
  // Builds against the headers beside this Node, even where an npm configuration names another's.
  return { ...environment, npm_config_nodedir: root };
}
