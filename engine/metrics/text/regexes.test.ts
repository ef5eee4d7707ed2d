import assert from 'node:assert/strict';
import { readGolden } from '../../../test/golden/read.ts';
import { WorkbenchError } from '../../base/errors.ts';
import { createRegex } from './regex-matcher.ts';
import { createIgnorer, createRegexFilter } from './regexes.ts';

interface Golden {
  readonly texts: readonly string[];
  readonly patterns: readonly { pattern: string; matches: readonly (readonly (readonly number[])[])[] }[];
  readonly refused: readonly string[];
  readonly filters: readonly { pattern: string; select: number; found: readonly string[] }[];
  readonly ignored: readonly { pattern: string; left: readonly string[] }[];
}

const golden = readGolden('regexes.json') as Golden;

function isError(code: string): (error: unknown) => boolean {
  return error => error instanceof WorkbenchError && error.code === code;
}

/** Places in UTF-16 units as Python counts them, in code points. */
function countPoints(text: string, place: number): number {
  return place < 0 ? -1 : Array.from(text.slice(0, place)).length;
}

describe("regular expressions against Python's", () => {
  for (const { pattern, matches } of golden.patterns) {
    it(pattern, () => {
      const regex = createRegex(pattern);
      golden.texts.forEach((text, index) => {
        const found = regex.findAll(text).map(match => match.map(place => countPoints(text, place)));
        assert.deepEqual(found, matches[index], JSON.stringify(text));
      });
    });
  }

  it('refuses what Python refuses', () => {
    assert.ok(golden.refused.length >= 12);
    for (const pattern of golden.refused) assert.throws(() => createRegex(pattern), isError('file-invalid'), pattern);
  });

  it('refuses what it does not know, with the place', () => {
    for (const pattern of [
      '(?>a)',
      'a++',
      '(?(1)a)',
      '(?x)a',
      '(?a)\\w',
      'a'.repeat(3000),
      '(((a{100}){100}){100}){100}',
      '('.repeat(60),
    ]) {
      assert.throws(() => createRegex(pattern), isError('file-invalid'), pattern.slice(0, 20));
    }
    assert.throws(() => createRegex('ab(?>c)'), /"ab\(\?>c\)" cannot be used: .* \(character 5\)/);
  });

  it('ends on patterns and texts that go exponential elsewhere', () => {
    const text = `${'a'.repeat(5000)}!`;
    for (const pattern of ['(a+)+$', '(a|a)*$', '(a?){500}b', '(.*)(.*)(.*)(.*)x', '((a*)*)*b']) {
      assert.throws(() => createRegex(pattern).findAll(text), isError('metric-unsuitable'), pattern);
    }
    assert.equal(createRegex('.*answer is (\\w+)').findAll(`${text.repeat(18)}\nthe answer is b`).length, 1);
    assert.equal(createRegex('(?:\\w+\\s?)*').findAll('word '.repeat(20_000)).length, 2);
  });
});

describe("the regex filter against lm-eval's", () => {
  it('finds what it finds', () => {
    assert.ok(golden.filters.length > 100);
    for (const { pattern, select, found } of golden.filters) {
      const filter = createRegexFilter({ pattern, select });
      assert.deepEqual(golden.texts.map(filter), found, `${pattern} ${select}`);
    }
  });

  it('removes what is to be ignored', () => {
    for (const { pattern, left } of golden.ignored)
      assert.deepEqual(golden.texts.map(createIgnorer([pattern])), left, pattern);
    assert.equal(createIgnorer([',', '\\$', '(?s).*#### '])('so\n#### $1,234'), '1234');
  });

  it('has a default pattern, a fallback and bounds', () => {
    assert.equal(createRegexFilter({})('work\n#### 1,234'), '1,234');
    assert.equal(createRegexFilter({ fallback: 'none' })('no number'), 'none');
    assert.equal(createRegexFilter({ pattern: 'a', select: 5 })('aaa'), '[invalid]');
    assert.equal(createRegexFilter({ pattern: 'a' })('a'.repeat(100_001)), '[invalid]');
  });
});
