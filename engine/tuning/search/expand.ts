import type { TuningJob } from '../../../schemas/generated/files.ts';
import type { SearchTrial } from '../../../schemas/generated/messages.ts';
import { countCombinations, usualTrials } from '../../diagnostics/tune-search-checks.ts';
import { createRandom } from '../../statistics/random.ts';

export type TrialParameters = SearchTrial['parameters'];

/**
 * The combinations that a job's search tries, each once: all of them in the order of the file, the last parameter changing first (`grid`), or as
 * many as `trials` says, drawn with the seed (`random`). Empty for a job without a search. A grid of more combinations than `trials` is
 * refused by the checks of the file, and cut here.
 */
export function expandSearch({ search }: Pick<TuningJob, 'search'>, seed: number): readonly TrialParameters[] {
  if (search === undefined) return [];
  const axes = axesOf(search);
  const combinations = countCombinations({ search });
  const trials = Math.min(search.trials ?? usualTrials, combinations);
  const chosen = search.strategy === 'random' ? draw(combinations, trials, seed) : [...Array(trials).keys()];
  return chosen.map(index => combinationAt(axes, index));
}

type Axis = readonly [name: string, values: readonly number[]];

function axesOf(search: TuningJob['search']): readonly Axis[] {
  return Object.entries(search?.parameters ?? {});
}

/** `wanted` different numbers below `count`, in the order they were drawn. */
function draw(count: number, wanted: number, seed: number): number[] {
  const random = createRandom(seed);
  const drawn = new Set<number>();
  // Floyd's algorithm (Bentley and Floyd, "A sample of brilliance", 1987): one draw a number, however full the range is.
  for (let last = count - wanted; last < count; last += 1) {
    const index = Math.floor(random.unit() * (last + 1));
    drawn.add(drawn.has(index) ? last : index);
  }
  return [...drawn];
}

function combinationAt(axes: readonly Axis[], index: number): TrialParameters {
  const parameters: Record<string, number> = {};
  let rest = index;
  for (const [name, values] of axes.toReversed()) {
    parameters[name] = values[rest % values.length] ?? Number.NaN;
    rest = Math.floor(rest / values.length);
  }
  return Object.fromEntries(axes.map(([name]) => [name, parameters[name] ?? Number.NaN]));
}
