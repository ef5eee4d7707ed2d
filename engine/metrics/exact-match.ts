import type { ExactMatchParameters } from '../../schemas/generated/files.ts';
import type { MetricDefinition, Observation } from './metric.ts';
import { createShareMetric } from './share.ts';

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
    'lm-evaluation-harness 0.4.12, exact_match: case, then punctuation, then digits are ignored as asked; `trim` is ours and comes last.',
  kind: 'quality',
  unit: 'ratio',
  direction: 'higher',
  figures: ['exact-match'],
  streams: false,
  create(parameters) {
    const simplify = createSimplifier(parameters);
    return createShareMetric('exact-match', 'Exact match', ({ output, target }: Observation) => {
      return output === target || (simplify !== undefined && simplify(output) === simplify(target));
    });
  },
};

function createSimplifier(parameters: ExactMatchParameters): ((text: string) => string) | undefined {
  const { ignoreCase, ignorePunctuation, ignoreNumbers, trim } = parameters;
  if (!ignoreCase && !ignorePunctuation && !ignoreNumbers && !trim) return undefined;
  return text => {
    let simplified = ignoreCase ? text.toLowerCase() : text;
    if (ignorePunctuation) simplified = simplified.replace(asciiPunctuation, '');
    if (ignoreNumbers) simplified = simplified.replace(asciiDigits, '');
    return trim ? simplified.trim() : simplified;
  };
}
