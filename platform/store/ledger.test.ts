import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { checkLink } from '../../engine/audit/entry.ts';
import { auditOrigin, type AuditHead, type LedgerKind } from '../../engine/ports/ledger.ts';
import { WorkbenchError } from '../../engine/base/errors.ts';
import type { Store } from '../../engine/ports/store.ts';
import { canonicalJson } from '../../schemas/canonical.ts';
import { ada, grace, makeRecord, makeVersion } from '../../test/fakes/registry.ts';
import { createSetClock, makeStoreFolder } from '../../test/fakes/runs.ts';
import { createDigest } from '../host/digest.ts';
import { openDriver } from './driver.ts';
import { openStore } from './store.ts';

describe('the ledger', () => {
  const clock = createSetClock();
  const signal = new AbortController().signal;
  const { sha256 } = createDigest();
  let folder = '';
  let store: Store;

  beforeEach(async () => {
    folder = makeStoreFolder();
    store = await openStore({ folder, clock });
    await store.registry.createVersion(makeVersion(), { name: 'ticket-triage' }, ada);
    await store.registry.createVersion(makeVersion({ weightsDigest: 'b'.repeat(64) }), { name: 'ticket-triage' }, ada);
  });
  afterEach(async () => {
    await store.close();
    rmSync(path.dirname(folder), { recursive: true, force: true });
  });

  /** Faults of the whole log, as the verifier finds them. */
  const findFaults = async (): Promise<string[]> => {
    let head: AuditHead = auditOrigin;
    const faults: string[] = [];
    for (const line of await store.ledger.readAudit(0, 1_000)) {
      faults.push(...checkLink(line, head, sha256));
      head = line.entry;
    }
    return faults;
  };
  /** Changes the database behind the store's back, as one who has the file can. */
  const meddle = (...statements: string[]): void => {
    const driver = openDriver(path.join(folder, 'store.db'), { readOnly: false });
    for (const sql of statements) driver.exec(sql);
    driver.close();
  };
  const dump = (): unknown[] => {
    const driver = openDriver(path.join(folder, 'store.db'), { readOnly: true });
    const tables = ['ledger', 'audit_log', 'audit_payloads', 'model_aliases', 'model_versions', 'registered_models'];
    const rows = tables.map(table => driver.all(`SELECT * FROM ${table}`));
    driver.close();
    return rows;
  };

  it('keeps records with the digest of their payload, newest first', async () => {
    const payload = { b: 1, a: [null, 'ä', 0.1], gone: undefined };
    const first = await store.ledger.append(makeRecord('assessment-1', { kind: 'assessment', payload, at: 7 }));
    assert.equal(first.digest, sha256('{"a":[null,"ä",0.1],"b":1}'));
    assert.deepEqual(await store.ledger.get('assessment-1'), {
      ...makeRecord('assessment-1', { kind: 'assessment', at: 7 }),
      payload: { b: 1, a: [null, 'ä', 0.1] },
      sequence: first.sequence,
      digest: first.digest,
    });
    await store.ledger.append(makeRecord('waiver-1', { kind: 'waiver', model: 'other', actor: grace, uniqueKey: 'w' }));
    const third = await store.ledger.append(makeRecord('assessment-2', { kind: 'assessment', version: '2' }));
    assert.ok(third.sequence > first.sequence);
    const ids = async (filter: object): Promise<string[]> => (await store.ledger.list(filter)).map(record => record.id);
    assert.deepEqual(await ids({}), ['assessment-2', 'waiver-1', 'assessment-1']);
    assert.deepEqual(await ids({ limit: 1 }), ['assessment-2']);
    assert.deepEqual(await ids({ kind: 'assessment' }), ['assessment-2', 'assessment-1']);
    assert.deepEqual(await ids({ model: 'ticket-triage', version: '1' }), ['assessment-1']);
    assert.deepEqual(await ids({ model: 'nothing' }), []);
    assert.deepEqual(await ids({ upTo: third.sequence - 1 }), ['waiver-1', 'assessment-1']);
    assert.deepEqual(await ids({ upTo: first.sequence, kind: 'waiver' }), []);
    const [head] = await store.ledger.list({ kind: 'assessment', version: '1', headsOnly: true });
    assert.deepEqual([head?.id, head?.digest, head?.at, head?.payload], ['assessment-1', first.digest, 7, null]);
    assert.equal((await store.ledger.get('waiver')).uniqueKey, 'w');
    for (const id of ['assessment', '', 'x', '%']) {
      await assert.rejects(store.ledger.get(id), hasCode('record-not-found'), id);
    }
    assert.equal((await store.facts()).records, 3);
  });

  const actions: readonly [LedgerKind, string][] = [
    ['assessment', 'assessment.recorded'],
    ['attestation', 'control.attested'],
    ['waiver', 'waiver.requested'],
    ['waiver-approval', 'waiver.approved'],
    ['approval-request', 'approval.requested'],
    ['approval', 'version.approved'],
    ['baseline', 'baseline.locked'],
    ['promotion', 'version.promoted'],
  ];
  for (const [kind, action] of actions) {
    it(`audits ${kind} as ${action}, the record and its changes sealed`, async () => {
      const record = makeRecord('r', { kind, actor: grace, version: '2' });
      const changes = [{ type: 'alias' as const, model: 'ticket-triage', alias: 'baseline', version: '2' }];
      clock.advance(3);
      const { sequence } = await store.ledger.append(record, changes);
      const [line] = await store.ledger.readAudit(sequence - 1, 10);
      assert.deepEqual(
        [line?.entry.action, line?.entry.subject, line?.entry.actor, line?.entry.at],
        [action, 'ticket-triage@2', grace.email, clock.now()],
      );
      assert.equal(line?.payload, canonicalJson({ ...record, changes }));
    });
  }

  it('makes the registry’s changes along with the record', async () => {
    await store.ledger.append(makeRecord('b', { kind: 'baseline' }), [
      { type: 'status', model: 'ticket-triage', version: '1', status: 'baseline' },
      { type: 'status', model: 'ticket-triage', version: '2', status: 'retired' },
      { type: 'alias', model: 'ticket-triage', alias: 'baseline', version: '1' },
    ]);
    const first = await store.registry.getVersion('ticket-triage', 'baseline', signal);
    assert.deepEqual([first.version, first.status, first.aliases], ['1', 'baseline', ['baseline']]);
    assert.equal((await store.registry.getVersion('ticket-triage', '2', signal)).status, 'retired');
    assert.deepEqual(await findFaults(), []);
  });

  it('leaves nothing half done when a change cannot be made', async () => {
    const good = { type: 'alias' as const, model: 'ticket-triage', alias: 'production', version: '2' };
    const status = { type: 'status' as const, model: 'ticket-triage', version: '1', status: 'production' as const };
    const before = dump();
    for (const bad of [
      { ...good, version: '9' },
      { ...good, version: 'latest' },
      { ...good, model: 'nothing' },
      { ...status, version: '0' },
    ]) {
      const changes = [good, status, bad];
      await assert.rejects(store.ledger.append(makeRecord('r'), changes), hasCode('registry-not-found'));
    }
    assert.deepEqual(dump(), before);
  });

  it('leaves nothing half done when writing fails in the middle', async () => {
    const changes = [{ type: 'alias' as const, model: 'ticket-triage', alias: 'production', version: '2' }];
    meddle(`CREATE TRIGGER canary BEFORE INSERT ON ledger BEGIN SELECT raise(ABORT, 'canary'); END`);
    const before = dump();
    await assert.rejects(store.ledger.append(makeRecord('r'), changes), /canary/);
    assert.deepEqual(dump(), before);
    meddle('DROP TRIGGER canary');
    await store.ledger.append(makeRecord('r'), changes);
    assert.notDeepEqual(dump(), before);
    assert.deepEqual(await findFaults(), []);
  });

  it('refuses a second record of an id or key, and says which stands there', async () => {
    const change = { type: 'status' as const, model: 'ticket-triage', version: '2', status: 'baseline' as const };
    await store.ledger.append(makeRecord('one', { uniqueKey: 'baseline:ticket-triage@1' }));
    const before = dump();
    const again = makeRecord('two', { uniqueKey: 'baseline:ticket-triage@1' });
    await assert.rejects(store.ledger.append(again, [change]), hasCode('record-exists', /one/));
    await assert.rejects(store.ledger.append(makeRecord('one'), [change]), hasCode('record-exists', /one/));
    assert.deepEqual(dump(), before);
    await store.ledger.append(makeRecord('two'));
    await store.ledger.append(makeRecord('three'));
  });

  it('reads the log in portions, in order', async () => {
    for (const id of ['a', 'b', 'c']) await store.ledger.append(makeRecord(id));
    const all = await store.ledger.readAudit(0, 100);
    assert.deepEqual(
      all.map(({ entry }) => entry.sequence),
      [1, 2, 3, 4, 5, 6],
    );
    assert.deepEqual(await store.ledger.readAudit(2, 2), all.slice(2, 4));
    const { sequence, hash } = all.at(-1)?.entry ?? auditOrigin;
    assert.deepEqual(await store.ledger.readAuditHead(), { sequence, hash });
    assert.deepEqual(await store.ledger.readAudit(6, 2), []);
  });

  it('cannot be changed by statements, only against its own guards', async () => {
    await store.ledger.append(makeRecord('a'));
    for (const table of ['ledger', 'audit_log']) {
      assert.throws(() => meddle(`UPDATE ${table} SET at = 0`), /append-only/);
      assert.throws(() => meddle(`DELETE FROM ${table}`), /append-only/);
    }
  });

  const unguard = 'DROP TRIGGER audit_log_never_changes; DROP TRIGGER audit_log_never_shrinks';
  const tamperings: readonly [string, readonly string[], RegExp][] = [
    ['an entry’s actor', [unguard, `UPDATE audit_log SET actor = 'eve' WHERE sequence = 4`], /Entry 4 was changed/],
    ['a payload', [`UPDATE audit_payloads SET payload = replace(payload, '"a"', '"z"')`], /What entry 4 records/],
    [
      'an entry in the middle',
      [unguard, 'PRAGMA foreign_keys = OFF', 'DELETE FROM audit_log WHERE sequence = 2'],
      /Entry 3 stands where entry 2/,
    ],
    ['the time of the first', [unguard, 'UPDATE audit_log SET at = at - 1 WHERE sequence = 1'], /Entry 1 was changed/],
  ];
  for (const [what, statements, expected] of tamperings) {
    it(`shows that ${what} was tampered with`, async () => {
      await store.ledger.append(makeRecord('a'));
      await store.ledger.append(makeRecord('b'));
      assert.deepEqual(await findFaults(), []);
      meddle(...statements);
      assert.match((await findFaults()).join('\n'), expected);
    });
  }

  it('shows a changed payload by the record’s own digest, and a broken one as tampered', async () => {
    const { digest } = await store.ledger.append(makeRecord('a', { payload: { gate: 'failed' } }));
    meddle(`UPDATE audit_payloads SET payload = replace(payload, 'failed', 'passed')`);
    const record = await store.ledger.get('a');
    assert.deepEqual(record.payload, { gate: 'passed' });
    assert.equal(record.digest, digest);
    assert.notEqual(sha256(canonicalJson(record.payload)), record.digest);
    meddle(`UPDATE audit_payloads SET payload = '{'`);
    await assert.rejects(store.ledger.get('a'), hasCode('record-tampered'));
  });

  it('goes on and holds after a payload was erased', async () => {
    const { digest, sequence } = await store.ledger.append(makeRecord('a', { uniqueKey: 'k' }));
    meddle(`DELETE FROM audit_payloads WHERE payload LIKE '%"id":"a"%'`);
    await store.ledger.append(makeRecord('b'));
    assert.deepEqual(await findFaults(), []);
    assert.equal((await store.ledger.readAudit(sequence - 1, 1))[0]?.payload, undefined);
    const actor = { email: ada.email, assurance: ada.assurance };
    const erased = { ...makeRecord('a', { uniqueKey: 'k', actor }), payload: null, sequence, digest };
    assert.deepEqual(await store.ledger.get('a'), erased);
    assert.equal((await store.ledger.list({})).length, 2);
  });
});

function hasCode(code: string, words = /./): (error: unknown) => boolean {
  return error => {
    assert.ok(error instanceof WorkbenchError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, words);
    return true;
  };
}
