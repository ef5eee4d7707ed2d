import type { Extract } from '../../schemas/generated/files.ts';
import { WorkbenchError } from '../base/errors.ts';
import { findLetter } from './choices.ts';
import { findJson } from './json-answer.ts';
import { strip } from './text/python-text.ts';
import { createRegex, type Regex, type RegexMatch } from './text/regex-matcher.ts';

/** Of longer answers only the end is searched by a regular expression. */
const longestSearched = 100_000;

/** What takes the part of an answer that is compared; undefined for an answer without it. */
export type Extractor = (answer: string) => string | undefined;

/** Absent where the whole answer is compared. Throws `metric-unsuitable` for a regular expression that is none. */
export function createExtractor(extract: Extract | undefined): Extractor | undefined {
  switch (extract) {
    case undefined:
      return undefined;
    case 'choice':
      return findLetter;
    case 'number':
      return findNumberText;
    case 'json':
      return answer => findJson(answer)?.text;
    case 'first-line':
      return findFirstLine;
    default:
      return createFilter(extract);
  }
}

type Filter = Exclude<Extract, string>;

/**
 * As lm-evaluation-harness' regex filter: of all matches the first or last, of its groups the first that caught something, without white space
 * around it.
 */
function createFilter({ regex: pattern, group, select = 'first' }: Filter): Extractor {
  const regex = compilePattern(pattern);
  if (group !== undefined && group > regex.groups) {
    throw new WorkbenchError('metric-unsuitable', `The regular expression "${pattern}" has no group ${group}.`, {
      remedy: `It has ${regex.groups === 0 ? 'none' : `groups 1 to ${regex.groups}`}; 0 is the whole match.`,
    });
  }
  return answer => {
    const text = answer.length > longestSearched ? answer.slice(-longestSearched) : answer;
    const match = findMatches(regex, text)?.at(select === 'first' ? 0 : -1);
    const found = match === undefined ? undefined : readMatch(regex, match, text, group);
    return found === undefined ? undefined : strip(found);
  };
}

function readMatch({ groups }: Regex, match: RegexMatch, text: string, group: number | undefined): string | undefined {
  const read = (index: number): string | undefined => {
    const start = match[2 * index] ?? -1;
    return start < 0 ? undefined : text.slice(start, match[2 * index + 1]);
  };
  if (group !== undefined) return read(group);
  if (groups === 0) return read(0);
  for (let index = 1; index <= groups; index++) {
    const found = read(index);
    if (found !== undefined && found !== '') return found;
  }
  return undefined;
}

/** A pattern in the notation of Python's `re`. Throws `metric-unsuitable` for one that cannot be read. */
export function compilePattern(pattern: string): Regex {
  try {
    return createRegex(pattern);
  } catch (error) {
    if (!(error instanceof WorkbenchError)) throw error;
    throw new WorkbenchError('metric-unsuitable', error.message, {
      cause: error,
      remedy: error.remedy ?? 'Write it as Python’s re does.',
    });
  }
}

/** Every match; undefined where the search would take too long. */
export function findMatches(regex: Regex, text: string): readonly RegexMatch[] | undefined {
  try {
    return regex.findAll(text);
  } catch (error) {
    if (error instanceof WorkbenchError && error.code === 'metric-unsuitable') return undefined;
    throw error;
  }
}

function findFirstLine(answer: string): string | undefined {
  for (let start = 0; start <= answer.length; ) {
    const end = answer.indexOf('\n', start);
    const line = answer.slice(start, end < 0 ? undefined : end).trim();
    if (line !== '') return line;
    if (end < 0) return undefined;
    start = end + 1;
  }
  return undefined;
}

/** The last number as it is written. */
function findNumberText(answer: string): string | undefined {
  return answer.match(/-?\d+/g)?.at(-1);
}
