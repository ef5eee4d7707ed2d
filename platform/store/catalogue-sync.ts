import type { CatalogueStretch, DeclaredAddress, SyncMode } from '../../engine/ports/catalogue.ts';
import type { Failure, ModelVersion, RegisteredModel } from '../../schemas/generated/messages.ts';
import { putModel, putVersion, touchRegistry } from './catalogue-rows.ts';
import { findShelf } from './catalogue-queries.ts';
import type { StoreContext } from './context.ts';
import type { Driver, Row } from './driver.ts';

/** Milliseconds after which a reading that writes nothing counts as given up. */
const readingLife = 180_000;
/** Models that are swept away in one transaction, so that runs can write between. */
const sweptAtOnce = 200;

/** Begins a reading on a shelf of its own. Nothing where somebody reads this registry already. */
export function beginSync(context: StoreContext, registry: string, mode: SyncMode): number | undefined {
  const { driver, now } = context;
  return context.write(() => {
    driver.run('INSERT OR IGNORE INTO catalogue_registries (name) VALUES (?)', registry);
    const state = driver.get('SELECT * FROM catalogue_registries WHERE name = ?', registry) ?? {};
    if (state['reading'] !== null && Number(state['reading_until']) > now()) return undefined;
    const made = driver.get('INSERT INTO catalogue_shelves (registry) VALUES (?) RETURNING key', registry);
    const shelf = Number(made?.['key']);
    driver.run(
      `UPDATE catalogue_registries SET reading = ?, reading_partly = ?, reading_since = ?, reading_until = ?,
        revision = revision + 1 WHERE name = ?`,
      ...[shelf, Number(mode === 'changes'), now(), now() + readingLife, registry],
    );
    return shelf;
  });
}

/** Adds to a reading, and keeps it. False where it is no longer ours: it was given up and somebody else began anew. */
export function addStretch(context: StoreContext, reading: number, { models, versions }: CatalogueStretch): boolean {
  const { driver, now } = context;
  return context.write(() => {
    const registry = findReading(driver, reading);
    if (registry === undefined) return false;
    for (const model of models) putModel(driver, reading, model);
    for (const version of versions) {
      const key =
        seekModel(driver, reading, version.model) ?? putModel(driver, reading, stand(driver, registry, version));
      putVersion(driver, reading, key, version, { readAt: now() });
    }
    driver.run(
      'UPDATE catalogue_registries SET reading_until = ?, revision = revision + 1 WHERE name = ?',
      now() + readingLife,
      registry['name'] as string,
    );
    return true;
  });
}

/** The registry that a shelf is being filled for. */
function findReading(driver: Driver, reading: number): Row | undefined {
  return driver.get('SELECT * FROM catalogue_registries WHERE reading = ?', reading);
}

function seekModel(driver: Driver, shelf: number, name: string): number | undefined {
  const key = driver.get('SELECT key FROM catalogue_models WHERE shelf = ? AND name = ?', shelf, name)?.['key'];
  return key === undefined ? undefined : Number(key);
}

/** A model of which only a version was read: as it is known, or as little as the version tells. */
function stand(driver: Driver, registry: Row, { model, createdAt, registry: name }: ModelVersion): RegisteredModel {
  const content = driver.get(
    'SELECT content FROM catalogue_models WHERE shelf = ? AND name = ?',
    Number(registry['shelf']),
    model,
  )?.['content'];
  if (typeof content === 'string') return JSON.parse(content) as RegisteredModel;
  return {
    name: model,
    state: 'LIVE',
    ...{ createdAt, updatedAt: createdAt, aliases: {}, versions: 0, customProperties: {} },
    ...(name === undefined ? {} : { registry: name }),
  };
}

/** Puts a complete reading in the place of what was shown, or notes why it is none. False where it is no longer ours. */
export function endSync(context: StoreContext, reading: number, failure: Failure | undefined): boolean {
  const { driver } = context;
  return context.write(() => {
    const registry = findReading(driver, reading);
    if (registry === undefined) return false;
    if (failure === undefined) takeOver(driver, registry, reading);
    const kept =
      failure?.code === 'cancelled' ? registry['failure'] : failure === undefined ? null : JSON.stringify(failure);
    driver.run(
      'UPDATE catalogue_registries SET reading = NULL, reading_until = NULL, failure = ?, revision = revision + 1 WHERE name = ?',
      kept ?? null,
      String(registry['name']),
    );
    return true;
  });
}

function takeOver(driver: Driver, registry: Row, reading: number): void {
  const [name, since] = [String(registry['name']), Number(registry['reading_since'])];
  const shelf = registry['shelf'] === null ? undefined : Number(registry['shelf']);
  if (registry['reading_partly'] === 1 && shelf !== undefined) {
    mergeShelf(driver, reading, shelf);
    count(driver, shelf);
    driver.run('UPDATE catalogue_registries SET synced_at = ? WHERE name = ?', since, name);
    return;
  }
  if (shelf !== undefined) keepArtifacts(driver, shelf, reading);
  count(driver, reading);
  driver.run(
    'UPDATE catalogue_registries SET shelf = ?, synced_at = ?, full_at = ? WHERE name = ?',
    ...[reading, since, since, name],
  );
}

function count(driver: Driver, shelf: number): void {
  driver.run(
    `UPDATE catalogue_shelves SET models = (SELECT count(*) FROM catalogue_models WHERE shelf = ?1),
      versions = (SELECT count(*) FROM catalogue_versions WHERE shelf = ?1) WHERE key = ?1`,
    shelf,
  );
}

/** What was read of a version's artifacts stays known when the lists are read anew. */
function keepArtifacts(driver: Driver, from: number, to: number): void {
  const kept = driver.all(
    `SELECT m.name, v.version, c.artifacts, c.artifacts_at FROM catalogue_contents c
      JOIN catalogue_versions v ON v.key = c.version JOIN catalogue_models m ON m.key = v.model
      WHERE v.shelf = ? AND c.artifacts IS NOT NULL`,
    from,
  );
  for (const row of kept) {
    driver.run(
      `UPDATE catalogue_contents SET artifacts = ?, artifacts_at = ? WHERE version = (
        SELECT v.key FROM catalogue_versions v JOIN catalogue_models m ON m.key = v.model
        WHERE m.shelf = ? AND m.name = ? AND v.version = ?)`,
      ...[String(row['artifacts']), Number(row['artifacts_at']), to, String(row['name']), String(row['version'])],
    );
  }
}

/** Puts what changed into the shelf that is shown. */
function mergeShelf(driver: Driver, from: number, to: number): void {
  for (const row of driver.all('SELECT key, content FROM catalogue_models WHERE shelf = ? ORDER BY key', from)) {
    const model = putModel(driver, to, JSON.parse(String(row['content'])) as RegisteredModel);
    const versions = driver.all(
      `SELECT content, read_at FROM catalogue_contents JOIN catalogue_versions v ON v.key = catalogue_contents.version
        WHERE v.model = ? ORDER BY v.key`,
      Number(row['key']),
    );
    for (const { content, read_at } of versions)
      putVersion(driver, to, model, JSON.parse(String(content)) as ModelVersion, { readAt: Number(read_at) });
  }
}

/** Removes a part of the shelves that nobody shows or fills any more. True while something is left. */
export function sweepShelves(context: StoreContext): boolean {
  const { driver, now } = context;
  const sql = `SELECT key FROM catalogue_shelves WHERE key NOT IN (
      SELECT shelf FROM catalogue_registries WHERE shelf IS NOT NULL UNION
      SELECT reading FROM catalogue_registries WHERE reading IS NOT NULL AND reading_until > ?) LIMIT 1`;
  const old = driver.get(sql, now());
  if (old === undefined) return false;
  const key = Number(old['key']);
  return context.write(() => {
    // Whoever filled it and wakes up again must not go on with what is half swept away.
    driver.run('UPDATE catalogue_registries SET reading = NULL, reading_until = NULL WHERE reading = ?', key);
    const gone = driver.run(
      'DELETE FROM catalogue_models WHERE key IN (SELECT key FROM catalogue_models WHERE shelf = ? LIMIT ?)',
      key,
      sweptAtOnce,
    );
    if (gone === sweptAtOnce) return true;
    driver.run('DELETE FROM catalogue_names WHERE shelf = ?', key);
    driver.run('DELETE FROM catalogue_shelves WHERE key = ?', key);
    return driver.get(sql, now()) !== undefined;
  });
}

/** Forgets what was read under a declared name from another address. What older workbenches read is taken to be from this one. */
export function declareRegistries(context: StoreContext, declared: readonly DeclaredAddress[]): void {
  const { driver } = context;
  const isNew = ({ name, address }: DeclaredAddress): boolean =>
    driver.get('SELECT address FROM catalogue_registries WHERE name = ?', name)?.['address'] !== address;
  if (!declared.some(isNew)) return;
  context.write(() => {
    for (const { name, address } of declared.filter(isNew)) {
      driver.run('INSERT OR IGNORE INTO catalogue_registries (name) VALUES (?)', name);
      driver.run(
        `UPDATE catalogue_registries SET shelf = NULL, synced_at = NULL, full_at = NULL, reading = NULL, reading_until = NULL,
          failure = NULL WHERE name = ? AND address IS NOT NULL`,
        name,
      );
      driver.run('UPDATE catalogue_registries SET address = ?, revision = revision + 1 WHERE name = ?', address, name);
    }
  });
}

/** Forgets registries that are no longer declared; what they hold is swept away later. */
export function retainRegistries(context: StoreContext, registries: readonly string[]): void {
  const { driver } = context;
  const known = driver
    .all(`SELECT name FROM catalogue_registries WHERE name <> 'local'`)
    .map(row => String(row['name']));
  const gone = known.filter(name => !registries.includes(name));
  if (gone.length === 0) return;
  context.write(() => {
    for (const name of gone) driver.run('DELETE FROM catalogue_registries WHERE name = ?', name);
    touchRegistry(driver, 'local');
  });
}

/** Whether each model, or version of one, is shown with the same time of change already. */
export function areUnchanged(
  { driver }: StoreContext,
  registry: string,
  items: readonly { readonly model: string; readonly version?: string; readonly updatedAt: number }[],
): boolean[] {
  const shelf = findShelf(driver, registry);
  if (shelf === undefined) return items.map(() => false);
  return items.map(({ model, version, updatedAt }) => {
    const key = seekModel(driver, shelf, model);
    if (key === undefined) return false;
    const row =
      version === undefined
        ? driver.get('SELECT updated_at FROM catalogue_models WHERE key = ?', key)
        : driver.get('SELECT updated_at FROM catalogue_versions WHERE model = ? AND version = ?', key, version);
    return row?.['updated_at'] === updatedAt;
  });
}
