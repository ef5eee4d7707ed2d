import assert from 'node:assert/strict';
import { describeFailure, FailureError, toFailure } from './failure.ts';

describe('toFailure', () => {
  it("takes the engine's own failure from a response error", () => {
    const failure = { code: 'dataset-empty', message: 'No rows.', remedy: 'Add some.' };
    assert.equal(toFailure(Object.assign(new Error('x'), { data: failure })), failure);
    assert.equal(toFailure(new FailureError(failure)), failure);
  });

  it('knows a cancelled request', () => {
    assert.equal(toFailure(Object.assign(new Error('x'), { code: -32800 })).code, 'cancelled');
    assert.equal(toFailure(new DOMException('x', 'AbortError')).code, 'cancelled');
  });

  it("keeps an unexpected error's words", () => {
    assert.deepEqual(toFailure('odd'), { code: 'internal', message: 'odd' });
  });
});

describe('describeFailure', () => {
  it('says what, where and what to do', () => {
    const failure = { code: 'x', message: 'Bad row.', place: { path: 'a.jsonl', line: 3 }, remedy: 'Fix it.' };
    assert.equal(describeFailure(failure), 'Bad row. (a.jsonl:3) Fix it.');
  });
});
