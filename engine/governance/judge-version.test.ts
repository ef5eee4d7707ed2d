import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { checkOf, corporate, openAssessable, refused, team, type Assessable } from '../../test/fakes/assessable.ts';
import { day, identity } from '../../test/fakes/evidence.ts';
import { signal } from '../../test/fakes/governed.ts';
import { makeProgress } from '../../test/fakes/runs.ts';
import type { AssessmentRecord, DocArtifact, Reproduction, ScorecardView } from '../../schemas/generated/messages.ts';
import {
  validateAssessmentComparison,
  validateControlHistory,
  validateScorecardView,
} from '../../schemas/generated/validators.js';
import { digestRecord, verifyScorecard } from '../../schemas/verify-scorecard.ts';
import { compareScorecards } from '../../schemas/compare-scorecards.ts';
import { cardStoredAt } from '../registry/version-cards.ts';
import { blobUri } from '../registry/blob-uri.ts';
import { approveWaiver, requestWaiver } from '../promotion/waivers.ts';
import { renderControlHistory, renderReproduction } from './comparison-text.ts';
import { readControlHistory } from './control-history.ts';
import { findAssessment } from './find-assessment.ts';
import { previewAssessment } from './preview.ts';
import { reproduceAssessment } from './reproduce.ts';

describe('an assessment that was recorded', () => {
  let world: Assessable;
  beforeEach(async () => {
    world = await openAssessable();
    await world.measure([world.version]);
    await world.recordTraining();
  });
  afterEach(() => world.close());

  const reproduce = (reference: string): Promise<Reproduction> =>
    reproduceAssessment({ reference, folder: world.folder }, world.ports, signal);
  const preview = (assessmentId: string): Promise<ScorecardView> =>
    previewAssessment({ assessmentId, folder: world.folder }, world.ports, undefined, signal);
  const waive = async (control: string): Promise<void> => {
    world.act('author');
    const request = { model: 'triage', versions: ['1'], control, reason: 'Known.', folder: world.folder };
    const { id } = await requestWaiver({ ...request, expiresAt: world.clock.now() + 5 * day }, world.ports, signal);
    for (const approver of ['bea', 'cem']) {
      world.act(approver);
      await approveWaiver({ waiverId: id, folder: world.folder }, world.ports, signal);
    }
    world.act('assessor');
  };

  it('has the same digest of its results whoever makes it and whenever, and names the one before', async () => {
    const first = await world.recordOf();
    world.clock.advance(day);
    world.act('somebody else');
    const second = await world.recordOf();
    assert.match(first.resultDigest ?? '', /^[0-9a-f]{64}$/);
    assert.equal(second.resultDigest, first.resultDigest);
    assert.notEqual(second.assessedAt, first.assessedAt);
    assert.equal(first.previous, undefined);
    assert.equal(second.previous, first.id);
  });

  it('has another digest once a policy, the evidence or a waiver in use is another', async () => {
    const digests: (string | undefined)[] = [];
    const take = async (): Promise<void> => void digests.push((await world.recordOf()).resultDigest);
    await take();
    // A waiver of a control that needs none changes nothing.
    await waive('TIER');
    await take();
    assert.equal(digests[1], digests[0]);
    await waive('LOOK');
    await take();
    await world.measure([world.version], { value: 0.91 });
    await take();
    await world.attest();
    await take();
    await world.write('policies/corp.policy.yaml', `${corporate}# a word\n`);
    await take();
    assert.equal(new Set(digests).size, 5);
  });

  it('has the same digest in whatever order its policies are named, with gates of their own or without', async () => {
    const without = (id: string): string =>
      `id: ${id}\nversion: 1.0.0\nlevel: team\nextends: [{id: base, version: ^1.0.0}]\ncontrols:\n  - id: ${id}-CARD\n    title: Says what for\n    severity: high\n    checks: [{id: ${id}-CARD.use, type: model-card, path: "#use"}]\n`;
    const base =
      'id: base\nversion: 1.0.0\nlevel: corporate\ncontrols:\n  - id: BASE\n    title: Named\n    severity: low\n    checks: [{id: BASE.license, type: model-card, path: license}]\n';
    await world.write('policies/base.policy.yaml', base);
    for (const id of ['one', 'two']) await world.write(`policies/${id}.policy.yaml`, without(id));
    for (const names of [
      ['one', 'two'],
      ['team', 'one', 'two'],
    ]) {
      const policies = names.map(name => ({ path: world.file(`policies/${name}.policy.yaml`) }));
      const target = { model: 'triage', version: '1' };
      const first = await world.recordOf({ policies, ...target });
      const second = await world.recordOf({ policies: policies.toReversed(), ...target });
      assert.equal(second.resultDigest, first.resultDigest);
    }
  });

  it('does not hold once its digest of the results, or what that covers, was changed', async () => {
    const { scorecard } = (await world.judge()).view;
    const sha256 = (text: string): string => world.ports.digest.sha256(text);
    // Whoever changes a record can make a new digest of it.
    const verify = (change: (record: AssessmentRecord) => void): string => {
      const record = structuredClone(scorecard.record);
      change(record);
      return verifyScorecard({ ...scorecard, record, digest: digestRecord(record, sha256) }, sha256).sentence;
    };
    const tampered = /digest of its results is not that of the results/;
    assert.doesNotMatch(
      verify(() => undefined),
      tampered,
    );
    assert.match(
      verify(record => (record.resultDigest = '0'.repeat(64))),
      tampered,
    );
    assert.match(
      verify(record => (record.controls[0]!.checks[0]!.evidence[0]!.runId = 'another')),
      tampered,
    );
    assert.match(
      verify(record => (record.policies[0]!.digest = 'e'.repeat(64))),
      tampered,
    );
    assert.match(
      verify(record => (record.subject.weightsDigest = 'e'.repeat(64))),
      tampered,
    );
    assert.match(
      verify(record => (record.controls[1]!.severity = 'low')),
      tampered,
    );
  });

  it('can be made again, whatever came later', async () => {
    const { id, resultDigest } = await world.recordOf();
    await world.measure([world.version], { value: 0.5 });
    await world.attest();
    await waive('LOOK');
    await keepCard(world);
    world.clock.advance(60 * day);
    const reproduction = await reproduce(id);
    assert.deepEqual(reproduction.differences, []);
    assert.equal(reproduction.state, 'reproduced');
    assert.deepEqual([reproduction.recordedDigest, reproduction.computedDigest], [resultDigest, resultDigest]);
    // What came later does count now.
    assert.notEqual((await world.recordOf()).resultDigest, resultDigest);
  });

  it('can be made again although a policy lies elsewhere, and names each policy that is not as it was', async () => {
    const { id } = await world.recordOf();
    await world.write('moved/corp.policy.yaml', corporate);
    await rm(world.file('policies/corp.policy.yaml'));
    assert.equal((await reproduce(id)).state, 'reproduced');
    await world.write('policies/team.policy.yaml', team.replace('0.82', '0.81'));
    const changed = await reproduce(id);
    assert.deepEqual([changed.state, changed.computedDigest], ['different', undefined]);
    assert.match(changed.differences[0]?.sentence ?? '', /team 1\.0\.0 as recorded .* with another text/);
    assert.deepEqual(
      changed.differences.map(({ kind, policy }) => [kind, policy]),
      [['policy', 'team']],
    );
  });

  it('names evidence that is gone and what then comes out', async () => {
    const { id, controls } = await world.recordOf();
    const runId = controls[0]?.checks[0]?.evidence[0]?.runId ?? '';
    world.edit('UPDATE runs SET state = ? WHERE id = ?', 'failed', runId);
    const { state, differences } = await reproduce(id);
    assert.equal(state, 'different');
    assert.deepEqual(
      differences.map(({ kind, control }) => [kind, control]),
      [
        ['evidence', 'PERF'],
        ['result', 'PERF'],
        ['result', undefined],
      ],
    );
    assert.match(differences[1]?.sentence ?? '', /PERF was compliant and comes out not assessed/);
    assert.match(renderReproduction(await reproduce(id)), /Not reproduced: 3 differences/);
  });

  it('is previewed: what assessing again would record, with what changed, and nothing is stored', async () => {
    const { id } = await world.recordOf();
    const before = await world.ports.store.ledger.readAuditHead();
    const same = await preview(id);
    assert.deepEqual(same.preview, { at: world.clock.now(), changes: [], open: 0 });
    await world.attest();
    world.clock.advance(31 * day);
    const head = await world.ports.store.ledger.readAuditHead();
    const view = await preview(id);
    assert.ok(validateScorecardView(view), JSON.stringify(validateScorecardView.errors));
    assert.deepEqual(
      view.preview?.changes.map(({ control, before: was, after: is }) => [control, was, is]),
      [
        ['PERF', 'compliant', 'not-assessed'],
        ['LOOK', 'not-assessed', 'compliant'],
      ],
    );
    assert.equal(checkOf(view.scorecard.record, 'PERF.acc')?.state, 'stale');
    assert.equal(view.scorecard.record.id, id);
    assert.deepEqual(await world.ports.store.ledger.readAuditHead(), head);
    assert.equal((before?.sequence ?? 0) + 1, head?.sequence, 'only the attestation was written');
    const made = await world.recordOf();
    assert.equal(made.resultDigest, view.scorecard.record.resultDigest);
  });

  it('is previewed with the checks whose evidence is being made', async () => {
    const { id } = await world.recordOf();
    const { store } = world.ports;
    const source = await store.getRun(await world.measure([world.version], { name: 'elsewhere' }));
    await store.createRun({ id: 'going-on', spec: { ...source.spec, name: 'core' }, createdAt: world.clock.now() });
    const writer = await store.openWriter('going-on', { host: 'here', bootId: 'b', pid: 1 });
    await writer.begin({ variants: source.variants, environment: source.environment! });
    assert.equal((await preview(id)).preview?.open, 1);
    await writer.finish({ state: 'failed', progress: makeProgress(1), headlines: [] });
    assert.equal((await preview(id)).preview?.open, 0);
  });

  it('is found by its id, as the newest of a version, and as the newest of a day', async () => {
    const first = await world.recordOf();
    world.clock.advance(2 * day);
    const second = await world.recordOf();
    const idOf = async (reference: string): Promise<string> =>
      (await findAssessment(reference, world.ports, signal)).record.id;
    const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
    assert.equal(await idOf(first.id.slice(0, -1)), first.id);
    assert.equal(await idOf('triage@1'), second.id);
    assert.equal(await idOf('triage@candidate'), second.id);
    assert.equal(await idOf(`triage@1:${dayOf(first.assessedAt)}`), first.id);
    assert.equal(await idOf(`triage@candidate:${dayOf(first.assessedAt + day)}`), first.id);
    const notFound = refused('record-not-found', /had not been assessed by 2020-01-01/);
    await assert.rejects(idOf('triage@1:2020-01-01'), notFound);
    await assert.rejects(idOf('triage@1:2026-02-31'), refused('usage', /no date/));
    await assert.rejects(idOf('triage@1:soon'), refused('usage', /no date/));
    await assert.rejects(idOf('@1'), refused('usage', /names no assessment/));
    await world.attest();
    const [attestation] = await world.ports.store.ledger.list({ kind: 'attestation' });
    await assert.rejects(idOf(attestation!.id), refused('record-not-found', /is no assessment but the attestation/));
  });

  it('is compared with another, and each of its controls has a history', async () => {
    const first = await world.recordOf();
    await world.attest();
    const second = await world.recordOf();
    const comparison = compareScorecards(
      await findAssessment(first.id, world.ports, signal),
      await findAssessment('triage@1', world.ports, signal),
    );
    assert.ok(validateAssessmentComparison(comparison));
    assert.deepEqual(
      comparison.changes.map(({ control, after }) => [control, after]),
      [['LOOK', 'compliant']],
    );
    assert.deepEqual([comparison.before.id, comparison.after.id], [first.id, second.id]);
    const history = await readControlHistory({ model: 'triage', control: 'LOOK' }, world.ports, signal);
    assert.ok(validateControlHistory(history));
    assert.deepEqual(
      history.entries.map(({ assessmentId, outcome }) => [assessmentId, outcome]),
      [
        [second.id, 'compliant'],
        [first.id, 'not-assessed'],
      ],
    );
    assert.match(renderControlHistory(history), /not assessed/);
    const none = await readControlHistory({ model: 'triage', control: 'NONE' }, world.ports, signal);
    assert.deepEqual(none.entries, []);
  });
});

/** A later card without the section that the policy asks for. */
async function keepCard({ ports, clock, version: { model, version } }: Assessable): Promise<void> {
  const { digest, bytes } = await ports.store.blobs.put(new TextEncoder().encode('# Triage\n'));
  clock.advance(1000);
  const card: DocArtifact = {
    artifactType: 'doc-artifact',
    name: 'model-card.2',
    uri: blobUri(digest),
    digest,
    bytes,
    customProperties: { [cardStoredAt]: clock.now() },
  };
  await ports.store.registry.addArtifacts(model, version, [card], identity('author'));
}
