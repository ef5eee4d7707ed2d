import type {
  ListModels,
  ListVersions,
  ModelPage,
  ModelRow,
  RegistryEntries,
  RegistryEntry,
  VersionPage,
  VersionRow,
} from '../../schemas/generated/messages.ts';
import { omit } from '../base/omit.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import type { ModelRegistry } from '../ports/registry.ts';
import type { Store } from '../ports/store.ts';
import { askModels, askVersions, type Asked } from './ask.ts';
import { parseFilter } from './filter/parse.ts';
import type { Registries } from './registries.ts';

/** The workspace's registries with how old what is known of each is. Asks none of them. */
export async function listRegistries(
  registries: Registries,
  store: { readonly catalogue: Store['catalogue'] },
): Promise<RegistryEntries> {
  const entries: RegistryEntry[] = [];
  for (const name of ['local', ...registries.declared.map(one => one.name)]) {
    const { type, capabilities } = registries.open(name);
    const settings = registries.declared.find(one => one.name === name)?.settings;
    entries.push({
      name,
      type,
      capabilities,
      ...(settings === undefined ? {} : { url: settings.url }),
      ...(settings?.ui === undefined ? {} : { ui: settings.ui }),
      ...(settings?.readOnly === true ? { readOnly: true } : {}),
      cache: await store.catalogue.state(name),
    });
  }
  return { registries: entries };
}

/** What begins a place in a list that was read from the registry itself, not from what is kept of it. */
const live = 'live ';
const defaultLimit = 100;

/** Models with the newest version of each that matches; each is asked for when it is wanted. */
export interface ModelsWithNewest {
  readonly page: ModelPage;
  readonly newestOf: (model: string) => Promise<VersionRow | undefined>;
}

/**
 * Models that match, by name: out of what is known of the registry, with `cachedAt`; a registry that was never read is asked itself.
 * Throws `registry-unknown`, and what the registry throws where it is asked.
 */
export async function pageModels(
  query: ListModels,
  registries: Registries,
  catalogue: Catalogue,
  signal: AbortSignal,
): Promise<ModelPage> {
  const registry = registries.open(query.registry);
  if (await isAsked(registry, query.after, catalogue))
    return continued((await askModels(registry, toAsked(query), signal)).page);
  const page = await catalogue.pageModels(toCatalogueQuery(registry.name, query));
  return { ...page, models: page.models.map(row => withPage(row, registry)) };
}

/** The same with the newest version of each model that matches: a registry that is asked itself is asked for all of them together. */
export async function pageModelsWithNewest(
  query: ListModels,
  registries: Registries,
  catalogue: Catalogue,
  signal: AbortSignal,
): Promise<ModelsWithNewest> {
  const registry = registries.open(query.registry);
  if (await isAsked(registry, query.after, catalogue)) {
    const { page, newest } = await askModels(registry, { ...toAsked(query), newest: true }, signal);
    return { page: continued(page), newestOf: model => Promise.resolve(newest.get(model)) };
  }
  return {
    page: await pageModels(query, registries, catalogue, signal),
    async newestOf(model) {
      const asked = { ...toCatalogueQuery(registry.name, { ...omit(query, 'after'), limit: 1 }), model };
      return (await catalogue.pageVersions(asked)).versions[0];
    },
  };
}

/** Versions that match, newest first: of one model, or of all. */
export async function pageVersions(
  query: ListVersions,
  registries: Registries,
  catalogue: Catalogue,
  signal: AbortSignal,
): Promise<VersionPage> {
  const registry = registries.open(query.registry);
  if (await isAsked(registry, query.after, catalogue))
    return continued(await askVersions(registry, query.model, toAsked(query), signal));
  const of = query.model === undefined ? {} : { model: query.model };
  return catalogue.pageVersions({ ...toCatalogueQuery(registry.name, query), ...of });
}

/** Whether a registry was read whole at least once, so that what is known of it can be shown. */
export async function isRead(registry: string, catalogue: Catalogue): Promise<boolean> {
  return registry === 'local' || (await catalogue.age(registry)).syncedAt !== undefined;
}

/** A list that was begun at the registry goes on there, also when it has been read meanwhile. */
async function isAsked(registry: ModelRegistry, after: string | undefined, catalogue: Catalogue): Promise<boolean> {
  if (after !== undefined) return after.startsWith(live);
  return !(await isRead(registry.name, catalogue));
}

type Query = Pick<ListModels, 'filter' | 'archived' | 'after' | 'limit'>;

function toAsked({ filter = '', archived = false, after, limit = defaultLimit }: Query): Asked {
  return { filter: parseFilter(filter), archived, after: after?.slice(live.length), limit };
}

function toCatalogueQuery(registry: string, { filter, archived = false, after, limit = defaultLimit }: Query) {
  return {
    registry,
    archived,
    limit,
    ...(filter === undefined ? {} : { filter: parseFilter(filter) }),
    ...(after === undefined ? {} : { after }),
  };
}

function continued<Page extends { readonly next?: string }>(page: Page): Page {
  return page.next === undefined ? page : { ...page, next: live + page.next };
}

/** The page of a model in the registry's own interface is made from what its row tells. */
function withPage(row: ModelRow, registry: ModelRegistry): ModelRow {
  const model = omit(row, 'registry', 'statuses', 'matching', 'url');
  const url = registry.pageOf({ ...model, createdAt: model.updatedAt, customProperties: {} });
  return url === undefined ? row : { ...row, url };
}
