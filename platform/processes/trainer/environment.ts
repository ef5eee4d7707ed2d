import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { toWorkbenchError, WorkbenchError } from '../../../engine/base/errors.ts';
import type { Programs } from '../../../engine/ports/programs.ts';
import type { LeaseOwner } from '../../../engine/ports/store.ts';
import type { EnvironmentState, MissingEnvironment, TrainerEnvironment } from '../../../engine/ports/trainer.ts';
import { describeReadFailure, describeWriteFailure, systemCode } from '../../files/failures.ts';
import { createQuarantine } from '../../files/quarantine.ts';
import { programNotAllowed } from '../programs.ts';
import { describeStep, runStep } from './install.ts';
import { probeEnvironment } from './probe.ts';
import { findPython, type Interpreter } from './python.ts';
import { interpreterIn } from './variables.ts';

export interface EnvironmentSettings {
  /** Absolute path of the folder with the package `aiwb_trainer` and its `requirements.txt`. */
  readonly trainerFolder: string;
  /** Absolute path of the user's folder for environments. */
  readonly cacheFolder: string;
  readonly owner: LeaseOwner;
  /** Whether an interpreter that the workspace names may be started. */
  readonly allowsPython: (python: string) => boolean;
  /** Starts interpreters, with the trainer's variables. */
  readonly programs: Programs;
}

/** The environments of this user's, one for each set of requirements and Python. */
export interface Environments {
  inspect(python: string | undefined, signal: AbortSignal): Promise<EnvironmentState>;
  permit(): Promise<void>;
  create(python: string | undefined, onStep: (step: string) => void, signal: AbortSignal): Promise<TrainerEnvironment>;
  remove(): Promise<readonly string[]>;
}

/** Written last: an environment without it is half made. */
const readyName = 'aiwb-ready.json';
/** Says that this user lets environments be made. */
const permitName = 'permitted.json';
/** Milliseconds between two looks at what another process makes. */
const lookEvery = 1000;

export function createEnvironments(settings: EnvironmentSettings): Environments {
  const { trainerFolder, cacheFolder, programs, owner } = settings;
  const known = new Map<string, TrainerEnvironment>();
  const quarantine = createQuarantine();
  const permitFile = path.join(cacheFolder, permitName);

  /** What is found out about an interpreter holds while this process runs: loading the libraries takes seconds. */
  const probe = async (python: string, signal: AbortSignal): Promise<TrainerEnvironment | { readonly why: string }> => {
    const before = known.get(python);
    if (before !== undefined) return before;
    const probed = await probeEnvironment(python, trainerFolder, programs, signal);
    if ('why' in probed) return probed;
    known.set(python, probed.environment);
    return probed.environment;
  };

  const look = async (python: string | undefined, signal: AbortSignal): Promise<EnvironmentState> => {
    if (python !== undefined && !settings.allowsPython(python)) throw programNotAllowed([python]);
    const interpreter = await findPython(python, programs, signal);
    // An interpreter that is named and has all it needs is used as it is.
    const probed = python === undefined ? undefined : await probe(interpreter.python, signal);
    if (probed !== undefined && !('why' in probed)) return { state: 'ready', environment: probed };
    const missing = await describeMissing(interpreter, probed?.why);
    const made = await ours(missing, signal);
    return made === undefined ? { state: 'missing', missing } : { state: 'ready', environment: made };
  };

  const describeMissing = async (
    { python, version }: Interpreter,
    why: string | undefined,
  ): Promise<MissingEnvironment> => {
    const text = await readRequirements(trainerFolder);
    const key = createHash('sha256')
      .update(JSON.stringify([text, version, python, process.platform, process.arch]))
      .digest('hex')
      .slice(0, 16);
    return {
      python,
      version,
      folder: path.join(cacheFolder, key),
      requirements: text
        .split('\n')
        .map(line => line.replace(/#.*/, '').trim())
        .filter(line => line !== ''),
      isPermitted: await exists(permitFile),
      ...(why === undefined ? {} : { why }),
    };
  };

  /** The environment that was made in this folder, where it is whole and still works. */
  const ours = async ({ folder }: MissingEnvironment, signal: AbortSignal): Promise<TrainerEnvironment | undefined> => {
    if (!(await exists(path.join(folder, readyName)))) return undefined;
    const probed = await probe(path.join(...interpreterIn(folder)), signal);
    return 'why' in probed ? undefined : { ...probed, folder };
  };

  const make = async (
    { python, folder }: MissingEnvironment,
    onStep: (step: string) => void,
    signal: AbortSignal,
  ): Promise<TrainerEnvironment> => {
    onStep('Installing the trainer: making a Python environment');
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    await mkdir(folder, { recursive: true }).catch((error: unknown) => {
      throw describeWriteFailure(error, folder);
    });
    const inside = path.join(...interpreterIn(folder));
    await runStep([python, '-I', '-m', 'venv', folder], os.tmpdir(), () => undefined, signal);
    const requirements = path.join(trainerFolder, 'requirements.txt');
    // Wheels only: nothing that is fetched runs while it is installed.
    const install = ['-I', '-m', 'pip', 'install', '--no-input', '--only-binary', ':all:', '--progress-bar', 'off'];
    await runStep(
      [inside, ...install, '-r', requirements],
      folder,
      line => {
        const step = describeStep(line);
        if (step !== undefined) onStep(step);
      },
      signal,
    );
    onStep('Installing the trainer: trying it out');
    const probed = await probe(inside, signal);
    if ('why' in probed) {
      throw new WorkbenchError('environment-unusable', `The trainer’s libraries do not work here: ${probed.why}.`, {
        remedy: `Make an environment of your own that fits this machine (${requirements} names what is needed), and name its interpreter with \`python\` of the platform.`,
      });
    }
    const facts = { python, requirements: await readRequirements(trainerFolder) };
    await writeFile(path.join(folder, readyName), `${JSON.stringify(facts)}\n`);
    return { ...probed, folder };
  };

  return {
    inspect: look,
    async permit() {
      try {
        await mkdir(cacheFolder, { recursive: true });
        await writeFile(permitFile, `${JSON.stringify({ at: new Date().toISOString() })}\n`);
      } catch (error) {
        throw describeWriteFailure(error, permitFile);
      }
    },
    async create(python, onStep, signal) {
      for (let isTold = false; ;) {
        const state = await look(python, signal);
        if (state.state === 'ready') return state.environment;
        const claim = await quarantine.claim(`${state.missing.folder}.lock`, owner).catch((error: unknown) => {
          if (toWorkbenchError(error).code === 'run-active') return undefined;
          throw error;
        });
        if (claim === undefined) {
          if (!isTold) onStep('Waiting for another process that installs the trainer');
          isTold = true;
          await wait(lookEvery, undefined, { signal });
          continue;
        }
        try {
          // It may have been made while this one waited.
          return (await ours(state.missing, signal)) ?? (await make(state.missing, onStep, signal));
        } finally {
          await claim.release();
        }
      }
    },
    async remove() {
      known.clear();
      const folders = (await listFolders(cacheFolder)).filter(name => /^[0-9a-f]{16}(?:\.lock)?$/.test(name));
      const removed: string[] = [];
      for (const name of folders) {
        const folder = path.join(cacheFolder, name);
        await rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch((error: unknown) => {
          throw describeWriteFailure(error, folder);
        });
        if (!name.endsWith('.lock')) removed.push(folder);
      }
      await rm(permitFile, { force: true });
      return removed;
    },
  };
}

async function readRequirements(trainerFolder: string): Promise<string> {
  const file = path.join(trainerFolder, 'requirements.txt');
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new WorkbenchError('environment-unusable', `The trainer is not there: ${file} is missing.`, {
      remedy: 'Install the workbench again.',
      cause: error,
    });
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return false;
    throw describeReadFailure(error, file);
  }
}

async function listFolders(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw describeReadFailure(error, folder);
  }
}
