import process from 'node:process';
import pc from 'picocolors';
import { toWorkbenchError, type ExitCode } from '../engine/base/errors.ts';

/** Results go to stdout, and only results. */
export function printResult(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

export function printJson(value: unknown): void {
  printResult(JSON.stringify(value, undefined, 2));
}

/** Progress and remarks go to stderr. */
export function printNote(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Tells what happened, where and what to do; `--json` gives the same as an object on stdout. Returns the exit code. */
export function printFailure(thrown: unknown, json: boolean, verbose: boolean): ExitCode {
  const error = toWorkbenchError(thrown);
  const { code, message, remedy, place } = error;
  if (json) printJson({ error: { code, message, remedy, place } });
  if (error.code === 'cancelled') printNote(pc.dim(message));
  else printNote(`${pc.red('error')}: ${message}${remedy === undefined ? '' : `\n  ${remedy}`}`);
  if (verbose && error.stack !== undefined) printNote(pc.dim(error.stack));
  if (verbose && error.cause instanceof Error)
    printNote(pc.dim(`caused by ${error.cause.stack ?? error.cause.message}`));
  return error.exitCode;
}

/** Columns of the terminal; where results go into a file or a pipe, as many as a wide page has. */
export function terminalWidth(): number {
  return process.stdout.isTTY ? process.stdout.columns : 120;
}
