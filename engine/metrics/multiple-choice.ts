import type { MultipleChoiceParameters } from '../../schemas/generated/files.ts';
import { findAnsweredChoice, findChoice } from './choices.ts';
import { createExtractor } from './extract.ts';
import { averageSamples, joinFigures } from './figure.ts';
import { identify, ownSuffix } from './identity.ts';
import type { Metric, MetricDefinition, Observation } from './metric.ts';
import { shareRange } from './range.ts';
import { binaryRight } from './score-metric.ts';

const parts = ['acc', 'acc-norm', 'acc-bytes'] as const;
type Part = (typeof parts)[number];

const labels: Readonly<Record<Part, string>> = {
  acc: 'Multiple choice, acc',
  'acc-norm': 'Multiple choice, acc_norm',
  'acc-bytes': 'Multiple choice, acc_bytes',
};

export const multipleChoice: MetricDefinition = {
  id: 'multiple-choice',
  title: 'Multiple choice',
  description:
    'Share of rows whose right choice is taken: the likeliest one where the model gives log-likelihoods of the choices, else the one a written answer names by letter or text. An answer that names none, or several, is wrong.',
  formula:
    'acc: argmax of ln P(choice); acc-norm: of ln P ÷ characters of the choice; acc-bytes: of ln P ÷ its UTF-8 bytes; equal ones to the first',
  source: 'lm-evaluation-harness 0.4.12, acc, acc_norm and acc_bytes. Reading a written answer is ours.',
  kind: 'quality',
  unit: 'ratio',
  direction: 'higher',
  figures: parts.map(part => `multiple-choice.${part}`),
  streams: false,
  create: parameters => createMultipleChoice(parameters),
};

function createMultipleChoice(parameters: MultipleChoiceParameters): Metric {
  const identity = identify('multiple-choice', 'Multiple choice', { ...parameters });
  const { id } = identity;
  const find = createExtractor(parameters.extract);
  const keyOf = (part: Part) => `${id}.${part}`;
  const figureOf = (part: Part) => {
    const label = `${labels[part]}${ownSuffix(identity)}`;
    return averageSamples(
      { metric: keyOf(part), label, kind: 'quality', unit: 'ratio', direction: 'higher' },
      {
        read: ({ scores }) => scores?.[keyOf(part)],
        range: shareRange,
        kind: 'share',
        missing:
          part === 'acc'
            ? 'belong to rows without choices, or whose target is none of them'
            : 'came without log-likelihoods of the choices',
      },
    );
  };
  return {
    ...identity,
    kind: 'quality',
    unit: 'ratio',
    direction: 'higher',
    figures: parts.map(keyOf),
    take(observation) {
      const { choices, target } = observation;
      const wanted = choices === undefined ? undefined : findChoice(target, choices);
      if (choices === undefined || wanted === undefined) return undefined;
      const likely = likeliestChoices(observation);
      if (likely === undefined) {
        const answer = find === undefined ? observation.output : find(observation.output);
        const taken = answer === undefined ? undefined : findAnsweredChoice(answer, choices);
        return { [keyOf('acc')]: taken === wanted ? 1 : 0 };
      }
      return Object.fromEntries(parts.map((part, index) => [keyOf(part), likely[index] === wanted ? 1 : 0]));
    },
    score: ({ scores }) => scores?.[keyOf('acc')],
    right: binaryRight,
    startAggregate: () => joinFigures([figureOf('acc'), figureOf('acc-norm'), figureOf('acc-bytes')]),
  };
}

/** The likeliest choice by each measure; undefined where the model gave no log-likelihoods. */
function likeliestChoices({ choices = [], choiceLogprobs }: Observation): readonly number[] | undefined {
  if (choiceLogprobs?.length !== choices.length || choices.length === 0) return undefined;
  const characters = choices.map(choice => Math.max(1, countCharacters(choice)));
  const bytes = choices.map(choice => Math.max(1, countBytes(choice)));
  return [
    largestAt(choiceLogprobs),
    largestAt(choiceLogprobs.map((logprob, index) => logprob / characters[index]!)),
    largestAt(choiceLogprobs.map((logprob, index) => logprob / bytes[index]!)),
  ];
}

function countCharacters(text: string): number {
  return Array.from(text).length;
}

/** Bytes of a text in UTF-8. */
function countBytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0)!;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}

function largestAt(values: readonly number[]): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) if (values[index]! > values[best]!) best = index;
  return best;
}
