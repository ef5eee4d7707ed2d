import assert from 'node:assert/strict';
import type { ControlOutcome, FrameworkEntry } from '../../schemas/generated/messages.ts';
import { controlIn } from '../../test/fakes/assessed.ts';
import { createFrameworkLibrary } from '../frameworks/library.ts';
import { coverFrameworks, stateOf } from './frameworks-coverage.ts';

describe('stateOf', () => {
  const cases: readonly [outcomes: ControlOutcome[], state: FrameworkEntry['state']][] = [
    [[], 'not-mapped'],
    [['compliant'], 'satisfied'],
    [['compliant', 'not-applicable'], 'satisfied'],
    [['compliant', 'non-compliant'], 'partial'],
    [['compliant', 'not-assessed'], 'partial'],
    [['partial'], 'partial'],
    [['non-compliant'], 'not-satisfied'],
    [['non-compliant', 'not-assessed'], 'not-satisfied'],
    [['not-assessed'], 'not-assessed'],
    [['not-applicable'], 'not-applicable'],
    [['not-applicable', 'not-assessed'], 'not-assessed'],
  ];
  for (const [outcomes, state] of cases) {
    it(`makes ${outcomes.join(' and ') || 'nothing mapped'} ${state}`, () => {
      assert.equal(stateOf(outcomes), state);
    });
  }
});

describe('coverFrameworks', () => {
  const rmf = createFrameworkLibrary().find('nist-ai-rmf', '1.0');
  assert.ok(rmf);
  const mapping = { framework: 'nist-ai-rmf', version: '1.0', relation: 'supports' as const };

  it('shows every id, and tells not mapped from failed', () => {
    const [coverage] = coverFrameworks(
      [rmf],
      [
        controlIn(['fail'], { id: 'A', mappings: [{ ...mapping, id: 'MEASURE 2.5' }] }),
        controlIn(['pass'], { id: 'B', mappings: [{ ...mapping, id: 'MEASURE 2.11' }] }),
      ],
    );
    assert.ok(coverage);
    assert.equal(coverage.total, coverage.entries.length);
    const state = (id: string) => coverage.entries.find(entry => entry.id === id)?.state;
    assert.equal(state('MEASURE 2.5'), 'not-satisfied');
    assert.equal(state('MEASURE 2.11'), 'satisfied');
    assert.equal(state('MEASURE 2.6'), 'not-mapped');
    assert.deepEqual(coverage.entries.find(({ id }) => id === 'MEASURE 2.5')?.controls, ['A']);
  });

  it('counts a mapping to another version, or framework, for nothing', () => {
    const control = controlIn(['pass'], {
      mappings: [
        { ...mapping, version: '0.9', id: 'MEASURE 2.5' },
        { ...mapping, framework: 'other', id: 'MEASURE 2.5' },
      ],
    });
    const [coverage] = coverFrameworks([rmf], [control]);
    assert.ok(coverage?.entries.every(({ state }) => state === 'not-mapped'));
    assert.deepEqual(coverFrameworks([], [control]), []);
  });
});
