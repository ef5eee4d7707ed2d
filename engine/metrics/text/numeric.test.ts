import assert from 'node:assert/strict';
import { extractNumber, isNear } from './numeric.ts';

const last: readonly (readonly [text: string, value: number | undefined])[] = [
  ['So the total is 42.', 42],
  ['It costs $1,234.56 in all', 1234.56],
  ['#### -7', -7],
  ['−3.5 degrees', -3.5],
  ['-$5', -5],
  ['$-5', -5],
  ['+8', 8],
  ['.5', 0.5],
  ['-.25', -0.25],
  ['1e3', 1000],
  ['6.02E+23 atoms', 6.02e23],
  ['3em', 3],
  ['about 50%', 50],
  ['3/4', 0.75],
  ['1 1/2', 1.5],
  ['-1 1/2', -1.5],
  ['1/0', undefined],
  ['3-5', 5],
  ['covid-19', 19],
  ['1.2.3', 3],
  ["1'000'000", 1_000_000],
  ['1\u00a0234\u202f567', 1_234_567],
  ['1,23', 23],
  ['12,345,6', 6],
  ['on 12/05/2024', 2024],
  ['9'.repeat(400), undefined],
  ['no number', undefined],
  ['', undefined],
  ['10 of 12', 12],
  ['(5)', 5],
  ['x = 7.', 7],
];

describe('numbers in texts', () => {
  for (const [text, value] of last)
    it(JSON.stringify(text.slice(0, 40)), () => assert.equal(extractNumber(text, {}), value));

  it('the first', () => {
    assert.equal(extractNumber('10 of 12', { which: 'first' }), 10);
    assert.equal(extractNumber('1.2.3', { which: 'first' }), 1.2);
    assert.equal(extractNumber('3-5', { which: 'first' }), 3);
    assert.equal(extractNumber('on 12/05/2024', { which: 'first' }), 12);
  });

  it('with a comma, with percent as a share, without fractions', () => {
    assert.equal(extractNumber('1.234,5 Euro', { decimalMark: ',' }), 1234.5);
    assert.equal(extractNumber('50 %', { percent: 'fraction' }), 0.5);
    assert.equal(extractNumber('3/4', { fractions: false }), 4);
  });

  it('reads long texts at the end asked for, at once', () => {
    assert.equal(extractNumber(`${'1,111,'.repeat(50_000)} 7`, {}), 7);
    assert.equal(extractNumber(`3 ${'9'.repeat(200_000)}`, { which: 'first' }), 3);
    for (const unit of ['-', '$ ', '1.', '1 ', '.', '1/', 'e', '1,']) extractNumber(unit.repeat(50_000), {});
  });

  it('compares within a tolerance', () => {
    assert.ok(isNear(1, 1, {}) && !isNear(1.0001, 1, {}));
    assert.ok(isNear(1.01, 1, { absolute: 0.01 }) && !isNear(1.0101, 1, { absolute: 0.01 }));
    assert.ok(isNear(99, 100, { relative: 0.01 }) && !isNear(98.9, 100, { relative: 0.01 }));
    assert.ok(isNear(-99, -100, { relative: 0.01 }) && !isNear(0.001, 0, { relative: 1 }));
    assert.ok(!isNear(Number.NaN, 1, { absolute: 5 }));
  });
});
