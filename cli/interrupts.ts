import process from 'node:process';
import { WorkbenchError } from '../engine/base/errors.ts';
import type { Clock } from '../engine/ports/clock.ts';
import { printNote } from './output.ts';

/**
 * A signal for a foreground program: the first Ctrl-C (or the end of the terminal or of the parent process) cancels cleanly,
 * the second ends the process at once. Call `dispose` when the work is done.
 */
export function watchInterrupts(clock: Clock): { readonly signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const cancel = (why: string): void => {
    if (controller.signal.aborted) process.exit(130);
    printNote(`\n${why}: cancelling; answered samples and saved epochs are kept. Press Ctrl-C again to end at once.`);
    controller.abort(new WorkbenchError('cancelled', 'Cancelled.'));
  };
  const onInterrupt = (): void => {
    cancel('Interrupted');
  };
  const onHangup = (): void => {
    if (!controller.signal.aborted) cancel('Terminal closed');
  };
  const parent = process.ppid;
  const stopWatching = clock.every(1000, () => {
    if (process.ppid !== parent && !controller.signal.aborted) cancel('Parent process ended');
  });
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onInterrupt);
  process.on('SIGHUP', onHangup);
  return {
    signal: controller.signal,
    dispose() {
      stopWatching();
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onInterrupt);
      process.off('SIGHUP', onHangup);
    },
  };
}
