import { WorkbenchError } from '../base/errors.ts';

/** What `work` gives; undefined for texts that it refuses to compare or search, since that would take too long. */
export function unlessTooLong<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof WorkbenchError && error.code === 'metric-unsuitable') return undefined;
    throw error;
  }
}
