import type { SuiteResults, TestResult } from '../protocol.ts';

/** What a suite's results say, of one run or of two. */
export interface Judgement {
  readonly passed: number;
  readonly failures: readonly TestResult[];
  /** Failures of the first run that the second one did not have. */
  readonly unsteady: readonly TestResult[];
}

/** A pattern for the titles of all tests in the groups where one failed; undefined when none did. */
export function failedGroups({ tests }: SuiteResults): string | undefined {
  const groups = new Set(tests.filter(isFailed).map(({ group }) => group));
  if (groups.size === 0) return undefined;
  return `^(?:${[...groups].map(group => group.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)).join('|')})`;
}

/**
 * The second run's results stand for the groups that it ran, whole: a test of a group stands on what those before it left, and a hook
 * that failed kept tests from running. A group that it did not run is as the first run left it.
 */
export function judge(first: SuiteResults, second?: SuiteResults): Judgement {
  const again = second?.tests ?? [];
  const ranAgain = new Set(again.map(({ group }) => group));
  const last = [...first.tests.filter(({ group }) => !ranAgain.has(group)), ...again];
  const failures = last.filter(isFailed);
  const titles = new Set(failures.map(({ title }) => title));
  return {
    passed: last.filter(({ state }) => state === 'passed').length,
    failures,
    unsteady: first.tests.filter(test => isFailed(test) && !titles.has(test.title)),
  };
}

function isFailed({ state }: TestResult): boolean {
  return state === 'failed';
}
