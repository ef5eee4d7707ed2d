/** What the second version brought: tables of tuning runs, the registry, the ledger and the audit log. A released migration is never edited. */
export const governanceTables = `
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
  `;
