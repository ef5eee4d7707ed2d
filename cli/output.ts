import process from 'node:process';
import pc from 'picocolors';
import { toWorkbenchError, type ExitCode } from '../engine/base/errors.ts';
import { renderTable, type Cell } from '../engine/reports/table.ts';

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
  return columnsOf(process.stdout, process.env) ?? 120;
}

/** The same for tables: where results go into a file or a pipe they are as wide as they are. */
export function tableWidth(): number {
  return columnsOf(process.stdout, process.env) ?? Infinity;
}

/** Columns of a terminal, as `COLUMNS` or the terminal itself says. Absent where nobody knows, and of what is no terminal. */
export function columnsOf(
  { isTTY, columns }: { readonly isTTY?: boolean; readonly columns?: number },
  environment: Readonly<Record<string, string | undefined>>,
): number | undefined {
  if (isTTY !== true) return undefined;
  const asked = Number(environment['COLUMNS']);
  if (Number.isInteger(asked) && asked > 0) return asked;
  return columns === undefined || columns <= 0 ? undefined : columns;
}

/** A table as it goes to the standard output. In a narrow terminal only columns named in `shortened` may be cut, and those in `dropped` left out. */
export function layTable(
  header: readonly Cell[],
  rows: readonly (readonly Cell[])[],
  shortened: readonly string[] = [],
  dropped: readonly string[] = [],
): string {
  return renderTable(header, rows, { width: tableWidth(), shortened, dropped }).join('\n');
}
