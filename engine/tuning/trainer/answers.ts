import type { AspectName } from '../../../schemas/generated/messages.ts';
import type { Files } from '../../ports/files.ts';
import type { JobAnswers, JobBundle, JobInput } from '../platform.ts';
import { LineCutter } from './lines.ts';
import { refused } from './output.ts';

/** Bytes that a file of answers may have: 256 KiB a row on average. */
const mostBytes = 2 ** 18;

/** Answers by aspect, each with the row it belongs to. Rows without an answer are absent. */
export type RowAnswers = ReadonlyMap<string, ReadonlyMap<number, string>>;

/**
 * A file of a trainer's answers to the inputs of one role. The first answer to a row counts; lines that are none are left out. Throws
 * `record-tampered` for a file larger than answers can be, and for answers to rows that nobody asked about.
 */
export async function readAnswers(
  file: string,
  inputs: readonly JobInput[],
  files: Files,
  signal: AbortSignal,
): Promise<RowAnswers> {
  const answers = new Map<string, Map<number, string>>(inputs.map(({ aspect }) => [aspect, new Map()]));
  const rowsOf = new Map<string, number>(inputs.map(({ aspect, rows }) => [aspect, rows.length]));
  const room = (inputs.reduce((sum, { rows }) => sum + rows.length, 0) + 16) * mostBytes;
  const cutter = new LineCutter();
  let bytes = 0;
  const take = (lines: readonly string[]): void => {
    for (const line of lines) {
      const answer = readLine(line);
      if (answer === undefined) continue;
      const { aspect, row, output } = answer;
      if (!(row < (rowsOf.get(aspect) ?? 0))) throw refused('has answered rows that it was not asked about');
      const known = answers.get(aspect);
      if (known?.has(row) === false) known.set(row, output);
    }
  };
  for await (const chunk of files.stream(file, signal)) {
    bytes += chunk.length;
    if (bytes > room) throw refused('has written more answers than there are rows');
    take(cutter.add(chunk));
  }
  take(cutter.add(new Uint8Array([10])));
  return answers;
}

interface AnswerLine {
  readonly aspect: string;
  readonly row: number;
  readonly output: string;
}

function readLine(line: string): AnswerLine | undefined {
  if (line.trim() === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // Half a line: its row has no answer, and is told so.
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { aspect, row, output } = value as Partial<Record<keyof AnswerLine, unknown>>;
  if (typeof aspect !== 'string' || typeof output !== 'string') return undefined;
  return typeof row === 'number' && Number.isSafeInteger(row) && row >= 0 ? { aspect, row, output } : undefined;
}

/** The answers to the test rows, in the rows' order. */
export function orderAnswers(bundle: JobBundle, answers: RowAnswers): JobAnswers {
  const ordered: Partial<Record<AspectName, (string | undefined)[]>> = {};
  for (const { role, aspect, rows } of bundle.inputs) {
    if (role === 'test') ordered[aspect] = rows.map((_, row) => answers.get(aspect)?.get(row));
  }
  return ordered;
}
