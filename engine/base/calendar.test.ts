import assert from 'node:assert/strict';
import { addDuration } from './calendar.ts';

describe('addDuration', () => {
  const cases: readonly [from: string, duration: string, to: string][] = [
    ['2026-03-15T10:30:00Z', 'P1Y', '2027-03-15T10:30:00Z'],
    ['2024-02-29T00:00:00Z', 'P1Y', '2025-02-28T00:00:00Z'],
    ['2024-02-29T00:00:00Z', 'P4Y', '2028-02-29T00:00:00Z'],
    ['2026-01-31T23:59:59Z', 'P1M', '2026-02-28T23:59:59Z'],
    ['2028-01-31T00:00:00Z', 'P1M', '2028-02-29T00:00:00Z'],
    ['2026-08-31T00:00:00Z', 'P6M', '2027-02-28T00:00:00Z'],
    ['2026-11-30T00:00:00Z', 'P1Y3M', '2028-02-29T00:00:00Z'],
    ['2026-03-28T12:00:00Z', 'P2D', '2026-03-30T12:00:00Z'],
    ['2026-01-01T00:00:00Z', 'P2W', '2026-01-15T00:00:00Z'],
    ['2026-01-01T00:00:00Z', 'P180D', '2026-06-30T00:00:00Z'],
    ['2026-01-01T00:00:00Z', 'PT36H', '2026-01-02T12:00:00Z'],
    ['2026-01-01T00:00:00Z', 'P1DT1H1M1S', '2026-01-02T01:01:01Z'],
    ['2026-01-31T00:00:00Z', 'P1M1D', '2026-03-01T00:00:00Z'],
    ['2026-01-01T00:00:00Z', 'P0D', '2026-01-01T00:00:00Z'],
  ];
  for (const [from, duration, to] of cases) {
    it(`${from} and ${duration} is ${to}`, () => {
      assert.equal(addDuration(Date.parse(from), duration), Date.parse(to));
    });
  }

  it('ends with the calendar', () => {
    for (const duration of ['P999999Y', 'P99999999999999999999Y', 'P99999999999999999999999D']) {
      assert.equal(addDuration(0, duration), 8.64e15);
    }
  });

  it('refuses what is no duration', () => {
    for (const text of ['', 'P', '1Y', 'P1H', 'PT', 'P1YT', 'P-1D', 'P1.5D', 'p1d', 'P1D ']) {
      assert.throws(() => addDuration(0, text), RangeError, text);
    }
  });
});
