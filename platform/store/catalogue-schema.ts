/** Shelf of the local registry's models; it is made with the tables. */
export const localShelf = 1;

/**
 * The catalogue: models and versions of all registries, to be listed and searched. A `shelf` holds one reading of a registry.
 * `catalogue_registries.shelf` is the one that is shown; `reading` is one that is being filled, and takes its place once it is whole.
 * Fields that filters compare are kept in lower case; `tasks`, `languages` and `author` hold several, each between line breaks.
 * What a list does not search lies apart, in `catalogue_contents`, so that a search reads little.
 */
export const catalogueTables = `
  ALTER TABLE model_versions ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE catalogue_shelves (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    registry TEXT NOT NULL,
    models INTEGER NOT NULL DEFAULT 0,
    versions INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE catalogue_registries (
    name TEXT PRIMARY KEY,
    shelf INTEGER REFERENCES catalogue_shelves,
    synced_at REAL,
    full_at REAL,
    reading INTEGER,
    reading_partly INTEGER NOT NULL DEFAULT 0,
    reading_since REAL,
    reading_until REAL,
    failure TEXT,
    revision INTEGER NOT NULL DEFAULT 0
  ) WITHOUT ROWID;
  INSERT INTO catalogue_shelves (key, registry) VALUES (${localShelf}, 'local');
  INSERT INTO catalogue_registries (name, shelf) VALUES ('local', ${localShelf});
  CREATE TABLE catalogue_models (
    key INTEGER PRIMARY KEY,
    shelf INTEGER NOT NULL REFERENCES catalogue_shelves,
    name TEXT NOT NULL,
    archived INTEGER NOT NULL,
    updated_at REAL NOT NULL,
    provider TEXT,
    license TEXT,
    owner TEXT,
    tasks TEXT NOT NULL,
    languages TEXT NOT NULL,
    aliases TEXT NOT NULL,
    words TEXT NOT NULL,
    content TEXT NOT NULL,
    UNIQUE (shelf, name)
  );
  CREATE INDEX catalogue_models_by_age ON catalogue_models (shelf, updated_at);
  CREATE TABLE catalogue_versions (
    key INTEGER PRIMARY KEY,
    model INTEGER NOT NULL REFERENCES catalogue_models ON DELETE CASCADE,
    shelf INTEGER NOT NULL,
    version TEXT NOT NULL,
    status TEXT NOT NULL,
    archived INTEGER NOT NULL,
    created_at REAL NOT NULL,
    updated_at REAL NOT NULL,
    author TEXT NOT NULL,
    words TEXT NOT NULL,
    UNIQUE (model, version)
  );
  CREATE INDEX catalogue_versions_by_age ON catalogue_versions (shelf, created_at);
  CREATE TABLE catalogue_contents (
    version INTEGER PRIMARY KEY REFERENCES catalogue_versions ON DELETE CASCADE,
    gate TEXT,
    approval_requested INTEGER NOT NULL DEFAULT 0,
    figures TEXT NOT NULL,
    content TEXT NOT NULL,
    read_at REAL NOT NULL,
    artifacts TEXT,
    artifacts_at REAL
  );
  CREATE TABLE catalogue_names (
    key INTEGER PRIMARY KEY,
    shelf INTEGER NOT NULL REFERENCES catalogue_shelves,
    name TEXT NOT NULL,
    UNIQUE (shelf, name)
  );
  CREATE TABLE catalogue_figures (
    version INTEGER NOT NULL REFERENCES catalogue_versions ON DELETE CASCADE,
    name INTEGER NOT NULL,
    value REAL NOT NULL,
    PRIMARY KEY (version, name)
  ) WITHOUT ROWID;
  CREATE INDEX catalogue_figures_by_value ON catalogue_figures (name, value);
`;
