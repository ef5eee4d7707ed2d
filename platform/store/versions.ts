import type { WorkbenchError } from '../../engine/base/errors.ts';
import type { LocalVersion } from '../../engine/ports/registry.ts';
import type { StoreContext } from './context.ts';
import type { Row } from './driver.ts';
import { findModel } from './models.ts';
import { versionNotFound } from './registry-failures.ts';
import { toVersion } from './version-rows.ts';

/** Newest first. */
export function listVersions(context: StoreContext, model: string): LocalVersion[] {
  return context.driver.read(() => {
    const owner = findModel(context, model);
    const sql = 'SELECT * FROM model_versions WHERE model = ? ORDER BY version DESC';
    return context.driver.all(sql, Number(owner['key'])).map(row => toVersion(context, owner, row));
  });
}

/** In the order of models' names, oldest version first. */
export function findByModelDigest(context: StoreContext, modelDigests: readonly string[]): LocalVersion[] {
  const { driver } = context;
  return driver.read(() => {
    const rows = driver.all(
      `SELECT v.*, m.name AS model_name FROM model_versions v JOIN registered_models m ON m.key = v.model
        WHERE v.model_digest IN (SELECT value FROM json_each(?)) ORDER BY m.name, v.version`,
      JSON.stringify(modelDigests),
    );
    return rows.map(row => toVersion(context, findModel(context, String(row['model_name'])), row));
  });
}

export function getVersion(context: StoreContext, model: string, wanted: string | undefined): LocalVersion {
  return context.driver.read(() => {
    const owner = findModel(context, model);
    return toVersion(context, owner, findVersion(context, owner, wanted));
  });
}

/** By number (`3`, `v3`) or alias; without one, or by `latest`, the newest. Throws `registry-not-found`. */
export function findVersion(context: StoreContext, model: Row, wanted: string | undefined): Row {
  const key = Number(model['key']);
  const found =
    wanted === undefined || wanted === 'latest'
      ? seekNewest(context, key)
      : (seekNumber(context, key, wanted.replace(/^v(?=\d)/i, '')) ?? seekAlias(context, key, wanted));
  if (found === undefined) throw notFound(context, model, wanted);
  return found;
}

/** By its number alone, as what is written down for good names it. Throws `registry-not-found`. */
export function findNumberedVersion(context: StoreContext, model: Row, number: string): Row {
  const found = seekNumber(context, Number(model['key']), number);
  if (found === undefined) throw notFound(context, model, number);
  return found;
}

function notFound(context: StoreContext, model: Row, wanted: string | undefined): WorkbenchError {
  const key = Number(model['key']);
  const newest = seekNewest(context, key)?.['version'];
  const aliases = context.driver.all('SELECT alias FROM model_aliases WHERE model = ? ORDER BY alias', key);
  const names = aliases.map(row => String(row['alias']));
  return versionNotFound(String(model['name']), wanted, Number(newest ?? 0), names);
}

function seekNewest(context: StoreContext, model: number): Row | undefined {
  return context.driver.get('SELECT * FROM model_versions WHERE model = ? ORDER BY version DESC LIMIT 1', model);
}

function seekNumber(context: StoreContext, model: number, number: string): Row | undefined {
  if (!/^[1-9]\d{0,8}$/.test(number)) return undefined;
  return context.driver.get('SELECT * FROM model_versions WHERE model = ? AND version = ?', model, Number(number));
}

function seekAlias(context: StoreContext, model: number, wanted: string): Row | undefined {
  const sql = `SELECT * FROM model_versions
    WHERE key = (SELECT version FROM model_aliases WHERE model = ? AND alias = ?)`;
  return context.driver.get(sql, model, wanted);
}
