import assert from 'node:assert/strict';
import type { Waiver } from '../../schemas/generated/messages.ts';
import { day, makeWaiver, now, person } from '../../test/fakes/assessed.ts';
import { isActive } from './waiver-state.ts';

describe('isActive', () => {
  const version = { model: 'triage', version: '3' };
  const by = (name: string, at = now - day) => ({ by: person(name), at });
  const cases: readonly [what: string, changes: Partial<Waiver>, active: boolean][] = [
    ['two approvals by others', {}, true],
    ['three approvals', { approvals: [by('bea'), by('cem'), by('dan')] }, true],
    ['no approval', { approvals: [] }, false],
    ['one approval', { approvals: [by('bea')] }, false],
    ['the same person twice', { approvals: [by('bea'), by('bea')] }, false],
    [
      'the same address in another case',
      { approvals: [by('bea'), { by: { ...person('bea'), email: ' BEA@x.Example' }, at: now }] },
      false,
    ],
    ['the requester and one other', { approvals: [by('author'), by('bea')] }, false],
    ['the requester and two others', { approvals: [by('author'), by('bea'), by('cem')] }, true],
    ['an approval that is yet to come', { approvals: [by('bea'), by('cem', now + 1)] }, false],
    ['its last moment', { expiresAt: now + 1 }, true],
    ['its expiry', { expiresAt: now }, false],
    ['an expiry long ago', { expiresAt: now - day }, false],
    ['another control', { control: 'D' }, false],
    ['another model', { model: 'other' }, false],
    ['other versions', { versions: ['1', '2'] }, false],
    ['several versions, this one among them', { versions: ['1', '3'] }, true],
  ];
  for (const [what, changes, active] of cases) {
    it(`is ${String(active)} for ${what}`, () => {
      assert.equal(isActive(makeWaiver(changes), 'C', version, now), active);
    });
  }
});
