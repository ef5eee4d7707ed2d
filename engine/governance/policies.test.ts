import assert from 'node:assert/strict';
import type { ErrorCode } from '../base/errors.ts';
import { openAssessable, refused, team, type Assessable } from '../../test/fakes/assessable.ts';

describe('the policies an assessment names', () => {
  let world: Assessable;

  beforeEach(async () => {
    world = await openAssessable();
  });
  afterEach(() => world.close());

  const bad: readonly [what: string, text: string, code: ErrorCode, message: RegExp][] = [
    ['a policy that is not valid', 'id: team\nversion: 1\nlevel: team\n', 'file-invalid', /team\.policy\.yaml:2/],
    [
      'a policy that is looser than the one it extends',
      team.replace('0.82', '0.5'),
      'policy-invalid',
      /team\.policy\.yaml:\d+:\d+: /,
    ],
    ['a policy that extends nothing there is', team.replace('id: corp', 'id: nobody'), 'policy-invalid', /nobody/],
    [
      'a scorecard outside the workspace',
      team.replace('../cards/', '../../cards/'),
      'policy-invalid',
      /outside the workspace/,
    ],
    ['no version named anywhere', team.replace(/assess:.*\n/, ''), 'usage', /name none/],
    ['a version that is not there', team.replace('@candidate', '@7'), 'registry-not-found', /7/],
    ['a model that is not there', team.replace('triage@', 'nothing@'), 'registry-not-found', /nothing/],
  ];

  it('refuses what cannot be assessed, says where, and records nothing', async () => {
    for (const [what, text, code, message] of bad) {
      await world.write('policies/team.policy.yaml', text);
      await assert.rejects(world.judge(), refused(code, message), what);
    }
    assert.deepEqual(await world.ports.store.ledger.list({ kind: 'assessment' }), []);
  });

  it('refuses policies that name two versions, unless one is asked for', async () => {
    const second = {
      path: world.file('policies/two.policy.yaml'),
      text: 'id: two\nversion: 1.0.0\nlevel: team\nassess: {model: triage@1}\n',
    };
    const policies = [{ path: world.file('policies/team.policy.yaml') }, second];
    await assert.rejects(world.judge({ policies }), refused('usage', /triage@candidate and triage@1/));
    assert.equal((await world.recordOf({ policies, model: 'triage', version: '1' })).subject.version, '1');
  });

  it('assesses the text of a notebook cell by policies of the workspace', async () => {
    const cell = { path: world.file('flow.ipynb'), cell: 'c1', text: team.replace('../cards/', 'cards/') };
    const { view, written } = await world.judge({ policies: [cell] });
    assert.equal(written, 'cards/triage.scorecard.json');
    assert.deepEqual(
      view.scorecard.record.policies.map((policy): [string, string | undefined] => [policy.id, policy.path]),
      [
        ['corp', 'policies/corp.policy.yaml'],
        ['team', 'flow.ipynb'],
      ],
    );
    assert.equal(view.scorecard.record.policies[1]?.digest, world.ports.digest.sha256(cell.text));
  });
});
