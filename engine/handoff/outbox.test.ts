import assert from 'node:assert/strict';
import type { OpenPublication } from '../ports/catalogue.ts';
import { isDue } from './outbox.ts';

const minute = 60_000;
const open = (changes: Partial<OpenPublication>): OpenPublication => ({
  registry: 'shared',
  model: 'm',
  version: '1',
  kind: 'version',
  state: 'failed',
  at: 0,
  attempts: 1,
  key: 1,
  request: '{}',
  failure: { code: 'registry-unreachable', message: 'Down.' },
  ...changes,
});

describe('what waits to be published', () => {
  it('is tried at once where it was only noted', () => {
    assert.equal(isDue(open({ attempts: 0, state: 'pending' }), 0), true);
  });

  it('is tried again after waits that grow, and only so often', () => {
    assert.equal(isDue(open({}), minute - 1), false);
    assert.equal(isDue(open({}), minute), true);
    assert.equal(isDue(open({ attempts: 4 }), 8 * minute - 1), false);
    assert.equal(isDue(open({ attempts: 4 }), 8 * minute), true);
    assert.equal(isDue(open({ attempts: 8 }), 1e12), false);
  });

  it('is left alone where trying again cannot help, or where it may still go on', () => {
    assert.equal(isDue(open({ failure: { code: 'registry-refused', message: 'No.' } }), 1e12), false);
    assert.equal(isDue(open({ state: 'pending' }), minute), false);
    assert.equal(isDue(open({ state: 'pending' }), 2 * minute), true);
  });
});
