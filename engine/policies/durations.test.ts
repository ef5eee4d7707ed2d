import assert from 'node:assert/strict';
import { isNoLonger } from './durations.ts';

describe('isNoLonger', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['P30D', 'P30D', true],
    ['P12M', 'P1Y', true],
    ['P1Y', 'P12M', true],
    ['P28D', 'P1M', true],
    ['P30D', 'P1M', false],
    ['P1M', 'P30D', false],
    ['P1M', 'P31D', true],
    ['P2W', 'P14D', true],
    ['P365D', 'P1Y', true],
    ['P366D', 'P1Y', false],
    ['PT48H', 'P2D', true],
    ['P90D', 'P30D', false],
  ];
  for (const [other, limit, expected] of cases) {
    it(`${other} within ${limit}: ${expected ? 'always' : 'not always'}`, () => {
      assert.equal(isNoLonger(other, limit), expected);
    });
  }
});
