import type { TuningJob } from '../../schemas/generated/files.ts';
import type { ReportFinding } from '../documents/diagnostic.ts';

/** Combinations that are tried where a search does not say how many. */
export const usualTrials = 16;

/** How many combinations a search's values have. At most 32 values of 10 parameters: below 2^53. */
export function countCombinations({ search }: Pick<TuningJob, 'search'>): number {
  return Object.values(search?.parameters ?? {}).reduce((product, values) => product * values.length, 1);
}

/** A grid is tried whole or not at all. */
export function checkSearch(job: TuningJob, report: ReportFinding): void {
  const { search } = job;
  if (search === undefined) return;
  const combinations = countCombinations(job);
  const { trials = usualTrials } = search;
  if (search.strategy !== 'random' && combinations > trials) {
    const message = `The grid has ${String(combinations)} combinations, and ${String(trials)} are tried at most. Set \`trials: ${String(combinations)}\`${combinations > 64 ? ' (64 at most)' : ''}, try fewer values, or set \`strategy: random\`.`;
    report(
      'out-of-range',
      'error',
      search.trials === undefined ? ['search', 'parameters'] : ['search', 'trials'],
      message,
      {
        part: search.trials === undefined ? 'key' : 'value',
      },
    );
  }
  if (combinations === 1) {
    const message = 'One combination is no search: give a parameter several values, or set it under `hyperparameters`.';
    report('unused-field', 'information', ['search'], message, { part: 'key' });
  }
}
