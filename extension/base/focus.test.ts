import assert from 'node:assert/strict';
import type { Evidence } from '../../schemas/generated/messages.ts';
import { validateHostToPage } from '../../schemas/generated/validators.js';
import { focusOf, focusOnSample, isFocus } from './focus.ts';

describe('where evidence leads in a run', () => {
  const figure: Evidence = { kind: 'run', title: 'core, run r1', runId: 'r1' };
  const slice = { column: 'channel', value: 'chat' };
  const cases: readonly [what: string, evidence: Evidence, focus: unknown][] = [
    ['a variant and a slice', { ...figure, variant: 2, slice }, { type: 'focus', filter: 'wrong', variant: 2, slice }],
    ['the first variant', { ...figure, variant: 0 }, { type: 'focus', filter: 'wrong', variant: 0 }],
    ['a slice alone', { ...figure, slice }, { type: 'focus', filter: 'wrong', slice }],
    ['a run as a whole', figure, undefined],
    ['a training run', { kind: 'lineage', title: 'Training run r1', runId: 'r1', variant: 0 }, undefined],
    ['a card', { kind: 'model-card', title: 'Card', path: 'card.md' }, undefined],
  ];
  for (const [what, evidence, focus] of cases) {
    it(`is told for ${what}`, () => {
      const found = focusOf(evidence);
      assert.deepEqual(found, focus);
      if (found !== undefined) assert.ok(isFocus(found) && validateHostToPage(found));
    });
  }

  it('is told for one sample', () => {
    const found = focusOnSample({ runId: 'r1', id: 12 });
    assert.deepEqual(found, { type: 'focus', sample: 12, runId: 'r1' });
    assert.ok(isFocus(found) && validateHostToPage(found));
  });

  it('is told apart from what menus pass', () => {
    for (const other of [undefined, null, 'r1', [{ kind: 'run', id: 'r1' }], { kind: 'run', id: 'r1' }])
      assert.equal(isFocus(other), false);
  });
});
