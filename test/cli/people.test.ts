import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Attestation, AuditEntry, AuditVerification, DueItem, Waiver } from '../../schemas/generated/messages.ts';
import { copyExamples, people, runAiwb, type Finished } from './aiwb.ts';
import { Window } from './window.ts';

/** What people do about a version, and what proves it elsewhere. Each test goes on where the one before ended. */
describe('people and proof on the command line', function () {
  this.timeout(180_000);
  let workspace: ReturnType<typeof copyExamples>;
  /** A folder without a workspace. */
  let elsewhere: string;
  let publicKey: string;
  const aiwb = (...args: string[]): Promise<Finished> => runAiwb(args, { cwd: workspace.folder });
  const aiwbAs = (env: NodeJS.ProcessEnv, ...args: string[]): Promise<Finished> =>
    runAiwb(args, { cwd: workspace.folder, env });
  const done = async (finished: Promise<Finished>, code = 0): Promise<string> => {
    const { code: actual, stdout, stderr } = await finished;
    assert.equal(actual, code, stdout + stderr);
    return stdout;
  };
  const read = async <T>(...args: string[]): Promise<T> => JSON.parse(await done(aiwb(...args, '--json'))) as T;
  const policy = `id: house
version: 1.0.0
level: team
scoring: {gate: {failOn: [critical, high]}}
controls:
  - id: LOOK
    title: A person has looked
    severity: high
    checks: [{id: LOOK.read, type: attestation, role: reviewer, statement: I have read them.}]
  - id: MISS
    title: Something nobody measured
    severity: high
    checks: [{id: MISS.acc, type: metric, benchmark: none, metric: accuracy, assert: {op: ">=", value: 0.9}}]
`;
  before(async () => {
    workspace = copyExamples();
    elsewhere = mkdtempSync(path.join(tmpdir(), 'aiwb-elsewhere-'));
    workspace.write('house.policy.yaml', policy);
    await done(aiwb('tune', 'core.tune.yaml'));
    await done(aiwb('tune', 'ticket-triage.tune.yaml'));
    publicKey = (JSON.parse(await done(aiwb('keys', 'create', '--json'))) as { publicKey: string }).publicKey;
    const lines = await done(aiwb('keys', 'show'));
    assert.ok(lines.includes(`${people.author.GIT_AUTHOR_EMAIL}: ${publicKey}`), lines);
    const workbench = readFileSync(path.join(workspace.folder, 'workbench.yaml'), 'utf8');
    const signers = `signers: {${people.author.GIT_AUTHOR_EMAIL}: "${publicKey}"}\n`;
    const roles = `roles: {reviewer: [${people.reviewer.GIT_AUTHOR_EMAIL}]}\n`;
    workspace.write('workbench.yaml', `${workbench}\n${signers}${roles}`);
    await done(aiwb('assess', 'ticket-triage@1', '--policy', 'house.policy.yaml'), 1);
    await done(aiwb('scorecard', 'bundle', 'ticket-triage@1', '--output', path.join(elsewhere, 'proof')));
  });
  after(() => {
    workspace.remove();
    rmSync(elsewhere, { recursive: true, force: true });
  });
  /** Somebody without a key of their own. */
  const keyless = (person: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({ ...person, XDG_CONFIG_HOME: elsewhere });

  it('tells what is due, and fails on it when asked', async () => {
    const { items } = await read<{ items: DueItem[] }>('due', '--model', 'ticket-triage');
    assert.deepEqual(
      items.map(({ kind, control, state, role }) => [kind, control, state, role]),
      [['attestation', 'LOOK', 'open', 'reviewer']],
    );
    const told = await done(aiwb('due', '--model', 'ticket-triage', '--fail-on', 'open'), 1);
    assert.match(told, /waits .*Attest LOOK .*\[reviewer\]/);
    assert.equal((await aiwb('due', '--model', 'ticket-triage', '--fail-on', 'overdue')).code, 0);
    assert.equal((await aiwb('due', '--within', 'soon')).code, 2);
  });

  it('lets only listed people act in a role, and takes what they said back', async () => {
    const stranger = await aiwbAs(keyless(people.second), 'attest', 'ticket-triage@1', 'LOOK');
    assert.equal(stranger.code, 2);
    assert.match(stranger.stderr, /sam@second\.example.*is not listed as reviewer/);
    await done(aiwbAs(keyless(people.reviewer), 'attest', 'ticket-triage@1', 'LOOK'));
    const { attestations } = await read<{ attestations: Attestation[] }>('attest', 'list', 'ticket-triage@1');
    assert.deepEqual(
      attestations.map(({ control, roleListed }) => [control, roleListed]),
      [['LOOK', true]],
    );
    assert.match(await done(aiwb('attest', 'list', 'ticket-triage@1')), /LOOK .*reviewer/);
    assert.equal((await aiwb('attest', 'withdraw', 'attestation-')).code, 2);
    const withdrawal = ['attest', 'withdraw', 'attestation-', '--reason', 'Looked again.'];
    assert.equal((await aiwb(...withdrawal)).code, 2);
    assert.match(await done(aiwbAs(keyless(people.reviewer), ...withdrawal)), /counts no more/);
    assert.deepEqual(
      (await read<{ attestations: Attestation[] }>('attest', 'list', 'ticket-triage@1')).attestations,
      [],
    );
    await done(aiwbAs(keyless(people.reviewer), 'attest', 'ticket-triage@1', 'LOOK', '--comment', 'twenty of each'));
  });

  it('ends waivers before their time', async () => {
    const until = new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10);
    await done(aiwb('waiver', 'request', 'MISS', 'ticket-triage@1', '--reason', 'Soon.', '--until', until));
    assert.match(await done(aiwb('due', '--model', 'ticket-triage')), /Approve the waiver of MISS/);
    await done(aiwb('waiver', 'end', 'waiver-', '--reason', 'Asked for by mistake.'));
    assert.match(await done(aiwb('waiver', 'list')), /ended on/);
    const [waiver] = (await read<{ waivers: Waiver[] }>('waiver', 'list')).waivers;
    assert.deepEqual([waiver?.requestedBy.assurance, waiver?.ended?.reason], ['signed', 'Asked for by mistake.']);
    assert.equal((await aiwb('waiver', 'end', 'waiver-', '--reason', 'Again.')).code, 2);
  });

  it('verifies who signed a scorecard', async () => {
    await done(
      aiwb('assess', 'ticket-triage@1', '--policy', 'house.policy.yaml', '--scorecard', 't.scorecard.json'),
      1,
    );
    assert.match(
      await done(aiwb('scorecard', 'verify', 't.scorecard.json', '--require-signed')),
      /key that is vouched for/,
    );
    const file = path.join(elsewhere, 't.scorecard.json');
    cpSync(path.join(workspace.folder, 't.scorecard.json'), file);
    const away = (...args: string[]): Promise<Finished> =>
      runAiwb(['scorecard', 'verify', file, ...args], { cwd: elsewhere });
    assert.match(await done(away()), /nobody vouches/);
    await done(away('--require-signed'), 1);
    await done(away('--require-signed', '--key', publicKey));
    const text = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      text.replace(/"sig": "./, match => `${match.slice(0, -1)}${match.endsWith('A') ? 'B' : 'A'}`),
    );
    assert.match(await done(away(), 1), /TAMPERED[\s\S]*signature is not over/);
  });

  it('anchors, lists, exports and verifies the log', async () => {
    const { entries } = await read<{ entries: AuditEntry[] }>(
      'audit',
      'list',
      '--action',
      'waiver',
      '--model',
      'ticket-triage@1',
    );
    assert.deepEqual(
      entries.map(({ action }) => action),
      ['waiver.requested', 'waiver.ended'],
    );
    const byReviewer = await read<{ entries: AuditEntry[] }>('audit', 'list', '--by', 'ROBIN@reviewer.example');
    assert.deepEqual(
      byReviewer.entries.map(({ action }) => action),
      ['control.attested', 'attestation.withdrawn', 'control.attested'],
    );
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    assert.deepEqual((await read<{ entries: AuditEntry[] }>('audit', 'list', '--since', tomorrow)).entries, []);
    const anchor = await done(aiwb('audit', 'anchor'));
    await done(aiwb('audit', 'verify', '--anchor', anchor));
    const [, sequence = ''] = /(\d+):/.exec(anchor) ?? [];
    const forged = await done(aiwb('audit', 'verify', '--anchor', `${sequence}:${'0'.repeat(64)}`, '--json'), 1);
    assert.equal((JSON.parse(forged) as AuditVerification).first?.sequence, Number(sequence));
    const signed = await done(aiwb('audit', 'verify', '--signatures'));
    assert.match(signed, /Signatures: 4 by people who are vouched for, 0 with keys .*, 3 records without one/);
    assert.match(await done(aiwb('audit', 'verify', '--require-signed'), 1), /Not proven by a signature: attestation-/);
    await done(aiwb('audit', 'export', 'log.jsonl'));
    const verified = verify(['--audit', path.join(workspace.folder, 'log.jsonl'), '--anchor', anchor]);
    assert.equal(verified.status, 0, verified.stdout + verified.stderr);
    assert.match(verified.stdout, /unbroken chain[\s\S]*is the one that was anchored[\s\S]*It holds\./);
  });

  /** Runs the standalone verifier of the bundle in `folder`, away from every workspace. */
  function verify(args: readonly string[], folder = path.join(elsewhere, 'proof')) {
    return spawnSync(process.execPath, [path.join(folder, 'verify.mjs'), ...args], {
      cwd: elsewhere,
      encoding: 'utf8',
    });
  }

  it('packs a proof bundle that verifies itself without the workbench', async () => {
    const folder = path.join(elsewhere, 'bundle');
    await done(aiwb('scorecard', 'bundle', 'ticket-triage@1', '--output', folder, '--with-evidence'));
    const signers = path.join(elsewhere, 'signers.json');
    writeFileSync(signers, JSON.stringify({ [people.author.GIT_AUTHOR_EMAIL]: publicKey }));
    const whole = verify(['--signers', signers], folder);
    assert.equal(whole.status, 0, whole.stdout + whole.stderr);
    assert.match(whole.stdout, /ok {5}assessment-\S+: Signed by ada@author\.example/);
    await done(runAiwb(['scorecard', 'verify', folder, '--key', publicKey], { cwd: elsewhere }));
    const archive = path.join(elsewhere, 'bundle.zip');
    await done(aiwb('scorecard', 'bundle', 'ticket-triage@1', '--output', archive));
    assert.match(await done(runAiwb(['scorecard', 'verify', archive], { cwd: elsewhere })), /The proof bundle holds/);

    const audit = path.join(folder, 'audit.jsonl');
    writeFileSync(audit, readFileSync(audit, 'utf8').replace('twenty of each', 'thirty of each'));
    const tampered = verify([], folder);
    assert.equal(tampered.status, 1);
    assert.match(tampered.stdout, /FAILED audit\.jsonl was changed[\s\S]*IT DOES NOT HOLD/);
    await done(runAiwb(['scorecard', 'verify', folder], { cwd: elsewhere }), 1);
    assert.equal(verify(['--nonsense'], folder).status, 2);
    assert.equal((await aiwb('scorecard', 'bundle', 'ticket-triage@1', '--output', folder)).code, 2);
    assert.equal(await done(aiwb('scorecard', 'verifier')), readFileSync(path.join(folder, 'verify.mjs'), 'utf8'));
  });

  it('answers a window with the same', async () => {
    const window = new Window({ ...people.author, XDG_CONFIG_HOME: path.join(workspace.folder, '.config') });
    try {
      await window.open(workspace.folder);
      const reference = { model: 'ticket-triage', version: '1' };
      const { attestations } = await window.request('governance/attestations', reference);
      assert.equal(attestations.length, 1);
      const { items } = await window.request('governance/due', { model: 'ticket-triage' });
      assert.ok(
        items.every(({ kind }) => kind === 'attestation' || kind === 'evidence-expiry'),
        JSON.stringify(items),
      );
      const [newest] = (await window.request('registry/version', reference)).assessments;
      const view = await window.request('assessments/get', { assessmentId: newest?.id ?? '' });
      assert.equal(view.signature?.state, 'valid');
      assert.equal((await window.request('identity/get', {})).identity?.assurance, 'signed');
      const id = attestations[0]?.id ?? '';
      assert.equal(
        (await window.fail('governance/withdrawAttestation', { attestationId: id, reason: ' ' })).code,
        'usage',
      );
      assert.equal((await window.fail('governance/endWaiver', { waiverId: 'waiver-', reason: 'x' })).code, 'usage');
    } finally {
      window.close();
    }
  });

  it('erases what entries record once that is confirmed, and the log holds', async () => {
    const { entries } = await read<{ entries: AuditEntry[] }>('audit', 'list', '--action', 'control.attested');
    const sequence = String(entries.at(-1)?.sequence);
    const erase = (...more: string[]): Promise<Finished> => aiwb('audit', 'erase', ...more);
    const plan = await done(erase(sequence, '--reason', 'Asked for'));
    assert.match(plan, /control\.attested +ticket-triage@1 +It counts for no further step/);
    assert.equal((await read<AuditVerification>('audit', 'verify')).erasedPayloads, undefined);
    for (const words of [['x'], ['5-2'], ['0'], ['99999'], [sequence, 'x']])
      await done(erase(...words, '--reason', 'Asked for', '--yes'), 2);
    await done(erase(sequence, '--yes'), 2);
    assert.match(await done(erase(sequence, '--reason', 'Asked for', '--yes')), /is erased; entry \d+ says so/);
    const { intact, erasedPayloads, sentence } = await read<AuditVerification>('audit', 'verify');
    assert.deepEqual([intact, erasedPayloads], [true, 1], sentence);
    const { entries: said } = await read<{ entries: AuditEntry[] }>('audit', 'list', '--action', 'contents.erased');
    assert.deepEqual(
      said.map(({ subject }) => subject),
      [`entries ${sequence}`],
    );
    await done(erase(sequence, '--reason', 'Again', '--yes'), 2);
  });
});
