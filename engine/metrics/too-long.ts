import { WorkbenchError } from '../base/errors.ts';

/** Texts longer than this are not compared word by word: a few of them would hold a whole run up. */
const longestCompared = 1_000_000;

/** What `compare` makes of an answer and its target; undefined where they are too long to compare in reasonable time. */
export function compareTexts<T>(
  compare: (output: string, target: string) => T,
  output: string,
  target: string,
): T | undefined {
  if (output.length > longestCompared || target.length > longestCompared) return undefined;
  return unlessTooLong(() => compare(output, target));
}

/** What `work` gives; undefined for texts that it refuses to compare or search, since that would take too long. */
export function unlessTooLong<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof WorkbenchError && error.code === 'metric-unsuitable') return undefined;
    throw error;
  }
}
