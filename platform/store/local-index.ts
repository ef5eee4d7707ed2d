import type { Artifact } from '../../schemas/generated/messages.ts';
import { putModel, putVersion } from './catalogue-rows.ts';
import { localShelf } from './catalogue-schema.ts';
import type { Driver, Row } from './driver.ts';
import { toModel } from './model-rows.ts';
import { toVersion } from './version-rows.ts';

interface Context {
  readonly driver: Driver;
  readonly now: () => number;
}

/**
 * Keeps the local registry's models in the catalogue what they are: to be called in the transaction of every change, with the model's
 * key and the keys of the versions that changed with it.
 */
export function indexModel(context: Context, model: number, versions: readonly number[] = []): void {
  const { driver } = context;
  const row = driver.get('SELECT * FROM registered_models WHERE key = ?', model);
  if (row === undefined) return;
  const key = putModel(driver, localShelf, toModel(context, row));
  for (const version of versions) indexVersion(context, row, key, version);
}

/** The same with all its versions. */
export function indexWholeModel(context: Context, model: number): void {
  const rows = context.driver.all('SELECT key FROM model_versions WHERE model = ? ORDER BY version', model);
  indexModel(
    context,
    model,
    rows.map(row => Number(row['key'])),
  );
}

/** Keeps a version's row what it is after something was recorded of it; of one that is not registered there is none. */
export function indexRecorded(context: Context, model: string, version: string): void {
  const row = context.driver.get(
    `SELECT model_versions.key AS version, registered_models.key AS model FROM model_versions
      JOIN registered_models ON registered_models.key = model_versions.model
      WHERE registered_models.name = ? AND model_versions.version = CAST(? AS INTEGER)`,
    model,
    version,
  );
  if (row !== undefined) indexModel(context, Number(row['model']), [Number(row['version'])]);
}

/** Fills the catalogue of a store that has models already. Must run inside a write transaction. */
export function fillCatalogue(driver: Driver): void {
  for (const row of driver.all('SELECT key, updated_at FROM registered_models ORDER BY key'))
    indexWholeModel({ driver, now: () => Number(row['updated_at']) }, Number(row['key']));
}

function indexVersion(context: Context, model: Row, key: number, version: number): void {
  const { driver } = context;
  const row = driver.get('SELECT * FROM model_versions WHERE key = ?', version);
  if (row === undefined) return;
  const artifacts = driver.all('SELECT content FROM artifacts WHERE version = ? ORDER BY key', version);
  putVersion(driver, localShelf, key, toVersion(context, model, row), {
    artifacts: artifacts.map(artifact => JSON.parse(String(artifact['content'])) as Artifact),
    archived: row['archived'] === 1,
    readAt: context.now(),
    ...readTrail(driver, String(model['name']), String(row['version'])),
  });
}

/** Gate of the newest assessment, and whether an approval is asked for and not given yet. */
function readTrail(driver: Driver, model: string, version: string) {
  const newest = (kinds: string, columns: string): Row | undefined =>
    driver.get(
      `SELECT ${columns} FROM ledger JOIN audit_log USING (sequence)
        LEFT JOIN audit_payloads ON audit_payloads.digest = payload_digest
        WHERE ledger.model = ? AND ledger.version = ? AND kind IN (${kinds}) ORDER BY sequence DESC LIMIT 1`,
      model,
      version,
    );
  const gateSql = `CASE WHEN json_valid(payload) THEN json_extract(payload, '$.payload.gate.outcome') END AS gate`;
  const gate = newest(`'assessment'`, gateSql)?.['gate'];
  const step = newest(`'assessment', 'approval-request', 'approval'`, 'kind')?.['kind'];
  return {
    ...(gate === 'passed' || gate === 'failed' || gate === 'not-computed' ? { gate } : {}),
    approvalRequested: step === 'approval-request',
  };
}
