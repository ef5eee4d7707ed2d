import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { AssessmentComparison, ControlHistory, Reproduction } from '../../schemas/generated/messages.ts';
import { tinyCard, tinyWeights } from '../fakes/ingest.ts';
import { createWorkspace, people, runAiwb, type Finished } from './aiwb.ts';
import { Window } from './window.ts';

const policy = `id: house
version: 1.0.0
level: corporate
scoring: {gate: {failOn: [critical], minScore: 40}}
controls:
  - id: CARD
    title: The card names a licence
    severity: high
    checks: [{id: CARD.license, type: model-card, path: license}]
  - id: LOOK
    title: A person has looked
    severity: high
    checks: [{id: LOOK.read, type: attestation, role: reviewer, statement: I have read the answers.}]
`;

describe('aiwb assessments', function () {
  this.timeout(180_000);
  let workspace: ReturnType<typeof createWorkspace>;
  const aiwb = (...args: string[]): Promise<Finished> => runAiwb(args, { cwd: workspace.folder });
  const assess = async (): Promise<string> => {
    const assessed = await aiwb('assess', 'good@1', '--policy', 'house.policy.yaml', '--json');
    return JSON.parse(assessed.stdout).view.scorecard.record.id as string;
  };
  let [first, second] = ['', ''];

  before(async () => {
    workspace = createWorkspace({ 'workbench.yaml': '{}\n', 'house.policy.yaml': policy });
    mkdirSync(path.join(workspace.folder, 'good'));
    writeFileSync(path.join(workspace.folder, 'good/README.md'), tinyCard);
    writeFileSync(path.join(workspace.folder, 'good/model.safetensors'), tinyWeights());
    const ingested = await aiwb('registry', 'ingest', './good');
    assert.equal(ingested.code, 0, ingested.stderr);
    first = await assess();
    const reviewer = { cwd: workspace.folder, env: people.reviewer };
    const attested = await runAiwb(['attest', 'good@1', 'LOOK'], reviewer);
    assert.equal(attested.code, 0, attested.stderr);
    second = await assess();
  });
  after(() => workspace.remove());

  it('lists what was assessed, and shows it as it was recorded', async () => {
    const listed = await aiwb('assessments', 'list');
    assert.equal(listed.code, 0, listed.stderr);
    assert.ok(listed.stdout.indexOf(second) < listed.stdout.indexOf(first), listed.stdout);
    const { assessments } = JSON.parse((await aiwb('assessments', 'list', 'good@1', '--json')).stdout);
    assert.deepEqual(
      assessments.map(({ id }: { readonly id: string }) => id),
      [second, first],
    );
    const shown = await aiwb('assessments', 'show', first);
    assert.match(shown.stdout, new RegExp(`Record ${first}`));
    assert.equal((await aiwb('assessments', 'list', 'nothing')).code, 2);
    assert.equal((await aiwb('assessments', 'show', 'nothing')).code, 2);
  });

  it('compares two, by their ids or as the newest of a version', async () => {
    const compared = await aiwb('assessments', 'compare', first, 'good@1');
    assert.equal(compared.code, 0, compared.stderr);
    assert.match(compared.stdout, /LOOK \(high\) A person has looked: not assessed, now compliant/);
    const { changes, unchanged } = JSON.parse(
      (await aiwb('assessments', 'compare', second, first, '--json')).stdout,
    ) as AssessmentComparison;
    assert.deepEqual([changes.map(({ control }) => control), unchanged], [['LOOK'], 1]);
    assert.equal((await aiwb('assessments', 'compare', first, 'good@1:2001-01-01')).code, 2);
    assert.equal((await aiwb('assessments', 'compare', first, 'good@1:yesterday')).code, 2);
  });

  it('follows one control', async () => {
    const followed = await aiwb('assessments', 'history', 'good', 'LOOK');
    assert.match(followed.stdout, /compliant[^]*not assessed/);
    const { entries } = JSON.parse(
      (await aiwb('assessments', 'history', 'good', 'NONE', '--json')).stdout,
    ) as ControlHistory;
    assert.deepEqual(entries, []);
  });

  it('makes one again: the same comes out, and once a policy was changed it says so and exits with 1', async () => {
    for (const id of [first, second]) {
      const again = await aiwb('assessments', 'reproduce', id);
      assert.equal(again.code, 0, again.stdout + again.stderr);
      assert.match(again.stdout, /^Reproduced: good@1/);
    }
    workspace.write('house.policy.yaml', policy.replace('1.0.0', '1.1.0'));
    const changed = await aiwb('assessments', 'reproduce', first, '--json');
    assert.equal(changed.code, 1, changed.stderr);
    const { state, differences } = JSON.parse(changed.stdout) as Reproduction;
    assert.deepEqual([state, differences.map(({ kind }) => kind)], ['different', ['policy']]);
  });

  it('is answered by the engine process as well, with a preview of assessing again', async () => {
    const window = new Window();
    try {
      await window.open(workspace.folder);
      const { preview, scorecard } = await window.request('assessments/preview', { assessmentId: first });
      assert.deepEqual(
        preview?.changes.map(({ control, after }) => [control, after]),
        [['LOOK', 'compliant']],
      );
      assert.deepEqual([scorecard.record.id, scorecard.record.policies[0]?.version], [first, '1.1.0']);
      const again = await window.request('assessments/preview', { assessmentId: second });
      assert.deepEqual(again.preview?.changes, []);
      const compared = await window.request('assessments/compare', { before: first, after: second });
      assert.equal(compared.changes[0]?.control, 'LOOK');
      const history = await window.request('assessments/controlHistory', { assessmentId: first, control: 'LOOK' });
      assert.equal(history.entries.length, 2);
    } finally {
      await window.close();
    }
  });
});
