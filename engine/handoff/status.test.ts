import assert from 'node:assert/strict';
import type { VersionStatus } from '../../schemas/generated/messages.ts';
import { planStanding, type Standing } from './status.ts';

const local = (status: VersionStatus, aliases: readonly string[] = []) => ({
  model: 'm',
  status,
  aliases: [...aliases],
});
const there = (
  status: VersionStatus,
  { aliases = {}, published }: { aliases?: Record<string, string>; published?: VersionStatus } = {},
): Standing => ({ version: { version: '7', status }, aliases, ...(published === undefined ? {} : { published }) });

describe('how a version is to stand elsewhere', () => {
  it('is as here where it is new', () => {
    assert.deepEqual(planStanding(local('candidate', ['candidate']), undefined, false), {
      status: 'candidate',
      aliases: ['candidate'],
      dropped: [],
      approves: false,
    });
    assert.equal(planStanding(local('untracked'), undefined, false).status, undefined);
  });

  it('moves forward by publishing again, and back by a step alone', () => {
    assert.equal(planStanding(local('assessed'), there('candidate'), false).status, 'assessed');
    assert.equal(
      planStanding(local('assessed'), there('approved', { published: 'approved' }), false).status,
      undefined,
    );
    assert.equal(
      planStanding(local('assessed'), there('approved', { published: 'approved' }), true).status,
      'assessed',
    );
  });

  it('leaves what somebody there decided since', () => {
    const plan = planStanding(local('assessed'), there('approved', { published: 'candidate' }), true);
    assert.equal(plan.status, undefined);
    assert.match(plan.note ?? '', /approved there and stays that/);
    assert.equal(planStanding(local('production'), there('revoked', { published: 'revoked' }), true).status, undefined);
  });

  it('asks for an approval where an alias or status says there is one', () => {
    assert.equal(planStanding(local('approved'), there('candidate'), false).approves, true);
    assert.equal(planStanding(local('approved'), there('approved'), false).approves, false);
    assert.equal(planStanding(local('production', ['production']), there('production'), false).approves, true);
    assert.equal(planStanding(local('revoked'), there('production'), true).approves, false);
  });

  it('takes aliases away that the version lost with its status', () => {
    const aliases = { production: '7', champion: '7', candidate: '8' };
    const demoted = planStanding(local('baseline'), there('production', { aliases, published: 'production' }), true);
    assert.deepEqual(demoted.dropped, ['production']);
    assert.deepEqual(planStanding(local('revoked'), there('production', { aliases }), true).dropped, [
      'production',
      'champion',
    ]);
    assert.deepEqual(planStanding(local('production'), there('production', { aliases }), true).dropped, []);
  });
});
