import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { WorkbenchError } from '../../engine/base/errors.ts';
import type { ProgramOptions, ProgramResult, Programs } from '../../engine/ports/programs.ts';
import { joinCommand } from '../secrets/command.ts';
import { createLineProgram } from './line-program.ts';
import { environmentOfProgram } from './program-environment.ts';
import { stopTree, watchTree } from './process-tree.ts';

/** The environment of a program, from this process's own. */
export type VariablesOf = (environment: Readonly<Record<string, string | undefined>>) => Record<string, string>;

/** Characters kept of an output where nobody says otherwise. */
const usualLimit = 2 ** 20;

/** Milliseconds a program that was asked to end has before it is made to. */
const patience = 2000;

/**
 * Local programs as child processes: no shell, a process group of their own, stopped with everything they started, and without this
 * process's credentials. `isAllowed` says whether the person has allowed a command; it is asked each time one is started.
 */
export function createPrograms(
  isAllowed: (command: readonly string[]) => boolean,
  variablesOf: VariablesOf = environmentOfProgram,
): Programs {
  const start = async (
    command: readonly string[],
    options: ProgramOptions,
    signal: AbortSignal,
  ): Promise<ChildProcessWithoutNullStreams> => {
    signal.throwIfAborted();
    if (!isAllowed(command)) throw programNotAllowed(command);
    return spawnProgram(command, options.folder, variablesOf(process.env));
  };
  return {
    async start(command, options, signal) {
      return createLineProgram(await start(command, options, signal), joinCommand(command), signal);
    },
    async run(command, options, signal) {
      return runToEnd(await start(command, options, signal), options, signal);
    },
  };
}

/** The refusal of a command nobody has allowed, with what to do about it. */
export function programNotAllowed(command: readonly string[]): WorkbenchError {
  return new WorkbenchError('program-not-allowed', `The workspace wants to start \`${joinCommand(command)}\`.`, {
    remedy:
      'If you trust it, run it again with `--allow-commands`, or add that line to "allowedCommands" in your own configuration (~/.config/aiwb/config.json).',
  });
}

/** Starts a program in a process group of its own, which ends when this process does. Throws `program-failed`. */
export async function spawnProgram(
  command: readonly string[],
  folder: string,
  variables: Readonly<Record<string, string>>,
): Promise<ChildProcessWithoutNullStreams> {
  const [program = '', ...parameters] = command;
  // A name is searched for on the PATH; a path starts from the folder the program runs in.
  const file = /[\\/]/.test(program) ? path.resolve(folder, program) : program;
  try {
    const child = spawn(file, parameters, {
      cwd: folder,
      detached: process.platform !== 'win32',
      windowsHide: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: variables,
    });
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('spawn', resolve);
    });
    watchTree(child);
    return child;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new WorkbenchError('program-failed', `\`${joinCommand(command)}\` could not be started: ${reason}.`, {
      remedy: `Check that the program exists and may be executed; a path starts from ${folder}.`,
      cause: error,
    });
  }
}

/** Resolves when the program and everything that holds its outputs has ended. Throws the signal's reason when aborted. */
async function runToEnd(
  child: ChildProcessWithoutNullStreams,
  { timeout, input, limit = usualLimit }: ProgramOptions,
  signal: AbortSignal,
): Promise<ProgramResult> {
  const output = collectText(child.stdout, limit);
  const errors = collectText(child.stderr, limit);
  let timedOut = false;
  const stop = (): void => {
    stopTree(child, 'SIGKILL');
  };
  const timer =
    timeout === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          stop();
        }, timeout);
  signal.addEventListener('abort', stop, { once: true });
  child.stdin.on('error', () => undefined); // A program that reads nothing closes the pipe; its status tells how it went.
  child.stdin.end(input ?? '');
  try {
    const status = await statusOf(child);
    signal.throwIfAborted();
    return { status, output: output.text, errors: errors.text, timedOut };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

/** The exit status, undefined after a signal. What the program left behind in its group must not keep its outputs open for ever. */
function statusOf(child: ChildProcess): Promise<number | undefined> {
  return new Promise(resolve => {
    let linger: NodeJS.Timeout | undefined;
    child.once('exit', () => {
      linger = setTimeout(() => {
        stopTree(child, 'SIGKILL');
      }, patience);
    });
    child.once('close', code => {
      clearTimeout(linger);
      resolve(code ?? undefined);
    });
  });
}

function collectText(stream: NodeJS.ReadableStream, limit: number): { readonly text: string } {
  const collected = { text: '' };
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    if (collected.text.length < limit) collected.text += text.slice(0, limit - collected.text.length);
  });
  return collected;
}
