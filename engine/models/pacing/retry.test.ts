import assert from 'node:assert/strict';
import { planRetry, readRetryAfter } from './retry.ts';

const almostOne = () => 0.999999;

describe('retry policy', () => {
  it('tries again only what can succeed later', () => {
    const plan = (failure: Parameters<typeof planRetry>[0]['class'], timeouts = false) =>
      planRetry({ class: failure }, 1, { retries: 4, timeouts }, almostOne);
    for (const retried of ['rate-limit', 'server', 'network'] as const)
      assert.notEqual(plan(retried), undefined, retried);
    for (const final of ['timeout', 'refused', 'malformed', 'client', 'model'] as const)
      assert.equal(plan(final), undefined, final);
    assert.notEqual(plan('timeout', true), undefined);
    assert.equal(planRetry({ class: 'rate-limit', permanent: true }, 1, { retries: 4 }, almostOne), undefined);
  });

  it('stops after the configured number', () => {
    assert.notEqual(planRetry({ class: 'server' }, 4, { retries: 4 }, almostOne), undefined);
    assert.equal(planRetry({ class: 'server' }, 5, { retries: 4 }, almostOne), undefined);
    assert.equal(planRetry({ class: 'server' }, 1, { retries: 0 }, almostOne), undefined);
  });

  it('doubles the bound each time up to the longest, and draws the wait from 0', () => {
    const bounds = [1, 2, 3, 4, 8, 16].map(attempt =>
      Math.round(planRetry({ class: 'server' }, attempt, { retries: 20 }, almostOne) ?? -1),
    );
    assert.deepEqual(bounds, [500, 1000, 2000, 4000, 30_000, 30_000]);
    assert.equal(
      planRetry({ class: 'server' }, 3, { retries: 20 }, () => 0),
      0,
    );
  });

  it('waits at least as long as the server asked, and a little more', () => {
    assert.equal(
      planRetry({ class: 'rate-limit', retryAfter: 2000 }, 1, { retries: 4 }, () => 0),
      2000,
    );
    assert.ok((planRetry({ class: 'rate-limit', retryAfter: 2000 }, 1, { retries: 4 }, almostOne) ?? 0) < 2200.1);
    assert.ok((planRetry({ class: 'rate-limit', retryAfter: 120_000 }, 1, { retries: 4 }, almostOne) ?? 0) < 121_001);
  });

  it('reads Retry-After in seconds, as a date and in milliseconds, bounded', () => {
    const now = Date.UTC(2030, 0, 1, 12, 0, 0);
    assert.equal(readRetryAfter({ 'retry-after': '3' }, now), 3000);
    assert.equal(readRetryAfter({ 'retry-after': ' 1.5 ' }, now), 1500);
    assert.equal(readRetryAfter({ 'retry-after': '99999' }, now), 120_000);
    assert.equal(readRetryAfter({ 'retry-after': 'Tue, 01 Jan 2030 12:00:07 GMT' }, now), 7000);
    assert.equal(readRetryAfter({ 'retry-after': 'Tue, 01 Jan 2030 11:00:00 GMT' }, now), 0);
    assert.equal(readRetryAfter({ 'retry-after': 'Tue, 01 Jan 2040 11:00:00 GMT' }, now), 120_000);
    assert.equal(readRetryAfter({ 'retry-after-ms': '250', 'retry-after': '3' }, now), 250);
    for (const value of ['soon', '-5', ''])
      assert.equal(readRetryAfter({ 'retry-after': value }, now), undefined, value);
    assert.equal(readRetryAfter({}, now), undefined);
  });
});
