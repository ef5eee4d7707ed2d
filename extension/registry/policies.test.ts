import assert from 'node:assert/strict';
import type { AppliedPolicy, PolicyEntry } from '../../schemas/generated/messages.ts';
import { chosenPolicies, leadingPolicies } from './policies.ts';

const applied = (id: string, path: string | undefined, ...parents: string[]): AppliedPolicy => ({
  id,
  version: '1.0.0',
  level: 'team',
  title: id,
  digest: 'd',
  extends: parents,
  ...(path === undefined ? {} : { path }),
});
const listed = (id: string, ...parents: string[]): PolicyEntry => ({
  id,
  path: `${id}.policy.yaml`,
  diagnostics: 0,
  extends: parents,
});

describe('chosenPolicies', () => {
  it('leaves out what came along, and what has no file', () => {
    const policies = [applied('country', 'c'), applied('corporate', 'b', 'country'), applied('team', 'a', 'corporate')];
    assert.deepEqual(chosenPolicies(policies), ['a']);
    assert.deepEqual(chosenPolicies([applied('x', undefined), applied('y', 'y')]), ['y']);
  });
});

describe('leadingPolicies', () => {
  it('is what nothing builds on', () => {
    const policies = [listed('country'), listed('corporate', 'country'), listed('other')];
    assert.deepEqual(
      leadingPolicies(policies).map(({ id }) => id),
      ['corporate', 'other'],
    );
  });

  it('is everything where all build on each other', () => {
    assert.equal(leadingPolicies([listed('a', 'b'), listed('b', 'a')]).length, 2);
  });
});
