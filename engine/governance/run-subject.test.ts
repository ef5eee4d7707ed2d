import assert from 'node:assert/strict';
import { checkOf, openAssessable, refused, type Assessable } from '../../test/fakes/assessable.ts';
import { signal } from '../../test/fakes/governed.ts';
import { validateScorecardView } from '../../schemas/generated/validators.js';
import { verifyAudit } from '../audit/verify.ts';
import { findAssessment } from './find-assessment.ts';
import { previewAssessment } from './preview.ts';
import { reproduceAssessment } from './reproduce.ts';

describe('a run that is assessed in the place of a version', () => {
  let world: Assessable;
  beforeEach(async () => {
    world = await openAssessable();
  });
  afterEach(() => world.close());

  it('passes by what it measured, and leaves open what only a registration tells', async () => {
    const older = await world.measure([world.version], { value: 0.9 });
    await world.measure([world.version], { value: 0.5 });
    const { view } = await world.judge({ runId: older.slice(0, older.length) });
    const { record } = view.scorecard;
    assert.ok(validateScorecardView(view), JSON.stringify(validateScorecardView.errors));
    assert.deepEqual(record.subject.measured, { runId: older, model: 'registry:triage@1' });
    assert.deepEqual([record.subject.model, record.subject.version], ['run:registry:triage-1', older]);
    const perf = checkOf(record, 'PERF.acc');
    assert.deepEqual([perf?.state, perf?.actual, perf?.evidence[0]?.runId], ['pass', 0.9, older]);
    for (const id of ['CARD.use', 'LINE.run', 'LOOK.read']) {
      assert.equal(checkOf(record, id)?.state, 'missing', id);
      assert.match(checkOf(record, id)?.reason ?? '', /register the model/, id);
    }
    const tier = record.controls.find(({ id }) => id === 'TIER');
    assert.equal(tier?.outcome, 'not-assessed', 'nobody knows its risk tier');
    assert.equal(record.gate.outcome, 'failed');
    assert.deepEqual([view.status, view.baseline, view.scorecard.approval.state], [undefined, undefined, 'none']);
    assert.equal(view.verification.state, 'verified');
    assert.ok((await verifyAudit(world.ports.store, world.ports.digest, signal)).intact);
  });

  it('is no evidence of another benchmark, nor where it asked some rows only', async () => {
    const other = await world.measure([world.version], { name: 'elsewhere' });
    const one = await world.recordOf({ runId: other });
    assert.match(checkOf(one, 'PERF.acc')?.reason ?? '', /is of the benchmark elsewhere/);
    const some = await world.measure([world.version], { limit: 5 });
    const two = await world.recordOf({ runId: some });
    assert.match(checkOf(two, 'PERF.acc')?.reason ?? '', /first 5 rows only/);
    assert.deepEqual(
      [one, two].map(record => checkOf(record, 'PERF.acc')?.state),
      ['missing', 'missing'],
    );
  });

  it('says which of several models is meant, and is a benchmark run that has ended', async () => {
    const second = await world.register('other weights');
    const runId = await world.measure([world.version, second]);
    await assert.rejects(world.judge({ runId }), refused('usage', /registry:triage@1 and registry:triage@2: which/));
    await assert.rejects(world.judge({ runId, model: 'gpt' }), refused('usage', /which is to be assessed/));
    const record = await world.recordOf({ runId, model: 'registry:triage@2' });
    assert.equal(record.subject.weightsDigest, second.modelDigest);
    await world.recordTraining();
    await assert.rejects(
      world.judge({ runId: 'tune-weights' }),
      refused('usage', /no benchmark run that has succeeded/),
    );
    await assert.rejects(world.judge({ runId: 'none' }), refused('run-not-found', /none/));
  });

  it('is found, previewed and made again as any other, and has a history of its own', async () => {
    const runId = await world.measure([world.version]);
    const first = await world.recordOf({ runId });
    const { view } = await world.judge({ runId });
    assert.equal(view.scorecard.record.resultDigest, first.resultDigest);
    assert.equal(view.scorecard.record.previous, first.id);
    assert.equal(view.history.length, 2);
    await world.measure([world.version], { value: 0.1 });
    const request = { assessmentId: first.id, folder: world.folder };
    const preview = await previewAssessment(request, world.ports, undefined, signal);
    assert.deepEqual([preview.preview?.changes, preview.preview?.open], [[], 0]);
    const again = await reproduceAssessment({ reference: first.id, folder: world.folder }, world.ports, signal);
    assert.deepEqual(again.differences, []);
    const found = await findAssessment(`run:registry:triage-1@${runId}`, world.ports, signal);
    assert.equal(found.record.id, view.scorecard.record.id);
    await world.judge();
    const { history } = (await world.judge()).view;
    assert.equal(history.length, 2, 'those of the version alone');
  });

  it('is put up for nothing, whatever its policy asks', async () => {
    await world.write(
      'policies/small.policy.yaml',
      'id: small\nversion: 1.0.0\nlevel: team\nassess: {model: triage@1, requestApproval: true}\ncontrols:\n  - id: ACC\n    title: Right\n    severity: high\n    checks: [{id: ACC.a, type: metric, benchmark: core, metric: accuracy, assert: {op: ">=", value: 0.8}}]\n',
    );
    const runId = await world.measure([world.version]);
    const policies = [{ path: world.file('policies/small.policy.yaml') }];
    const { view, approvalFailure } = await world.judge({ runId, policies });
    assert.equal(view.scorecard.record.gate.outcome, 'passed');
    assert.equal(approvalFailure, undefined);
    assert.deepEqual(await world.ports.store.ledger.list({ kind: 'approval-request' }), []);
  });
});
