import { spawn, type ChildProcess } from 'node:child_process';
import process from 'node:process';

/** Programs that still run: none outlives this process. */
const running = new Set<ChildProcess>();

process.on('exit', () => {
  for (const child of running) stopTree(child, 'SIGKILL');
});

/** Remembers a program, started with `detached` so that it leads a process group of its own, until it has ended. */
export function watchTree(child: ChildProcess): void {
  running.add(child);
  child.once('close', () => running.delete(child));
}

/** Sends a signal to a program and to everything it started that is still in its process group. */
export function stopTree({ pid }: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return;
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { windowsHide: true, stdio: 'ignore' }).on(
      'error',
      () => undefined,
    );
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // The whole group has ended by itself.
  }
}
