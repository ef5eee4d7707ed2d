import { omit } from '../../engine/base/omit.ts';
import { figuresOf, rowFigures } from '../../engine/registry/figures.ts';
import { authorNames, modelWords, versionWords } from '../../engine/registry/filter/match.ts';
import type { Artifact, ModelVersion, RegisteredModel } from '../../schemas/generated/messages.ts';
import type { Driver } from './driver.ts';

const fromModelSql = `INSERT INTO catalogue_models
    (shelf, name, archived, updated_at, provider, license, owner, tasks, languages, aliases, words, content)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (shelf, name) DO UPDATE SET archived = excluded.archived, updated_at = excluded.updated_at,
    provider = excluded.provider, license = excluded.license, owner = excluded.owner, tasks = excluded.tasks,
    languages = excluded.languages, aliases = excluded.aliases, words = excluded.words, content = excluded.content
  RETURNING key`;

/** Puts a model on a shelf, or what it has become. Returns its key there. Must run inside a write transaction. */
export function putModel(driver: Driver, shelf: number, model: RegisteredModel): number {
  // Its page is read from the registry itself; in a list it would only be weight.
  const content = omit(model, 'readme');
  const row = driver.get(
    fromModelSql,
    ...[shelf, model.name, Number(model.state === 'ARCHIVED'), model.updatedAt],
    ...[lower(model.provider), lower(model.license), lower(model.owner)],
    ...[several(model.tasks), several(model.language), JSON.stringify(model.aliases)],
    ...[modelWords(model), JSON.stringify(content)],
  );
  return Number(row?.['key']);
}

export interface VersionExtras {
  /** Artifacts where they are known; the figures are read from them too. */
  readonly artifacts?: readonly Artifact[];
  /** Whether the artifacts are kept to be read again: those of the local registry have a table of their own. */
  readonly keepArtifacts?: boolean;
  /** Whether it was archived alone; default: what its state says. */
  readonly archived?: boolean;
  readonly gate?: string;
  readonly approvalRequested?: boolean;
  /** Milliseconds since the epoch. */
  readonly readAt: number;
}

const fromVersionSql = `INSERT INTO catalogue_versions
    (model, shelf, version, status, archived, created_at, updated_at, author, words) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (model, version) DO UPDATE SET status = excluded.status, archived = excluded.archived,
    created_at = excluded.created_at, updated_at = excluded.updated_at, author = excluded.author, words = excluded.words
  RETURNING key`;

const fromContentSql = `INSERT INTO catalogue_contents
    (version, gate, approval_requested, figures, content, read_at, artifacts, artifacts_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (version) DO UPDATE SET gate = excluded.gate, approval_requested = excluded.approval_requested,
    figures = excluded.figures, content = excluded.content, read_at = excluded.read_at,
    artifacts = coalesce(excluded.artifacts, artifacts), artifacts_at = coalesce(excluded.artifacts_at, artifacts_at)`;

/** Puts a version on a shelf with its figures, or what it has become. Must run inside a write transaction. */
export function putVersion(
  driver: Driver,
  shelf: number,
  model: number,
  version: ModelVersion,
  { archived, artifacts, keepArtifacts = false, gate, approvalRequested = false, readAt }: VersionExtras,
): void {
  const row = driver.get(
    fromVersionSql,
    ...[
      model,
      shelf,
      version.version,
      version.status,
      Number(archived ?? version.state === 'ARCHIVED'),
      version.createdAt,
    ],
    ...[version.updatedAt ?? version.createdAt, several(authorNames(version)), versionWords(version)],
  );
  const key = Number(row?.['key']);
  const figures = figuresOf(version, artifacts);
  const kept = keepArtifacts && artifacts !== undefined ? JSON.stringify(artifacts) : null;
  driver.run(
    fromContentSql,
    ...[key, gate ?? null, Number(approvalRequested), JSON.stringify(figures.slice(0, rowFigures))],
    ...[JSON.stringify(version), readAt, kept, kept === null ? null : readAt],
  );
  driver.run('DELETE FROM catalogue_figures WHERE version = ?', key);
  // Of several figures of one name the first counts: baseline before custom, and the newest.
  const sql = 'INSERT OR IGNORE INTO catalogue_figures (version, name, value) VALUES (?, ?, ?)';
  for (const { name, value } of figures) driver.run(sql, key, keyOfName(driver, shelf, name), value);
}

function keyOfName(driver: Driver, shelf: number, name: string): number {
  const known = driver.get('SELECT key FROM catalogue_names WHERE shelf = ? AND name = ?', shelf, name);
  if (known !== undefined) return Number(known['key']);
  const made = driver.get('INSERT INTO catalogue_names (shelf, name) VALUES (?, ?) RETURNING key', shelf, name);
  return Number(made?.['key']);
}

function lower(text: string | undefined): string | null {
  return text === undefined ? null : text.toLowerCase();
}

/** Each between line breaks, so that one is found whole. */
function several(texts: readonly string[] = []): string {
  return texts.length === 0 ? '' : `\n${texts.map(text => text.toLowerCase()).join('\n')}\n`;
}

/** Notes that something of a registry changed, for those who watch the store. */
export function touchRegistry(driver: Driver, registry: string): void {
  driver.run('UPDATE catalogue_registries SET revision = revision + 1 WHERE name = ?', registry);
}
