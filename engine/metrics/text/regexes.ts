import { strip } from './python-text.ts';
import { createRegex, type Regex, type RegexMatch } from './regex-matcher.ts';

/** Longer answers count as without a match. */
const maxText = 100_000;

export interface RegexFilterOptions {
  /** In the notation of Python's `re`; default finds what follows `####`. */
  readonly pattern?: string;
  /** Which of all matches counts, from 0; from the end below 0. Default 0. */
  readonly select?: number;
  /** What an answer without a match becomes; default `[invalid]`. */
  readonly fallback?: string;
}

/**
 * Takes from an answer what a regular expression finds: of all matches the selected one, of its groups the first that is not empty (the whole match without
 * groups), without white space at its ends; else the fallback. Where the selected match does not exist lm-eval stops; here the fallback counts.
 * Source: lm-evaluation-harness 0.4.12, `RegexFilter`.
 * @throws WorkbenchError `file-invalid` for a pattern that cannot be read; the returned function `metric-unsuitable` where a search takes too long.
 */
export function createRegexFilter({
  pattern = String.raw`#### (\-?[0-9\.\,]+)`,
  select = 0,
  fallback = '[invalid]',
}: RegexFilterOptions): (text: string) => string {
  const regex = createRegex(pattern);
  return text => {
    const match = text.length > maxText ? undefined : regex.findAll(text).at(select);
    return match === undefined ? fallback : strip(readMatch(regex, match, text) ?? fallback);
  };
}

/** What `findall` gives of a match; `undefined` where there are several groups and all are empty. */
function readMatch({ groups }: Regex, match: RegexMatch, text: string): string | undefined {
  const read = (group: number): string =>
    match[2 * group]! < 0 ? '' : text.slice(match[2 * group], match[2 * group + 1]);
  if (groups < 2) return read(groups);
  for (let group = 1; group <= groups; group++) if (read(group) !== '') return read(group);
  return undefined;
}

/**
 * Removes from a text what each of the regular expressions matches, one after the other, as lm-eval's `regexes_to_ignore`. Texts beyond 100,000 characters are left.
 * @throws WorkbenchError `file-invalid` for a pattern that cannot be read; the returned function `metric-unsuitable` where a search takes too long.
 */
export function createIgnorer(patterns: readonly string[]): (text: string) => string {
  const regexes = patterns.map(createRegex);
  return text => (text.length > maxText ? text : regexes.reduce(removeMatches, text));
}

function removeMatches(text: string, regex: Regex): string {
  let kept = '';
  let start = 0;
  for (const match of regex.findAll(text)) {
    kept += text.slice(start, match[0]);
    start = match[1]!;
  }
  return kept + text.slice(start);
}
