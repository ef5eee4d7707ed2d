import type { ExactMatchParameters } from '../../schemas/generated/files.ts';
import { comparePart, readPattern } from './extract.ts';
import { identify } from './identity.ts';
import type { MetricDefinition } from './metric.ts';
import { createShareMetric } from './score-metric.ts';
import { fitsAny } from './targets.ts';
import { createIgnorer } from './text/regexes.ts';
import { unlessTooLong } from './too-long.ts';

/** Python's `string.punctuation`: the 32 ASCII characters that are neither letters, digits, space nor control. */
const asciiPunctuation = /[!-/:-@[-`{-~]/g;
const asciiDigits = /[0-9]/g;

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
    const isRight = comparePart(options.extract, fitsAny(createComparison(options), options.severalTargets));
    return createShareMetric(identify('exact-match', 'Exact match', parameters), ({ output, target }) =>
      isRight(output, target),
    );
  },
};

function createComparison(options: ExactMatchParameters): (answer: string, target: string) => boolean {
  const simplify = createSimplifier(options);
  if (simplify === undefined) return (answer, target) => answer === target;
  return (answer, target) => answer === target || simplify(answer) === simplify(target);
}

function createSimplifier(options: ExactMatchParameters): ((text: string) => string) | undefined {
  const { ignoreCase, ignorePunctuation, ignoreNumbers, trim } = options;
  const { regexesToIgnore = [] } = options;
  const ignore = regexesToIgnore.length === 0 ? undefined : readPattern(() => createIgnorer(regexesToIgnore));
  if (ignore === undefined && !ignoreCase && !ignorePunctuation && !ignoreNumbers && !trim) return undefined;
  return text => {
    // A text that takes too long to search stays as it is.
    let simplified = ignore === undefined ? text : (unlessTooLong(() => ignore(text)) ?? text);
    if (ignoreCase) simplified = simplified.toLowerCase();
    if (ignorePunctuation) simplified = simplified.replace(asciiPunctuation, '');
    if (ignoreNumbers) simplified = simplified.replace(asciiDigits, '');
    return trim ? simplified.trim() : simplified;
  };
}
