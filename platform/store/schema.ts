import { catalogueTables } from './catalogue-schema.ts';
import type { Driver } from './driver.ts';
import { storeCorrupt, storeNewer } from './failures.ts';
import { fillCatalogue } from './local-index.ts';

/** Marks the file as ours: "aiwb" in ASCII. */
export const applicationId = 0x61697762;

/**
 * Every sample id holds its run: `id = run * samplesPerRun + position`. So the samples of a run lie together, in the
 * order they were stored, and need no index for it. Both parts together stay below 2^53.
 */
export const samplesPerRun = 2 ** 32;

/**
 * Migrations in order; the first makes version 1. A released migration is never edited: append the next one.
 *
 * `lanes` are a run's variants (one model with one prompt). `contents` holds every row's text once. The unique key of
 * a sample is (lane, content, occurrence, repeat), a lane belonging to one run. Samples refer to contents without a
 * declared foreign key: checking it would cost a look-up a sample, and only `collectGarbage` deletes contents.
 * `content_heads` finds a content by the first 6 bytes of its digest and is filled in sorted portions; see contents.ts.
 *
 * The second brings tuning, registry and governance. A `ledger` row is the index of one entry of `audit_log`; what the
 * entry says lies in `audit_payloads` under its digest, so that erasing it breaks no chain.
 *
 * The third keeps what a sample has beside its numbers, answers that need not be paid for twice (`answers`, by the digest of all that
 * decides them), and questions that a window answers with models lent by its editor (`lent_requests`).
 *
 * The fourth keeps which window writes a run's end into a notebook that several have open.
 *
 * The fifth brings the catalogue of all registries' models, which `fillCatalogue` fills with those that are here already, and what was
 * published to other registries.
 *
 * The sixth keeps what a tuning platform was asked for and has told (`training_jobs`), and what a checkpoint is beside its weights. Epochs
 * of checkpoints and points may be fractions: SQLite keeps a number that is no integer as it is.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE runs (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    benchmark TEXT NOT NULL,
    cell TEXT,
    origin TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at REAL NOT NULL,
    started_at REAL,
    ended_at REAL,
    archived INTEGER NOT NULL DEFAULT 0,
    progress TEXT NOT NULL,
    headlines TEXT NOT NULL DEFAULT '[]',
    gate TEXT,
    failure TEXT,
    log_path TEXT,
    cancel_requested INTEGER NOT NULL DEFAULT 0,
    epoch INTEGER NOT NULL DEFAULT 0,
    host TEXT,
    boot TEXT,
    pid INTEGER,
    lease_until REAL
  );
  CREATE INDEX runs_newest ON runs (archived, created_at);
  CREATE INDEX runs_of_benchmark ON runs (benchmark, created_at);
  CREATE INDEX runs_leased ON runs (lease_until) WHERE lease_until IS NOT NULL;

  CREATE TABLE run_records (
    run INTEGER PRIMARY KEY REFERENCES runs ON DELETE CASCADE,
    spec TEXT NOT NULL,
    environment TEXT,
    dataset TEXT,
    report TEXT
  );

  CREATE TABLE lanes (
    key INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    variant INTEGER NOT NULL,
    model TEXT NOT NULL,
    model_digest TEXT NOT NULL,
    prompt TEXT,
    prompt_digest TEXT,
    UNIQUE (run, variant)
  );

  CREATE TABLE contents (
    key INTEGER PRIMARY KEY,
    digest BLOB NOT NULL,
    input TEXT NOT NULL,
    target TEXT NOT NULL,
    slices TEXT NOT NULL
  );

  CREATE TABLE samples (
    id INTEGER PRIMARY KEY,
    lane INTEGER NOT NULL,
    content INTEGER NOT NULL,
    occurrence INTEGER NOT NULL,
    repeat INTEGER NOT NULL,
    row INTEGER NOT NULL,
    correct INTEGER,
    output TEXT,
    scores TEXT NOT NULL,
    latency_ms REAL,
    first_token_ms REAL,
    input_tokens INTEGER,
    output_tokens INTEGER,
    cost REAL,
    attempts INTEGER NOT NULL,
    failure_class TEXT,
    failure_message TEXT
  );
  CREATE UNIQUE INDEX samples_key ON samples (lane, content, occurrence, repeat);
  CREATE INDEX samples_of_lane ON samples (lane);
  CREATE INDEX samples_wrong ON samples (id, lane) WHERE correct = 0;
  CREATE INDEX samples_failed ON samples (id, lane) WHERE failure_class IS NOT NULL;

  CREATE TABLE content_heads (
    head BLOB NOT NULL,
    content INTEGER NOT NULL,
    PRIMARY KEY (head, content)
  ) WITHOUT ROWID;

  CREATE TABLE store_state (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    host TEXT,
    boot TEXT,
    seen_at REAL,
    indexed INTEGER NOT NULL DEFAULT 0,
    cleanings INTEGER NOT NULL DEFAULT 0
  );
  INSERT INTO store_state (only) VALUES (1);
  `,
  `
  ALTER TABLE runs RENAME COLUMN benchmark TO file;
  ALTER TABLE runs ADD COLUMN kind TEXT NOT NULL DEFAULT 'benchmark';
  DROP INDEX runs_of_benchmark;
  CREATE INDEX runs_of_file ON runs (file, created_at);
  CREATE INDEX lanes_of_model ON lanes (model_digest);
  ALTER TABLE run_records ADD COLUMN tuning TEXT;
  UPDATE run_records SET spec = json_remove(
    json_set(spec, '$.kind', 'benchmark', '$.file', json_extract(spec, '$.benchmark')), '$.benchmark');
  UPDATE run_records SET environment = json_remove(
    json_set(environment, '$.fileDigest', json_extract(environment, '$.benchmarkDigest')), '$.benchmarkDigest')
    WHERE json_type(environment, '$.benchmarkDigest') IS NOT NULL;
  UPDATE run_records SET report = json_remove(
    json_set(report, '$.environment.fileDigest', json_extract(report, '$.environment.benchmarkDigest')),
    '$.environment.benchmarkDigest')
    WHERE json_type(report, '$.environment.benchmarkDigest') IS NOT NULL;
  UPDATE run_records SET report = json_set(report, '$.runs', json((
    SELECT json_group_array(json_remove(
      json_set(value, '$.kind', 'benchmark', '$.file', json_extract(value, '$.benchmark')), '$.benchmark') ORDER BY key)
    FROM json_each(report, '$.runs'))))
    WHERE json_type(report, '$.runs') = 'array';

  CREATE TABLE training_states (
    run INTEGER PRIMARY KEY REFERENCES runs ON DELETE CASCADE,
    digest TEXT NOT NULL
  );
  CREATE TABLE training_usage (
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    lease INTEGER NOT NULL,
    wall_seconds REAL NOT NULL,
    cpu_seconds REAL NOT NULL,
    peak_memory_bytes INTEGER NOT NULL,
    PRIMARY KEY (run, lease)
  ) WITHOUT ROWID;
  CREATE TABLE training_epochs (
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    epoch INTEGER NOT NULL,
    point TEXT NOT NULL,
    PRIMARY KEY (run, epoch)
  ) WITHOUT ROWID;
  CREATE TABLE checkpoints (
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    epoch INTEGER NOT NULL,
    digest TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    best INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (run, epoch)
  ) WITHOUT ROWID;

  CREATE TABLE registered_models (
    key INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    archived INTEGER NOT NULL DEFAULT 0,
    created_at REAL NOT NULL,
    updated_at REAL NOT NULL,
    details TEXT NOT NULL
  );
  CREATE TABLE model_versions (
    key INTEGER PRIMARY KEY,
    model INTEGER NOT NULL REFERENCES registered_models,
    version INTEGER NOT NULL,
    status TEXT NOT NULL DEFAULT 'candidate',
    created_at REAL NOT NULL,
    weights_digest TEXT NOT NULL,
    model_digest TEXT NOT NULL,
    run_id TEXT,
    details TEXT NOT NULL,
    UNIQUE (model, version)
  );
  CREATE TABLE model_aliases (
    model INTEGER NOT NULL REFERENCES registered_models,
    alias TEXT NOT NULL,
    version INTEGER NOT NULL REFERENCES model_versions,
    PRIMARY KEY (model, alias)
  ) WITHOUT ROWID;
  CREATE TABLE artifacts (
    key INTEGER PRIMARY KEY,
    version INTEGER NOT NULL REFERENCES model_versions,
    type TEXT NOT NULL,
    name TEXT NOT NULL,
    content TEXT NOT NULL,
    UNIQUE (version, type, name)
  );

  CREATE TABLE audit_payloads (
    digest TEXT PRIMARY KEY,
    payload TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE audit_log (
    sequence INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    payload_digest TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL
  );
  CREATE TABLE ledger (
    sequence INTEGER PRIMARY KEY REFERENCES audit_log,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    model TEXT NOT NULL,
    version TEXT NOT NULL,
    at REAL NOT NULL,
    digest TEXT NOT NULL,
    unique_key TEXT UNIQUE
  );
  CREATE INDEX ledger_of_version ON ledger (model, version, kind);
  CREATE TRIGGER audit_log_never_changes BEFORE UPDATE ON audit_log
    BEGIN SELECT raise(ABORT, 'the audit log is append-only'); END;
  CREATE TRIGGER audit_log_never_shrinks BEFORE DELETE ON audit_log
    BEGIN SELECT raise(ABORT, 'the audit log is append-only'); END;
  CREATE TRIGGER ledger_never_changes BEFORE UPDATE ON ledger
    BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
  CREATE TRIGGER ledger_never_shrinks BEFORE DELETE ON ledger
    BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
  `,
  `
  ALTER TABLE samples ADD COLUMN details TEXT;
  CREATE TABLE answers (
    key BLOB PRIMARY KEY,
    answer TEXT NOT NULL,
    created_at REAL NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE lent_requests (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    model TEXT NOT NULL,
    request TEXT NOT NULL,
    created_at REAL NOT NULL,
    deadline REAL NOT NULL,
    taken_by TEXT,
    taken_until REAL,
    answer TEXT
  );
  CREATE INDEX lent_requests_open ON lent_requests (id) WHERE answer IS NULL;
  `,
  `
  CREATE TABLE cell_claims (
    run_id TEXT NOT NULL,
    notebook TEXT NOT NULL,
    holder TEXT NOT NULL,
    until REAL NOT NULL,
    PRIMARY KEY (run_id, notebook)
  ) WITHOUT ROWID;
  `,
  `
  ${catalogueTables}
  CREATE TABLE publications (
    key INTEGER PRIMARY KEY,
    registry TEXT NOT NULL,
    model TEXT NOT NULL,
    version TEXT NOT NULL,
    kind TEXT NOT NULL,
    thing TEXT NOT NULL,
    run_id TEXT NOT NULL DEFAULT '',
    local_model TEXT,
    local_version TEXT,
    request TEXT NOT NULL,
    state TEXT NOT NULL,
    at REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    turn INTEGER NOT NULL DEFAULT 0,
    id TEXT,
    url TEXT,
    status TEXT,
    failure TEXT,
    UNIQUE (registry, model, kind, thing, run_id)
  );
  CREATE INDEX publications_of_version ON publications (local_model, local_version);
  `,
  `
  CREATE TABLE training_jobs (
    run INTEGER PRIMARY KEY REFERENCES runs ON DELETE CASCADE,
    job TEXT,
    losses TEXT,
    usage TEXT,
    outcome TEXT
  );
  ALTER TABLE checkpoints ADD COLUMN details TEXT;
  `,
];

export const schemaVersion = migrations.length;
/** The version that brought the catalogue. */
const catalogueVersion = 5;

/** The version of an open store: 0 for an empty file. Throws `store-corrupt` for somebody else's file, `store-newer`. */
export function checkVersion(driver: Driver, known = schemaVersion): number {
  const version = Number(driver.get('PRAGMA user_version')?.['user_version'] ?? 0);
  const id = Number(driver.get('PRAGMA application_id')?.['application_id'] ?? 0);
  const tables = Number(driver.get('SELECT count(*) AS n FROM sqlite_schema')?.['n'] ?? 0);
  if (id !== applicationId && (id !== 0 || tables > 0 || version > 0)) throw storeCorrupt(driver.path);
  if (version > known) throw storeNewer(driver.path, version, known);
  return version;
}

/** Brings the store to the newest version, all steps in one transaction; safe when several processes open at once. */
export function migrate(driver: Driver, steps: readonly string[] = migrations): void {
  if (checkVersion(driver, steps.length) === steps.length) return;
  driver.write(() => {
    const from = checkVersion(driver, steps.length);
    for (const step of steps.slice(from)) driver.exec(step);
    if (from < catalogueVersion && steps.length >= catalogueVersion) fillCatalogue(driver);
    driver.exec(`PRAGMA application_id = ${applicationId}`);
    driver.exec(`PRAGMA user_version = ${steps.length}`);
  });
}
