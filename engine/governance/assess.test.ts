import assert from 'node:assert/strict';
import { validateScorecardView } from '../../schemas/generated/validators.js';
import { checkOf, corporate, openAssessable, team, type Assessable } from '../../test/fakes/assessable.ts';
import { day } from '../../test/fakes/evidence.ts';
import { signal } from '../../test/fakes/governed.ts';
import { makeProgress } from '../../test/fakes/runs.ts';
import { approve, requestApproval } from '../promotion/approval.ts';
import { lockBaseline } from '../promotion/baseline.ts';
import { promote } from '../promotion/promote.ts';
import { approveWaiver, requestWaiver } from '../promotion/waivers.ts';
import { viewAssessment } from './view.ts';

describe('assessVersion over a real store', () => {
  let world: Assessable;

  beforeEach(async () => {
    world = await openAssessable();
  });
  afterEach(() => world.close());

  it('makes a record of what is there, and of what is missing', async () => {
    const { view } = await world.judge();
    const { record } = view.scorecard;
    assert.equal(checkOf(record, 'PERF.acc')?.state, 'missing');
    assert.match(checkOf(record, 'PERF.acc')?.reason ?? '', /core has asked triage@1/);
    assert.equal(checkOf(record, 'CARD.use')?.state, 'pass');
    assert.equal(checkOf(record, 'LINE.run')?.state, 'needs-review');
    assert.equal(checkOf(record, 'LOOK.read')?.state, 'missing');
    assert.equal(checkOf(record, 'TIER.owner')?.state, 'not-applicable');
    assert.equal(record.gate.outcome, 'failed');
    assert.equal(record.coverage, 25);
    assert.ok(Math.abs((record.score ?? 0) - (100 * 5) / 19) < 1e-9);
    assert.deepEqual(
      record.policies.map(({ id, path: at }) => [id, at]),
      [
        ['corp', 'policies/corp.policy.yaml'],
        ['team', 'policies/team.policy.yaml'],
      ],
    );
    assert.deepEqual(record.controls[0]?.tightenedBy, ['team']);
    assert.equal(record.assessor.email, 'assessor@x.example');
    assert.equal(record.subject.author?.email, 'author@x.example');
    assert.equal(record.subject.weightsDigest, world.version.weightsDigest);
  });

  it('finds the evidence, and keeps the record whole and for good', async () => {
    const runId = await world.measure([world.version]);
    await world.recordTraining();
    const { view } = await world.judge();
    const { record, digest } = view.scorecard;
    assert.equal(record.gate.outcome, 'passed', record.gate.sentence);
    const perf = record.controls[0]?.checks[0];
    assert.deepEqual([perf?.state, perf?.judged, perf?.evidence[0]?.runId], ['pass', 0.85, runId]);
    assert.equal(checkOf(record, 'LINE.run')?.state, 'pass');
    assert.equal(record.coverage, 75);
    assert.equal(record.validUntil, perf?.evidence[0]?.expiresAt);
    assert.deepEqual(
      record.frameworks[0]?.entries.filter(({ state }) => state !== 'not-mapped').map(({ id, state }) => [id, state]),
      [['MEASURE 2.5', 'satisfied']],
    );
    assert.equal(view.verification.state, 'verified');
    assert.ok(validateScorecardView(view), JSON.stringify(validateScorecardView.errors));
    const again = await viewAssessment(record.id.slice(0, -2), world.ports, signal);
    assert.deepEqual(again.scorecard, view.scorecard);
    const [stored] = await world.ports.store.ledger.list({ kind: 'assessment', model: 'triage' });
    assert.deepEqual([stored?.digest, stored?.payload], [digest, record]);
  });

  it('counts no run that was partial, failed, too old, or of other weights', async () => {
    const other = await world.register('other weights');
    await world.measure([other]);
    const { store } = world.ports;
    const writeRun = async (id: string, limit: number | undefined, state: 'succeeded' | 'failed'): Promise<void> => {
      const source = await store.getRun(await world.measure([world.version], { name: 'elsewhere' }));
      const spec = { ...source.spec, name: 'core', ...(limit === undefined ? {} : { limit }) };
      await store.createRun({ id, spec, createdAt: world.clock.now() });
      const writer = await store.openWriter(id, { host: 'here', bootId: 'b', pid: 1 });
      await writer.begin({ variants: source.variants, environment: source.environment! });
      await writer.finish({ state, progress: makeProgress(100), headlines: [], report: source.report! });
    };
    await writeRun('partial', 50, 'succeeded');
    await writeRun('broken', undefined, 'failed');
    const target = { model: 'triage', version: '1' };
    const none = await world.recordOf(target);
    assert.equal(checkOf(none, 'PERF.acc')?.state, 'missing');
    assert.match(
      checkOf(none, 'PERF.acc')?.reason ?? '',
      /run broken is failed; run partial asked the first 50 rows only/,
    );
    const whole = await world.measure([world.version]);
    assert.equal(checkOf(await world.recordOf(target), 'PERF.acc')?.state, 'pass');
    await writeRun('later-but-partial', 1, 'succeeded');
    const still = await world.recordOf(target);
    assert.equal(still.controls[0]?.checks[0]?.evidence[0]?.runId, whole);
    world.clock.advance(31 * day);
    assert.equal(checkOf(await world.recordOf(target), 'PERF.acc')?.state, 'stale');
  });

  it('names the command that would make missing evidence', async () => {
    const benchmark = (models: string): string =>
      `name: core\ndataset: {path: rows.jsonl, input: a, target: b, split: {field: s, test: t}}\nmodels: [${models}]\nmetrics: [accuracy]\n`;
    await world.write('core.bench.yaml', benchmark('registry:triage@candidate'));
    assert.match(
      checkOf(await world.recordOf(), 'PERF.acc')?.reason ?? '',
      /`aiwb run core\.bench\.yaml --model registry:triage@candidate`/,
    );
    await world.write('core.bench.yaml', benchmark('embedded:linear'));
    assert.match(checkOf(await world.recordOf(), 'PERF.acc')?.reason ?? '', /Add registry:triage@1 to its models/);
  });

  it('counts an attestation from the next assessment on, and a changed statement voids it', async () => {
    await world.judge();
    await world.attest();
    const record = await world.recordOf();
    assert.equal(checkOf(record, 'LOOK.read')?.state, 'pass');
    assert.equal(record.controls[3]?.checks[0]?.evidence[0]?.by?.email, 'reviewer@x.example');
    await world.write('policies/corp.policy.yaml', corporate.replace('I have read them.', 'I have read all of them.'));
    const changed = await world.recordOf();
    assert.equal(checkOf(changed, 'LOOK.read')?.state, 'missing');
    assert.match(checkOf(changed, 'LOOK.read')?.reason ?? '', /has changed since/);
    world.clock.advance(91 * day);
    await world.write('policies/corp.policy.yaml', corporate);
    assert.equal(checkOf(await world.recordOf(), 'LOOK.read')?.state, 'stale');
  });

  it('lets a waiver open the gate, not the score, until it expires', async () => {
    await world.measure([world.version], { value: 0.7 });
    const before = await world.recordOf();
    assert.equal(before.gate.outcome, 'failed');
    const expiresAt = world.clock.now() + 10 * day;
    const request = {
      model: 'triage',
      versions: ['1'],
      control: 'PERF',
      reason: 'Known.',
      expiresAt,
      folder: world.folder,
    };
    const { id } = await requestWaiver(request, world.ports, signal);
    world.act('bea');
    await approveWaiver({ waiverId: id, folder: world.folder }, world.ports, signal);
    assert.equal((await world.recordOf()).controls[0]?.waiver, undefined);
    world.act('cem');
    await approveWaiver({ waiverId: id, folder: world.folder }, world.ports, signal);
    await world.write('policies/corp.policy.yaml', corporate.replace('minScore: 40', 'minScore: 10'));
    const waived = await world.recordOf();
    assert.deepEqual([waived.controls[0]?.waiver, waived.waived, waived.gate.outcome], [id, 1, 'passed']);
    assert.equal(waived.score, before.score);
    assert.equal(waived.validUntil, expiresAt);
    assert.deepEqual(
      waived.waivers[0]?.approvals.map(({ by }) => by.email),
      ['bea@x.example', 'cem@x.example'],
    );
    world.clock.advance(10 * day);
    const later = await world.recordOf();
    assert.deepEqual([later.waived, later.gate.outcome], [0, 'failed']);
  });

  it('requests approval of a passed gate where the policy asks for it, and tells what is in the way', async () => {
    await world.write('policies/team.policy.yaml', team.replace('assess: {', 'assess: {requestApproval: true, '));
    assert.equal((await world.judge()).view.scorecard.approval.state, 'none');
    await world.measure([world.version], { gate: 'not-met' });
    const blocked = await world.judge();
    assert.equal(blocked.view.scorecard.record.gate.outcome, 'passed');
    assert.equal(blocked.approvalFailure?.code, 'gate-not-met');
    assert.equal(blocked.view.scorecard.approval.state, 'none');
    await world.measure([world.version], { gate: 'met' });
    const { view, approvalFailure } = await world.judge();
    assert.equal(approvalFailure, undefined);
    assert.deepEqual(
      [view.scorecard.approval.state, view.scorecard.approval.recordDigest],
      ['requested', view.scorecard.digest],
    );
  });

  it('shows history, baseline and where the version is now beside an assessment', async () => {
    await world.measure([world.version], { gate: 'met' });
    await world.judge();
    const step = { model: 'triage', version: '1', folder: world.folder };
    await requestApproval(step, world.ports, signal);
    world.act('approver');
    await approve(step, world.ports, signal);
    await lockBaseline(step, world.ports, signal);
    await world.register('weights two');
    world.act('assessor');
    world.clock.advance(1000);
    const { view } = await world.judge();
    assert.deepEqual(
      view.history.map(summary => [summary.version, summary.gate]),
      [
        ['2', 'failed'],
        ['1', 'passed'],
      ],
    );
    assert.deepEqual([view.baseline?.version, view.baseline?.weightsDigest], ['1', world.version.weightsDigest]);
    assert.equal(view.status, 'assessed');
    const [, first] = view.history;
    assert.equal((await viewAssessment(first!.id, world.ports, signal)).status, 'baseline');
    await promote(step, world.ports, signal);
    const released = await viewAssessment(first!.id, world.ports, signal);
    assert.deepEqual([released.scorecard.approval.state, released.status], ['approved', 'production']);
  });
});
