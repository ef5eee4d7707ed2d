import assert from 'node:assert/strict';
import { openGoverned, signal, type Governed } from '../../test/fakes/governed.ts';
import { identity } from '../../test/fakes/evidence.ts';
import { createDigest } from '../../platform/host/digest.ts';
import { auditOrigin, type AuditLine, type AuditHead } from '../ports/ledger.ts';
import type { Store } from '../ports/store.ts';
import { revoke } from '../promotion/revoke.ts';
import { sealEntry } from './entry.ts';
import { verifyAudit } from './verify.ts';

const digest = createDigest();

/** A log of `count` entries that change nothing, read as a store reads it. */
function logOf(count: number, change: (line: AuditLine) => AuditLine | undefined = line => line) {
  const lines: AuditLine[] = [];
  let head: AuditHead = auditOrigin;
  for (let index = 0; index < count; index += 1) {
    const event = { at: index, actor: 'a@x.example', action: 'noted', subject: 'm', payload: `{"n":${index}}` };
    head = sealEntry(event, head, text => digest.sha256(text));
    lines.push({ entry: head as AuditLine['entry'], payload: event.payload });
  }
  const kept = lines.flatMap(line => change(line) ?? []);
  const reads: number[] = [];
  const store = {
    ledger: {
      readAudit: async (after: number, limit: number) => {
        const batch = kept.filter(({ entry }) => entry.sequence > after).slice(0, limit);
        reads.push(batch.length);
        return batch;
      },
      list: async () => [],
    },
    registry: { listModels: async () => [] },
  } as unknown as Store;
  return { store, reads };
}

describe('verifyAudit', () => {
  it('finds an empty log empty', async () => {
    assert.deepEqual(await verifyAudit(logOf(0).store, digest, signal), {
      entries: 0,
      intact: true,
      faults: [],
      sentence: 'The audit log is empty.',
    });
  });

  it('reads a long log in batches', async () => {
    const { store, reads } = logOf(1200);
    const { entries, intact, head } = await verifyAudit(store, digest, signal);
    assert.deepEqual([entries, intact, head?.length], [1200, true, 64]);
    assert.ok(reads.length > 2 && Math.max(...reads) <= 500);
  });

  const faulty: readonly [what: string, change: (line: AuditLine) => AuditLine | undefined, at: readonly number[]][] = [
    ['a gap', line => (line.entry.sequence === 5 ? undefined : line), [6, 6]],
    ['a missing beginning', line => (line.entry.sequence === 1 ? undefined : line), [2, 2]],
    [
      'an entry that was changed',
      line => (line.entry.sequence === 5 ? { ...line, entry: { ...line.entry, actor: 'b@x.example' } } : line),
      [5],
    ],
    ['a payload that was changed', line => (line.entry.sequence === 5 ? { ...line, payload: '{"n":9}' } : line), [5]],
    ['a payload that is no JSON', line => (line.entry.sequence === 5 ? { ...line, payload: '{' } : line), [5]],
    [
      'a hash that was changed',
      line => (line.entry.sequence === 5 ? { ...line, entry: { ...line.entry, hash: 'f'.repeat(64) } } : line),
      [5, 6],
    ],
  ];
  for (const [what, change, at] of faulty) {
    it(`tells ${what} with its place`, async () => {
      const { intact, faults, sentence } = await verifyAudit(logOf(8, change).store, digest, signal);
      assert.equal(intact, false);
      assert.deepEqual(
        faults.map(({ sequence }) => sequence),
        at,
      );
      assert.match(sentence, /does not hold/);
    });
  }

  it('holds without a payload that was erased', async () => {
    const { store } = logOf(8, line => (line.entry.sequence === 5 ? { ...line, payload: undefined } : line));
    const { intact, erasedPayloads } = await verifyAudit(store, digest, signal);
    assert.deepEqual([intact, erasedPayloads], [true, 1]);
  });

  it('stops when asked to', async () => {
    await assert.rejects(verifyAudit(logOf(8).store, digest, AbortSignal.abort()));
  });
});

describe('verifyAudit over a store', () => {
  let world: Governed;
  beforeEach(async () => {
    world = await openGoverned();
    const version = await world.register('w1');
    await world.register('w2');
    await world.measure([version]);
    await world.assess(version);
    await world.ports.store.registry.setAlias('triage', 'spare', '1', identity('author'));
  });
  afterEach(() => world.close());

  const edits: readonly [what: string, sql: readonly string[], told: RegExp][] = [
    [
      'an artifact that is gone',
      [`DELETE FROM artifacts WHERE type = 'metric'`],
      /artifact metric .* of triage@1 is gone/,
    ],
    [
      'an artifact nobody added',
      [
        `INSERT INTO artifacts (version, type, name, content) VALUES (1, 'metric', 'x', '{"artifactType":"metric","name":"x"}')`,
      ],
      /artifact metric x of triage@1 was added by no entry/,
    ],
    ['an alias that is gone', [`DELETE FROM model_aliases WHERE alias = 'spare'`], /alias spare of triage is gone/],
    [
      'an alias nobody set',
      [`INSERT INTO model_aliases (model, alias, version) VALUES (1, 'production', 1)`],
      /alias production of triage stands at version 1; no entry put it there/,
    ],
    [
      'a model that was archived',
      [`UPDATE registered_models SET archived = 1`],
      /is archived; the log says it is in use/,
    ],
    [
      'a licence that nobody registered',
      [`UPDATE registered_models SET details = json_set(details, '$.license', 'apache-2.0')`],
      /says of the model triage is not what was registered/,
    ],
    [
      'weights exchanged',
      [`UPDATE model_versions SET weights_digest = 'x' WHERE version = 1`],
      /triage@1 in the registry is not what was registered/,
    ],
    ['a version taken away', [`UPDATE model_versions SET version = 3 WHERE version = 2`], /triage@2 is gone/],
    [
      'a version nobody registered',
      [`UPDATE model_versions SET version = 3 WHERE version = 2`],
      /No entry says who registered triage@3/,
    ],
    [
      'a model nobody registered',
      [`UPDATE registered_models SET name = 'other'`],
      /No entry says who registered the model other/,
    ],
    [
      'a record that is gone',
      [`DROP TRIGGER ledger_never_shrinks`, `DELETE FROM ledger`],
      /assessment of triage@1 assessment-\S+ is not found/,
    ],
    [
      'a record that is found under another version',
      [`DROP TRIGGER ledger_never_changes`, `UPDATE ledger SET version = '2'`],
      /No entry seals the assessment of triage@2/,
    ],
    [
      'a record with another digest',
      [`DROP TRIGGER ledger_never_changes`, `UPDATE ledger SET digest = 'x'`],
      /assessment of triage@1 \S+ is not the one that was recorded/,
    ],
  ];
  for (const [what, sql, told] of edits) {
    it(`finds ${what}`, async () => {
      assert.deepEqual((await verifyAudit(world.ports.store, digest, signal)).faults, []);
      for (const statement of sql) world.edit(statement);
      const { faults } = await verifyAudit(world.ports.store, digest, signal);
      assert.ok(
        faults.some(({ sentence }) => told.test(sentence)),
        JSON.stringify(faults),
      );
    });
  }

  it('takes an edited description of a model for what it is', async () => {
    const edit = { description: 'All of it', customProperties: { tier: 2 } };
    await world.ports.store.registry.updateModel('triage', edit, identity('author'));
    assert.deepEqual((await verifyAudit(world.ports.store, digest, signal)).faults, []);
  });

  it('keeps a version revoked whose revocation was erased', async () => {
    const step = { model: 'triage', version: '2', folder: world.folder, reason: 'trained on leaked data' };
    await revoke(step, world.ports, signal);
    world.edit(`DELETE FROM audit_payloads WHERE payload LIKE '%leaked data%'`);
    assert.deepEqual((await verifyAudit(world.ports.store, digest, signal)).faults, []);
    world.edit(`UPDATE model_versions SET status = 'candidate' WHERE version = 2`);
    const { intact, faults } = await verifyAudit(world.ports.store, digest, signal);
    assert.equal(intact, false);
    assert.match(faults[0]?.sentence ?? '', /status of triage@2 is candidate; the log says revoked/);
  });
});
