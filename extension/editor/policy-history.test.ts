import assert from 'node:assert/strict';
import type { PolicyList } from '../../schemas/generated/messages.ts';
import { makeAssessmentSummary } from '../../test/fakes/versions.ts';
import type { Engine } from '../engine/engine.ts';
import { createPolicyHistory } from './policy-history.ts';

const settle = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

describe('policy history', () => {
  it('is asked for once a folder, and again when it is old; what was known stays until then', async () => {
    let asked = 0;
    let told = 0;
    const request = (): Promise<PolicyList> => {
      asked++;
      const last = makeAssessmentSummary({ id: `a${String(asked)}` });
      return Promise.resolve({
        policies: [
          { path: 'a', id: 'acme', diagnostics: 0, last },
          { path: 'b', id: 'new', diagnostics: 0 },
        ],
      });
    };
    const engine = { folder: '/w', request } as unknown as Engine;
    const history = createPolicyHistory(
      () => told++,
      error => assert.fail(String(error)),
    );
    assert.equal(history.find(engine, undefined), undefined);
    assert.equal(asked, 0);
    assert.equal(history.find(engine, 'acme'), undefined);
    await settle();
    assert.equal(told, 1);
    assert.equal(history.find(engine, 'acme')?.last?.id, 'a1');
    assert.equal(history.find(engine, 'new')?.last, undefined);
    assert.equal(asked, 1);
    history.expire();
    assert.equal(history.find(engine, 'acme')?.last?.id, 'a1');
    await settle();
    assert.equal(history.find(engine, 'acme')?.last?.id, 'a2');
  });

  it('tells what failed, and asks again only once it is old', async () => {
    const failures: unknown[] = [];
    const engine = { folder: '/w', request: () => Promise.reject(new Error('gone')) } as unknown as Engine;
    const history = createPolicyHistory(
      () => assert.fail('nothing is known'),
      error => failures.push(error),
    );
    history.find(engine, 'acme');
    history.find(engine, 'acme');
    await settle();
    assert.equal(failures.length, 1);
  });
});
