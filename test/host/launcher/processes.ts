import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { environmentNames } from '../protocol.ts';

const patienceMs = 3_000;

/** Ends a process that leads its own group, with the group: politely first, then by force. */
export async function endProcessGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  signalGroup(child.pid, 'SIGTERM');
  const deadline = Date.now() + patienceMs;
  while (Date.now() < deadline && isGroupAlive(child.pid)) await delay(50);
  signalGroup(child.pid, 'SIGKILL');
}

/**
 * Ids of the processes of one run of the launcher whose command line fits, oldest first; only Linux shows them. An extension host has
 * `--type=extensionHost` in it, an engine process `serve --stdio`, and a run its id.
 */
export function findProcesses(session: string, commandLine: RegExp): number[] {
  return processesOf(session)
    .filter(pid => commandLine.test(readCommandLine(pid)))
    .sort((a, b) => a - b);
}

/**
 * Ends the processes that outlived the window, as runs of the extension are meant to do: those whose
 * environment carries this session's id, and what they start until they are gone. Only Linux shows another
 * process's environment; elsewhere nothing is ended.
 */
export async function endLeftovers(session: string): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const leftovers = processesOf(session);
    for (const pid of leftovers) signal(pid, 'SIGKILL');
    if (leftovers.length === 0 || Date.now() > deadline) return;
    await delay(50);
  }
}

function processesOf(session: string): number[] {
  if (process.platform !== 'linux') return [];
  const mark = `${environmentNames.session}=${session}`;
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => pid !== process.pid && readEnvironment(pid).includes(mark));
}

function readCommandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

function readEnvironment(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return []; // It ended meanwhile, or is another user's.
  }
}

function isGroupAlive(pid: number): boolean {
  return signalGroup(pid, 0);
}

function signalGroup(pid: number, name: NodeJS.Signals | 0): boolean {
  return signal(process.platform === 'win32' ? pid : -pid, name);
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false; // Nothing is left to signal.
  }
}
