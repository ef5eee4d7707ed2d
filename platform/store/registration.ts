import { digestVersion, keepArtifacts } from '../../engine/audit/kept.ts';
import type { LocalVersion, NewLocalVersion, NewRegisteredModel } from '../../engine/ports/registry.ts';
import type { Identity } from '../../schemas/generated/messages.ts';
import { moveAlias } from './aliases.ts';
import { addNewArtifacts, insertArtifacts } from './artifacts.ts';
import { appendAudit, sha256 } from './audit.ts';
import type { StoreContext } from './context.ts';
import type { Row } from './driver.ts';
import { findModel, insertModel, seekModel, touchModel } from './models.ts';
import { checkAlias } from './registry-names.ts';
import { toVersion, type VersionDetails } from './version-rows.ts';
import { findNumberedVersion } from './versions.ts';

/**
 * Registers a version, and its model when that is new. The same weights out of the same tuning run are the same version:
 * registering them again adds only artifacts it has not got, and moves the alias.
 */
export function createVersion(
  context: StoreContext,
  version: NewLocalVersion,
  model: NewRegisteredModel,
  actor: Identity,
): LocalVersion {
  return context.write(() => {
    if (version.alias !== undefined) checkAlias(version.alias);
    const owner = seekModel(context, version.model) ?? insertModel(context, { ...model, name: version.model }, actor);
    const known = findSame(context, owner, version);
    if (known !== undefined) addNewArtifacts(context, owner, known, version.artifacts, actor);
    const row = known ?? insertVersion(context, owner, version, actor);
    if (version.alias !== undefined) moveAlias(context, owner, version.alias, row, actor);
    return toVersion(context, findModel(context, version.model), row);
  });
}

function findSame(context: StoreContext, model: Row, version: NewLocalVersion): Row | undefined {
  return context.driver.get(
    'SELECT * FROM model_versions WHERE model = ? AND weights_digest = ? AND run_id IS ?',
    ...[Number(model['key']), version.weightsDigest, version.lineage.runId ?? null],
  );
}

function insertVersion(context: StoreContext, model: Row, version: NewLocalVersion, actor: Identity): Row {
  const { driver } = context;
  const key = Number(model['key']);
  const newest = driver.get('SELECT max(version) AS version FROM model_versions WHERE model = ?', key)?.['version'];
  const number = Number(newest ?? 0) + 1;
  const { description, author, lineage, customProperties, weightsDigest, modelDigest } = version;
  const details: VersionDetails = {
    author,
    lineage,
    ...(description === undefined ? {} : { description }),
    ...(customProperties === undefined ? {} : { customProperties }),
  };
  driver.run(
    `INSERT INTO model_versions (model, version, created_at, weights_digest, model_digest, run_id, details)
      VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ...[key, number, context.now(), weightsDigest, modelDigest, lineage.runId ?? null, JSON.stringify(details)],
  );
  const row = findNumberedVersion(context, model, String(number));
  const artifacts = insertArtifacts(context, row, version.artifacts);
  touchModel(context, model, row);
  const name = String(model['name']);
  const payload = { model: name, version: String(number), weightsDigest, modelDigest, ...details, artifacts };
  const subject = `${name}@${number}`;
  const kept = { digest: digestVersion(payload, sha256), ...keepArtifacts(artifacts, sha256) };
  appendAudit(context, { actor: actor.email, action: 'model-version.created', subject, payload, kept });
  return row;
}
