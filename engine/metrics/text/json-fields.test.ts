import assert from 'node:assert/strict';
import { extractJson } from './json-answer.ts';
import { compareFields, type FieldOptions, scoreFields } from './json-fields.ts';

function count(expected: unknown, actual: unknown, options: FieldOptions = {}): readonly number[] {
  const { truePositives, falsePositives, falseNegatives } = compareFields(expected, actual, options);
  return [truePositives, falsePositives, falseNegatives];
}

describe('JSON in answers', () => {
  const found: readonly (readonly [string, unknown])[] = [
    ['{"a": 1}', { a: 1 }],
    ['  [1, 2]\n', [1, 2]],
    ['Here it is:\n```json\n{"a": "x"}\n```\nDone.', { a: 'x' }],
    ['```\nnot json\n```\n```JSON\n[1]\n```', [1]],
    ['```{"a": 1}```', { a: 1 }],
    ['The result is {"a": "br}ace \\" here"} as asked.', { a: 'br}ace " here' }],
    ['Take {this} or [that]: {"b": [1, {"c": null}]}.', { b: [1, { c: null }] }],
    ['```json\n{"a": 1', undefined],
    ['"text"', undefined],
    ['42', undefined],
    ['', undefined],
    ['{"a": 1,}', undefined],
  ];
  for (const [answer, value] of found) {
    it(JSON.stringify(answer), () => assert.deepEqual(extractJson(answer), value));
  }

  it('gives up on what is too deep, too long or has too many starts', () => {
    assert.equal(extractJson('['.repeat(200) + ']'.repeat(200)), undefined);
    assert.equal(extractJson('['.repeat(400_000) + ']'.repeat(400_000)), undefined);
    assert.equal(extractJson('{'.repeat(900_000)), undefined);
    assert.equal(extractJson(`"${'x'.repeat(1_000_000)}" {}`), undefined);
    assert.deepEqual(extractJson('['.repeat(99) + ']'.repeat(99)) === undefined, false);
  });
});

describe('fields of JSON', () => {
  it('counts right, extra and missing fields', () => {
    const expected = { name: 'Ann', age: 5, tags: ['a', 'b'], empty: [], none: null };
    assert.deepEqual(count(expected, expected), [6, 0, 0]);
    assert.deepEqual(count(expected, undefined), [0, 0, 6]);
    assert.deepEqual(count(expected, { name: 'Bob', age: 5, more: { x: 1, y: 2 } }), [1, 3, 5]);
    assert.deepEqual(count({ a: { b: 1 } }, { a: [1] }), [0, 1, 1]);
    assert.deepEqual(count({ a: '5' }, { a: 5 }), [0, 1, 1]);
    assert.deepEqual(count({ a: {} }, { a: [] }), [0, 1, 1]);
    assert.deepEqual(count({ a: null }, { a: {} }), [0, 1, 1]);
    assert.deepEqual(count(JSON.parse('{"__proto__": 1}'), JSON.parse('{"__proto__": 1}')), [1, 0, 0]);
  });

  it('compares arrays by place, or in any order with the best pairs', () => {
    assert.deepEqual(count([1, 2, 3], [3, 1, 2, 2]), [0, 4, 3]);
    assert.deepEqual(count([1, 2, 3], [3, 1, 2, 2], { anyOrder: true }), [3, 1, 0]);
    const items = [
      { id: 1, v: 'x' },
      { id: 2, v: 'y' },
    ];
    assert.deepEqual(
      count(
        items,
        [
          { id: 2, v: 'z' },
          { id: 1, v: 'x' },
        ],
        { anyOrder: true },
      ),
      [3, 1, 1],
    );
    assert.deepEqual(count([1], [], { anyOrder: true }), [0, 1, 1]);
    const long = Array.from({ length: 400 }, (_, index) => index);
    assert.deepEqual(count(long, long.toReversed(), { anyOrder: true }), [0, 400, 400]);
  });

  it('takes tolerance, case and null as asked', () => {
    assert.deepEqual(count({ a: 100 }, { a: 101 }, { tolerance: { relative: 0.01 } }), [1, 0, 0]);
    assert.deepEqual(count({ a: 'Yes' }, { a: 'yes' }), [0, 1, 1]);
    assert.deepEqual(count({ a: 'Yes' }, { a: 'yes' }, { ignoreCase: true }), [1, 0, 0]);
    assert.deepEqual(count({ a: null, b: 1 }, { b: 1, c: null }, { nullIsAbsent: true }), [1, 0, 0]);
    assert.deepEqual(count({ a: null }, { a: 1 }, { nullIsAbsent: true }), [0, 1, 0]);
  });

  it('scores counts', () => {
    assert.deepEqual(scoreFields({ truePositives: 3, falsePositives: 1, falseNegatives: 2 }), {
      precision: 0.75,
      recall: 0.6,
      f1: 6 / 9,
    });
    assert.equal(scoreFields({ truePositives: 0, falsePositives: 0, falseNegatives: 0 }).f1, 1);
    assert.equal(scoreFields({ truePositives: 0, falsePositives: 0, falseNegatives: 2 }).f1, 0);
  });
});
