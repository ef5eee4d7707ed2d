import type { CalibrationParameters } from '../../schemas/generated/files.ts';
import { findChoice } from './choices.ts';
import { isSameLabel, normaliseLabel } from './labels.ts';
import type { Observation } from './metric.ts';
import { readPath } from './json-path.ts';
import { extractJson } from './text/json-answer.ts';

/** How sure a model was of its answer, 0 … 1, and whether it was right, 1 or 0. */
interface Claim {
  readonly confidence: number;
  readonly right: number;
}

/** Fields that hold the label where the parameters name none. */
const labelFields: readonly string[] = ['label', 'answer'];

/** Reads the confidence of an answer: a field of it where one is named, else what the model itself returned beside it. */
export function confidenceOf({
  confidence,
  label,
}: CalibrationParameters): (observation: Observation) => Claim | undefined {
  if (confidence === undefined) return observation => claimOfChoices(observation) ?? claimOfLabels(observation);
  const paths = label === undefined ? labelFields : [label];
  return ({ output, target }) => {
    const answer = extractJson(output);
    if (answer === undefined) return undefined;
    const claimed = toShare(readPath(answer, confidence));
    const named = paths.map(path => readPath(answer, path)).find(value => value !== undefined);
    if (claimed === undefined || (typeof named !== 'string' && typeof named !== 'number' && typeof named !== 'boolean'))
      return undefined;
    return { confidence: claimed, right: isSameLabel(String(named), target) ? 1 : 0 };
  };
}

function claimOfChoices({ choices, choiceLogprobs, target }: Observation): Claim | undefined {
  if (choices === undefined || choiceLogprobs?.length !== choices.length || choices.length === 0) return undefined;
  const wanted = findChoice(target, choices);
  if (wanted === undefined || !choiceLogprobs.every(Number.isFinite)) return undefined;
  const highest = Math.max(...choiceLogprobs);
  const sum = choiceLogprobs.reduce((total, logprob) => total + Math.exp(logprob - highest), 0);
  return { confidence: 1 / sum, right: choiceLogprobs.indexOf(highest) === wanted ? 1 : 0 };
}

/** The probability of the label that was answered; where it has none, the highest there is. */
function claimOfLabels({ probabilities, output, target }: Observation): Claim | undefined {
  if (probabilities === undefined) return undefined;
  const answered = normaliseLabel(output);
  let highest = -1;
  let own: number | undefined;
  for (const label in probabilities) {
    const probability = probabilities[label] ?? 0;
    if (probability > highest) highest = probability;
    if (normaliseLabel(label) === answered) own = probability;
  }
  const confidence = toShare(own ?? highest);
  return confidence === undefined ? undefined : { confidence, right: isSameLabel(output, target) ? 1 : 0 };
}

/** A share as a number, or as text such as `0.8` or `80 %`; other values, and those outside 0 … 1, are no confidence. */
function toShare(value: unknown): number | undefined {
  const percent = typeof value === 'string' ? /^\s*(\d{1,3}(?:\.\d{1,10})?)\s?%\s*$/.exec(value)?.[1] : undefined;
  const share =
    percent === undefined
      ? typeof value === 'string' && value.trim() !== ''
        ? Number(value)
        : value
      : Number(percent) / 100;
  return typeof share === 'number' && share >= 0 && share <= 1 ? share : undefined;
}
