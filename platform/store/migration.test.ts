import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sealEntry } from '../../engine/audit/entry.ts';
import { verifyAudit } from '../../engine/audit/verify.ts';
import { WorkbenchError } from '../../engine/base/errors.ts';
import { parseFilter } from '../../engine/registry/filter/parse.ts';
import { auditOrigin, type AuditHead } from '../../engine/ports/ledger.ts';
import type { Store } from '../../engine/ports/store.ts';
import { validateReport } from '../../schemas/generated/validators.js';
import { createSetClock, makePlan, makeProgress, makeSample, makeStoreFolder } from '../../test/fakes/runs.ts';
import { ada, makeVersion } from '../../test/fakes/registry.ts';
import { createDigest } from '../host/digest.ts';
import { describeHost } from '../host/describe.ts';
import { migrate, schemaVersion } from './schema.ts';
import { migrations } from './migrations.ts';
import { openDriver } from './driver.ts';
import { openStore } from './store.ts';

const fixture = new URL('../../test/fixtures/store/version-1.sql', import.meta.url);

describe('a store of version 1', () => {
  const clock = createSetClock();
  const signal = new AbortController().signal;
  let folder = '';
  let store: Store;

  beforeEach(async () => {
    folder = makeStoreFolder();
    mkdirSync(folder);
    const database = new DatabaseSync(path.join(folder, 'store.db'));
    database.exec(readFileSync(fixture, 'utf8'));
    database.close();
    await assert.rejects(openStore({ folder, clock, readOnly: true }), hasCode('store-unwritable'));
    store = await openStore({ folder, clock });
  });
  afterEach(async () => {
    await store.close();
    rmSync(path.dirname(folder), { recursive: true, force: true });
  });

  it('is brought up to date with every run and sample', async () => {
    const facts = await store.facts();
    assert.deepEqual([facts.schemaVersion, facts.runs, facts.samples], [schemaVersion, 3, 7]);
    const runs = [...(await store.listRuns({})), ...(await store.listRuns({ archived: true }))];
    assert.deepEqual(
      runs.map(({ id, kind, file, state }) => [id, kind, file, state]),
      [
        ['20260102-failed', 'benchmark', 'sample.bench.yaml', 'failed'],
        ['20260101-done', 'benchmark', 'sample.bench.yaml', 'succeeded'],
        ['20260103-queued', 'benchmark', 'sample.bench.yaml', 'lost'],
      ],
    );
    const page = await store.querySamples({ runId: '20260101-done', limit: 10 });
    assert.deepEqual(
      page.rows.map(row => [row.variant, row.row, row.output]),
      [
        [0, 0, 'label-0'],
        [0, 1, 'label-1'],
        [0, 2, 'label-0'],
        [1, 0, 'label-0'],
        [1, 1, 'label-1'],
        [1, 2, 'label-0'],
      ],
    );
  });

  it('names specifications and environments by their new fields', async () => {
    const { spec, environment, variants } = await store.getRun('20260102-failed');
    assert.deepEqual(spec, {
      kind: 'benchmark',
      text: 'name: sample\n',
      path: '/home/ada/sample.bench.yaml',
      file: 'sample.bench.yaml',
      name: 'sample',
      folder: '/home/ada',
      origin: 'terminal',
      models: ['model-0', 'model-1'],
      limit: 3,
    });
    assert.deepEqual(environment, makePlan().environment);
    assert.deepEqual(variants, makePlan().variants);
    assert.equal((await store.getRun('20260101-done')).spec.cell, 'cell-1');
  });

  it('gives reports that are valid today, with their runs in order', async () => {
    const { report } = await store.getRun('20260101-done');
    assert.ok(validateReport(report), JSON.stringify(validateReport.errors));
    assert.deepEqual(
      report.runs.map(({ id, kind, file }) => [id.slice(-5), kind, file]),
      [
        ['aaaaa', 'benchmark', 'triage.bench.yaml'],
        ['bbbbb', 'benchmark', 'triage.bench.yaml'],
      ],
    );
    assert.match(report.environment?.fileDigest ?? '', /^606f46d1/);
    assert.ok(!JSON.stringify(report).includes('benchmarkDigest'));
  });

  it('finds runs by the models they asked, and resumes where a run stood', async () => {
    const asking = await store.listRunsAsking('digest-1');
    assert.deepEqual(
      asking.map(run => run.id),
      ['20260102-failed', '20260101-done'],
    );
    const writer = await store.openWriter('20260102-failed', describeHost());
    await writer.begin(makePlan());
    await writer.append([makeSample(7), makeSample(8)], makeProgress(2));
    await writer.finish({ state: 'succeeded', progress: makeProgress(2), headlines: [] });
    assert.equal((await store.querySamples({ runId: '20260102-failed', limit: 10 })).total, 2);
  });

  it('keeps models and records like a new one, and is migrated once', async () => {
    await store.registry.createVersion(makeVersion(), { name: 'ticket-triage' }, ada);
    await store.close();
    store = await openStore({ folder, clock });
    assert.equal((await store.registry.getVersion('ticket-triage', '1', signal)).status, 'candidate');
    assert.equal((await store.ledger.readAudit(0, 10)).length, 2);
  });
});

describe('the second migration', () => {
  it('leaves a store as it was when it cannot be finished', () => {
    const folder = makeStoreFolder();
    mkdirSync(folder);
    const driver = openDriver(path.join(folder, 'store.db'), { readOnly: false });
    driver.exec(readFileSync(fixture, 'utf8'));
    const before = driver.all('SELECT * FROM run_records');
    const [first = '', second = ''] = migrations;
    assert.throws(() => migrate(driver, [first, `${second}; NOT SQL`]));
    assert.equal(driver.get('PRAGMA user_version')?.['user_version'], 1);
    assert.deepEqual(driver.all('SELECT * FROM run_records'), before);
    assert.ok('benchmark' in (driver.get('SELECT * FROM runs') ?? {}));
    driver.close();
    rmSync(path.dirname(folder), { recursive: true, force: true });
  });

  it('makes of an empty first version what a new store is', () => {
    const folder = makeStoreFolder();
    mkdirSync(folder);
    const tables = ['old.db', 'new.db'].map((name, index) => {
      const driver = openDriver(path.join(folder, name), { readOnly: false });
      if (index === 0) migrate(driver, migrations.slice(0, 1));
      migrate(driver);
      const found = driver.all('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name');
      driver.close();
      return found;
    });
    assert.deepEqual(tables[0], tables[1]);
    assert.ok(tables[0]?.some(({ name }) => name === 'audit_log'));
    rmSync(path.dirname(folder), { recursive: true, force: true });
  });
});

describe('the fifth migration', () => {
  it('puts the models that are there into the catalogue', async () => {
    const folder = makeStoreFolder();
    mkdirSync(folder);
    const driver = openDriver(path.join(folder, 'store.db'), { readOnly: false });
    migrate(driver, migrations.slice(0, 4));
    driver.exec(`
      INSERT INTO registered_models (key, name, created_at, updated_at, details)
        VALUES (7, 'ticket-triage', 1, 2, '{"tasks":["triage"]}');
      INSERT INTO model_versions (key, model, version, status, created_at, weights_digest, model_digest, details)
        VALUES (9, 7, 1, 'production', 1, 'w', 'm', '{"author":{"email":"ada@example.com","assurance":"self-asserted"},"lineage":{"datasets":[],"prompts":[]}}');
      INSERT INTO model_aliases (model, alias, version) VALUES (7, 'production', 9);
      INSERT INTO artifacts (version, type, name, content) VALUES (9, 'metric', 'run-1/core/accuracy',
        '{"artifactType":"metric","name":"run-1/core/accuracy","metric":"accuracy","label":"Accuracy","value":0.9,"unit":"ratio","direction":"higher","runId":"run-1","task":"core","scope":"baseline","timestamp":1}');
    `);
    driver.close();
    const store = await openStore({ folder, clock: createSetClock() });
    const filter = parseFilter('status:production core_accuracy>0.5 task:triage alias:production');
    const { models, total } = await store.catalogue.pageModels({ registry: 'local', filter });
    assert.deepEqual([total, models[0]?.name, models[0]?.matching], [1, 'ticket-triage', 1]);
    const { versions } = await store.catalogue.pageVersions({ registry: 'local' });
    assert.deepEqual([versions[0]?.status, versions[0]?.figures[0]?.value], ['production', 0.9]);
    await store.close();
    rmSync(path.dirname(folder), { recursive: true, force: true });
  });
});

describe('the sixth migration', () => {
  it('keeps the training that every earlier version stored, and takes fractional epochs from then on', async () => {
    for (const version of [2, 3, 4, 5]) {
      const folder = makeStoreFolder();
      mkdirSync(folder);
      const driver = openDriver(path.join(folder, 'store.db'), { readOnly: false });
      migrate(driver, migrations.slice(0, version));
      driver.exec(`
        INSERT INTO runs (key, id, name, file, origin, state, created_at, progress, kind, epoch)
          VALUES (1, 'tune', 'core', 'core.tune.yaml', 'terminal', 'failed', 1, '{"total":2,"done":1,"failed":0,"reused":0,"errors":{},"variants":[]}', 'tune', 1);
        INSERT INTO run_records (run, spec) VALUES (1, '{"kind":"tune"}');
        INSERT INTO training_epochs VALUES (1, 1, '{"epoch":1,"trainingLoss":0.5,"seconds":1,"aspects":[]}');
        INSERT INTO checkpoints VALUES (1, 1, '${'a'.repeat(64)}', 10, 1, 1);
        INSERT INTO training_states VALUES (1, 'state');
      `);
      driver.close();
      const clock = createSetClock();
      const store = await openStore({ folder, clock });
      const before = await store.readTraining('tune');
      assert.deepEqual(before, {
        epochs: [{ epoch: 1, trainingLoss: 0.5, seconds: 1, aspects: [] }],
        checkpoints: [{ epoch: 1, digest: 'a'.repeat(64), bytes: 10, best: true, last: true }],
        stateDigest: 'state',
      });
      const writer = await store.openWriter('tune', describeHost());
      await writer.begin({ variants: [], environment: makePlan().environment });
      const point = { epoch: 1.25, trainingLoss: 0.4, seconds: 1, aspects: [], step: 5 };
      const used = { wallSeconds: 1, cpuSeconds: 1, peakMemoryBytes: 1 };
      const checkpoint = { epoch: 1.25, digest: 'b', bytes: 1, best: true, last: true, step: 5 };
      await writer.saveEpoch({ point, checkpoints: [checkpoint] }, used, makeProgress(1));
      const after = await store.readTraining('tune');
      assert.deepEqual(
        after.epochs.map(({ epoch }) => epoch),
        [1, 1.25],
      );
      assert.deepEqual(after.checkpoints, [checkpoint]);
      await store.close();
      rmSync(path.dirname(folder), { recursive: true, force: true });
    }
  });
});

describe('the seventh migration', () => {
  it('leaves the audit log of every earlier version as it was sealed, and goes on with it', async () => {
    const { sha256 } = createDigest();
    const payloads = [
      { action: 'registered-model.created', subject: 'triage', payload: '{"license":"mit","name":"triage"}' },
      { action: 'model.archived', subject: 'triage', payload: '{"model":"triage"}' },
    ];
    for (const version of [2, 3, 4, 5, 6]) {
      const folder = makeStoreFolder();
      mkdirSync(folder);
      const driver = openDriver(path.join(folder, 'store.db'), { readOnly: false });
      migrate(driver, migrations.slice(0, version));
      driver.exec(`INSERT INTO registered_models (name, archived, created_at, updated_at, details)
        VALUES ('triage', 1, 1, 2, '{"license":"mit"}')`);
      let head: AuditHead = auditOrigin;
      for (const event of payloads) {
        const entry = sealEntry({ at: 1, actor: ada.email, ...event }, head, sha256);
        driver.run('INSERT INTO audit_payloads VALUES (?, ?)', entry.payloadDigest, event.payload);
        driver.run(
          `INSERT INTO audit_log (sequence, at, actor, action, subject, payload_digest, previous, hash)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
          ...[entry.sequence, entry.at, entry.actor, entry.action, entry.subject],
          ...[entry.payloadDigest, entry.previous, entry.hash],
        );
        head = entry;
      }
      driver.close();
      const store = await openStore({ folder, clock: createSetClock() });
      const before = await verifyAudit(store, createDigest(), new AbortController().signal);
      assert.deepEqual([before.faults, before.entries, before.head], [[], 2, head.hash]);
      await store.registry.setArchived('triage', false, ada);
      await store.registry.updateModel('triage', { description: 'New words' }, ada);
      const [, , archived, edited] = await store.ledger.readAudit(0, 10);
      assert.deepEqual(
        [archived?.kept, typeof edited?.kept, edited?.entry.keptDigest?.length],
        [undefined, 'string', 64],
      );
      const after = await verifyAudit(store, createDigest(), new AbortController().signal);
      assert.deepEqual([after.faults, after.entries], [[], 4]);
      await store.close();
      rmSync(path.dirname(folder), { recursive: true, force: true });
    }
  });
});

function hasCode(code: string): (error: unknown) => boolean {
  return error => error instanceof WorkbenchError && error.code === code;
}
