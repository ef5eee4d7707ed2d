import assert from 'node:assert/strict';
import { noSuchModel, toLentFailure } from './failures.ts';

const coded = (code: string, message = 'x', cause?: unknown): Error =>
  Object.assign(new Error(message), { code, cause });

describe('failures of lent models', () => {
  it('are classed by what can be done about them', () => {
    const of = (error: unknown) => {
      const { class: failureClass, permanent } = toLentFailure(error, 'gpt-4o');
      return [failureClass, permanent];
    };
    assert.deepEqual(of(coded('NoPermissions')), ['refused', true]);
    assert.deepEqual(of(coded('NotFound')), ['model', true]);
    assert.deepEqual(of(coded('Blocked')), ['refused', true]);
    assert.deepEqual(of(coded('Blocked', 'Quota exceeded')), ['rate-limit', true]);
    assert.deepEqual(of(coded('Unknown', 'x', { name: 'ChatQuotaExceeded' })), ['rate-limit', true]);
    assert.deepEqual(of(coded('Unknown', 'Rate limited, too many requests')), ['rate-limit', false]);
    assert.deepEqual(of(new Error('socket hang up')), ['model', false]);
    assert.deepEqual(of('odd'), ['model', false]);
    assert.deepEqual(of(undefined), ['model', false]);
  });

  it('say what happened', () => {
    assert.match(toLentFailure(coded('Blocked', 'filtered'), 'gpt-4o').message, /^gpt-4o did not answer: filtered/);
    assert.match(noSuchModel('copilot', 'gpt-9').message, /no language model copilot\/gpt-9/);
    assert.match(noSuchModel(undefined, 'gpt-9').message, /no language model gpt-9/);
  });
});
