import process from 'node:process';
import { showUnseen } from '../schemas/unseen.ts';

/** Shows on one line of a terminal how much of what has come; where there is no terminal, a line now and then. */
export function createByteLine(): { show(what: string, bytes: number, total?: number): void; clear(): void } {
  const terminal = process.stderr.isTTY;
  const every = terminal ? 100 : 10_000;
  let last = performance.now();
  return {
    show(what, bytes, total) {
      const now = performance.now();
      if (now - last < every) return;
      last = now;
      const of =
        total === undefined
          ? ''
          : ` of ${inUnits(total)} (${String(Math.floor((100 * bytes) / Math.max(1, total)))} %)`;
      const text = `${showUnseen(what).replaceAll('\n', ' ')}: ${inUnits(bytes)}${of}`;
      if (terminal) process.stderr.write(`\r\u001b[2K${text.slice(0, Math.max(20, process.stderr.columns - 1))}`);
      else process.stderr.write(`${text}\n`);
    },
    clear() {
      if (terminal) process.stderr.write('\r\u001b[2K');
    },
  };
}

function inUnits(bytes: number): string {
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(0)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
