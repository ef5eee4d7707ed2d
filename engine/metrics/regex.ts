import type { RegexParameters } from '../../schemas/generated/files.ts';
import { compilePattern } from './extract.ts';
import { identify } from './identity.ts';
import type { Metric, MetricDefinition } from './metric.ts';
import { createShareMetric } from './score-metric.ts';
import type { Regex } from './text/regex-matcher.ts';
import { unlessTooLong } from './too-long.ts';

/** Longer answers are not searched and have no score. */
const longestSearched = 100_000;
const targetMark = '{{target}}';

export const regex: MetricDefinition = {
  id: 'regex',
  title: 'Regular expression',
  description: 'Share of answers that match a regular expression, or with `forbidden` of those that do not.',
  formula: 'answers that match ÷ answers',
  source:
    'Regular expressions in the notation and with the meaning of Python’s re (search, or fullmatch for `matches`).',
  kind: 'quality',
  unit: 'ratio',
  direction: 'higher',
  figures: ['regex'],
  streams: false,
  create: parameters => createRegexMetric(parameters as unknown as RegexParameters),
};

function createRegexMetric(parameters: RegexParameters): Metric {
  const { pattern, mode = 'contains', ignoreCase = false, forbidden = false } = parameters;
  const compile = (source: string): Regex =>
    compilePattern(`${ignoreCase ? '(?i)' : ''}${mode === 'matches' ? `\\A(?:${source})\\Z` : source}`);
  const parts = pattern.split(targetMark);
  const fixed = compile(parts.join('x'));
  let last: { readonly target: string; readonly regex: Regex } | undefined;
  const regexFor = (target: string): Regex => {
    if (parts.length === 1) return fixed;
    if (last?.target !== target) last = { target, regex: compile(parts.join(`(?:${escapePattern(target)})`)) };
    return last.regex;
  };
  return createShareMetric(
    identify('regex', forbidden ? 'Regex not found' : mode === 'matches' ? 'Regex matches' : 'Regex found', {
      ...parameters,
    }),
    ({ output, target }) => {
      if (output.length > longestSearched || target.length > longestSearched) return undefined;
      const matches = unlessTooLong(() => regexFor(target).findAll(output));
      return matches === undefined ? undefined : matches.length > 0 !== forbidden;
    },
    'take too long to search',
  );
}

/** A text as a pattern that matches just it. */
function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
