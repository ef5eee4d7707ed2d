import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const program = path.join(root, 'dist', 'aiwb.mjs');

/** Git identities, as the environment gives them. Everything is done by the author unless a test says otherwise. */
export const people = {
  author: { GIT_AUTHOR_NAME: 'Ada Author', GIT_AUTHOR_EMAIL: 'ada@author.example' },
  reviewer: { GIT_AUTHOR_NAME: 'Robin Reviewer', GIT_AUTHOR_EMAIL: 'robin@reviewer.example' },
  second: { GIT_AUTHOR_NAME: 'Sam Second', GIT_AUTHOR_EMAIL: 'sam@second.example' },
} as const;

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
}

/** Starts the built command line, as a user would. */
export function startAiwb(
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv; readonly input?: string },
): Started {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: options.cwd,
    env: {
      ...process.env,
      ...people.author,
      NO_COLOR: '1',
      XDG_CONFIG_HOME: path.join(options.cwd, '.config'),
      ...options.env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', chunk => (stdout += String(chunk)));
  child.stderr.on('data', chunk => (stderr += String(chunk)));
  child.stdin.end(options.input ?? '');
  const finished = new Promise<Finished>(resolve => child.once('close', code => resolve({ code, stdout, stderr })));
  return { child, finished };
}

export function runAiwb(
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
): Promise<Finished> {
  return startAiwb(args, options).finished;
}

/** A workspace in a temporary folder, gone after the test. */
export function createWorkspace(files: Readonly<Record<string, string>> = {}): {
  readonly folder: string;
  write(name: string, text: string): void;
  remove(): void;
} {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-test-'));
  const write = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };
  for (const [name, text] of Object.entries(files)) write(name, text);
  return { folder, write, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

/** The sample workspace, copied. */
export function copyExamples(): ReturnType<typeof createWorkspace> {
  const workspace = createWorkspace();
  const examples = path.join(root, 'examples');
  cpSync(examples, workspace.folder, {
    recursive: true,
    filter: source => !/(^|[\\/])(\.aiwb|reports|scorecards)([\\/]|$)/.test(path.relative(examples, source)),
  });
  return workspace;
}
