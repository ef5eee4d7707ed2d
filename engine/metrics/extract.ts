import type { Extract } from '../../schemas/generated/files.ts';
import { WorkbenchError } from '../base/errors.ts';
import { mostLetters } from './choices.ts';
import { extractChoice } from './text/choices.ts';
import { extractJson } from './text/json-answer.ts';
import { extractNumber } from './text/numeric.ts';
import { strip } from './text/python-text.ts';
import { createRegex, type Regex } from './text/regex-matcher.ts';
import { createRegexFilter } from './text/regexes.ts';
import { unlessTooLong } from './too-long.ts';

/** Of longer answers only the end is searched by a regular expression. */
const longestSearched = 100_000;

/** What takes the part of an answer that is compared; undefined for an answer without it. */
export type Extractor = (answer: string) => string | undefined;

/**
 * Compares the extracted part of an answer with its target by `fits`. Numbers and JSON are written alike on both sides, so that `1,000` is `1000`.
 * An answer without such a part does not fit.
 */
export function comparePart(
  extract: Extract | undefined,
  fits: (answer: string, target: string) => boolean,
): (answer: string, target: string) => boolean {
  const find = createExtractor(extract);
  if (find === undefined) return fits;
  const isWrittenAnew = extract === 'number' || extract === 'json';
  return (answer, target) => {
    const part = find(answer);
    return part !== undefined && fits(part, isWrittenAnew ? (find(target) ?? target) : target);
  };
}

/** Absent where the whole answer is compared. Throws `metric-unsuitable` for a regular expression that is none. */
export function createExtractor(extract: Extract | undefined): Extractor | undefined {
  switch (extract) {
    case undefined:
      return undefined;
    case 'choice':
      return answer => extractChoice(answer, mostLetters);
    case 'number':
      return findNumber;
    case 'json':
      return findJson;
    case 'first-line':
      return findFirstLine;
    default:
      return createFilter(extract);
  }
}

type Filter = Exclude<Extract, string>;

/** Stands for an answer in which nothing was found. */
const nothing = '\u0000';

/** As lm-evaluation-harness' regex filter; `group` takes that group of the match instead of the first that caught something. */
function createFilter({ regex: pattern, group, select = 'first' }: Filter): Extractor {
  const place = select === 'first' ? 0 : -1;
  if (group !== undefined) return createGroupFilter(pattern, group, place);
  const filter = readPattern(() => createRegexFilter({ pattern, select: place, fallback: nothing }));
  return answer => {
    const found = unlessTooLong(() => filter(endOf(answer))) ?? nothing;
    return found === nothing ? undefined : found;
  };
}

function createGroupFilter(pattern: string, group: number, place: number): Extractor {
  const regex = compilePattern(pattern);
  if (group > regex.groups) {
    throw new WorkbenchError('metric-unsuitable', `The regular expression "${pattern}" has no group ${group}.`, {
      remedy: `It has ${regex.groups === 0 ? 'none' : `groups 1 to ${regex.groups}`}; 0 is the whole match.`,
    });
  }
  return answer => {
    const text = endOf(answer);
    const match = unlessTooLong(() => regex.findAll(text))?.at(place);
    const start = match?.[2 * group] ?? -1;
    return start < 0 ? undefined : strip(text.slice(start, match?.[2 * group + 1]));
  };
}

function endOf(answer: string): string {
  return answer.length > longestSearched ? answer.slice(-longestSearched) : answer;
}

/** A pattern in the notation of Python's `re`. Throws `metric-unsuitable` for one that cannot be read. */
export function compilePattern(pattern: string): Regex {
  return readPattern(() => createRegex(pattern));
}

/** What `read` makes of a pattern. Throws `metric-unsuitable` where it cannot be read. */
export function readPattern<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof WorkbenchError)) throw error;
    const { message, remedy } = error;
    throw new WorkbenchError('metric-unsuitable', message, {
      cause: error,
      ...(remedy === undefined ? {} : { remedy }),
    });
  }
}

function findFirstLine(answer: string): string | undefined {
  for (let start = 0; start <= answer.length;) {
    const end = answer.indexOf('\n', start);
    const line = answer.slice(start, end < 0 ? undefined : end).trim();
    if (line !== '') return line;
    if (end < 0) return undefined;
    start = end + 1;
  }
  return undefined;
}

/** A JSON value on one line, without white space between its parts. */
function findJson(answer: string): string | undefined {
  const value = extractJson(answer);
  return value === undefined ? undefined : JSON.stringify(value);
}

/** The last number, in the shortest digits. */
function findNumber(answer: string): string | undefined {
  const number = extractNumber(answer, {});
  return number === undefined ? undefined : String(number);
}
