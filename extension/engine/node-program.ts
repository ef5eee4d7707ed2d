import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { FailureError } from '../base/failure.ts';
import { t } from '../base/translate.ts';

const minimumMajor = 24;
const probeMs = 10_000;

/** A program that runs Node scripts, with what its environment needs on top. */
export interface NodeProgram {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface NodeSearch {
  /** The setting `aiWorkbench.nodePath`, empty when not set. */
  readonly configured: string;
  /** The host's own program and the Node version inside it. */
  readonly hostPath: string;
  readonly hostVersion: string;
  /** PATH, and on Windows PATHEXT's `.exe`. */
  readonly searchPath: string;
  readonly isWindows: boolean;
  /** The program's Node version, absent when it is no Node or cannot be started. */
  probeVersion(program: string): Promise<string | undefined>;
}

/**
 * The program that runs the engine process and the language server: the configured one, else the host's own.
 * Throws a FailureError that names the setting when neither is Node 24 or newer.
 */
export async function findNode(search: NodeSearch): Promise<NodeProgram> {
  if (search.configured !== '') return { path: await requireConfigured(search), env: {} };
  if (majorOf(search.hostVersion) >= minimumMajor) return { path: search.hostPath, env: { ELECTRON_RUN_AS_NODE: '1' } };
  const found = await findOnPath(search);
  if (found !== undefined) return { path: found, env: {} };
  throw new FailureError({
    code: 'node-missing',
    message: t(
      'AI Workbench needs Node {0} or newer; this VS Code carries Node {1}.',
      minimumMajor,
      search.hostVersion,
    ),
    remedy: t('Install Node {0} and set "aiWorkbench.nodePath" to it, or update VS Code.', minimumMajor),
  });
}

/**
 * The program that detached runs use, where it is not to be the engine process's own: the configured one, else a Node
 * on PATH, which an update of VS Code does not replace under a long run.
 */
export async function findNodeForRuns(search: NodeSearch): Promise<string | undefined> {
  return search.configured === '' ? await findOnPath(search) : await requireConfigured(search);
}

async function requireConfigured(search: NodeSearch): Promise<string> {
  const version = await search.probeVersion(search.configured);
  if (version !== undefined && majorOf(version) >= minimumMajor) return search.configured;
  throw new FailureError({
    code: 'node-missing',
    message:
      version === undefined
        ? t('The setting "aiWorkbench.nodePath" names {0}, which could not be started as Node.', search.configured)
        : t('The setting "aiWorkbench.nodePath" names Node {0}; {1} or newer is needed.', version, minimumMajor),
    remedy: t('Correct the setting, or remove it to use the Node inside VS Code.'),
  });
}

async function findOnPath(search: NodeSearch): Promise<string | undefined> {
  const name = search.isWindows ? 'node.exe' : 'node';
  const folders = search.searchPath.split(search.isWindows ? ';' : ':').filter(folder => path.isAbsolute(folder));
  for (const folder of new Set(folders)) {
    const candidate = path.join(folder, name);
    const version = await search.probeVersion(candidate);
    if (version !== undefined && majorOf(version) >= minimumMajor) return candidate;
  }
  return undefined;
}

function majorOf(version: string): number {
  return Number.parseInt(version.replace(/^v/, ''), 10) || 0;
}

/** Asks the program for its version. The Node inside Electron answers too. */
export function probeNodeVersion(program: string): Promise<string | undefined> {
  if (path.isAbsolute(program) && !existsSync(program)) return Promise.resolve(undefined);
  return new Promise(resolve => {
    execFile(
      program,
      ['-p', 'process.versions.node'],
      { timeout: probeMs, env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' }, windowsHide: true },
      (error, stdout) => {
        const version = stdout.trim();
        resolve(error === null && /^\d+\.\d+\.\d+/.test(version) ? version : undefined);
      },
    );
  });
}
