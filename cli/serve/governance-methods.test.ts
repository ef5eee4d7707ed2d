import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { WorkbenchError } from '../../engine/base/errors.ts';
import { renderAssessmentMarkdown } from '../../engine/governance/text.ts';
import { openGoverned, signal, type Governed } from '../../test/fakes/governed.ts';
import { exportScorecard, getAssessment, startAssessment } from './governance-methods.ts';
import { describeWorkspacePolicy } from './library-methods.ts';
import { listAll } from './policy-methods.ts';
import type { Session } from './session.ts';

const policy = `id: team
version: 1.0.0
title: Team policy
level: team
controls:
  - id: CARD
    title: The card names a licence
    severity: low
    checks: [{id: CARD.license, type: model-card, path: license}]
`;

describe('the engine process’s methods of governance', () => {
  let world: Governed;
  let session: Session;
  before(async () => {
    world = await openGoverned();
    const { store, ...host } = world.ports;
    session = { host, store, folder: world.folder } as unknown as Session;
    await world.ports.files.writeText(path.join(world.folder, 'a.policy.yaml'), policy);
    await world.ports.files.writeText(
      path.join(world.folder, 'b.policy.yaml'),
      `${policy.replace('id: team', 'id: other')}extends: [{id: none, version: ^1.0.0}]\n`,
    );
    await world.ports.files.writeText(path.join(world.folder, 'c.policy.yaml'), 'id: broken\nlevel: [\n');
    await world.register('weights');
  });
  after(() => world.close());

  it('list the workspace’s policies, broken ones with what can be read of them', async () => {
    const { policies } = await listAll(session, signal);
    assert.deepEqual(policies[0], {
      path: 'a.policy.yaml',
      id: 'team',
      version: '1.0.0',
      title: 'Team policy',
      level: 'team',
      controls: 1,
      extends: [],
      diagnostics: 0,
    });
    const [, extending, broken] = policies;
    assert.ok(extending !== undefined && extending.diagnostics > 0);
    assert.deepEqual(extending.extends, ['none']);
    assert.ok(broken !== undefined && broken.diagnostics > 0);
    assert.deepEqual([broken.path, broken.id], ['c.policy.yaml', 'broken']);
  });

  it('describe a policy: its controls with their lines, its findings, and how versions came out', async () => {
    const request = { path: 'b.policy.yaml' };
    const described = await describeWorkspacePolicy(request, session, signal);
    assert.deepEqual(described.controls, [
      { id: 'CARD', title: 'The card names a licence', severity: 'low', line: 6, checks: 1 },
    ]);
    assert.deepEqual(
      described.findings.map(({ severity, code, line }) => [severity, code, line]),
      [['error', 'unknown-policy', 10]],
    );
    assert.deepEqual(described.assessments, []);
    const broken = await describeWorkspacePolicy({ path: 'c.policy.yaml' }, session, signal);
    assert.ok(broken.findings.length > 0 && broken.controls.length === 0);
    await assert.rejects(
      describeWorkspacePolicy({ path: 'none.policy.yaml' }, session, signal),
      (error: unknown) => error instanceof WorkbenchError && error.code === 'file-not-found',
    );
  });

  it('assess, get, describe and export', async () => {
    const source = { path: path.join(world.folder, 'a.policy.yaml'), text: policy };
    const { view, written } = await startAssessment(
      { model: 'triage', version: 'candidate', policies: [source], scorecard: 'card.scorecard.json' },
      session,
      signal,
    );
    assert.equal(written, 'card.scorecard.json');
    const reference = { assessmentId: view.scorecard.record.id };
    assert.deepEqual((await getAssessment(reference, session, signal)).scorecard, view.scorecard);
    assert.match(renderAssessmentMarkdown(await getAssessment(reference, session, signal)), /^\*\*triage@1/);
    const target = { ...reference, format: 'json' as const, path: 'again.scorecard.json' };
    const { path: exported } = await exportScorecard(target, session, signal);
    assert.equal(readFileSync(exported, 'utf8'), readFileSync(path.join(world.folder, 'card.scorecard.json'), 'utf8'));
    const markdown = await exportScorecard({ ...target, format: 'markdown', path: 'a.md' }, session, signal);
    assert.match(readFileSync(markdown.path, 'utf8'), /CARD/);
    const [first, second] = (await listAll(session, signal)).policies;
    assert.equal(first?.last?.id, reference.assessmentId, 'the list tells the newest assessment by a policy');
    assert.equal(second?.last, undefined);
    await assert.rejects(
      getAssessment({ assessmentId: 'nothing' }, session, signal),
      (error: unknown) => error instanceof WorkbenchError && error.code === 'record-not-found',
    );
  });
});
