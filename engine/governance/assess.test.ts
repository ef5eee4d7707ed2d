import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { AssessmentRecord, CheckState, ModelVersion, Scorecard } from '../../schemas/generated/messages.ts';
import { validateScorecardView } from '../../schemas/generated/validators.js';
import { day, makeTuningReport } from '../../test/fakes/evidence.ts';
import { openGoverned, signal, type Governed } from '../../test/fakes/governed.ts';
import { makeProgress } from '../../test/fakes/runs.ts';
import { WorkbenchError } from '../base/errors.ts';
import { approve, requestApproval } from '../promotion/approval.ts';
import { attestControl } from '../promotion/attest.ts';
import { lockBaseline } from '../promotion/baseline.ts';
import { approveWaiver, requestWaiver } from '../promotion/waivers.ts';
import { assessVersion, type Assessment, type AssessRequest } from './assess.ts';
import { readScorecard, readScorecardFile, viewScorecard } from './scorecard.ts';
import { renderAssessmentMarkdown, renderAssessmentText } from './text.ts';
import { viewAssessment } from './view.ts';

const corporate = `id: corp
version: 1.1.0
level: corporate
frameworks: [{id: nist-ai-rmf, version: "1.0"}]
scoring: {gate: {failOn: [critical, high], minScore: 40}}
controls:
  - id: PERF
    title: Right often enough
    severity: critical
    mappings: [{framework: nist-ai-rmf, id: MEASURE 2.5, relation: supports}]
    checks:
      - {id: PERF.acc, type: metric, benchmark: core, metric: accuracy, assert: {op: ">=", value: 0.8, minSamples: 100}, freshness: P30D}
  - id: CARD
    title: The card says what it is for
    severity: high
    checks: [{id: CARD.use, type: model-card, path: "#use"}]
  - id: LINE
    title: It came out of a recorded run
    severity: medium
    checks: [{id: LINE.run, type: lineage, require: [training-run, leakage-free]}]
  - id: LOOK
    title: A person has looked
    severity: medium
    checks: [{id: LOOK.read, type: attestation, role: reviewer, statement: I have read them., validity: P90D}]
  - id: TIER
    title: Risky models have an owner
    severity: low
    appliesTo: {all: [{field: model.riskTier, atLeast: 3}]}
    checks: [{id: TIER.owner, type: model-card, path: owner}]
`;

const team = `id: team
version: 1.0.0
level: team
extends: [{id: corp, version: ^1.0.0}]
assess: {model: triage@candidate, scorecard: ../cards/triage.scorecard.json}
controls:
  - id: PERF
    checks:
      - {id: PERF.acc, type: metric, benchmark: core, metric: accuracy, assert: {op: ">=", value: 0.82, minSamples: 100}, freshness: P30D}
`;

describe('assessVersion over a real store', () => {
  let world: Governed;
  let version: ModelVersion;
  const file = (name: string): string => path.join(world.folder, name);

  beforeEach(async () => {
    world = await openGoverned();
    await world.ports.files.writeText(file('policies/corp.policy.yaml'), corporate);
    await world.ports.files.writeText(file('policies/team.policy.yaml'), team);
    writeFileSync(file('card.md'), '---\nlicense: mit\n---\n# Triage\n\n## Use\n\nRouting of tickets.\n');
    version = await world.register('weights', { card: file('card.md'), properties: { riskTier: 1 } });
    world.act('assessor');
  });
  afterEach(() => world.close());

  const assess = (changes: Partial<AssessRequest> = {}): Promise<Assessment> =>
    assessVersion(
      { policies: [{ path: file('policies/team.policy.yaml') }], folder: world.folder, ...changes },
      world.ports,
      signal,
    );
  const recordOf = async (changes: Partial<AssessRequest> = {}): Promise<AssessmentRecord> =>
    (await assess(changes)).view.scorecard.record;
  const stateOf = (record: AssessmentRecord, id: string): CheckState | undefined =>
    record.controls.flatMap(({ checks }) => checks).find(check => check.id === id)?.state;
  const reasonOf = (record: AssessmentRecord, id: string): string =>
    record.controls.flatMap(({ checks }) => checks).find(check => check.id === id)?.reason ?? '';
  const refused = (code: string, message: RegExp) => (error: unknown) => {
    assert.ok(error instanceof WorkbenchError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return true;
  };
  const recordTraining = async (): Promise<void> => {
    const report = makeTuningReport('tune-weights', version.weightsDigest, 7);
    const spec = {
      kind: 'tune',
      text: '',
      path: '/w/t',
      file: 't',
      name: 't',
      folder: '/w',
      origin: 'terminal',
    } as const;
    await world.ports.store.createRun({ id: report.run.id, spec, createdAt: world.clock.now() });
    const writer = await world.ports.store.openWriter(report.run.id, { host: 'here', bootId: 'b', pid: 1 });
    await writer.finish({ state: 'succeeded', progress: makeProgress(), headlines: [], tuning: report });
  };
  const dropGuards = (): void => {
    for (const name of ['audit_log_never_changes', 'ledger_never_changes']) world.edit(`DROP TRIGGER ${name}`);
  };

  it('makes a record of what is there, and of what is missing', async () => {
    const { view } = await assess();
    const { record } = view.scorecard;
    assert.equal(stateOf(record, 'PERF.acc'), 'missing');
    assert.match(reasonOf(record, 'PERF.acc'), /core has asked triage@1/);
    assert.equal(stateOf(record, 'CARD.use'), 'pass');
    assert.equal(stateOf(record, 'LINE.run'), 'needs-review');
    assert.equal(stateOf(record, 'LOOK.read'), 'missing');
    assert.equal(stateOf(record, 'TIER.owner'), 'not-applicable');
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
    assert.equal(record.subject.weightsDigest, version.weightsDigest);
  });

  it('finds the evidence, and keeps the record whole and for good', async () => {
    const runId = await world.measure([version]);
    await recordTraining();
    const { view } = await assess();
    const { record, digest } = view.scorecard;
    assert.equal(record.gate.outcome, 'passed', record.gate.sentence);
    const perf = record.controls[0]?.checks[0];
    assert.deepEqual([perf?.state, perf?.judged, perf?.evidence[0]?.runId], ['pass', 0.85, runId]);
    assert.equal(stateOf(record, 'LINE.run'), 'pass');
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
      const source = await store.getRun(await world.measure([version], { name: 'elsewhere' }));
      const spec = { ...source.spec, name: 'core', ...(limit === undefined ? {} : { limit }) };
      await store.createRun({ id, spec, createdAt: world.clock.now() });
      const writer = await store.openWriter(id, { host: 'here', bootId: 'b', pid: 1 });
      await writer.begin({ variants: source.variants, environment: source.environment! });
      await writer.finish({ state, progress: makeProgress(100), headlines: [], report: source.report! });
    };
    await writeRun('partial', 50, 'succeeded');
    await writeRun('broken', undefined, 'failed');
    const target = { model: 'triage', version: '1' };
    const none = await recordOf(target);
    assert.equal(stateOf(none, 'PERF.acc'), 'missing');
    assert.match(reasonOf(none, 'PERF.acc'), /run broken is failed; run partial asked the first 50 rows only/);
    const whole = await world.measure([version]);
    assert.equal(stateOf(await recordOf(target), 'PERF.acc'), 'pass');
    await writeRun('later-but-partial', 1, 'succeeded');
    const still = await recordOf(target);
    assert.equal(still.controls[0]?.checks[0]?.evidence[0]?.runId, whole);
    world.clock.advance(31 * day);
    assert.equal(stateOf(await recordOf(target), 'PERF.acc'), 'stale');
  });

  it('names the command that would make missing evidence', async () => {
    const benchmark = (models: string): string =>
      `name: core\ndataset: {path: rows.jsonl, input: a, target: b, split: {field: s, test: t}}\nmodels: [${models}]\nmetrics: [accuracy]\n`;
    await world.ports.files.writeText(file('core.bench.yaml'), benchmark('registry:triage@candidate'));
    assert.match(
      reasonOf(await recordOf(), 'PERF.acc'),
      /`aiwb run core\.bench\.yaml --model registry:triage@candidate`/,
    );
    await world.ports.files.writeText(file('core.bench.yaml'), benchmark('embedded:linear'));
    assert.match(reasonOf(await recordOf(), 'PERF.acc'), /Add registry:triage@1 to its models/);
  });

  it('counts an attestation from the next assessment on, and a changed statement voids it', async () => {
    await assess();
    world.act('reviewer');
    await attestControl({ model: 'triage', version: '1', control: 'LOOK', folder: world.folder }, world.ports, signal);
    world.act('assessor');
    const record = await recordOf();
    assert.equal(stateOf(record, 'LOOK.read'), 'pass');
    assert.equal(record.controls[3]?.checks[0]?.evidence[0]?.by?.email, 'reviewer@x.example');
    await world.ports.files.writeText(
      file('policies/corp.policy.yaml'),
      corporate.replace('I have read them.', 'I have read all of them.'),
    );
    const changed = await recordOf();
    assert.equal(stateOf(changed, 'LOOK.read'), 'missing');
    assert.match(reasonOf(changed, 'LOOK.read'), /has changed since/);
    world.clock.advance(91 * day);
    await world.ports.files.writeText(file('policies/corp.policy.yaml'), corporate);
    assert.equal(stateOf(await recordOf(), 'LOOK.read'), 'stale');
  });

  it('lets a waiver open the gate, not the score, until it expires', async () => {
    await world.measure([version], { value: 0.7 });
    const before = await recordOf();
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
    assert.equal((await recordOf()).controls[0]?.waiver, undefined);
    world.act('cem');
    await approveWaiver({ waiverId: id, folder: world.folder }, world.ports, signal);
    await world.ports.files.writeText(
      file('policies/corp.policy.yaml'),
      corporate.replace('minScore: 40', 'minScore: 10'),
    );
    const waived = await recordOf();
    assert.deepEqual([waived.controls[0]?.waiver, waived.waived, waived.gate.outcome], [id, 1, 'passed']);
    assert.equal(waived.score, before.score);
    assert.equal(waived.validUntil, expiresAt);
    assert.deepEqual(
      waived.waivers[0]?.approvals.map(({ by }) => by.email),
      ['bea@x.example', 'cem@x.example'],
    );
    world.clock.advance(10 * day);
    const later = await recordOf();
    assert.deepEqual([later.waived, later.gate.outcome], [0, 'failed']);
  });

  it('writes a scorecard that shows every change made to it', async () => {
    await world.measure([version]);
    const { written, view } = await assess();
    assert.equal(written, 'cards/triage.scorecard.json');
    const text = readFileSync(file('cards/triage.scorecard.json'), 'utf8');
    const scorecard = await readScorecardFile(file('cards/triage.scorecard.json'), world.ports.files, signal);
    assert.deepEqual(scorecard.record, view.scorecard.record);
    assert.equal(viewScorecard(scorecard, world.ports.digest).verification.state, 'verified');
    const entries = await world.ports.store.ledger.readAudit(0, 1000);
    assert.deepEqual(scorecard.auditHead, {
      sequence: entries.at(-1)?.entry.sequence,
      hash: entries.at(-1)?.entry.hash,
    });
    for (const [from, to] of [
      ['"outcome": "not-assessed"', '"outcome": "compliant"'],
      ['author@x.example', 'nobody@x.example'],
      [scorecard.digest, 'f'.repeat(64)],
    ] as const) {
      assert.ok(text.includes(from), from);
      const forged = readScorecard(text.replace(from, to), 'forged.scorecard.json');
      assert.equal(viewScorecard(forged, world.ports.digest).verification.state, 'tampered', from);
    }
    const other = file('elsewhere.scorecard.json');
    assert.equal((await assess({ scorecard: other })).written, 'elsewhere.scorecard.json');
  });

  it('refuses files that are no scorecards', () => {
    const cases = ['', '{', '[]', '{}', '{"schemaVersion":2}', '"'.repeat(9 * 1024 * 1024)];
    for (const text of cases)
      assert.throws(() => readScorecard(text, 'a.json'), refused('file-invalid', /a\.json is no scorecard/));
  });

  it('shows a record that was changed in the store as tampered', async () => {
    await world.measure([version]);
    const { view } = await assess();
    const { id } = view.scorecard.record;
    dropGuards();
    world.edit(
      `UPDATE audit_payloads SET payload = replace(payload, '"outcome":"not-assessed"', '"outcome":"compliant"')`,
    );
    const changed = await viewAssessment(id, world.ports, signal);
    assert.equal(changed.verification.state, 'tampered');
    world.edit(`UPDATE audit_payloads SET payload = replace(payload, '"schemaVersion":1', '"schemaVersion":9')`);
    await assert.rejects(viewAssessment(id, world.ports, signal), refused('record-tampered', /was changed/));
    await assert.rejects(viewAssessment('nothing', world.ports, signal), refused('record-not-found', /nothing/));
  });

  it('does not open a gate with a waiver that was changed', async () => {
    const expiresAt = world.clock.now() + 10 * day;
    const request = {
      model: 'triage',
      versions: ['1'],
      control: 'CARD',
      reason: 'Known.',
      expiresAt,
      folder: world.folder,
    };
    await requestWaiver(request, world.ports, signal);
    dropGuards();
    world.edit(`UPDATE audit_payloads SET payload = replace(payload, '"control":"CARD"', '"control":"PERF"')`);
    await assert.rejects(assess(), refused('record-tampered', /waiver/));
  });

  it('makes an error of an attestation, and of a card, that were changed', async () => {
    await assess();
    world.act('reviewer');
    await attestControl({ model: 'triage', version: '1', control: 'LOOK', folder: world.folder }, world.ports, signal);
    dropGuards();
    world.edit(`UPDATE audit_payloads SET payload = replace(payload, 'reviewer@x.example', 'somebody@x.example')`);
    const artifacts = await world.ports.store.registry.listArtifacts('triage', '1', signal);
    const card = artifacts.find(artifact => artifact.name === 'model-card');
    assert.ok(card?.artifactType === 'doc-artifact');
    writeFileSync(world.ports.store.blobs.locate(card.digest), '# Triage\n\n## Use\n\nAnything at all.\n');
    const record = await recordOf();
    assert.equal(stateOf(record, 'LOOK.read'), 'error');
    assert.equal(stateOf(record, 'CARD.use'), 'error');
    assert.equal(record.gate.outcome, 'failed');
  });

  it('requests approval of a passed gate where the policy asks for it, and tells what is in the way', async () => {
    await world.ports.files.writeText(
      file('policies/team.policy.yaml'),
      team.replace('assess: {', 'assess: {requestApproval: true, '),
    );
    assert.equal((await assess()).view.scorecard.approval.state, 'none');
    await world.measure([version], { gate: 'not-met' });
    const blocked = await assess();
    assert.equal(blocked.view.scorecard.record.gate.outcome, 'passed');
    assert.equal(blocked.approvalFailure?.code, 'gate-not-met');
    assert.equal(blocked.view.scorecard.approval.state, 'none');
    await world.measure([version], { gate: 'met' });
    const { view, approvalFailure } = await assess();
    assert.equal(approvalFailure, undefined);
    assert.deepEqual(
      [view.scorecard.approval.state, view.scorecard.approval.recordDigest],
      ['requested', view.scorecard.digest],
    );
  });

  it('shows history and baseline beside an assessment', async () => {
    await world.measure([version], { gate: 'met' });
    await assess();
    const step = { model: 'triage', version: '1', folder: world.folder };
    await requestApproval(step, world.ports, signal);
    world.act('approver');
    await approve(step, world.ports, signal);
    await lockBaseline(step, world.ports, signal);
    await world.register('weights two');
    world.act('assessor');
    world.clock.advance(1000);
    const { view } = await assess();
    assert.deepEqual(
      view.history.map(summary => [summary.version, summary.gate]),
      [
        ['2', 'failed'],
        ['1', 'passed'],
      ],
    );
    assert.deepEqual([view.baseline?.version, view.baseline?.weightsDigest], ['1', version.weightsDigest]);
  });

  it('says the same in text and in Markdown, failures first', async () => {
    await world.measure([version], { value: 0.7 });
    const { view } = await assess();
    const text = renderAssessmentText(view);
    assert.match(
      text,
      /^triage@1: gate NOT passed\nFailed: 2 of 2 conditions are not met\. Control PERF keeps it shut\.\n/,
    );
    assert.match(text, /Score 26\.3 of 100; evidence coverage 50 %; waived controls 0/);
    assert.ok(text.indexOf('PERF') < text.indexOf('CARD'));
    assert.match(text, /not legal advice or certification\.$/);
    const markdown = renderAssessmentMarkdown(view);
    assert.match(markdown, /\| PERF \| Right often enough \| critical \| not compliant \| corp, stricter by team \|/);
    assert.match(markdown, /gate NOT passed/);
  });

  const bad: readonly [what: string, text: string, code: string, message: RegExp][] = [
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
      await world.ports.files.writeText(file('policies/team.policy.yaml'), text);
      await assert.rejects(assess(), refused(code, message), what);
    }
    assert.deepEqual(await world.ports.store.ledger.list({ kind: 'assessment' }), []);
  });

  it('refuses policies that name two versions, unless one is asked for', async () => {
    const second = {
      path: file('policies/two.policy.yaml'),
      text: 'id: two\nversion: 1.0.0\nlevel: team\nassess: {model: triage@1}\n',
    };
    const policies = [{ path: file('policies/team.policy.yaml') }, second];
    await assert.rejects(assess({ policies }), refused('usage', /triage@candidate and triage@1/));
    assert.equal((await recordOf({ policies, model: 'triage', version: '1' })).subject.version, '1');
  });

  it('assesses the text of a notebook cell by policies of the workspace', async () => {
    const cell = { path: file('flow.ipynb'), cell: 'c1', text: team.replace('../cards/', 'cards/') };
    const { view, written } = await assess({ policies: [cell] });
    assert.equal(written, 'cards/triage.scorecard.json');
    assert.deepEqual(
      view.scorecard.record.policies.map((policy): [string, string | undefined] => [policy.id, policy.path]),
      [
        ['corp', 'policies/corp.policy.yaml'],
        ['team', 'flow.ipynb'],
      ],
    );
    const scorecard: Scorecard = view.scorecard;
    assert.equal(scorecard.record.policies[1]?.digest, world.ports.digest.sha256(cell.text));
  });
});
