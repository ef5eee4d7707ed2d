import type { ErrorRateParameters } from '../../schemas/generated/files.ts';
import { identify } from './identity.ts';
import type { Metric, MetricDefinition } from './metric.ts';
import { rateRange } from './range.ts';
import { countCharacterEdits, countWordEdits, type EditCounts } from './text/edit-rate.ts';
import { normalizeBasic, normalizeEnglish } from './text/whisper-normaliser.ts';
import { createTextMetric } from './text-metric.ts';

type Preparation = NonNullable<ErrorRateParameters['normalise']>;

const preparations: Readonly<Record<Preparation, ((text: string) => string) | undefined>> = {
  none: undefined,
  'lower-case': text => text.toLowerCase(),
  'whisper-basic': text => normalizeBasic(text, {}),
  'whisper-english': normalizeEnglish,
};

const source =
  'jiwer 4.0.0, process_words and process_characters with their defaults; Whisper’s normalisers after openai-whisper. Published figures of speech models use whisper-english, which alone may change a rate by a third.';

export const wer = defineErrorRate(
  'wer',
  'Word error rate',
  'Words that were replaced, left out or added on the way from the targets to the answers, for each word of the targets; over the whole corpus. Above 1 where answers are much longer.',
  '(substitutions + deletions + insertions) ÷ words of the targets',
);
export const cer = defineErrorRate(
  'cer',
  'Character error rate',
  'Characters that were replaced, left out or added on the way from the targets to the answers, for each character of the targets, spaces included; over the whole corpus.',
  '(substitutions + deletions + insertions) ÷ characters of the targets',
);

function defineErrorRate(id: 'wer' | 'cer', title: string, description: string, formula: string): MetricDefinition {
  return {
    id,
    title,
    description,
    formula,
    source,
    kind: 'quality',
    unit: 'ratio',
    direction: 'lower',
    figures: [id],
    streams: false,
    create: parameters => createErrorRate(id, title, parameters),
  };
}

function createErrorRate(id: 'wer' | 'cer', title: string, parameters: ErrorRateParameters): Metric {
  const normalise = parameters.normalise ?? 'none';
  const prepare = preparations[normalise];
  const count = id === 'wer' ? countWordEdits : countCharacterEdits;
  const label = normalise === 'none' ? title : `${title} (${normalise})`;
  return createTextMetric(identify(id, label, { ...parameters }), {
    unit: 'ratio',
    direction: 'lower',
    range: rateRange,
    width: 2,
    statistics: (output, target) =>
      toStatistics(prepare === undefined ? count(target, output) : count(prepare(target), prepare(output))),
    figure: ([edits = 0, length = 0]) => (length === 0 ? NaN : edits / length),
    score: toRate,
    right: { isRight: score => score === 0, binary: false },
    signature: `jiwer:4.0.0|unit:${id === 'wer' ? 'words' : 'characters'}|normalise:${normalise}`,
    warn: ([, length = 0]) => (length === 0 ? 'Every target is empty: there is no rate.' : undefined),
  });
}

/** Edits, and the length of the target. */
function toStatistics({ substitutions, deletions, insertions, hits }: EditCounts): Float64Array {
  return Float64Array.of(substitutions + deletions + insertions, hits + substitutions + deletions);
}

/** Of one sample; with nothing in its target it is the number of insertions, as jiwer has it. */
function toRate([edits = 0, length = 0]: Float64Array): number {
  return length === 0 ? edits : edits / length;
}
