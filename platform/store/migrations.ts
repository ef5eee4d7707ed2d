import { catalogueTables } from './catalogue-schema.ts';
import { governanceTables } from './governance-schema.ts';

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
 *
 * The seventh keeps with an entry of the audit log what its payload decided (`kept`), for when that is erased; entries from before have none.
 * It also notes from which address a registry elsewhere was read.
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
  governanceTables,
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
  `
  ALTER TABLE audit_log ADD COLUMN kept TEXT;
  ALTER TABLE catalogue_registries ADD COLUMN address TEXT;
  `,
];
