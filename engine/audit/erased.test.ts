import assert from 'node:assert/strict';
import { createDigest } from '../../platform/host/digest.ts';
import { openAuditStore, type AuditStore } from '../../test/fakes/audit-store.ts';
import { identity } from '../../test/fakes/evidence.ts';
import { openGoverned, signal, type Governed } from '../../test/fakes/governed.ts';
import { newFigure } from '../../test/fakes/registry-contract.ts';
import { makeRecord } from '../../test/fakes/registry.ts';
import { approved, takeSteps } from '../../test/fakes/release-steps.ts';
import { ledgerKinds } from '../ports/ledger.ts';
import { revoke } from '../promotion/revoke.ts';
import { verifyAudit } from './verify.ts';

const digest = createDigest();
const author = identity('author');
/** Kinds of which none is made on the way to production. */
const made = ['assessment', 'approval-request', 'approval', 'baseline', 'promotion', 'revocation'];
const others = ledgerKinds.filter(kind => !made.includes(kind));

describe('an audit log whose contents were erased', () => {
  let world: Governed;
  let log: AuditStore;

  /** A model with a version in production, one that was only measured, and an entry of every kind there is. */
  beforeEach(async () => {
    world = await openGoverned();
    log = openAuditStore(world.folder);
    const { registry, ledger } = world.ports.store;
    const first = await world.register('w1');
    await world.register('w2');
    await world.register('w3');
    await takeSteps(world, [...approved, { by: 'approver', do: 'baseline' }, { by: 'approver', do: 'promote' }], first);
    await registry.updateModel('triage', { description: 'All of it', customProperties: { tier: 2 } }, author);
    await registry.updateModel('triage', { customProperties: { tier: 3 } }, author);
    await registry.updateVersion('triage', '2', { description: 'By Ada' }, author);
    await registry.updateVersion('triage', '2', { description: 'By Ada Lovelace' }, author);
    await registry.setAlias('triage', 'spare', '1', author);
    await registry.setAlias('triage', 'spare', '2', author);
    await registry.setAlias('triage', 'gone', '2', author);
    await registry.setAlias('triage', 'gone', undefined, author);
    await registry.addArtifacts(
      'triage',
      '2',
      [{ artifactType: 'doc-artifact', name: 'a', uri: 'https://a.example' }, newFigure('f1', 0.5)],
      author,
    );
    await registry.addArtifacts(
      'triage',
      '2',
      [{ artifactType: 'doc-artifact', name: 'b', uri: 'https://b.example' }],
      author,
    );
    await revoke({ model: 'triage', version: '3', folder: world.folder, reason: 'Leaked data' }, world.ports, signal);
    await registry.setVersionArchived('triage', '2', true, author);
    await registry.setVersionArchived('triage', '2', false, author);
    await registry.createModel({ name: 'spare' }, author);
    await registry.setArchived('spare', true, author);
    for (const kind of others) {
      const place = kind === 'seal' || kind === 'policy-approval' ? { model: '', version: '' } : { model: 'triage' };
      const version = kind === 'waiver' ? { version: '1,2' } : {};
      await ledger.append(makeRecord(`${kind}-9`, { kind, version: '2', ...place, ...version, actor: author }));
    }
  });
  afterEach(() => world.close());

  const verify = () => verifyAudit(world.ports.store, digest, signal);
  const sequences = (): number[] => log.rows().map(row => Number(row['sequence']));
  const eraseAll = (): void => log.erase(...sequences());

  it('holds, and is judged, whichever content was erased', async () => {
    assert.equal(await registryStatus('1'), 'production');
    const actions = new Set(log.rows().map(row => row['action']));
    assert.ok(actions.size >= 26, [...actions].join());
    for (const { sequence, action } of log.rows()) {
      log.erase(Number(sequence));
      const { faults, erasedPayloads = 0, sentence } = await verify();
      assert.deepEqual(faults, [], String(action));
      assert.ok(erasedPayloads >= 1);
      assert.match(sentence, /erased; what was decided by (it|them) is kept, and was looked at\.$/, String(action));
      log.restore();
    }
  });

  it('holds, and is judged, where all of it was erased, and goes on', async () => {
    eraseAll();
    const { faults, erasedPayloads, entries, sentence } = await verify();
    assert.deepEqual(faults, []);
    assert.equal(erasedPayloads, entries);
    assert.match(sentence, /is kept, and was looked at\.$/);
    const { registry } = world.ports.store;
    await registry.updateModel('triage', { description: 'Anew' }, author);
    await registry.updateVersion('triage', '2', { description: 'Anew' }, author);
    await registry.setAlias('triage', 'spare', undefined, author);
    await world.register('w4');
    assert.deepEqual((await verify()).faults, []);
  });

  const registryStatus = async (version: string) =>
    (await world.ports.store.registry.getVersion('triage', version, signal)).status;

  const edits: readonly [what: string, sql: readonly string[], told: RegExp][] = [
    [
      'a status',
      [`UPDATE model_versions SET status = 'approved' WHERE version = 1`],
      /triage@1 is approved; the log says production/,
    ],
    [
      'a status nobody gave',
      [`UPDATE model_versions SET status = 'approved' WHERE version = 2`],
      /triage@2 is approved; the log says evaluated/,
    ],
    [
      'an alias',
      [`UPDATE model_aliases SET version = 2 WHERE alias = 'production'`],
      /alias production of triage stands at version 2/,
    ],
    ['an alias that is gone', [`DELETE FROM model_aliases WHERE alias = 'spare'`], /alias spare of triage is gone/],
    [
      'an alias that was removed',
      [`INSERT INTO model_aliases (model, alias, version) VALUES (1, 'gone', 2)`],
      /alias gone of triage stands/,
    ],
    [
      'a model brought back',
      [`UPDATE registered_models SET archived = 0 WHERE name = 'spare'`],
      /spare is in use; the log says it is archived/,
    ],
    ['a version archived', [`UPDATE model_versions SET archived = 1 WHERE version = 2`], /triage@2 is archived/],
    [
      'what a model says of itself',
      [`UPDATE registered_models SET details = json_set(details, '$.description', 'Some of it') WHERE name = 'triage'`],
      /the model triage is not what was registered/,
    ],
    [
      'weights',
      [`UPDATE model_versions SET weights_digest = 'x' WHERE version = 1`],
      /triage@1 in the registry is not what/,
    ],
    [
      'what a version says of itself',
      [`UPDATE model_versions SET details = json_set(details, '$.description', 'By Eve') WHERE version = 2`],
      /triage@2 in the registry is not what/,
    ],
    ['a version taken away', [`UPDATE model_versions SET version = 7 WHERE version = 2`], /triage@2 is gone/],
    ['a model taken away', [`UPDATE registered_models SET name = 'other' WHERE name = 'spare'`], /model spare is gone/],
    [
      'an artifact',
      [`UPDATE artifacts SET content = json_set(content, '$.uri', 'https://c.example') WHERE name = 'b'`],
      /artifacts of triage@2 that entry \d+ added/,
    ],
    [
      'an artifact that is gone',
      [`DELETE FROM artifacts WHERE name = 'a'`],
      /artifacts of triage@2 that entry \d+ added/,
    ],
    [
      'an artifact nobody added',
      [
        `INSERT INTO artifacts (version, type, name, content) VALUES (1, 'metric', 'x', '{"artifactType":"metric","name":"x"}')`,
      ],
      /artifact metric x of triage@1 was added by no entry/,
    ],
    [
      'a record that is gone',
      [`DROP TRIGGER ledger_never_shrinks`, `DELETE FROM ledger WHERE kind = 'approval'`],
      /approval of triage@1 \S+ is not found/,
    ],
    [
      'a record of no model that is gone',
      [`DROP TRIGGER ledger_never_shrinks`, `DELETE FROM ledger WHERE kind = 'seal'`],
      /seal .*seal-9 is not found/,
    ],
    [
      'a record of another version',
      [`DROP TRIGGER ledger_never_changes`, `UPDATE ledger SET version = '2' WHERE kind = 'baseline'`],
      /No entry seals the baseline of triage@2/,
    ],
    [
      'a record’s digest',
      [`DROP TRIGGER ledger_never_changes`, `UPDATE ledger SET digest = 'x' WHERE kind = 'promotion'`],
      /promotion of triage@1 \S+ is not the one/,
    ],
  ];
  for (const [what, sql, told] of edits) {
    it(`still tells that somebody changed ${what}`, async () => {
      eraseAll();
      for (const statement of sql) world.edit(statement);
      const { intact, faults } = await verify();
      assert.equal(intact, false);
      assert.ok(
        faults.some(({ sentence }) => told.test(sentence)),
        JSON.stringify(faults),
      );
    });
  }

  it('tells what was changed of anything that is kept', async () => {
    eraseAll();
    let changed = 0;
    for (const { sequence, kept } of log.rows()) {
      if (typeof kept !== 'string') continue;
      for (const text of [...changesOf(kept), '{}', 'nothing', null]) {
        log.setKept(Number(sequence), text);
        const { faults } = await verify();
        const sentence = `Entry ${String(sequence)} was changed after it was written.`;
        assert.ok(
          faults.some(fault => fault.sentence === sentence),
          `${kept} → ${String(text)}`,
        );
        changed += 1;
      }
      log.setKept(Number(sequence), kept);
    }
    assert.ok(changed > 150, String(changed));
    assert.deepEqual((await verify()).faults, []);
  });

  it('tells an entry that keeps something else than it records, though its chain is whole', async () => {
    for (const { sequence: of, kept } of log.rows()) {
      if (typeof kept !== 'string') continue;
      for (const text of changesOf(kept)) {
        log.seal(row => (row['sequence'] === of ? text : (row['kept'] as string | null)));
        const { faults } = await verify();
        const told = faults.find(({ sequence }) => sequence === of);
        assert.match(
          told?.sentence ?? '',
          /^What entry \d+ keeps of \S+ is not what the entries up to it record/,
          text,
        );
      }
      log.seal(row => (row['sequence'] === of ? kept : (row['kept'] as string | null)));
    }
    assert.deepEqual((await verify()).faults, []);
  });

  it('tells what was changed before an edit whose content was erased', async () => {
    world.edit(`UPDATE registered_models SET details = json_set(details, '$.license', 'mit') WHERE name = 'triage'`);
    world.edit(`UPDATE model_versions SET weights_digest = 'x' WHERE version = 2`);
    const { registry } = world.ports.store;
    await registry.updateModel('triage', { description: 'Edited' }, author);
    await registry.updateVersion('triage', '2', { description: 'Edited' }, author);
    eraseAll();
    assert.deepEqual(
      (await verify()).faults.map(({ sentence }) => /keeps of (\S+) is not/.exec(sentence)?.[1]),
      ['triage', 'triage@2'],
    );
  });

  describe('by a workbench that kept nothing', () => {
    beforeEach(() => log.seal(() => null));

    it('holds as it always did, and is not judged without what it records', async () => {
      const whole = await verify();
      assert.deepEqual(whole.faults, []);
      const told = new Set<string>();
      for (const { sequence, action } of log.rows()) {
        log.erase(Number(sequence));
        const { faults, sentence } = await verify();
        assert.deepEqual(faults, [], String(action));
        told.add(/not held against the log for (.*)\.$/.exec(sentence)?.[1] ?? `${String(action)} is judged`);
        log.restore();
      }
      // What is archived and brought back the entry itself says.
      const judged = ['version.archived', 'version.restored', 'model.archived'].map(action => `${action} is judged`);
      assert.deepEqual([...told].sort(), [...judged, 'policy-approval-9', 'seal-9', 'spare', 'triage'].sort());
    });

    it('goes on in entries that keep something', async () => {
      const old = sequences().length;
      const { registry } = world.ports.store;
      await registry.updateModel('triage', { description: 'Anew' }, author);
      await registry.setAlias('triage', 'spare', '1', author);
      await takeSteps(world, [{ by: 'assessor', do: 'assess' }], await registry.getVersion('triage', '2', signal));
      assert.deepEqual((await verify()).faults, []);
      log.erase(...sequences().filter(sequence => sequence > old));
      const { faults, erasedPayloads, sentence } = await verify();
      assert.deepEqual([faults, erasedPayloads], [[], 3]);
      assert.match(sentence, /is kept, and was looked at\.$/);
      world.edit(`UPDATE model_aliases SET version = 2 WHERE alias = 'spare'`);
      assert.match((await verify()).faults[0]?.sentence ?? '', /alias spare of triage stands at version 2/);
    });

    it('is not judged by what newer entries keep where an older content is gone', async () => {
      const edit = log.rows().findLast(({ action }) => action === 'version.edited');
      log.erase(Number(edit?.['sequence']));
      await world.ports.store.registry.updateVersion('triage', '2', { description: 'Anew' }, author);
      const { faults, sentence } = await verify();
      assert.deepEqual(faults, []);
      assert.match(sentence, /is not held against the log for triage\.$/);
    });
  });
});

/** What an entry keeps, with one thing in it changed at a time. */
function changesOf(kept: string): string[] {
  const values =
    kept.match(/"(?:digest|before|alias|id|kind|status|version|model)":"[^"]*"|"count":\d+|"measured":true/g) ?? [];
  return [...new Set(values)].map(value => {
    const [key = '', old = ''] = value.split(/:(.*)/s);
    return kept.replace(
      value,
      old.startsWith('"') ? `${key}:"x${old.slice(1)}` : old === 'true' ? `${key}:false` : `${key}:${old}1`,
    );
  });
}
