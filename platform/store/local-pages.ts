import type { LocalVersion, RegistryPage, RegistryQuery, VersionQuery } from '../../engine/ports/registry.ts';
import type { RegisteredModel } from '../../schemas/generated/messages.ts';
import { compileFilter } from './catalogue-filter.ts';
import { selectModels, selectVersions } from './catalogue-queries.ts';
import { localShelf } from './catalogue-schema.ts';
import type { StoreContext } from './context.ts';
import { findModel } from './models.ts';
import { toModel } from './model-rows.ts';
import { toVersion } from './version-rows.ts';

/** A page of the local registry's models: the catalogue finds them, their own tables say what they are. */
export function pageModels(context: StoreContext, query: RegistryQuery): RegistryPage<RegisteredModel> {
  const { driver } = context;
  return driver.read(() => {
    const { keys, next } = selectModels(driver, localShelf, compileFilter(driver, localShelf, query.filter), query);
    const sql = `SELECT r.* FROM registered_models r JOIN catalogue_models m ON m.name = r.name WHERE m.key = ?`;
    const items = keys.map(key => toModel(context, driver.get(sql, key) ?? {}));
    return { items, ...(next === undefined ? {} : { next }) };
  });
}

/** The same of versions. Throws `registry-not-found` for a model that is not there. */
export function pageVersions(context: StoreContext, { of, ...query }: VersionQuery): RegistryPage<LocalVersion> {
  const { driver } = context;
  return driver.read(() => {
    if (query.model !== undefined) findModel(context, query.model);
    const filter = compileFilter(driver, localShelf, query.filter);
    const { keys, next } = selectVersions(driver, localShelf, filter, {
      ...query,
      ...(of === undefined ? {} : { models: of.map(({ name }) => name) }),
    });
    const items = keys.map(key => {
      const named = driver.get(
        'SELECT m.name, v.version FROM catalogue_versions v JOIN catalogue_models m ON m.key = v.model WHERE v.key = ?',
        key,
      );
      const model = findModel(context, String(named?.['name']));
      const sql = 'SELECT * FROM model_versions WHERE model = ? AND version = ?';
      return toVersion(context, model, driver.get(sql, Number(model['key']), Number(named?.['version'])) ?? {});
    });
    return { items, ...(next === undefined ? {} : { next }) };
  });
}
