import { WorkbenchError } from '../../base/errors.ts';
import { readJsonLines } from '../../datasets/jsonl.ts';
import type { DatasetRow } from '../../datasets/row.ts';
import type { Digest } from '../../ports/digest.ts';
import type { Files } from '../../ports/files.ts';
import type { Answer } from '../model.ts';
import { asText, likeliest, readProbabilities } from '../reply-values.ts';
import { RecordedAnswers } from './recorded.ts';

/** Recorded answers and the digest of the file they come from. */
export interface RecordedFile {
  readonly answers: RecordedAnswers;
  readonly digest: string;
}

/** Numbers a recorded answer may have beside its output. */
const numberNames = ['latencyMs', 'firstTokenMs', 'inputTokens', 'outputTokens', 'reasoningTokens', 'cost'] as const;

/**
 * Reads a JSON Lines file of recorded answers: each line has `output` (or `probabilities`) with `rowDigest`, `input` or `row`, and may
 * have `repeat`, counts and times. Throws `file-not-found`, or `dataset-invalid` with the line that cannot be used.
 */
export async function readRecordedFile(
  files: Files,
  digest: Digest,
  path: string,
  signal: AbortSignal,
): Promise<RecordedFile> {
  const answers = new RecordedAnswers();
  const hash = digest.startSha256();
  async function* hashed(): AsyncIterable<Uint8Array> {
    for await (const chunk of files.stream(path, signal)) {
      hash.update(chunk);
      yield chunk;
    }
  }
  for await (const rows of readJsonLines(hashed(), path)) {
    for (const row of rows) addRow(answers, row, path);
  }
  return { answers, digest: hash.hex() };
}

function addRow(answers: RecordedAnswers, { line, values }: DatasetRow, path: string): void {
  const { rowDigest, input, row, repeat } = values;
  const fail = (what: string): WorkbenchError =>
    new WorkbenchError('dataset-invalid', `${path}:${String(line)}: this recorded answer has ${what}.`, {
      remedy: 'Each line is an object with `output`, and `rowDigest`, `input` or `row` to find it by.',
      place: { path, line },
    });
  const key = {
    rowDigest: typeof rowDigest === 'string' ? rowDigest : undefined,
    input: typeof input === 'string' ? input : undefined,
    row: isCount(row) ? row : undefined,
  };
  if (key.rowDigest === undefined && key.input === undefined && key.row === undefined) {
    throw fail('neither `rowDigest` nor `input` nor `row`');
  }
  if (repeat !== undefined && !isCount(repeat)) throw fail('a `repeat` that is no count');
  const answer = readAnswer(values);
  if (typeof answer === 'string') throw fail(answer);
  answers.add(key, repeat ?? 0, { answer });
}

/** The answer, or what is wrong with it. */
function readAnswer(values: Readonly<Record<string, unknown>>): Omit<Answer, 'attempts'> | string {
  const { output, finishReason } = values;
  const probabilities = readProbabilities(values['probabilities']);
  if (typeof probabilities === 'string') return probabilities;
  const text = output === undefined || output === null ? likeliest(probabilities) : asText(output);
  if (text === undefined) return 'no `output`';
  const numbers: Partial<Record<(typeof numberNames)[number], number>> = {};
  for (const name of numberNames) {
    const value = values[name];
    if (value === undefined || value === null) continue;
    const isTokens = name.endsWith('Tokens');
    if (typeof value !== 'number' || value < 0 || (isTokens && !Number.isSafeInteger(value))) {
      return `a \`${name}\` that is no ${isTokens ? 'count' : 'number from 0'}`;
    }
    numbers[name] = value;
  }
  return {
    output: text,
    ...numbers,
    ...(probabilities === undefined ? {} : { probabilities }),
    ...(typeof finishReason === 'string' ? { finishReason } : {}),
  };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
