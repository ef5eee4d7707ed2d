import type { PromptTrial } from '../../schemas/generated/files.ts';
import { parseDocument } from '../documents/parse.ts';
import { applyChanges } from '../edits/change.ts';
import { addFields, removeField, replaceField } from '../edits/fields.ts';
import { nodeAt, pairAt } from '../edits/places.ts';

/** What a trial is given beside the text of its prompt. */
export interface TrialOptions {
  /** The models that answer. */
  readonly models?: readonly string[];
  /** Cases: what the variables stand for. */
  readonly values?: readonly Readonly<Record<string, unknown>>[];
  /** A dataset whose first rows are the cases; its content is validated with the trial. */
  readonly dataset?: Readonly<Record<string, unknown>>;
  readonly repeats?: number;
  /** US dollars. */
  readonly budget?: number;
}

/**
 * A prompt's text with what it is tried with written into it, in place of what is there. What is new stands at the end, so that the places
 * of everything else stay what they are. The text as it is where it cannot be read.
 */
export function writeTrial(text: string, { models, values, dataset, repeats, budget }: TrialOptions): string {
  let written = text;
  const limits = parseDocument('trial', text).value?.limits;
  const fields: Partial<Record<keyof PromptTrial, unknown>> = {
    ...(models === undefined ? {} : { models }),
    ...(values === undefined ? {} : { values: values.length === 1 ? values[0] : values }),
    ...(dataset === undefined ? {} : { dataset }),
    ...(repeats === undefined ? {} : { repeats }),
    ...(budget === undefined ? {} : { limits: { ...limits, budget: writeDollars(budget) } }),
  };
  for (const [name, value] of Object.entries(fields)) written = writeField(written, name, value);
  // Cases come from one place: what is given now is meant.
  if (values !== undefined && dataset === undefined) written = removeTop(written, 'dataset');
  if (dataset !== undefined && values === undefined) written = removeTop(written, 'values');
  return written;
}

function writeField(text: string, name: string, value: unknown): string {
  const parsed = parseDocument('trial', text);
  const field = { name, value };
  const changes =
    nodeAt(parsed, [name]) === undefined ? addFields(parsed, [], [field]) : replaceField(parsed, [name], field);
  return changes === undefined ? text : applyChanges(text, changes);
}

/** The prompt alone, without what it is tried with. */
export function writePrompt(text: string): string {
  return trialFields.reduce(removeTop, text);
}

const trialFields: readonly (keyof PromptTrial)[] = ['models', 'values', 'dataset', 'repeats', 'cache', 'limits'];

function removeTop(text: string, name: string): string {
  const parsed = parseDocument('trial', text);
  const owner = pairAt(parsed, [name]);
  const changes = owner === undefined ? undefined : removeField(parsed, owner);
  return changes === undefined ? text : applyChanges(text, changes);
}

/** As the schema wants a budget: no exponent, at least two decimals. */
function writeDollars(amount: number): string {
  const text = amount.toFixed(6).replace(/0{1,4}$/, '');
  return `${text} USD`;
}
