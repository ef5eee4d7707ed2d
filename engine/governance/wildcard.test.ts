import assert from 'node:assert/strict';
import { matchesWildcard } from './wildcard.ts';

describe('matchesWildcard', () => {
  const cases: readonly [text: string, pattern: string, matches: boolean][] = [
    ['Apache-2.0', 'apache-2.0', true],
    ['Apache-2.0', 'apache', false],
    ['Apache-2.0', 'apache-*', true],
    ['Apache-2.0', '*2.0', true],
    ['Apache-2.0', 'apache-?.?', true],
    ['Apache-2.0', 'apache-?', false],
    ['Not for medical use.', '*not for medical*', true],
    ['It is not for\n  medical use', '*not for medical*', true],
    ['for medical use', '*not for medical*', false],
    ['', '*', true],
    ['', '?', false],
    ['', '**', true],
    ['abc', 'a*b*c', true],
    ['acb', 'a*b*c', false],
    ['aba', 'ab*ba', false],
    ['abba', 'ab*ba', true],
    ['abcabd', '*abd', true],
    ['ab', 'a*?b', false],
    ['axb', 'a*?b', true],
    ['a.c', 'a.c', true],
    ['abc', 'a.c', false],
    ['[a]', '[a]', true],
    ['a', '[a]', false],
    ['😀b', '?b', true],
    ['İ', '*', true],
  ];
  for (const [text, pattern, matches] of cases) {
    it(`${JSON.stringify(text)} is ${matches ? '' : 'not '}like ${pattern}`, () => {
      assert.equal(matchesWildcard(text, pattern), matches);
    });
  }

  it('does not run away on patterns that make a backtracking matcher run away', () => {
    assert.equal(matchesWildcard('a'.repeat(20_000), `${'*a'.repeat(90)}*b`), false);
  });
});
