import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readFiles } from '../../cli/proof/read-files.ts';
import { bundleTools } from '../../cli/proof/tools.ts';
import { openAssessable, refused, type Assessable } from '../../test/fakes/assessable.ts';
import { day } from '../../test/fakes/evidence.ts';
import { signal } from '../../test/fakes/governed.ts';
import { makeKey, workbenchOf } from '../../test/fakes/keys.ts';
import { canonicalJson } from '../../schemas/canonical.ts';
import type { SigningKey } from '../ports/signing.ts';
import { approve, requestApproval } from '../promotion/approval.ts';
import { approveWaiver, endWaiver, requestWaiver } from '../promotion/waivers.ts';
import type { VouchedKey } from '../people/roles.ts';
import { collectBundle } from './collect.ts';
import type { BundleFiles, Manifest } from './parts.ts';
import { manifestDigestLine, verifyBundle } from './verify.ts';
import { writeBundle } from './write.ts';
import { readZip } from './zip.ts';

const policy = `id: strict
version: 1.0.0
level: team
scoring: {gate: {failOn: [critical, high]}}
controls:
  - id: PERF
    title: Nearly always right
    severity: high
    checks: [{id: PERF.acc, type: metric, benchmark: core, metric: accuracy, assert: {op: ">=", value: 0.99}}]
  - id: CARD
    title: The card says what it is for
    severity: high
    checks: [{id: CARD.use, type: model-card, path: "#use"}]
  - id: LOOK
    title: A person has looked
    severity: high
    checks: [{id: LOOK.read, type: attestation, role: reviewer, statement: I have read them.}]
`;
const verifier = (): Promise<string> => Promise.resolve('// The verifier.\n');

describe('a proof bundle', () => {
  let world: Assessable;
  let files: BundleFiles;
  let keys: Record<'assessor' | 'reviewer' | 'approver', SigningKey>;
  let signers: readonly VouchedKey[];
  let assessmentId: string;
  let waiverId: string;
  before(async () => {
    world = await openAssessable();
    keys = { assessor: await makeKey(), reviewer: await makeKey(), approver: await makeKey() };
    signers = Object.entries(keys).map(([name, { publicKey }]) => ({ email: `${name}@x.example`, publicKey }));
    await world.write('workbench.yaml', workbenchOf(keys));
    await world.write('policies/strict.policy.yaml', policy);
    const request = {
      ...{ model: 'triage', version: '1' },
      policies: [{ path: world.file('policies/strict.policy.yaml') }],
    };
    const { folder } = world;
    await world.measure([world.version]);
    // A model of others, whose records are none of this bundle's business.
    await world.register('secret weights', { model: 'secret-model' });
    await world.judge(request);
    world.holdKey(keys.reviewer);
    await world.attest();
    world.holdKey(undefined);
    world.act('requester');
    const waiver = { model: 'triage', versions: ['1'], control: 'PERF', reason: 'Mended in the next.', folder };
    const expiresAt = world.clock.now() + 30 * day;
    waiverId = (await requestWaiver({ ...waiver, expiresAt }, world.ports, signal)).id;
    for (const who of ['one', 'two']) {
      world.act(who);
      await approveWaiver({ waiverId, folder }, world.ports, signal);
    }
    world.act('assessor');
    world.holdKey(keys.assessor);
    const record = await world.recordOf(request);
    assessmentId = record.id;
    assert.deepEqual([record.gate.outcome, record.waived], ['passed', 1]);
    world.act('requester');
    world.holdKey(undefined);
    const step = { model: 'triage', version: '1', folder };
    await requestApproval(step, world.ports, signal);
    world.act('approver');
    world.holdKey(keys.approver);
    await approve(step, world.ports, signal);
    world.holdKey(undefined);
    files = await collect();
  });
  after(() => world.close());

  const collect = (withEvidence = true): Promise<BundleFiles> =>
    collectBundle({ assessmentId, folder: world.folder, withEvidence }, verifier, world.ports, signal);
  const failuresOf = (
    changed: BundleFiles,
    trust: { signers?: readonly VouchedKey[]; anchor?: string } = {},
  ): string[] => {
    const [sequence, hash] = (trust.anchor ?? '').split(':');
    const anchor = trust.anchor === undefined ? {} : { anchor: { sequence: Number(sequence), hash: hash ?? '' } };
    return verifyBundle(changed, { signers: trust.signers ?? signers, ...anchor }, bundleTools)
      .filter(({ result }) => result === 'failed')
      .map(({ sentence }) => sentence);
  };
  const text = (name: string, from = files): string => new TextDecoder().decode(from.get(name));

  it('holds, with all that the assessment rests on', () => {
    assert.deepEqual(failuresOf(files), []);
    const names = [...files.keys()];
    for (const beginning of [
      'records/attestation-',
      'records/waiver-',
      'records/consent-',
      'records/approval-',
      'signatures/assessment-',
    ])
      assert.ok(
        names.some(name => name.startsWith(beginning)),
        beginning,
      );
    assert.equal(text('policies/strict@1.0.0.policy.yaml'), policy);
    assert.equal(names.filter(name => name.startsWith('evidence/')).length, 2);
    const told = verifyBundle(files, { signers }, bundleTools).map(({ sentence }) => sentence);
    for (const words of [
      /unbroken chain/,
      /as it was judged by: 1 policy/,
      /Approved by approver@x.example, who is neither/,
      /No anchor was given/,
    ])
      assert.ok(
        told.some(sentence => words.test(sentence)),
        String(words),
      );
  });

  it('shows nothing of other models but that something was written', () => {
    const all = [...files.keys()].map(name => text(name)).join('\n');
    assert.ok(text('audit.jsonl').includes('secret-model@1'));
    assert.ok(!all.includes('tune-secret'));
  });

  it('does not hold with any byte of any file changed', () => {
    let bytes = 0;
    for (const [name, content] of files) {
      for (let at = 0; at < content.length; at += 1) {
        // The digest of a file tells any of its bytes; of the larger ones every 601st is enough to show it.
        if (content.length > 400 && at % 601 !== 0) continue;
        const changed = Uint8Array.from(content);
        changed[at] = (changed[at] ?? 0) ^ 1;
        bytes += 1;
        assert.notDeepEqual(
          failuresOf(new Map(files).set(name, changed), { signers: [] }),
          [],
          `${name} at ${String(at)}`,
        );
      }
    }
    assert.ok(bytes > 150, String(bytes));
  });

  /** Changes a file and makes the manifest anew, as somebody does who knows how bundles are made. */
  const repack = (changes: Readonly<Record<string, string | undefined>>): BundleFiles => {
    const changed = new Map(files);
    for (const [name, content] of Object.entries(changes)) {
      if (content === undefined) changed.delete(name);
      else changed.set(name, new TextEncoder().encode(content));
    }
    const manifest = JSON.parse(text('manifest.json')) as Manifest;
    const kept = [...changed].filter(([name]) => !name.startsWith('manifest.'));
    const list = kept.map(([name, content]) => ({
      ...{ path: name, bytes: content.length, sha256: bundleTools.sha256(content), what: '' },
    }));
    const again = JSON.stringify({ ...manifest, files: list });
    changed.set('manifest.json', new TextEncoder().encode(again));
    changed.set('manifest.sha256', new TextEncoder().encode(manifestDigestLine(bundleTools.sha256(again))));
    return changed;
  };
  const nameOf = (beginning: string): string => {
    const found = [...files.keys()].find(name => name.startsWith(beginning));
    assert.ok(found, beginning);
    return found;
  };
  const recordOf = (name: string): Record<string, unknown> => JSON.parse(text(name)) as Record<string, unknown>;
  const audit = (): string[] => text('audit.jsonl').trimEnd().split('\n');

  const forgeries: readonly [what: string, forge: () => Readonly<Record<string, string | undefined>>, told: RegExp][] =
    [
      ['nothing but a new manifest', () => ({}), /^$/],
      [
        'a better score',
        () => ({ 'scorecard.json': text('scorecard.json').replace(/"score": [\d.]+/, '"score": 100') }),
        /not the one its digest was made of/,
      ],
      [
        'a record that was changed',
        () => {
          const name = nameOf('records/attestation-');
          return { [name]: canonicalJson({ ...recordOf(name), comment: 'All good.' }) };
        },
        /is not what the log seals/,
      ],
      [
        'a record that was taken out',
        () => ({ [nameOf('records/consent-')]: undefined }),
        /records\/consent-.* is missing/,
      ],
      [
        'a record nobody made',
        () => ({ 'records/waiver-x.json': '{}' }),
        /No entry of the log seals records\/waiver-x/,
      ],
      [
        'a signature that was taken out',
        () => ({ [nameOf('signatures/approval-')]: undefined }),
        /signatures\/approval-.* is missing/,
      ],
      [
        'an entry that was taken out of the log',
        () => ({ 'audit.jsonl': [...audit().slice(0, 3), ...audit().slice(4)].join('\n') + '\n' }),
        /does not follow the entry before it/,
      ],
      [
        'a log that was cut short',
        () => ({ 'audit.jsonl': audit().slice(0, -2).join('\n') + '\n' }),
        /records\/|log is not the one/,
      ],
      [
        'a policy that was changed',
        () => ({ 'policies/strict@1.0.0.policy.yaml': policy.replace('0.99', '0.5') }),
        /policy in the bundle is none of the record/,
      ],
      ['evidence that was changed', () => ({ [nameOf('evidence/')]: '{}' }), /is not the evidence/],
      ['evidence that is not named', () => ({ 'evidence.json': '[]' }), /list of evidence is not that of the record/],
      [
        'an approval made over to another',
        () => ({ 'scorecard.json': text('scorecard.json').replaceAll('approver@x.example', 'boss@x.example') }),
        /not what the records make of it/,
      ],
      [
        'a signature over another record',
        () => ({ [nameOf('signatures/approval-')]: text(nameOf('signatures/assessment-')) }),
        /is not what the log seals/,
      ],
      [
        'a log that was rewritten from its first entry on',
        () => {
          let previous = '0'.repeat(64);
          const lines = audit().map(line => {
            const { entry, payload } = JSON.parse(line) as { entry: Record<string, unknown>; payload?: string };
            const content = { ...entry, previous, ...(entry['sequence'] === 1 ? { actor: 'eve@x.example' } : {}) };
            delete (content as Record<string, unknown>)['hash'];
            previous = bundleTools.sha256(canonicalJson(content));
            return canonicalJson({
              entry: { ...content, hash: previous },
              ...(payload === undefined ? {} : { payload }),
            });
          });
          return { 'audit.jsonl': lines.join('\n') + '\n' };
        },
        /was signed over another log/,
      ],
      ['no log', () => ({ 'audit.jsonl': undefined }), /audit.jsonl is missing/],
      ['a log that is none', () => ({ 'audit.jsonl': '{"entry":{}}\n' }), /The audit log cannot be read/],
      ['no scorecard', () => ({ 'scorecard.json': 'null' }), /The scorecard cannot be read/],
    ];
  for (const [what, forge, told] of forgeries) {
    it(`is seen through with ${what}`, () => {
      const failures = failuresOf(repack(forge()));
      if (told.source === '^$') assert.deepEqual(failures, []);
      else
        assert.ok(
          failures.some(sentence => told.test(sentence)),
          JSON.stringify(failures),
        );
    });
  }

  it('needs signatures of people who are vouched for, where some are', async () => {
    const [assessor, ...others] = signers;
    assert.ok(assessor);
    assert.match(failuresOf(files, { signers: others }).join(), /assessment-.*nobody vouches for that key/);
    const stolen = [...others, { email: 'eve@x.example', publicKey: assessor.publicKey }];
    assert.match(failuresOf(files, { signers: stolen }).join(), /with the key of eve@x.example/);
    assert.deepEqual(failuresOf(files, { signers: [] }), []);
  });

  it('is held against an anchor', async () => {
    const entries = audit().map(line => (JSON.parse(line) as { entry: { sequence: number; hash: string } }).entry);
    const third = entries[2];
    assert.ok(third);
    assert.deepEqual(failuresOf(files, { anchor: `3:${third.hash}` }), []);
    assert.match(failuresOf(files, { anchor: `3:${'0'.repeat(64)}` }).join(), /was rewritten/);
    assert.match(failuresOf(files, { anchor: `9999:${third.hash}` }).join(), /its end was cut off/);
  });

  it('may leave the evidence out, and says so', async () => {
    const small = await collect(false);
    assert.deepEqual(failuresOf(small), []);
    assert.ok(![...small.keys()].some(name => name.startsWith('evidence/')));
    const { left } = JSON.parse(text('manifest.json', small)) as Manifest;
    assert.ok(left.some(sentence => /evidence itself is left out/.test(sentence)));
    await world.write('policies/strict.policy.yaml', `${policy}# Changed.\n`);
    const { left: changed } = JSON.parse(text('manifest.json', await collect())) as Manifest;
    assert.ok(changed.some(sentence => /policy strict 1.0.0 is left out: its file was changed/.test(sentence)));
    await world.write('policies/strict.policy.yaml', policy);
  });

  it('is written as a folder that is not there yet, or as an archive of which no byte can be changed', async () => {
    const at = mkdtempSync(path.join(os.tmpdir(), 'aiwb-proof-'));
    const request = { assessmentId: assessmentId.slice(0, -1), folder: world.folder, withEvidence: true };
    const folder = path.join(at, 'proof');
    const written = await writeBundle({ ...request, path: folder }, verifier, world.ports, signal);
    assert.equal(written.files, files.size);
    assert.deepEqual(failuresOf(readFiles(folder)), []);
    await assert.rejects(
      writeBundle({ ...request, path: folder }, verifier, world.ports, signal),
      refused('usage', /is there already/),
    );
    const archive = path.join(at, 'proof.zip');
    await writeBundle({ ...request, path: archive }, verifier, world.ports, signal);
    const bytes = readFileSync(archive);
    const unpacked = readZip(bytes, archive);
    const inside = new Map([...unpacked].map(([name, content]) => [name.replace('proof/', ''), content]));
    assert.deepEqual(failuresOf(inside), []);
    for (let position = 0; position < bytes.length; position += 211) {
      const changed = Uint8Array.from(bytes);
      changed[position] = (changed[position] ?? 0) ^ 16;
      assert.throws(() => readZip(changed, archive), refused('file-invalid', /no proof bundle/));
    }
  });

  it('tells what was taken back since, and keeps nothing of that back', async () => {
    world.act('one');
    await endWaiver({ waiverId, reason: 'It was worse.', folder: world.folder }, world.ports, signal);
    const later = await collect();
    const told = verifyBundle(later, { signers }, bundleTools);
    assert.ok(
      told.some(({ result, sentence }) => result === 'note' && /was ended since, by one@x.example/.test(sentence)),
    );
    assert.deepEqual(failuresOf(later), []);
    const end = [...later.keys()].find(name => name.startsWith('records/end-'));
    const lines = text('audit.jsonl', later).trimEnd().split('\n');
    const hidden = lines.map(line => {
      const { entry, payload } = JSON.parse(line) as { entry: { action: string }; payload?: string };
      return canonicalJson(entry.action === 'waiver.ended' || payload === undefined ? { entry } : { entry, payload });
    });
    files = later;
    const failures = failuresOf(repack({ 'audit.jsonl': hidden.join('\n') + '\n', [end ?? '']: undefined }));
    assert.match(failures.join(), /waiver.ended, triage@1\) is not shown/);
  });
});
