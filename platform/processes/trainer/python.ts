import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { toWorkbenchError, WorkbenchError } from '../../../engine/base/errors.ts';
import type { Programs } from '../../../engine/ports/programs.ts';

/** An interpreter that was asked what it is. */
export interface Interpreter {
  /** Absolute path. */
  readonly python: string;
  /** Such as `3.12.4`. */
  readonly version: string;
}

/** The oldest Python that the trainer runs on. */
const oldest = [3, 10] as const;

/** Milliseconds an interpreter has to say what it is. */
const patience = 30_000;

const question = "import sys,json;print(json.dumps([sys.executable,'.'.join(map(str,sys.version_info[:3]))]))";

/**
 * The interpreter of this name, path or PATH: the one that is wanted, else the first that is new enough. Throws `environment-unusable` where
 * there is none.
 */
export async function findPython(
  wanted: string | undefined,
  programs: Programs,
  signal: AbortSignal,
): Promise<Interpreter> {
  const tooOld: Interpreter[] = [];
  for (const name of wanted === undefined ? usualNames() : [wanted]) {
    const found = await askPython(name, programs, signal);
    if (found === undefined) continue;
    if (isNewEnough(found.version)) return found;
    tooOld.push(found);
  }
  const [old] = tooOld;
  if (old !== undefined) {
    throw new WorkbenchError(
      'environment-unusable',
      `Training needs Python ${oldest.join('.')} or newer, and ${old.python} is ${old.version}.`,
      { remedy: 'Install a newer Python, and name it with `python` of the platform in workbench.yaml.' },
    );
  }
  const message =
    wanted === undefined
      ? 'Training needs Python, and no python3 is on the PATH.'
      : `Training needs Python, and ${wanted} is not there or is no Python.`;
  throw new WorkbenchError('environment-unusable', message, {
    remedy: 'Install Python 3.10 or newer, and name it with `python` of the platform in workbench.yaml.',
  });
}

function usualNames(): readonly string[] {
  const versions = ['3.13', '3.12', '3.11', '3.10'].map(version => `python${version}`);
  return process.platform === 'win32' ? ['python', 'python3', 'py'] : ['python3', 'python', ...versions];
}

async function askPython(name: string, programs: Programs, signal: AbortSignal): Promise<Interpreter | undefined> {
  try {
    // Isolated: what lies in the folder or in the person's own site must not be run for an answer.
    const { status, output } = await programs.run(
      [expandHome(name), '-I', '-c', question],
      { folder: os.tmpdir(), timeout: patience, limit: 10_000 },
      signal,
    );
    if (status !== 0) return undefined;
    const [python, version] = JSON.parse(output.trim().split('\n').at(-1) ?? '') as [unknown, unknown];
    return typeof python === 'string' && typeof version === 'string' && path.isAbsolute(python)
      ? { python, version }
      : undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (toWorkbenchError(error).code === 'program-not-allowed') throw error;
    // Not there, or no Python: the next one is tried.
    return undefined;
  }
}

function expandHome(name: string): string {
  return name.startsWith('~/') ? path.join(os.homedir(), name.slice(2)) : name;
}

export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}
