import { digestModel, digestVersion } from '../../engine/audit/kept.ts';
import { WorkbenchError } from '../../engine/base/errors.ts';
import type { LocalVersion, RegistryEdit } from '../../engine/ports/registry.ts';
import { keyPrefix } from '../../engine/registry/keys.ts';
import { isSealedKey } from '../../engine/registry/sealed-keys.ts';
import type { Identity, RegisteredModel } from '../../schemas/generated/messages.ts';
import { appendAudit, sha256 } from './audit.ts';
import type { StoreContext } from './context.ts';
import type { Row } from './driver.ts';
import { findModel, getModel, touchModel } from './models.ts';
import { toVersion } from './version-rows.ts';
import { findVersion } from './versions.ts';

type Properties = Record<string, string | number | boolean>;

/** What an edit may change; other details of a model or version stay what they were when it was registered. */
interface Editable {
  description?: string;
  customProperties?: Properties;
}

/** What the audit log seals of an edit. */
interface SealedEdit {
  readonly description?: string;
  /** Properties that were set, by their key. */
  readonly set?: Properties;
  /** Keys of properties that were removed. */
  readonly unset?: readonly string[];
}

/** Changes description and properties. Throws `registry-not-found`. */
export function updateModel(context: StoreContext, name: string, edit: RegistryEdit, actor: Identity): RegisteredModel {
  return context.write(() => {
    const row = findModel(context, name);
    const change = applyEdit(row, edit);
    if (change !== undefined) {
      const { before, after, sealed } = change;
      context.driver.run(
        'UPDATE registered_models SET details = ? WHERE key = ?',
        JSON.stringify(after),
        Number(row['key']),
      );
      touchModel(context, row);
      const payload = { model: name, ...sealed };
      const kept = { before: digestModel(before, sha256), digest: digestModel(after, sha256) };
      appendAudit(context, { actor: actor.email, action: 'model.edited', subject: name, payload, kept });
    }
    return getModel(context, name);
  });
}

/** Changes description and properties; those that were sealed are refused (`usage`). Throws `registry-not-found`. */
export function updateVersion(
  context: StoreContext,
  model: string,
  version: string,
  edit: RegistryEdit,
  actor: Identity,
): LocalVersion {
  return context.write(() => {
    const owner = findModel(context, model);
    const row = findVersion(context, owner, version);
    checkKeys(edit);
    checkApproved(row, edit, `${model}@${String(row['version'])}`);
    const change = applyEdit(row, edit);
    if (change !== undefined) {
      const { before, after, sealed } = change;
      context.driver.run(
        'UPDATE model_versions SET details = ? WHERE key = ?',
        JSON.stringify(after),
        Number(row['key']),
      );
      touchModel(context, owner, row);
      const number = String(row['version']);
      const payload = { model, version: number, ...sealed };
      const subject = `${model}@${number}`;
      const weights = { weightsDigest: String(row['weights_digest']), modelDigest: String(row['model_digest']) };
      const kept = {
        before: digestVersion({ ...before, ...weights }, sha256),
        digest: digestVersion({ ...after, ...weights }, sha256),
      };
      appendAudit(context, { actor: actor.email, action: 'version.edited', subject, payload, kept });
    }
    return toVersion(context, owner, findVersion(context, owner, version));
  });
}

/** Takes one version out of use, or brings it back. Throws `registry-not-found`. */
export function setVersionArchived(
  context: StoreContext,
  model: string,
  version: string,
  archived: boolean,
  actor: Identity,
): LocalVersion {
  return context.write(() => {
    const owner = findModel(context, model);
    const row = findVersion(context, owner, version);
    if ((row['archived'] === 1) !== archived) {
      if (archived) checkUnused(context, owner, row);
      const sql = 'UPDATE model_versions SET archived = ? WHERE key = ?';
      context.driver.run(sql, Number(archived), Number(row['key']));
      touchModel(context, owner, row);
      const number = String(row['version']);
      const action = archived ? 'version.archived' : 'version.restored';
      const payload = { model, version: number };
      appendAudit(context, { actor: actor.email, action, subject: `${model}@${number}`, payload });
    }
    return toVersion(context, owner, findVersion(context, owner, version));
  });
}

function checkUnused(context: StoreContext, model: Row, version: Row): void {
  const sql = `SELECT 1 FROM model_aliases WHERE model = ? AND alias = 'production' AND version = ?`;
  if (context.driver.get(sql, Number(model['key']), Number(version['key'])) === undefined) return;
  const name = `${String(model['name'])}@${String(version['version'])}`;
  throw new WorkbenchError('usage', `${name} is in production and cannot be archived.`, {
    remedy: 'Promote another version first, or take this one out of production.',
  });
}

function checkKeys({ customProperties = {} }: RegistryEdit): void {
  const sealed = Object.keys(customProperties).find(isSealedKey);
  if (sealed === undefined) return;
  throw new WorkbenchError(
    'usage',
    `The property ${sealed} cannot be edited: it tells what was registered or measured.`,
    {
      remedy: 'Register a new version where it is wrong. Endpoints, labels and properties of your own can be edited.',
    },
  );
}

/** Policies ask for a version's properties: what was approved keeps those it was approved with. Ours tell where it is served, and the like. */
function checkApproved(row: Row, { customProperties = {} }: RegistryEdit, name: string): void {
  const status = String(row['status']);
  if (!['approved', 'baseline', 'production'].includes(status)) return;
  const key = Object.keys(customProperties).find(one => !one.startsWith(keyPrefix));
  if (key === undefined) return;
  throw new WorkbenchError('usage', `${name} is ${status}: its property ${key} is part of what was approved.`, {
    remedy: 'Register a new version with other properties, and have that approved.',
  });
}

/** The details as they were and as they are then, and what of them is new; nothing where all is as it was. */
function applyEdit(
  row: Row,
  edit: RegistryEdit,
): { readonly before: Editable; readonly after: Editable; readonly sealed: SealedEdit } | undefined {
  const details = JSON.parse(String(row['details'])) as Editable;
  const properties = new Map(Object.entries(details.customProperties ?? {}));
  const set = new Map<string, string | number | boolean>();
  const unset: string[] = [];
  for (const [key, value] of Object.entries(edit.customProperties ?? {})) {
    if (value === undefined) {
      if (properties.delete(key)) unset.push(key);
    } else if (properties.get(key) !== value) {
      properties.set(key, value);
      set.set(key, value);
    }
  }
  const describes = edit.description !== undefined && edit.description !== details.description;
  if (!describes && set.size === 0 && unset.length === 0) return undefined;
  const next: Editable = { ...details, customProperties: Object.fromEntries(properties) };
  if (describes) next.description = edit.description;
  return {
    before: details,
    after: next,
    sealed: {
      ...(describes ? { description: edit.description } : {}),
      ...(set.size === 0 ? {} : { set: Object.fromEntries(set) }),
      ...(unset.length === 0 ? {} : { unset }),
    },
  };
}
