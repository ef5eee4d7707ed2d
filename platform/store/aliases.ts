import { WorkbenchError } from '../../engine/base/errors.ts';
import type { RegistryChange } from '../../engine/ports/registry.ts';
import type { Identity, RegisteredModel } from '../../schemas/generated/messages.ts';
import { appendAudit } from './audit.ts';
import type { StoreContext } from './context.ts';
import type { Row } from './driver.ts';
import { findModel, getModel, touchModel } from './models.ts';
import { checkAlias } from './registry-names.ts';
import { findNumberedVersion, findVersion } from './versions.ts';

/** Points an alias at a version, or removes it. Throws `usage` for aliases that only governance may move. */
export function setAlias(
  context: StoreContext,
  model: string,
  alias: string,
  version: string | undefined,
  actor: Identity,
): RegisteredModel {
  return context.write(() => {
    checkAlias(alias);
    const owner = findModel(context, model);
    if (version === undefined) removeAlias(context, owner, alias, actor);
    else moveAlias(context, owner, alias, findVersion(context, owner, version), actor);
    return getModel(context, model);
  });
}

/** Moves an alias with its audit entry, unless it points there already. Must run inside a write transaction. */
export function moveAlias(context: StoreContext, model: Row, alias: string, version: Row, actor: Identity): void {
  const from = readAlias(context, model, alias);
  const to = String(version['version']);
  if (from === to) return;
  writeAlias(context, model, alias, version);
  const name = String(model['name']);
  const payload = { model: name, alias, version: to, previous: from };
  const subject = `${name}@${to}`;
  appendAudit(context, { actor: actor.email, action: 'alias.moved', subject, payload, kept: { alias } });
}

/** Makes the changes that belong to a ledger record, whose audit entry covers them. Must run inside its transaction. */
export function applyChanges(context: StoreContext, changes: readonly RegistryChange[]): void {
  for (const change of changes) {
    const model = findModel(context, change.model);
    if (change.type === 'alias' && change.version === undefined) {
      deleteAlias(context, model, change.alias);
      continue;
    }
    const version = findNumberedVersion(context, model, change.version ?? '');
    checkInUse(model, version, change);
    if (change.type === 'alias') writeAlias(context, model, change.alias, version);
    else {
      const sql = 'UPDATE model_versions SET status = ? WHERE key = ?';
      context.driver.run(sql, change.status, Number(version['key']));
      touchModel(context, model, version);
    }
  }
}

/** What is archived can be taken back, and not moved towards production. */
function checkInUse(model: Row, version: Row, change: RegistryChange): void {
  if (version['archived'] !== 1) return;
  const forward = change.type === 'alias' || ['approved', 'baseline', 'production'].includes(change.status);
  if (!forward) return;
  const name = `${String(model['name'])}@${String(version['version'])}`;
  throw new WorkbenchError('usage', `${name} is archived: it goes no further towards production.`, {
    remedy: `Bring it back first: \`aiwb registry archive --undo ${name}\`.`,
  });
}

function removeAlias(context: StoreContext, model: Row, alias: string, actor: Identity): void {
  const from = readAlias(context, model, alias);
  if (from === undefined) return;
  deleteAlias(context, model, alias);
  const name = String(model['name']);
  const payload = { model: name, alias, previous: from };
  const subject = `${name}@${from}`;
  appendAudit(context, { actor: actor.email, action: 'alias.removed', subject, payload, kept: { alias } });
}

function deleteAlias(context: StoreContext, model: Row, alias: string): void {
  context.driver.run('DELETE FROM model_aliases WHERE model = ? AND alias = ?', Number(model['key']), alias);
  touchModel(context, model);
}

function writeAlias(context: StoreContext, model: Row, alias: string, version: Row): void {
  const sql = 'INSERT OR REPLACE INTO model_aliases (model, alias, version) VALUES (?, ?, ?)';
  context.driver.run(sql, Number(model['key']), alias, Number(version['key']));
  touchModel(context, model);
}

/** The version an alias points at. */
function readAlias(context: StoreContext, model: Row, alias: string): string | undefined {
  const row = context.driver.get(
    `SELECT model_versions.version AS version FROM model_aliases
      JOIN model_versions ON model_versions.key = model_aliases.version
      WHERE model_aliases.model = ? AND alias = ?`,
    Number(model['key']),
    alias,
  );
  return row === undefined ? undefined : String(row['version']);
}
