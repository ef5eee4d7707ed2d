import assert from 'node:assert/strict';
import { compileJsonPath } from './json-path.ts';

const reply = {
  label: 'cat',
  empty: null,
  'two words': { 'a"b': 1 },
  choices: [{ text: 'x' }, { text: 'y' }],
  nested: [
    [
      { label: 'a', score: 0.9 },
      { label: 'b', score: 0.1 },
    ],
  ],
};

describe('JSON path', () => {
  const cases: readonly [path: string, expected: unknown][] = [
    ['', reply],
    ['label', 'cat'],
    ['empty', null],
    ['choices[1].text', 'y'],
    ['choices[-1].text', 'y'],
    ['choices[2].text', undefined],
    ['["two words"]["a\\"b"]', 1],
    ['nested[0][*].label', ['a', 'b']],
    ['nested[*][*].score', [[0.9, 0.1]]],
    ['label.text', undefined],
    ['label[*]', undefined],
    ['constructor', undefined],
    ['label.length', undefined],
    ['choices.length', undefined],
    ['__proto__', undefined],
  ];
  for (const [path, expected] of cases) {
    it(`reads ${path || 'nothing but the whole'}`, () => {
      assert.deepEqual(compileJsonPath(path, 'here').read(reply), expected);
    });
  }

  it('refuses what is no path, and says where', () => {
    for (const path of [
      '.a',
      'a..b',
      'a b',
      'a[',
      'a[x]',
      'a]',
      'a[0]b',
      '["\\x"]',
      'a.',
      '$..a',
      `a${'[0]'.repeat(40)}`,
    ]) {
      assert.throws(() => compileJsonPath(path, 'here'), { code: 'file-invalid', message: /^here: the path/ }, path);
    }
  });

  it('reads nothing from what is no object', () => {
    for (const value of [undefined, null, 1, 'text', [], true]) {
      assert.equal(compileJsonPath('a.b[0]', 'here').read(value), undefined);
    }
  });
});
