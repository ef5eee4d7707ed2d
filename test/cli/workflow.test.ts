import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type {
  AuditVerification,
  Scorecard,
  TuningComparison,
  VersionDetails,
} from '../../schemas/generated/messages.ts';
import { copyExamples, people, runAiwb, type Finished } from './aiwb.ts';

/** The sample workspace from tuning to production, as a person at a terminal does it. Each test goes on where the one before ended. */
describe('the whole workflow', function () {
  this.timeout(180_000);
  let workspace: ReturnType<typeof copyExamples>;
  let publicKey: string;
  /** A folder without a workspace. */
  let elsewhere: string;
  const aiwb = (...args: string[]): Promise<Finished> => runAiwb(args, { cwd: workspace.folder });
  const aiwbAs = (env: NodeJS.ProcessEnv, ...args: string[]): Promise<Finished> =>
    runAiwb(args, { cwd: workspace.folder, env });
  const show = async (reference: string): Promise<VersionDetails> => {
    const shown = await aiwb('registry', 'show', reference, '--json');
    assert.equal(shown.code, 0, shown.stderr);
    return JSON.parse(shown.stdout) as VersionDetails;
  };
  before(() => {
    workspace = copyExamples();
    elsewhere = mkdtempSync(path.join(tmpdir(), 'aiwb-elsewhere-'));
  });
  after(() => {
    workspace.remove();
    rmSync(elsewhere, { recursive: true, force: true });
  });

  it('trains both jobs, and registers the second as a version with its lineage', async () => {
    const core = await aiwb('tune', 'core.tune.yaml');
    assert.equal(core.code, 0, core.stderr);
    const tuned = await aiwb('tune', 'ticket-triage.tune.yaml', '--json');
    assert.equal(tuned.code, 0, tuned.stderr);
    const [report] = (JSON.parse(tuned.stdout) as TuningComparison).reports;
    assert.deepEqual(
      report?.aspects.map(({ aspect }) => aspect),
      ['core-performance', 'robustness', 'ethical-alignment'],
    );
    assert.ok(report.aspects.every(({ metrics }) => (metrics[0]?.value ?? 0) > 0.5));
    assert.ok((report.infrastructure?.cpuSeconds ?? 0) > 0);
    assert.deepEqual(report.registered, { model: 'ticket-triage', version: '1' });

    const { version, artifacts } = await show('ticket-triage@candidate');
    assert.equal(version.status, 'candidate');
    assert.equal(version.author.email, people.author.GIT_AUTHOR_EMAIL);
    assert.equal(version.lineage.datasets.filter(({ role }) => role === 'train').length, 3);
    assert.ok(version.lineage.datasets.every(({ card }) => card?.license === 'mit'));
    assert.ok(artifacts.some(({ artifactType, name }) => artifactType === 'doc-artifact' && name === 'model-card'));
  });

  it('finds the candidate better on noisy tickets, with paired statistics', async () => {
    for (const aspect of ['core', 'robustness', 'fairness']) {
      const run = await aiwb('run', `evaluate-${aspect}.bench.yaml`);
      assert.equal(run.code, 0, run.stderr);
      if (aspect === 'robustness')
        assert.match(
          run.stdout,
          /registry:ticket-triage@candidate is better than checkpoint:ticket-triage-core by 0\./,
        );
    }
    const { artifacts } = await show('ticket-triage@candidate');
    assert.ok(artifacts.some(item => item.artifactType === 'metric' && item.task === 'triage-fairness'));
  });

  it('refuses approval before an assessment, and promotion before an approval', async () => {
    const early = await aiwb('registry', 'request-approval', 'ticket-triage@candidate');
    assert.equal(early.code, 1);
    assert.match(early.stderr, /assess/i);
    const promotion = await aiwb('registry', 'promote', 'ticket-triage@candidate');
    assert.notEqual(promotion.code, 0);
    assert.match(promotion.stderr, /approv/i);
  });

  it('assesses by three policies and writes a scorecard that can be verified', async () => {
    const assessed = await aiwb('assess', '--policy', 'policies/release.policy.yaml', '--html', 'reports/card.html');
    assert.equal(assessed.code, 0, assessed.stderr + assessed.stdout);
    const file = path.join(workspace.folder, 'scorecards/ticket-triage.scorecard.json');
    const scorecard = JSON.parse(readFileSync(file, 'utf8')) as Scorecard;
    const { record } = scorecard;
    assert.deepEqual(
      record.policies.map(({ level }) => level),
      ['country', 'corporate', 'team'],
    );
    assert.equal(record.gate.outcome, 'passed');
    const outcomes = Object.fromEntries(record.controls.map(({ id, outcome }) => [id, outcome]));
    assert.equal(outcomes['FAIR-01'], 'compliant');
    assert.equal(outcomes['OVR-01'], 'not-assessed');
    assert.equal(outcomes['HUM-01'], 'not-applicable');
    const fairness = record.controls.find(({ id }) => id === 'FAIR-01');
    assert.deepEqual([fairness?.policy, fairness?.tightenedBy], ['country.fair-service', ['marlo.ai-policy']]);
    assert.match(readFileSync(path.join(workspace.folder, 'reports/card.html'), 'utf8'), /Content-Security-Policy/);

    assert.equal((await aiwb('scorecard', 'verify', file)).code, 0);
    const forged = { ...scorecard, record: { ...record, score: 100 } };
    writeFileSync(path.join(workspace.folder, 'forged.scorecard.json'), JSON.stringify(forged));
    const tampered = await aiwb('scorecard', 'verify', 'forged.scorecard.json');
    assert.equal(tampered.code, 1);
    assert.match(tampered.stdout + tampered.stderr, /digest/i);
  });

  it('lets nobody attest or approve their own work', async () => {
    const own = await aiwb('attest', 'ticket-triage@candidate', 'OVR-01');
    assert.equal(own.code, 2);
    assert.match(own.stderr, /ada@author\.example/);
    assert.equal((await aiwb('registry', 'request-approval', 'ticket-triage@candidate')).code, 0);
    const approval = await aiwb('registry', 'approve', 'ticket-triage@candidate');
    assert.equal(approval.code, 2);
    assert.equal((await show('ticket-triage@candidate')).approval.state, 'requested');
  });

  it('takes an approval back when the version is assessed again, and counts an attestation then', async () => {
    assert.equal((await aiwbAs(people.reviewer, 'registry', 'approve', 'ticket-triage@candidate')).code, 0);
    assert.equal((await show('ticket-triage@candidate')).approval.state, 'approved');
    assert.equal((await aiwbAs(people.reviewer, 'attest', 'ticket-triage@candidate', 'OVR-01')).code, 0);
    const again = await aiwb('assess', 'ticket-triage@candidate', '--policy', 'policies/release.policy.yaml', '--json');
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stdout, /"outcome": "compliant"/);
    const details = await show('ticket-triage@candidate');
    assert.equal(details.approval.state, 'void');
    assert.equal(details.assessments.length, 2);
    assert.ok((details.assessments[0]?.coverage ?? 0) > (details.assessments[1]?.coverage ?? 0));
    assert.notEqual((await aiwb('registry', 'promote', 'ticket-triage@candidate')).code, 0);
  });

  it('locks the baseline once, promotes, and the audit log holds', async () => {
    assert.equal((await aiwb('registry', 'request-approval', 'ticket-triage@candidate')).code, 0);
    assert.equal((await aiwbAs(people.second, 'registry', 'approve', 'ticket-triage@candidate')).code, 0);
    assert.equal((await aiwb('registry', 'baseline', 'ticket-triage@candidate')).code, 0);
    const twice = await aiwb('registry', 'baseline', 'ticket-triage@candidate');
    assert.equal(twice.code, 2);
    assert.match(twice.stderr, /baseline/i);
    const keys = { XDG_CONFIG_HOME: elsewhere, APPDATA: elsewhere };
    const made = await aiwbAs(keys, 'keys', 'create', '--json');
    assert.equal(made.code, 0, made.stderr);
    ({ publicKey } = JSON.parse(made.stdout) as { publicKey: string });
    assert.equal((await aiwbAs(keys, 'registry', 'promote', 'ticket-triage@candidate')).code, 0);
    const details = await show('ticket-triage@production');
    assert.equal(details.version.status, 'production');
    assert.equal(details.baseline?.weightsDigest, details.version.weightsDigest);
    const audit = await aiwb('audit', 'verify', '--json');
    assert.equal(audit.code, 0, audit.stdout);
    assert.equal((JSON.parse(audit.stdout) as AuditVerification).intact, true);
    assert.ok(existsSync(path.join(workspace.folder, '.aiwb/blobs')));
  });

  it('signs the promotion, for anybody to verify without the store', async () => {
    const file = path.join(elsewhere, 'triage.promotion.json');
    assert.equal((await aiwb('registry', 'record', 'ticket-triage@production', '--output', file)).code, 0);
    const verify = (...args: string[]): Promise<Finished> =>
      runAiwb(['registry', 'verify', file, ...args], { cwd: elsewhere });
    const unknown = await verify();
    assert.equal(unknown.code, 1);
    assert.match(unknown.stdout, /nobody vouches for/);
    const scorecard = path.join(workspace.folder, 'scorecards/ticket-triage.scorecard.json');
    const valid = await verify('--key', publicKey, '--scorecard', scorecard);
    assert.equal(valid.code, 0, valid.stdout);
    assert.match(valid.stdout, /scorecard at hand is the one/);
    const other = await verify('--key', publicKey, '--weights', scorecard);
    assert.equal(other.code, 1);
    assert.match(other.stdout, /weights at hand are others/);
    const envelope = JSON.parse(readFileSync(file, 'utf8')) as { payload: string };
    writeFileSync(file, JSON.stringify({ ...envelope, payload: envelope.payload.replace(/^./, 'f') }));
    assert.equal((await verify('--key', publicKey)).code, 1);
    assert.equal(existsSync(path.join(elsewhere, '.aiwb')), false, 'no store is made');
  });

  it('takes it back: nothing to roll back to, demoted, revoked', async () => {
    const nothing = await aiwb('registry', 'rollback', 'ticket-triage');
    assert.equal(nothing.code, 2);
    assert.match(nothing.stderr, /replaced nothing/);
    assert.equal((await aiwb('registry', 'demote', 'ticket-triage@production')).code, 2, 'a reason is asked for');
    assert.equal((await aiwb('registry', 'demote', 'ticket-triage@production', '--reason', 'slow')).code, 0);
    assert.equal((await show('ticket-triage@baseline')).version.status, 'baseline');
    assert.equal((await aiwb('registry', 'revoke', 'ticket-triage@1', '--reason', 'leaked rows')).code, 0);
    const { version } = await show('ticket-triage@1');
    assert.deepEqual([version.status, version.aliases], ['revoked', []]);
    assert.equal((await aiwb('registry', 'promote', 'ticket-triage@1')).code, 2);
    const audit = await aiwb('audit', 'verify', '--json');
    assert.equal((JSON.parse(audit.stdout) as AuditVerification).intact, true);
  });
});
