import assert from 'node:assert/strict';

/** Equal to 12 digits, or to 1e-15 near zero. */
export function assertClose(actual: number | undefined, expected: number, what: string, relative = 1e-12): void {
  const error = Math.abs((actual ?? NaN) - expected);
  assert.ok(
    error <= relative * Math.max(1e-300, Math.abs(expected)) || error <= 1e-15,
    `${what}: ${actual ?? 'nothing'} is not ${expected}`,
  );
}

/** Equal to within `bound`, for resampled figures. */
export function assertNear(actual: number | undefined, expected: number, bound: number, what: string): void {
  assert.ok(Math.abs((actual ?? NaN) - expected) <= bound, `${what}: ${actual ?? 'nothing'} is not near ${expected}`);
}
