import { encodeBase64 } from '../../base/base64.ts';
import { isRecord } from '../http/json.ts';
import type { ContentPart, ModelParameters, Question } from '../model.ts';
import { asText, likeliest, readProbabilities } from '../reply-values.ts';

/** What a program said to one question: an answer, or why it has none. */
export type ProgramReply =
  | { readonly id: string; readonly answer: ProgramAnswer }
  | { readonly id: string; readonly error: string; readonly isFormat: boolean };

export interface ProgramAnswer {
  readonly output: string;
  readonly probabilities?: Readonly<Record<string, number>>;
  readonly choiceLogprobs?: readonly number[];
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  /** US dollars. */
  readonly cost?: number;
}

/** The line a program gets for one question. */
export function writeQuestion(id: string, question: Question, parameters: ModelParameters): string {
  const { input, messages, choices, values, sample, audio } = question;
  return JSON.stringify({
    id,
    input,
    messages: messages.map(({ role, content }) => ({
      role,
      content: typeof content === 'string' ? content : content.map(writePart),
    })),
    values: values ?? {},
    ...(choices === undefined ? {} : { choices }),
    ...(audio === undefined ? {} : { audio: { mediaType: audio.mediaType, data: encodeBase64(audio.bytes) } }),
    ...(sample === undefined ? {} : { row: sample.row, repeat: sample.repeat }),
    parameters,
  });
}

function writePart(part: ContentPart): object {
  if (part.type === 'text') return part;
  return { type: part.type, mediaType: part.media.mediaType, data: encodeBase64(part.media.bytes) };
}

/** Where a reply's id stands, for lines that are not quite JSON. */
const idAtStart = /^\s{0,16}\{\s{0,16}"id"\s{0,16}:\s{0,16}"?(\d{1,16})"?\s{0,16}[,}]/;

/**
 * Reads a line a program printed. A line that is no valid answer but begins with its id is that question's failure; undefined where a line
 * belongs to no question. `choices` tells how many choices a question had.
 */
export function readReply(line: string, choices: (id: string) => number | undefined): ProgramReply | undefined {
  let reply: unknown;
  try {
    reply = JSON.parse(line);
  } catch {
    const id = idAtStart.exec(line.slice(0, 100))?.[1];
    return id === undefined ? undefined : { id, error: 'a line that is not JSON', isFormat: true };
  }
  if (!isRecord(reply)) return undefined;
  const id = typeof reply['id'] === 'number' ? String(reply['id']) : reply['id'];
  if (typeof id !== 'string') return undefined;
  const { error } = reply;
  if (error !== undefined && error !== null)
    return { id, error: typeof error === 'string' ? error : JSON.stringify(error), isFormat: false };
  const answer = readAnswer(reply, choices(id));
  return typeof answer === 'string' ? { id, error: answer, isFormat: true } : { id, answer };
}

/** The answer in a reply, or what is wrong with it. */
function readAnswer(reply: Readonly<Record<string, unknown>>, choices: number | undefined): ProgramAnswer | string {
  const { output, inputTokens, outputTokens, cost } = reply;
  const probabilities = readProbabilities(reply['probabilities']);
  if (typeof probabilities === 'string') return probabilities;
  const text = output === undefined || output === null ? likeliest(probabilities) : asText(output);
  if (text === undefined) return 'an answer without `output`';
  const logprobs = reply['choiceLogprobs'];
  if (logprobs !== undefined && !isLogprobs(logprobs, choices))
    return '`choiceLogprobs` that are not a number a choice';
  for (const [name, count] of Object.entries({ inputTokens, outputTokens, cost })) {
    const isWhole = name === 'cost' || Number.isSafeInteger(count);
    if (count !== undefined && (typeof count !== 'number' || count < 0 || !isWhole))
      return `a \`${name}\` that is no count`;
  }
  return {
    output: text,
    ...(probabilities === undefined ? {} : { probabilities }),
    ...(logprobs === undefined ? {} : { choiceLogprobs: logprobs }),
    ...(typeof inputTokens === 'number' ? { inputTokens } : {}),
    ...(typeof outputTokens === 'number' ? { outputTokens } : {}),
    ...(typeof cost === 'number' ? { cost } : {}),
  };
}

function isLogprobs(value: unknown, choices: number | undefined): value is readonly number[] {
  if (!Array.isArray(value) || value.length !== choices) return false;
  return value.every(item => typeof item === 'number' && item <= 0);
}
