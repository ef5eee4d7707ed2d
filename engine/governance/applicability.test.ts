import assert from 'node:assert/strict';
import type { Applicability } from '../../schemas/generated/files.ts';
import { makeSubject } from '../../test/fakes/assessed.ts';
import { judgeApplicability, type Applies } from './applicability.ts';

describe('judgeApplicability', () => {
  const subject = makeSubject(
    { customProperties: { riskTier: 2, textual: '3', live: true, useCase: 'support', level: 'high', empty: '' } },
    { license: 'MIT', customProperties: { riskTier: 1, region: 'sg' } },
  );
  type Condition = Applicability['all'][number];
  const cases: readonly [what: string, conditions: Condition[], state: Applies['state']][] = [
    ['the name', [{ field: 'model.name', equals: 'triage' }], 'yes'],
    ['another name', [{ field: 'model.name', equals: 'other' }], 'no'],
    ['the licence', [{ field: 'model.license', in: ['Apache-2.0', 'MIT'] }], 'yes'],
    ['no licence of the list', [{ field: 'model.license', in: ['Apache-2.0'] }], 'no'],
    ['a provider nobody set', [{ field: 'model.provider', equals: 'x' }], 'unknown'],
    ['a property of the version before the model’s', [{ field: 'model.riskTier', equals: 2 }], 'yes'],
    ['a property of the model', [{ field: 'model.region', equals: 'sg' }], 'yes'],
    ['a property nobody set', [{ field: 'model.audience', equals: 'public' }], 'unknown'],
    ['an empty property, which says nothing', [{ field: 'model.empty', equals: '' }], 'unknown'],
    ['at least, reached', [{ field: 'model.riskTier', atLeast: 2 }], 'yes'],
    ['at least, missed', [{ field: 'model.riskTier', atLeast: 3 }], 'no'],
    ['at most, kept', [{ field: 'model.riskTier', atMost: 2 }], 'yes'],
    ['at most, exceeded', [{ field: 'model.riskTier', atMost: 1 }], 'no'],
    ['both ends of a range', [{ field: 'model.riskTier', atLeast: 1, atMost: 2 }], 'yes'],
    ['one end of a range', [{ field: 'model.riskTier', atLeast: 1, atMost: 1 }], 'no'],
    ['a number that came as text', [{ field: 'model.textual', atLeast: 3 }], 'yes'],
    ['a number that came as text, in a list', [{ field: 'model.textual', in: [3] }], 'yes'],
    ['a text that is no number', [{ field: 'model.level', atLeast: 3 }], 'unknown'],
    ['a text that is no number and not the right text', [{ field: 'model.level', atLeast: 3, equals: 'low' }], 'no'],
    ['true', [{ field: 'model.live', equals: true }], 'yes'],
    ['false', [{ field: 'model.live', equals: false }], 'no'],
    ['a property objects inherit', [{ field: 'model.constructor', equals: 'x' }], 'unknown'],
    [
      'all of several',
      [
        { field: 'model.useCase', equals: 'support' },
        { field: 'model.riskTier', atLeast: 2 },
      ],
      'yes',
    ],
    [
      'one that fails beside an unknown one: no, whatever that is',
      [
        { field: 'model.audience', equals: 'public' },
        { field: 'model.riskTier', atLeast: 3 },
      ],
      'no',
    ],
    [
      'one that holds beside an unknown one',
      [
        { field: 'model.riskTier', atLeast: 2 },
        { field: 'model.audience', equals: 'public' },
      ],
      'unknown',
    ],
  ];
  for (const [what, all, state] of cases) {
    it(`judges ${what}: ${state}`, () => {
      assert.equal(judgeApplicability([{ all }], subject).state, state);
    });
  }

  it('applies without a condition, and asks every rule', () => {
    assert.equal(judgeApplicability([], subject).state, 'yes');
    const holds = { all: [{ field: 'model.region', equals: 'sg' }] };
    const fails = { all: [{ field: 'model.region', equals: 'de' }] };
    assert.equal(judgeApplicability([holds, fails], subject).state, 'no');
  });

  it('says why', () => {
    const no = judgeApplicability([{ all: [{ field: 'model.riskTier', atLeast: 3 }] }], subject);
    assert.deepEqual(no, { state: 'no', reason: 'Applies only where model.riskTier is at least 3; it is 2.' });
    const unknown = judgeApplicability([{ all: [{ field: 'model.audience', equals: 'public' }] }], subject);
    assert.deepEqual(unknown, {
      state: 'unknown',
      reason: 'Whether this applies is not known: model.audience is not set.',
    });
  });
});
