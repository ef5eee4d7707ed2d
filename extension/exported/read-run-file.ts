import type {
  ExportedRun,
  ExportedSample,
  Report,
  SampleRow,
  TuningComparison,
} from '../../schemas/generated/messages.ts';
import {
  validateExportedRun,
  validateExportedSample,
  validateReport,
  validateTuningComparison,
} from '../../schemas/generated/validators.js';
import { FailureError } from '../base/failure.ts';
import { readTextLines } from './text-lines.ts';

/** The form that is read; files of a later one come from a newer workbench. */
const schemaVersion = 1;

/** How much of a file is taken in. What comes behind is told. */
export interface ReadLimits {
  /** Characters before the samples, or of a file that is not written line by line. */
  readonly whole: number;
  /** Characters of samples. */
  readonly samples: number;
  /** Samples. */
  readonly rows: number;
}

export const usualLimits: ReadLimits = { whole: 64 * 2 ** 20, samples: 128 * 2 ** 20, rows: 250_000 };

/** A file as far as it was read. */
export interface RunFileContent {
  readonly header: ExportedRun;
  /** By the position of their run in the report. */
  readonly rows: readonly (readonly SampleRow[])[];
  /** Samples that were read, where that is not all that are in the file. */
  readonly read?: number;
  /** The file ends before it should. */
  readonly isCut: boolean;
}

/**
 * Reads a `*.run.json` file of any origin, checked against its schema. One that is written line by line, as exports are, is never held as a
 * whole; any other JSON of the same form is read too, up to a size. Throws a FailureError (`file-invalid`, `file-newer`, `file-too-large`).
 * @param name names the file in failures
 */
export async function readRunFile(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  limits: ReadLimits = usualLimits,
): Promise<RunFileContent> {
  const lines = readTextLines(chunks, name);
  const head: string[] = [];
  let size = 0;
  for await (const line of lines) {
    if (line === '"rows":[') {
      const header = checkHeader(parse(`${head.join('\n').replace(/,\s*$/, '')}}`, name), name);
      return await readRows(lines, header, head.length + 1, name, limits);
    }
    head.push(line);
    size += line.length + 1;
    if (size > limits.whole) throw tooLarge(name, limits.whole);
  }
  return readWhole(head.join('\n'), name, limits);
}

/** The samples of a file that is written line by line, until its end or as many as are taken in. */
async function readRows(
  lines: AsyncIterable<string>,
  header: ExportedRun,
  linesBefore: number,
  name: string,
  limits: ReadLimits,
): Promise<RunFileContent> {
  const rows = emptyRows(header);
  let number = linesBefore;
  let size = 0;
  let count = 0;
  let unfinished: string | undefined;
  for await (const line of lines) {
    number += 1;
    if (unfinished !== undefined) throw badRow(name, number - 1, unfinished);
    if (line.trim() === '') continue;
    if (line === ']') return { header, rows, isCut: false };
    size += line.length;
    if (size > limits.samples || count >= limits.rows) return { header, rows, read: count, isCut: false };
    const row = parseRow(line);
    if (row === undefined) unfinished = 'it is no JSON';
    else {
      addRow(row, rows, name, number);
      count += 1;
    }
  }
  return { header, rows, read: count, isCut: true };
}

/** A line that is no JSON is either the place where the file was cut off, or a fault. */
function parseRow(line: string): unknown {
  try {
    return JSON.parse(line.endsWith(',') ? line.slice(0, -1) : line);
  } catch {
    return undefined;
  }
}

function readWhole(text: string, name: string, limits: ReadLimits): RunFileContent {
  const value = parse(text, name);
  const bare = bareReport(value);
  if (bare !== undefined) return { header: bare, rows: emptyRows(bare), isCut: false };
  const { rows: written = [], ...rest } = asRecord(value);
  const header = checkHeader(rest, name);
  const rows = emptyRows(header);
  if (!Array.isArray(written)) throw invalid(name, 'at /rows, it is no list');
  const taken = written.slice(0, limits.rows);
  taken.forEach((row, index) => addRow(row, rows, name, index + 1));
  return { header, rows, isCut: false, ...(taken.length < written.length ? { read: taken.length } : {}) };
}

/** A report as `--to json` writes it, without a header. */
function bareReport(value: unknown): ExportedRun | undefined {
  const total = (report: Report): number => report.runs.reduce((sum, run) => sum + run.progress.done, 0);
  const header = (content: { report: Report } | { tuning: TuningComparison }, samples: number): ExportedRun => ({
    format: 'aiwb-run',
    schemaVersion,
    workbench: '',
    exportedAt: 0,
    samples: { held: 0, total: samples },
    ...content,
  });
  if (validateReport(value)) return header({ report: value }, total(value));
  return validateTuningComparison(value) ? header({ tuning: value }, 0) : undefined;
}

function checkHeader(value: unknown, name: string): ExportedRun {
  const { format, schemaVersion: version } = asRecord(value);
  if (format !== 'aiwb-run') throw invalid(name, 'it does not say that it is one ("format": "aiwb-run")');
  if (typeof version === 'number' && version > schemaVersion) {
    throw new FailureError({
      code: 'file-newer',
      message: `${name} was written by a newer AI Workbench, in form ${String(version)}; this one reads form ${String(schemaVersion)}.`,
      remedy: 'Update AI Workbench, or reopen the file as text.',
    });
  }
  if (!validateExportedRun(value)) {
    const [fault] = validateExportedRun.errors ?? [];
    throw invalid(name, `at ${fault?.instancePath ?? '/'}, ${fault?.message ?? 'it is not valid'}`);
  }
  if ((value.report === undefined) === (value.tuning === undefined))
    throw invalid(name, 'it holds neither a report nor tuning runs, or both');
  return value;
}

function emptyRows({ report }: ExportedRun): SampleRow[][] {
  return (report?.runs ?? []).map(() => []);
}

function addRow(row: unknown, rows: readonly SampleRow[][], name: string, number: number): void {
  if (!validateExportedSample(row)) {
    const [fault] = validateExportedSample.errors ?? [];
    throw badRow(name, number, `at ${fault?.instancePath ?? '/'}, ${fault?.message ?? 'it is not valid'}`);
  }
  const { run, sample }: ExportedSample = row;
  const own = rows[run];
  if (own === undefined) throw badRow(name, number, `it belongs to run ${String(run)}, which the report has not`);
  own.push(sample);
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(name, `it is no JSON (${error instanceof Error ? error.message : String(error)})`, error);
  }
}

function badRow(name: string, line: number, what: string): FailureError {
  return new FailureError({
    code: 'file-invalid',
    message: `${name} is damaged: a sample in line ${String(line)} cannot be read, ${what}.`,
    remedy: 'Export the run again, or reopen the file as text to mend it.',
  });
}

function invalid(name: string, what: string, cause?: unknown): FailureError {
  const message = `${name} is no exported run: ${what}.`;
  return new FailureError(
    { code: 'file-invalid', message, remedy: 'Reopen it as text to see what it is, or export the run again.' },
    cause,
  );
}

function tooLarge(name: string, limit: number): FailureError {
  return new FailureError({
    code: 'file-too-large',
    message: `${name} is too large for a page: its report has more than ${String(limit / 2 ** 20)} MiB, or it is not written line by line.`,
    remedy: 'Import it, or export the run again with fewer samples: aiwb runs export RUN --to run --samples 1000.',
  });
}
