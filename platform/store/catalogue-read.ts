import type { CatalogueModel, CatalogueVersion, SyncAge } from '../../engine/ports/catalogue.ts';
import type { FilterWords } from '../../engine/ports/registry-filter.ts';
import type {
  Artifact,
  Failure,
  ModelVersion,
  RegisteredModel,
  RegistryCacheState,
  VersionRow,
} from '../../schemas/generated/messages.ts';
import { findShelf, toVersionRow } from './catalogue-queries.ts';
import { putModel, putVersion, touchRegistry } from './catalogue-rows.ts';
import type { StoreContext } from './context.ts';
import type { Driver, Row } from './driver.ts';

/** How much is known of a registry, and since when. */
export function readCatalogueState({ driver, now }: StoreContext, registry: string): RegistryCacheState {
  if (registry === 'local') {
    const sql = `SELECT (SELECT count(*) FROM registered_models) AS models, (SELECT count(*) FROM model_versions) AS versions`;
    const counts = driver.get(sql);
    return { models: Number(counts?.['models']), versions: Number(counts?.['versions']) };
  }
  const state = driver.get('SELECT * FROM catalogue_registries WHERE name = ?', registry);
  if (state === undefined) return { models: 0, versions: 0 };
  const shelf = driver.get('SELECT models, versions FROM catalogue_shelves WHERE key = ?', state['shelf'] ?? null);
  const syncing = state['reading'] !== null && Number(state['reading_until']) > now();
  return {
    models: Number(shelf?.['models'] ?? 0),
    versions: Number(shelf?.['versions'] ?? 0),
    ...(state['synced_at'] === null ? {} : { syncedAt: Number(state['synced_at']) }),
    ...(syncing ? { syncing } : {}),
    ...(state['failure'] === null ? {} : { failure: JSON.parse(String(state['failure'])) as Failure }),
  };
}

/** When a registry was last read, and last read whole. */
export function readSyncAge({ driver }: StoreContext, registry: string): SyncAge {
  const state = driver.get('SELECT synced_at, full_at FROM catalogue_registries WHERE name = ?', registry);
  const [synced, full] = [state?.['synced_at'], state?.['full_at']];
  return {
    ...(typeof synced === 'number' ? { syncedAt: synced } : {}),
    ...(typeof full === 'number' ? { fullAt: full } : {}),
  };
}

/** Grows with every change of what is known of registries elsewhere. */
export function readRevision({ driver }: StoreContext): number {
  return Number(driver.get('SELECT total(revision) AS n FROM catalogue_registries')?.['n']);
}

/** By version or alias; without one the newest. */
export function findCatalogueVersion(
  { driver }: StoreContext,
  registry: string,
  model: string,
  wanted: string | undefined,
): VersionRow | undefined {
  const key = seekVersion(driver, registry, model, wanted);
  return key === undefined ? undefined : toVersionRow(driver, registry, key);
}

function seekVersion(driver: Driver, registry: string, model: string, wanted?: string): number | undefined {
  const shelf = findShelf(driver, registry);
  const sql = 'SELECT key, aliases FROM catalogue_models WHERE shelf = ? AND name = ?';
  const owner = shelf === undefined ? undefined : driver.get(sql, shelf, model);
  if (owner === undefined) return undefined;
  const key = Number(owner['key']);
  const aliases = JSON.parse(String(owner['aliases'])) as Readonly<Record<string, string>>;
  const seek = (version: string): Row | undefined =>
    driver.get('SELECT key FROM catalogue_versions WHERE model = ? AND version = ?', key, version);
  const newest = 'SELECT key FROM catalogue_versions WHERE model = ? ORDER BY created_at DESC, key DESC LIMIT 1';
  const row =
    wanted === undefined
      ? driver.get(newest, key)
      : (seek(wanted) ?? (Object.hasOwn(aliases, wanted) ? seek(aliases[wanted] ?? '') : undefined));
  return row === undefined ? undefined : Number(row['key']);
}

/** A version as it was last read, by its name. */
export function readCatalogueVersion(
  { driver }: StoreContext,
  registry: string,
  model: string,
  version: string,
): CatalogueVersion | undefined {
  const key = seekVersion(driver, registry, model, version);
  if (key === undefined) return undefined;
  const row =
    driver.get(
      `SELECT c.*, m.aliases FROM catalogue_contents c JOIN catalogue_versions v ON v.key = c.version
        JOIN catalogue_models m ON m.key = v.model WHERE c.version = ?`,
      key,
    ) ?? {};
  const known = row['artifacts'] !== null;
  return {
    version: withAliases(JSON.parse(String(row['content'])) as ModelVersion, String(row['aliases'])),
    artifacts: known ? (JSON.parse(String(row['artifacts'])) as Artifact[]) : [],
    // What is shown is as old as the oldest of it.
    readAt: known ? Math.min(Number(row['read_at']), Number(row['artifacts_at'])) : Number(row['read_at']),
  };
}

/** Lists are read without what stands at a version: the model tells. */
function withAliases(version: ModelVersion, ofModel: string): ModelVersion {
  const standing = Object.entries(JSON.parse(ofModel) as Readonly<Record<string, string>>);
  const here = standing.flatMap(([alias, at]) => (at === version.version ? [alias] : []));
  return { ...version, aliases: [...new Set([...here, ...version.aliases])] };
}

/** A model as it was last read, with its versions, newest first. */
export function readCatalogueModel(
  { driver }: StoreContext,
  registry: string,
  name: string,
): CatalogueModel | undefined {
  const shelf = findShelf(driver, registry);
  const sql = 'SELECT key, content, aliases FROM catalogue_models WHERE shelf = ? AND name = ?';
  const row = shelf === undefined ? undefined : driver.get(sql, shelf, name);
  if (row === undefined) return undefined;
  const contents = driver.all(
    `SELECT content, read_at FROM catalogue_contents JOIN catalogue_versions v ON v.key = catalogue_contents.version
      WHERE v.model = ? ORDER BY v.created_at DESC, v.key DESC LIMIT ${mostWords}`,
    Number(row['key']),
  );
  const synced = driver.get('SELECT synced_at FROM catalogue_registries WHERE name = ?', registry)?.['synced_at'];
  return {
    model: withCount(driver, Number(row['key']), JSON.parse(String(row['content'])) as RegisteredModel),
    versions: contents.map(({ content }) =>
      withAliases(JSON.parse(String(content)) as ModelVersion, String(row['aliases'])),
    ),
    readAt: Math.min(...contents.map(({ read_at }) => Number(read_at)), Number(synced ?? Number.POSITIVE_INFINITY)),
  };
}

/** Lists are read without the number of a model's versions: those that were read are counted. */
function withCount(driver: Driver, key: number, model: RegisteredModel): RegisteredModel {
  const counted = driver.get('SELECT count(*) AS n FROM catalogue_versions WHERE model = ?', key)?.['n'];
  const newest = driver.get(
    'SELECT version FROM catalogue_versions WHERE model = ? ORDER BY archived, created_at DESC, key DESC LIMIT 1',
    key,
  )?.['version'];
  return {
    ...model,
    versions: Math.max(Number(counted), model.versions),
    ...(model.latest !== undefined || newest === undefined ? {} : { latest: String(newest) }),
  };
}

/** Keeps one version as it is now. Its model is kept with it where nothing is known of the registry yet. */
export function keepCatalogueVersion(
  context: StoreContext,
  registry: string,
  version: ModelVersion,
  artifacts: readonly Artifact[] | undefined,
): void {
  const { driver, now } = context;
  // The local registry's rows are written with its own changes.
  if (registry === 'local') return;
  context.write(() => {
    const shelf = findShelf(driver, registry) ?? makeShelf(driver, registry);
    const known = driver.get('SELECT key FROM catalogue_models WHERE shelf = ? AND name = ?', shelf, version.model);
    const model = known === undefined ? putModel(driver, shelf, modelOf(version)) : Number(known['key']);
    const before = readKept(driver, model, version.version);
    putVersion(driver, shelf, model, version, {
      readAt: now(),
      ...(artifacts === undefined ? {} : { artifacts, keepArtifacts: true }),
    });
    // Whoever watches looks again at what changed: looking alone must not be a change.
    if (before !== readKept(driver, model, version.version)) touchRegistry(driver, registry);
  });
}

function readKept(driver: Driver, model: number, version: string): string {
  const row = driver.get(
    `SELECT content, artifacts FROM catalogue_contents
      WHERE version = (SELECT key FROM catalogue_versions WHERE model = ? AND version = ?)`,
    model,
    version,
  );
  return JSON.stringify([row?.['content'], row?.['artifacts']]);
}

/** Keeps one model as it is now, after it was changed. */
export function keepCatalogueModel(context: StoreContext, registry: string, model: RegisteredModel): void {
  const { driver } = context;
  if (registry === 'local') return;
  context.write(() => {
    putModel(driver, findShelf(driver, registry) ?? makeShelf(driver, registry), model);
    touchRegistry(driver, registry);
  });
}

function makeShelf(driver: Driver, registry: string): number {
  const key = Number(
    driver.get('INSERT INTO catalogue_shelves (registry) VALUES (?) RETURNING key', registry)?.['key'],
  );
  driver.run(
    `INSERT INTO catalogue_registries (name, shelf) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET shelf = excluded.shelf`,
    registry,
    key,
  );
  return key;
}

function modelOf({ model, createdAt, registry }: ModelVersion): RegisteredModel {
  const facts = { createdAt, updatedAt: createdAt, aliases: {}, versions: 0, customProperties: {} };
  return { name: model, state: 'LIVE', ...facts, ...(registry === undefined ? {} : { registry }) };
}

/** Most values of a field that are offered. */
const mostWords = 200;

/** What filters of a registry can name: values of fields and figures. */
export function readFilterWords({ driver }: StoreContext, registry: string): FilterWords {
  const shelf = findShelf(driver, registry);
  if (shelf === undefined) return { values: {}, figures: [] };
  const list = (sql: string): string[] =>
    driver.all(`${sql} ORDER BY 1 LIMIT ${mostWords}`, shelf).map(row => String(row['word']));
  const ofModels = (path: string): string[] =>
    list(`SELECT DISTINCT json_extract(content, '$.${path}') AS word FROM catalogue_models
      WHERE shelf = ? AND word IS NOT NULL`);
  const ofLists = (path: string): string[] =>
    list(`SELECT DISTINCT value AS word FROM catalogue_models, json_each(content, '$.${path}') WHERE shelf = ?`);
  return {
    figures: list('SELECT name AS word FROM catalogue_names WHERE shelf = ?'),
    values: {
      task: ofLists('tasks'),
      language: ofLists('language'),
      provider: ofModels('provider'),
      license: ofModels('license'),
      owner: ofModels('owner'),
      name: list('SELECT name AS word FROM catalogue_models WHERE shelf = ?'),
      alias: list(`SELECT DISTINCT a.key AS word FROM catalogue_models, json_each(aliases) a WHERE shelf = ?`),
    },
  };
}
