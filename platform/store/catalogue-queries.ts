import type { SQLInputValue } from 'node:sqlite';
import type { CatalogueQuery } from '../../engine/ports/catalogue.ts';
import type {
  HeadlineFigure,
  ModelPage,
  ModelRow,
  ModelVersion,
  RegisteredModel,
  VersionPage,
  VersionRow,
  VersionStatus,
} from '../../schemas/generated/messages.ts';
import { readCursor, writeCursor } from './catalogue-cursor.ts';
import { compileFilter, type CompiledFilter } from './catalogue-filter.ts';
import type { StoreContext } from './context.ts';
import type { Driver, Row } from './driver.ts';
import type { Memo } from './memo.ts';

const defaultLimit = 100;

/** The shelf that is shown of a registry. */
export function findShelf(driver: Driver, registry: string): number | undefined {
  const shelf = driver.get('SELECT shelf FROM catalogue_registries WHERE name = ?', registry)?.['shelf'];
  return typeof shelf === 'number' ? shelf : undefined;
}

/** Models by name. */
export function pageCatalogueModels(context: StoreContext, memo: Memo, query: CatalogueQuery): ModelPage {
  return context.driver.read(() => {
    const { driver } = context;
    const shelf = findShelf(driver, query.registry);
    if (shelf === undefined) return { models: [], total: 0 };
    const filter = compileFilter(driver, shelf, query.filter);
    const { keys, next } = selectModels(driver, shelf, filter, query);
    const matching = prepareMatching(driver, filter, query.archived ?? false);
    const isAll = query.after === undefined && next === undefined;
    const total = isAll
      ? keys.length
      : memo('catalogue-models', [shelf, query.filter?.text, query.archived], () =>
          countModels(driver, shelf, filter, query.archived ?? false),
        );
    return {
      models: keys.map(key => toModelRow(driver, query.registry, key, matching)),
      total,
      ...(next === undefined ? {} : { next }),
      ...readAge(driver, query.registry),
      ...(filter.unmatched.length === 0 ? {} : { unmatched: [...filter.unmatched] }),
    };
  });
}

/** Keys of a page of models. */
export function selectModels(
  driver: Driver,
  shelf: number,
  filter: CompiledFilter,
  { archived = false, after, limit = defaultLimit, order = 'name' }: Omit<CatalogueQuery, 'registry'> & Ordered,
): { readonly keys: readonly number[]; readonly next: string | undefined } {
  const { sql, values } = whereModels(shelf, filter, archived);
  const start = readCursor(after, 'm', order);
  const [beyond, sorting] =
    order === 'name' ? ['m.name > ?', 'm.name'] : ['(m.updated_at, m.key) < (?, ?)', 'm.updated_at DESC, m.key DESC'];
  const rows = driver.all(
    `SELECT m.key AS key, m.name AS name, m.updated_at AS at FROM catalogue_models m
      WHERE ${sql}${start === undefined ? '' : ` AND ${beyond}`} ORDER BY ${sorting} LIMIT ?`,
    ...[...values, ...(start ?? []), limit + 1],
  );
  const kept = rows.slice(0, limit);
  const last = rows.length > limit ? kept.at(-1) : undefined;
  const place = order === 'name' ? [String(last?.['name'])] : [Number(last?.['at']), Number(last?.['key'])];
  return {
    keys: kept.map(row => Number(row['key'])),
    next: last === undefined ? undefined : writeCursor('m', order, place),
  };
}

interface Ordered {
  readonly order?: 'name' | 'updated';
}

function whereModels(shelf: number, filter: CompiledFilter, archived: boolean) {
  const { model, version, empty, asksFigures } = filter;
  const values: SQLInputValue[] = [shelf, Number(archived), ...model.values];
  let sql = `m.shelf = ? AND m.archived <= ? AND ${model.sql}`;
  if (asksFigures) {
    // Found for all models at once: asked model by model, the figures' index would be gone through again for each.
    sql += ` AND m.key IN (SELECT v.model FROM catalogue_versions v JOIN catalogue_models m ON m.key = v.model
      WHERE v.shelf = ? AND v.archived <= ? AND ${version.sql})`;
    values.push(shelf, Number(archived), ...version.values);
  } else if (version.sql !== '1') {
    const within = `SELECT 1 FROM catalogue_versions v WHERE v.model = m.key AND v.archived <= ? AND ${version.sql}`;
    values.push(Number(archived), ...version.values);
    if (empty === undefined) sql += ` AND EXISTS (${within})`;
    else {
      // A word that the model has itself is found whatever its versions are.
      const none = 'NOT EXISTS (SELECT 1 FROM catalogue_versions v WHERE v.model = m.key)';
      sql += ` AND (EXISTS (${within}) OR (${none} AND ${empty.sql}))`;
      values.push(...empty.values);
    }
  }
  return { sql, values };
}

function countModels(driver: Driver, shelf: number, filter: CompiledFilter, archived: boolean): number {
  const { sql, values } = whereModels(shelf, filter, archived);
  return Number(driver.get(`SELECT count(*) AS n FROM catalogue_models m WHERE ${sql}`, ...values)?.['n']);
}

/** Counts the versions of a model that the filter lets through; nothing where there is no filter on them. */
function prepareMatching(driver: Driver, { versionOfOne: version }: CompiledFilter, archived: boolean) {
  if (version.sql === '1') return undefined;
  const sql = `SELECT count(*) AS n FROM catalogue_models m JOIN catalogue_versions v ON v.model = m.key
    WHERE m.key = ? AND v.archived <= ? AND ${version.sql}`;
  return (model: number): number => Number(driver.get(sql, ...[model, Number(archived), ...version.values])?.['n']);
}

function toModelRow(
  driver: Driver,
  registry: string,
  key: number,
  matching: ((model: number) => number) | undefined,
): ModelRow {
  const row = driver.get('SELECT content, archived FROM catalogue_models WHERE key = ?', key) ?? {};
  const model = JSON.parse(String(row['content'])) as RegisteredModel;
  const versions = driver.all(
    `SELECT status, count(*) AS n FROM catalogue_versions WHERE model = ? GROUP BY status ORDER BY status`,
    key,
  );
  const newest = driver.get(
    `SELECT version FROM catalogue_versions WHERE model = ? ORDER BY archived, created_at DESC, key DESC LIMIT 1`,
    key,
  );
  const { name, id, description, owner, provider, license, tasks, language, aliases, updatedAt } = model;
  const counted = versions.reduce((sum, one) => sum + Number(one['n']), 0);
  const latest = model.latest ?? (newest === undefined ? undefined : String(newest['version']));
  return {
    registry,
    name,
    ...defined({ id, description, owner, provider, license, tasks, language, latest }),
    state: row['archived'] === 1 ? 'ARCHIVED' : 'LIVE',
    aliases,
    versions: Math.max(counted, model.versions),
    statuses: versions.map(one => one['status'] as VersionStatus),
    ...(matching === undefined ? {} : { matching: matching(key) }),
    updatedAt,
  };
}

/** Versions of one model or of all, newest first. */
export function pageCatalogueVersions(
  context: StoreContext,
  memo: Memo,
  query: CatalogueQuery & { readonly model?: string },
): VersionPage {
  return context.driver.read(() => {
    const { driver } = context;
    const shelf = findShelf(driver, query.registry);
    if (shelf === undefined) return { versions: [], total: 0 };
    const filter = compileFilter(driver, shelf, query.filter);
    const { keys, next } = selectVersions(driver, shelf, filter, query);
    const isAll = query.after === undefined && next === undefined;
    const total = isAll
      ? keys.length
      : memo('catalogue-versions', [shelf, query.filter?.text, query.archived, query.model], () =>
          countVersions(driver, shelf, filter, query),
        );
    return {
      versions: keys.map(key => toVersionRow(driver, query.registry, key)),
      total,
      ...(next === undefined ? {} : { next }),
      ...readAge(driver, query.registry),
      ...(filter.unmatched.length === 0 ? {} : { unmatched: [...filter.unmatched] }),
    };
  });
}

/** Keys of a page of versions. */
export function selectVersions(
  driver: Driver,
  shelf: number,
  filter: CompiledFilter,
  {
    model,
    models,
    archived = false,
    after,
    limit = defaultLimit,
  }: Omit<CatalogueQuery, 'registry'> & { readonly model?: string; readonly models?: readonly string[] },
): { readonly keys: readonly number[]; readonly next: string | undefined } {
  const { sql, values } = whereVersions(shelf, filter, archived, model ?? models);
  const start = readCursor(after, 'v', 'updated');
  const beyond = start === undefined ? '' : ' AND (v.created_at, v.key) < (?, ?)';
  const rows = driver.all(
    `SELECT v.key AS key, v.created_at AS at FROM catalogue_versions v JOIN catalogue_models m ON m.key = v.model
      WHERE ${sql}${beyond} ORDER BY v.created_at DESC, v.key DESC LIMIT ?`,
    ...[...values, ...(start ?? []), limit + 1],
  );
  const kept = rows.slice(0, limit);
  const last = rows.length > limit ? kept.at(-1) : undefined;
  return {
    keys: kept.map(row => Number(row['key'])),
    next: last === undefined ? undefined : writeCursor('v', 'updated', [Number(last['at']), Number(last['key'])]),
  };
}

function whereVersions(
  shelf: number,
  { model: ofModel, version }: CompiledFilter,
  archived: boolean,
  named?: string | readonly string[],
) {
  // Of an archived model that was asked for by its name, its versions are what is wanted.
  const isOne = typeof named === 'string';
  const among = isOne ? 'm.name = ?' : 'm.name IN (SELECT value FROM json_each(?))';
  const which = named === undefined ? 'm.archived <= ?' : among;
  const names = named === undefined ? Number(archived) : isOne ? named : JSON.stringify(named);
  return {
    sql: `v.shelf = ? AND v.archived <= ? AND ${which} AND ${ofModel.sql} AND ${version.sql}`,
    values: [shelf, Number(archived), names, ...ofModel.values, ...version.values],
  };
}

function countVersions(
  driver: Driver,
  shelf: number,
  filter: CompiledFilter,
  { archived = false, model }: { readonly archived?: boolean; readonly model?: string },
): number {
  const { sql, values } = whereVersions(shelf, filter, archived, model);
  const from = 'catalogue_versions v JOIN catalogue_models m ON m.key = v.model';
  return Number(driver.get(`SELECT count(*) AS n FROM ${from} WHERE ${sql}`, ...values)?.['n']);
}

export function toVersionRow(driver: Driver, registry: string, key: number): VersionRow {
  const row =
    driver.get(
      `SELECT v.*, m.name AS model_name, m.archived AS model_archived, m.aliases AS model_aliases,
          c.content, c.figures, c.gate, c.approval_requested
        FROM catalogue_versions v JOIN catalogue_models m ON m.key = v.model
        JOIN catalogue_contents c ON c.version = v.key WHERE v.key = ?`,
      key,
    ) ?? {};
  const content = JSON.parse(String(row['content'])) as ModelVersion;
  const { version, id, description, author, createdAt, updatedAt, weightsDigest } = content;
  const gate = row['gate'] as NonNullable<VersionRow['gate']> | null;
  const model = String(row['model_name']);
  return {
    registry,
    model,
    version,
    ...defined({ id, description, updatedAt, weightsDigest }),
    status: row['status'] as VersionStatus,
    state: row['archived'] === 1 || row['model_archived'] === 1 ? 'ARCHIVED' : 'LIVE',
    aliases: readAliases(row, content, registry),
    author: author.email,
    createdAt,
    figures: JSON.parse(String(row['figures'])) as HeadlineFigure[],
    ...(gate === null ? {} : { gate }),
    ...(row['approval_requested'] === 1 ? { approvalRequested: true } : {}),
    ...(registry === 'local' ? readPublished(driver, model, version) : {}),
  };
}

/** As the model has them; a version of a registry elsewhere may tell others itself. */
function readAliases(row: Row, { aliases, version }: ModelVersion, registry: string): string[] {
  const ofModel = JSON.parse(String(row['model_aliases'])) as Readonly<Record<string, string>>;
  const standing = Object.entries(ofModel).flatMap(([alias, at]) => (at === version ? [alias] : []));
  return registry === 'local' ? standing : [...new Set([...standing, ...aliases])];
}

function readPublished(driver: Driver, model: string, version: string): { publishedTo?: string[] } {
  const rows = driver.all(
    `SELECT DISTINCT registry FROM publications
      WHERE local_model = ? AND local_version = ? AND kind = 'version' AND state = 'done' ORDER BY registry`,
    model,
    version,
  );
  return rows.length === 0 ? {} : { publishedTo: rows.map(row => String(row['registry'])) };
}

/** When what is shown was read; the local registry is always current. */
function readAge(driver: Driver, registry: string): { cachedAt?: number } {
  if (registry === 'local') return {};
  const at = driver.get('SELECT synced_at FROM catalogue_registries WHERE name = ?', registry)?.['synced_at'];
  return typeof at === 'number' ? { cachedAt: at } : {};
}

function defined<T extends Readonly<Record<string, unknown>>>(fields: T) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
