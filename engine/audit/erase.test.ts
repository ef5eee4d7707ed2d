import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createDigest } from '../../platform/host/digest.ts';
import { openAuditStore } from '../../test/fakes/audit-store.ts';
import { identity } from '../../test/fakes/evidence.ts';
import { openGoverned, signal, type Governed } from '../../test/fakes/governed.ts';
import { makeRecord } from '../../test/fakes/registry.ts';
import { approved, takeSteps } from '../../test/fakes/release-steps.ts';
import { WorkbenchError } from '../base/errors.ts';
import { eraseContents, planErasure } from './erase.ts';
import { nameEntries, namesEntry } from './erasure-entry.ts';
import { verifyAudit } from './verify.ts';

const digest = createDigest();
const author = identity('author');
const secret = 'Grace Hopper, born 9 December 1906';

describe('Erasing contents of the audit log', () => {
  let world: Governed;
  beforeEach(async () => {
    world = await openGoverned();
  });
  afterEach(() => world.close());

  const verify = () => verifyAudit(world.ports.store, digest, signal);
  const plan = (...entries: readonly number[]) => planErasure(entries, world.ports, signal);
  const erase = async (...entries: readonly number[]) =>
    eraseContents(await plan(...entries), { reason: 'Asked for', folder: world.folder }, world.ports, signal);
  const addAttestation = () =>
    world.ports.store.ledger.append(
      makeRecord('attestation-1', {
        kind: 'attestation',
        model: 'triage',
        version: '1',
        actor: author,
        payload: { comment: secret.repeat(400) },
      }),
    );

  it('leaves a log that holds, says who did it and why, and nothing of the words in the files', async () => {
    await world.register('w1');
    const { sequence } = await addAttestation();
    assert.ok(filesHold(world.folder, secret));
    const entry = await erase(sequence);
    assert.equal(entry.action, 'contents.erased');
    assert.equal(entry.subject, `entries ${String(sequence)}`);
    const { intact, erasedPayloads, sentence } = await verify();
    assert.deepEqual([intact, erasedPayloads], [true, 1]);
    assert.match(
      sentence,
      /what it seals\. The content of 1 entry was erased; what was decided by it is kept, and was looked at\.$/,
    );
    assert.doesNotMatch(sentence, /No entry says who/);
    assert.equal((await world.ports.store.ledger.get('attestation-1')).payload, null);
    assert.ok(!filesHold(world.folder, secret), 'it is overwritten');
    const [said] = await world.ports.store.ledger.readAudit(entry.sequence - 1, 1);
    assert.match(said?.payload ?? '', /"reason":"Asked for"/);
  });

  it('tells before what follows: what counts no more, and what is kept', async () => {
    const version = await world.register('w1');
    await takeSteps(
      world,
      [...approved, { by: 'approver', do: 'baseline' }, { by: 'approver', do: 'promote' }],
      version,
    );
    const { entries } = await verify();
    const planned = await plan(...Array.from({ length: entries }, (_, index) => index + 1));
    assert.equal(planned.length, entries);
    const told = (action: string): string => planned.find(one => one.action === action)?.consequence ?? 'nothing';
    assert.match(told('version.approved'), /counts for no further step/);
    assert.match(told('baseline.locked'), /goes no further/);
    assert.equal(told('version.promoted'), '');
    assert.equal(told('model-version.created'), '');
    assert.equal((await verify()).erasedPayloads, undefined, 'a plan erases nothing');
    assert.equal((await erase(...planned.map(({ sequence }) => sequence))).subject, `entries 1-${String(entries)}`);
    assert.deepEqual((await verify()).faults, []);
    assert.equal((await world.ports.store.registry.getVersion('triage', '1', signal)).status, 'production');
  });

  it('says that a model is not judged any more where an older workbench kept nothing', async () => {
    await world.register('w1');
    const log = openAuditStore(world.folder);
    log.seal(() => null);
    const [first] = await plan(1);
    assert.match(first?.consequence ?? '', /triage is not held against the log any more/);
  });

  it('refuses what is not there, what is erased already, a broken log and no reason', async () => {
    await world.register('w1');
    const { sequence } = await addAttestation();
    await assert.rejects(plan(sequence + 1), hasCode('record-not-found'));
    await assert.rejects(
      world.ports.store.ledger.eraseContents({ entries: [sequence, 99], reason: 'x', actor: author }),
      hasCode('record-not-found'),
    );
    assert.equal((await verify()).erasedPayloads, undefined, 'all or nothing');
    const planned = await plan(sequence);
    await assert.rejects(
      eraseContents(planned, { reason: '  ', folder: world.folder }, world.ports, signal),
      hasCode('usage'),
    );
    await erase(sequence);
    await assert.rejects(plan(sequence), hasCode('usage'));
    openAuditStore(world.folder).setKept(1, '{"digest":"other"}');
    await assert.rejects(plan(1), hasCode('record-tampered'));
  });

  it('is told by verify where no entry says who did it, and stands when the words about it are erased', async () => {
    await world.register('w1');
    const { sequence } = await addAttestation();
    const entry = await erase(sequence);
    await erase(entry.sequence);
    assert.deepEqual((await verify()).faults, []);
    assert.doesNotMatch((await verify()).sentence, /No entry says who|not held against/);
    openAuditStore(world.folder).erase(1);
    assert.match((await verify()).sentence, /No entry says who erased the content of entries 1\./);
  });

  it('names entries in stretches', () => {
    assert.equal(nameEntries([9, 3, 8, 7, 12]), 'entries 3,7-9,12');
    for (const sequence of [3, 7, 8, 9, 12]) assert.ok(namesEntry('entries 3,7-9,12', sequence));
    for (const sequence of [1, 4, 10, 13]) assert.ok(!namesEntry('entries 3,7-9,12', sequence));
    assert.ok(!namesEntry('triage@1', 1));
  });
});

/** Whether any file of the workspace's store has these words. */
function filesHold(folder: string, words: string): boolean {
  const store = path.join(folder, '.aiwb');
  return readdirSync(store, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .some(entry => readFileSync(path.join(entry.parentPath, entry.name)).includes(words));
}

function hasCode(code: string): (error: unknown) => boolean {
  return error => error instanceof WorkbenchError && error.code === code;
}
