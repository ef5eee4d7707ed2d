import assert from 'node:assert/strict';
import { createAgreements } from './agreements.ts';

const agreed = { cost: 1, samples: 2, models: ['gpt'] };

describe('agreements', () => {
  it('hold for one call with the same input, whatever the order of its fields', () => {
    const agreements = createAgreements();
    agreements.remember({ file: 'a', limit: 1 }, agreed);
    assert.equal(agreements.take({ file: 'a' }), undefined);
    assert.equal(agreements.take({ limit: 1, file: 'a' }), agreed);
    assert.equal(agreements.take({ limit: 1, file: 'a' }), undefined);
  });

  it('are forgotten, the oldest first, when too many questions stay open', () => {
    const agreements = createAgreements();
    for (let limit = 0; limit <= 20; limit += 1) agreements.remember({ limit }, agreed);
    assert.equal(agreements.take({ limit: 0 }), undefined);
    assert.equal(agreements.take({ limit: 20 }), agreed);
  });
});
