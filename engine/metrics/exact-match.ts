import type { ExactMatchParameters } from '../../schemas/generated/files.ts';
import { compilePattern, createExtractor, findMatches } from './extract.ts';
import { identify } from './identity.ts';
import type { MetricDefinition } from './metric.ts';
import { createShareMetric } from './score-metric.ts';
import { fitsAny } from './targets.ts';
import type { Regex } from './text/regex-matcher.ts';

/** Python's `string.punctuation`: the 32 ASCII characters that are neither letters, digits, space nor control. */
const asciiPunctuation = /[!-/:-@[-`{-~]/g;
const asciiDigits = /[0-9]/g;
/** Longer texts are not searched by regular expressions. */
const longestSearched = 100_000;

export const exactMatch: MetricDefinition = {
  id: 'exact-match',
  title: 'Exact match',
  description:
    'Share of answers that equal their target character by character, after what the parameters say to ignore.',
  formula: 'answers equal to their target ÷ answers',
  source:
    'lm-evaluation-harness 0.4.12, exact_match: regexes, then case, punctuation and digits are ignored as asked, and any of several targets will do; `trim` is ours and comes last.',
  kind: 'quality',
  unit: 'ratio',
  direction: 'higher',
  figures: ['exact-match'],
  streams: false,
  create(parameters) {
    const options = parameters as ExactMatchParameters;
    const find = createExtractor(options.extract);
    const isRight = fitsAny(createComparison(options), options.severalTargets);
    return createShareMetric(identify('exact-match', 'Exact match', parameters), ({ output, target }) => {
      if (find === undefined) return isRight(output, target);
      const answer = find(output);
      return answer !== undefined && isRight(answer, target);
    });
  },
};

function createComparison(options: ExactMatchParameters): (answer: string, target: string) => boolean {
  const simplify = createSimplifier(options);
  if (simplify === undefined) return (answer, target) => answer === target;
  return (answer, target) => answer === target || simplify(answer) === simplify(target);
}

function createSimplifier(options: ExactMatchParameters): ((text: string) => string) | undefined {
  const { ignoreCase, ignorePunctuation, ignoreNumbers, trim } = options;
  const patterns = (options.regexesToIgnore ?? []).map(compilePattern);
  if (patterns.length === 0 && !ignoreCase && !ignorePunctuation && !ignoreNumbers && !trim) return undefined;
  return text => {
    let simplified = text;
    for (const pattern of patterns) simplified = removeMatches(pattern, simplified);
    if (ignoreCase) simplified = simplified.toLowerCase();
    if (ignorePunctuation) simplified = simplified.replace(asciiPunctuation, '');
    if (ignoreNumbers) simplified = simplified.replace(asciiDigits, '');
    return trim ? simplified.trim() : simplified;
  };
}

/** A text without what a pattern matches; a text that would take too long to search stays as it is. */
function removeMatches(pattern: Regex, text: string): string {
  const matches = text.length > longestSearched ? [] : (findMatches(pattern, text) ?? []);
  let kept = '';
  let start = 0;
  for (const [from = 0, to = 0] of matches) {
    kept += text.slice(start, from);
    start = to;
  }
  return kept + text.slice(start);
}
