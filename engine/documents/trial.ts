import type { PromptTrial } from '../../schemas/generated/files.ts';

/** Rows of a dataset that are tried where a trial does not say how many. */
export const usualTrialRows = 5;
/** Cases a trial may have: more are a benchmark. */
export const mostTrialCases = 100;

/** The models that answer: those the trial names, else the one the prompt was written for. */
export function trialModels({ models, model }: Pick<PromptTrial, 'models' | 'model'>): readonly string[] {
  return models ?? (model === undefined ? [] : [model]);
}

/** The cases of a trial that writes them itself. One that has neither values nor a dataset is asked once, as it is. */
export function writtenCases({ values, dataset }: PromptTrial): readonly Readonly<Record<string, unknown>>[] {
  if (dataset !== undefined) return [];
  return values === undefined ? [{}] : Array.isArray(values) ? values : [values];
}

/**
 * The one text that a case stands for, which models read that know no prompt: the dataset's input column, else the only variable. Absent
 * where there is no such text.
 */
export function trialInput({ dataset }: PromptTrial, variables: readonly string[]): string | undefined {
  return dataset?.input ?? (variables.length === 1 ? variables[0] : undefined);
}
