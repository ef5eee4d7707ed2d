import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { drain } from '../../../engine/base/drain.ts';
import { WorkbenchError } from '../../../engine/base/errors.ts';
import type { LeaseOwner } from '../../../engine/ports/store.ts';
import type { TrainerEnvironment, TrainingProcess, TrainingRequest } from '../../../engine/ports/trainer.ts';
import { describeWriteFailure, systemCode } from '../../files/failures.ts';
import { isAlive } from '../../host/alive.ts';
import { createLineProgram } from '../line-program.ts';
import { stopTree } from '../process-tree.ts';
import { spawnProgram } from '../programs.ts';
import { trainerVariables } from './variables.ts';

/** Says which trainer works in a folder. */
const holderName = 'trainer.json';
/** Milliseconds that a trainer whose workbench was killed has to save what it has. */
const leftoverPatience = 120_000;
const lookEvery = 250;
/** Lines of the trainer's other output that wait to be taken. */
const mostLines = 1000;

interface Holder extends LeaseOwner {
  readonly python: string;
}

/** Starts the trainer in a folder in which no other one works. It ends when its input does, so it does not outlive this process. */
export async function startTraining(
  environment: TrainerEnvironment,
  request: TrainingRequest,
  trainerFolder: string,
  me: LeaseOwner,
  signal: AbortSignal,
): Promise<TrainingProcess> {
  const { python } = environment;
  const { job, out, usesHub } = request;
  const holderFile = path.join(out, holderName);
  await mkdir(out, { recursive: true }).catch((error: unknown) => {
    throw describeWriteFailure(error, out);
  });
  await waitForLeftover(holderFile, me, signal);
  const command = [python, '-m', 'aiwb_trainer', 'train', '--job', job, '--out', out, '--watch-stdin'];
  const child = await spawnProgram(command, job, trainerVariables(process.env, trainerFolder, usesHub));
  const exited = new Promise<void>(resolve => {
    child.once('close', () => {
      resolve();
    });
  });
  let log: string[] = [];
  let half = '';
  const lines = createLineProgram(child, 'aiwb_trainer train', new AbortController().signal, text => {
    const pieces = (half + text).split(/\r?\n/);
    half = pieces.pop()?.slice(-10_000) ?? '';
    log = [...log, ...pieces.filter(line => line.trim() !== '')].slice(-mostLines);
  });
  const holder: Holder = { ...me, pid: child.pid ?? 0, python };
  await writeFile(holderFile, JSON.stringify(holder)).catch((error: unknown) => {
    stopTree(child, 'SIGKILL');
    throw describeWriteFailure(error, holderFile);
  });
  return {
    lines: lines.lines,
    takeLog() {
      const taken = log;
      log = [];
      return taken;
    },
    async stop(patience) {
      // What it still prints is read to its end: it must not wait for a reader while it saves.
      void readToEnd(lines.lines);
      child.stdin.end();
      // An input that ends asks it to save and end; where it does not, this ends it.
      const timer = setTimeout(() => {
        stopTree(child, 'SIGKILL');
      }, patience);
      await exited;
      clearTimeout(timer);
      await rm(holderFile, { force: true });
    },
  };
}

async function readToEnd(lines: AsyncIterable<string>): Promise<void> {
  try {
    await drain(lines);
  } catch {
    // How it ended is told by whoever stops it.
  }
}

/** A trainer whose workbench was killed still saves its state: the next one starts when it has ended. Throws `run-active` where it does not. */
async function waitForLeftover(holderFile: string, me: LeaseOwner, signal: AbortSignal): Promise<void> {
  const until = Date.now() + leftoverPatience;
  for (;;) {
    const holder = await readHolder(holderFile);
    if (holder === undefined || !(await isTraining(holder, path.dirname(holderFile), me))) return;
    if (Date.now() > until) {
      throw new WorkbenchError(
        'run-active',
        `Another trainer (process ${String(holder.pid)} on ${holder.host}) still works in ${path.dirname(holderFile)}.`,
        { remedy: 'Wait for it to end, or end that process; then resume the run.' },
      );
    }
    await wait(lookEvery, undefined, { signal });
  }
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    const { host, bootId, pid, python } = JSON.parse(await readFile(file, 'utf8')) as Partial<Holder>;
    if (host === undefined || bootId === undefined || pid === undefined || python === undefined) return undefined;
    return { host, bootId, pid, python };
  } catch (error) {
    // Nobody is named where it is not there, or half written by one that was killed.
    if (systemCode(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw describeWriteFailure(error, file);
  }
}

/** Whether the process is still that trainer: numbers of processes are given again. */
async function isTraining({ host, bootId, pid }: Holder, folder: string, me: LeaseOwner): Promise<boolean> {
  if (host !== me.host) return false;
  if (bootId !== me.bootId || !isAlive(pid)) return false;
  if (process.platform === 'win32') return true;
  try {
    const { stdout } = await promisify(execFile)('ps', ['-ww', '-p', String(pid), '-o', 'stat=,command=']);
    return stdout.includes(folder) && !/^\s*Z/.test(stdout);
  } catch {
    // No such process, or no `ps`: the process is there, so it is taken for the trainer only in the latter case.
    return isAlive(pid);
  }
}
