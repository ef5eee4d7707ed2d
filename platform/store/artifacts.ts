import { keepArtifacts } from '../../engine/audit/kept.ts';
import type { Artifact, Identity } from '../../schemas/generated/messages.ts';
import { appendAudit, sha256 } from './audit.ts';
import type { StoreContext } from './context.ts';
import type { Row } from './driver.ts';
import { findModel, touchModel } from './models.ts';
import { findVersion } from './versions.ts';

/** In the order they were added. */
export function listArtifacts(context: StoreContext, model: string, version: string): Artifact[] {
  return context.driver.read(() => {
    const { key } = findVersion(context, findModel(context, model), version);
    const rows = context.driver.all('SELECT content FROM artifacts WHERE version = ? ORDER BY key', Number(key));
    return rows.map(row => JSON.parse(String(row['content'])) as Artifact);
  });
}

export function addArtifacts(
  context: StoreContext,
  model: string,
  version: string,
  artifacts: readonly Artifact[],
  actor: Identity,
): void {
  context.write(() => {
    const owner = findModel(context, model);
    addNewArtifacts(context, owner, findVersion(context, owner, version), artifacts, actor);
  });
}

/** Adds those that are not there yet, with an audit entry when there are any. Must run inside a write transaction. */
export function addNewArtifacts(
  context: StoreContext,
  model: Row,
  version: Row,
  artifacts: readonly Artifact[],
  actor: Identity,
): void {
  const added = insertArtifacts(context, version, artifacts);
  if (added.length === 0) return;
  touchModel(context, model, version);
  const [name, number] = [String(model['name']), String(version['version'])];
  const payload = { model: name, version: number, artifacts: added };
  const note = { actor: actor.email, action: 'artifacts.added', subject: `${name}@${number}`, payload };
  appendAudit(context, { ...note, kept: keepArtifacts(added, sha256) });
}

/** Artifacts are only ever added: one of a type and name that exists is left as it is. Returns the new ones. */
export function insertArtifacts(context: StoreContext, version: Row, artifacts: readonly Artifact[]): Artifact[] {
  const sql = 'INSERT OR IGNORE INTO artifacts (version, type, name, content) VALUES (?, ?, ?, ?)';
  return artifacts.filter(artifact => {
    const { artifactType, name } = artifact;
    return context.driver.run(sql, Number(version['key']), artifactType, name, JSON.stringify(artifact)) === 1;
  });
}
