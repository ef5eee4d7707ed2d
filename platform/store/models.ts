import { WorkbenchError } from '../../engine/base/errors.ts';
import type { NewRegisteredModel } from '../../engine/ports/registry.ts';
import { checkModelName } from '../../engine/registry/names.ts';
import type { Identity, RegisteredModel } from '../../schemas/generated/messages.ts';
import { appendAudit } from './audit.ts';
import type { StoreContext } from './context.ts';
import type { Row } from './driver.ts';
import { modelNotFound } from './registry-failures.ts';

/** What a model's `details` column holds. */
type ModelDetails = Omit<NewRegisteredModel, 'name'>;

/** All models by name; archived ones are among them when asked for. */
export function listModels(context: StoreContext, filter: { readonly archived?: boolean }): RegisteredModel[] {
  return context.driver.read(() => {
    const sql = 'SELECT * FROM registered_models WHERE archived <= ? ORDER BY name';
    return context.driver.all(sql, Number(filter.archived ?? false)).map(row => toModel(context, row));
  });
}

export function getModel(context: StoreContext, name: string): RegisteredModel {
  return context.driver.read(() => toModel(context, findModel(context, name)));
}

export function createModel(context: StoreContext, model: NewRegisteredModel, actor: Identity): RegisteredModel {
  return context.write(() => {
    if (seekModel(context, model.name) !== undefined) {
      throw new WorkbenchError('registry-exists', `The registry has a model "${model.name}" already.`, {
        remedy: `Choose another name, or register a version of it: \`aiwb registry show ${model.name}\`.`,
      });
    }
    return toModel(context, insertModel(context, model, actor));
  });
}

export function setModelArchived(
  context: StoreContext,
  name: string,
  archived: boolean,
  actor: Identity,
): RegisteredModel {
  return context.write(() => {
    const row = findModel(context, name);
    if ((row['archived'] === 1) !== archived) {
      const sql = 'UPDATE registered_models SET archived = ?, updated_at = ? WHERE key = ?';
      context.driver.run(sql, Number(archived), context.now(), Number(row['key']));
      const action = archived ? 'model.archived' : 'model.restored';
      appendAudit(context, { actor: actor.email, action, subject: name, payload: { model: name } });
    }
    return toModel(context, findModel(context, name));
  });
}

/** Inserts a model whose name is free, with its audit entry. Must run inside a write transaction. */
export function insertModel(context: StoreContext, model: NewRegisteredModel, actor: Identity): Row {
  checkModelName(model.name);
  const { name, ...details } = model;
  context.driver.run(
    'INSERT INTO registered_models (name, created_at, updated_at, details) VALUES (?, ?, ?, ?)',
    ...[name, context.now(), context.now(), JSON.stringify(details)],
  );
  appendAudit(context, { actor: actor.email, action: 'registered-model.created', subject: name, payload: model });
  return findModel(context, name);
}

/** Throws `registry-not-found`. */
export function findModel(context: StoreContext, name: string): Row {
  const row = seekModel(context, name);
  if (row !== undefined) return row;
  const known = context.driver.all('SELECT name FROM registered_models ORDER BY archived, name');
  throw modelNotFound(
    name,
    known.map(other => String(other['name'])),
  );
}

export function seekModel(context: StoreContext, name: string): Row | undefined {
  return context.driver.get('SELECT * FROM registered_models WHERE name = ?', name);
}

/** Notes that something of the model has changed. */
export function touchModel(context: StoreContext, model: Row): void {
  const sql = 'UPDATE registered_models SET updated_at = ? WHERE key = ?';
  context.driver.run(sql, context.now(), Number(model['key']));
}

function toModel(context: StoreContext, row: Row): RegisteredModel {
  const key = Number(row['key']);
  const { customProperties, tasks, language, ...details } = JSON.parse(String(row['details'])) as ModelDetails;
  const counted = context.driver.get(
    'SELECT count(*) AS n, max(version) AS latest FROM model_versions WHERE model = ?',
    key,
  );
  const latest = counted?.['latest'] ?? undefined;
  return {
    name: String(row['name']),
    ...details,
    ...(tasks === undefined ? {} : { tasks: [...tasks] }),
    ...(language === undefined ? {} : { language: [...language] }),
    state: row['archived'] === 1 ? 'ARCHIVED' : 'LIVE',
    createdAt: Number(row['created_at']),
    updatedAt: Number(row['updated_at']),
    aliases: readAliases(context, key),
    versions: Number(counted?.['n']),
    ...(latest === undefined ? {} : { latest: String(latest) }),
    customProperties: { ...customProperties },
  };
}

/** Alias to version, by alias. */
function readAliases(context: StoreContext, model: number): RegisteredModel['aliases'] {
  const rows = context.driver.all(
    `SELECT alias, model_versions.version AS version FROM model_aliases
      JOIN model_versions ON model_versions.key = model_aliases.version WHERE model_aliases.model = ? ORDER BY alias`,
    model,
  );
  return Object.fromEntries(rows.map(row => [String(row['alias']), String(row['version'])]));
}
