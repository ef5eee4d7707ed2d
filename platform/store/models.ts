import { WorkbenchError } from '../../engine/base/errors.ts';
import { digestModel } from '../../engine/audit/kept.ts';
import type { NewRegisteredModel } from '../../engine/ports/registry.ts';
import { checkModelName } from '../../engine/registry/names.ts';
import type { Identity, RegisteredModel } from '../../schemas/generated/messages.ts';
import { appendAudit, sha256 } from './audit.ts';
import type { StoreContext } from './context.ts';
import type { Row } from './driver.ts';
import { indexModel, indexWholeModel } from './local-index.ts';
import { toModel } from './model-rows.ts';
import { modelNotFound } from './registry-failures.ts';

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
      indexWholeModel(context, Number(row['key']));
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
  const note = { actor: actor.email, action: 'registered-model.created', subject: name, payload: model };
  appendAudit(context, { ...note, kept: { digest: digestModel(model, sha256) } });
  const row = findModel(context, name);
  indexModel(context, Number(row['key']));
  return row;
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

/** Notes that something of the model has changed, and which of its versions did. Must come after the change. */
export function touchModel(context: StoreContext, model: Row, ...versions: readonly Row[]): void {
  const sql = 'UPDATE registered_models SET updated_at = ? WHERE key = ?';
  context.driver.run(sql, context.now(), Number(model['key']));
  indexModel(
    context,
    Number(model['key']),
    versions.map(version => Number(version['key'])),
  );
}
