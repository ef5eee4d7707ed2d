import assert from 'node:assert/strict';
import type { SuiteResults, TestResult } from '../protocol.ts';
import { failedGroups, judge } from './second-try.ts';

function results(...tests: readonly [title: string, state: TestResult['state']][]): SuiteResults {
  const count = (state: string): number => tests.filter(test => test[1] === state).length;
  return {
    host: { vscode: '', node: '', sqlite: undefined, appHost: '' },
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
    durationMs: 0,
    tests: tests.map(([title, state]) => ({ title, group: title.split(': ')[0] ?? '', state, durationMs: 1 })),
  };
}

function titles(tests: readonly TestResult[]): string[] {
  return tests.map(({ title }) => title);
}

describe('a second try of the suite', () => {
  const first = results(['a: one', 'passed'], ['a: two', 'failed'], ['b (c.d): one', 'failed'], ['c: one', 'passed']);

  it('runs the groups in which a test failed, and no other', () => {
    const pattern = new RegExp(failedGroups(first) ?? assert.fail('there are some'));
    assert.deepEqual(titles(first.tests.filter(({ title }) => pattern.test(title))), [
      'a: one',
      'a: two',
      'b (c.d): one',
    ]);
    assert.ok(!pattern.test('b (cXd): one'));
    assert.equal(failedGroups(results(['a: one', 'passed'])), undefined);
  });

  it('is not there: what failed has failed', () => {
    const judged = judge(first);
    assert.deepEqual([judged.passed, titles(judged.failures), judged.unsteady], [2, ['a: two', 'b (c.d): one'], []]);
  });

  it('keeps what fails twice, and names what failed once', () => {
    const judged = judge(first, results(['a: one', 'passed'], ['a: two', 'passed'], ['b (c.d): one', 'failed']));
    assert.equal(judged.passed, 3);
    assert.deepEqual(titles(judged.failures), ['b (c.d): one']);
    assert.deepEqual(titles(judged.unsteady), ['a: two']);
  });

  it('counts what fails only now, and tests that a hook had kept from running', () => {
    const hooked = results(['a: "before all" hook', 'failed'], ['c: one', 'passed']);
    const judged = judge(hooked, results(['a: one', 'failed'], ['a: two', 'passed']));
    assert.deepEqual([judged.passed, titles(judged.failures)], [2, ['a: one']]);
    assert.deepEqual(titles(judged.unsteady), ['a: "before all" hook']);
  });

  it('that did not get to a group leaves its failures', () => {
    const judged = judge(first, results(['a: one', 'passed'], ['a: two', 'passed']));
    assert.deepEqual(titles(judged.failures), ['b (c.d): one']);
  });
});
