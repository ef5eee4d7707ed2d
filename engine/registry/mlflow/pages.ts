import type { ModelVersion, RegisteredModel } from '../../../schemas/generated/messages.ts';
import type { RegistryPage, RegistryQuery, VersionQuery, VersionsPage } from '../../ports/registry.ts';
import { WorkbenchError } from '../../base/errors.ts';
import { omit } from '../../base/omit.ts';
import { inParallel, pageThrough } from '../rest/stretches.ts';
import { hasCode, orUndefined, type MlflowApi } from './api.ts';
import { conditionsOnModels, conditionsOnVersions, equals, listsOfNames, nameIsIn } from './filters.ts';
import { countOf, isPrompt, toModel } from './models.ts';
import { pageOfModels, pageOfVersions, searchVersions } from './search.ts';
import { isListed, isWhole, toVersion } from './versions.ts';
import { archived, tagNames } from './tags.ts';
import { readModel, readVersion, type WireModel, type WireVersion } from './wire.ts';

const usual = 100;
/** Questions under way at once. */
const width = 4;

export async function pageModels(
  api: MlflowApi,
  query: RegistryQuery,
  signal: AbortSignal,
): Promise<RegistryPage<RegisteredModel>> {
  const search = {
    conditions: conditionsOnModels(query.filter),
    order: query.order === 'updated' ? 'last_updated_timestamp DESC' : 'name ASC',
    limit: query.limit ?? usual,
  };
  return fill(query, async token => {
    const { items, next } = await pageOfModels(api, { ...search, token }, signal);
    const kept = items.filter(({ tags }) => query.archived === true || tags.get(tagNames.state) !== archived);
    return { items: kept.map(model => toModel(api.name, model, countOf(model))), next };
  });
}

export async function pageVersions(
  api: MlflowApi,
  { of, ...query }: VersionQuery,
  signal: AbortSignal,
): Promise<VersionsPage> {
  if (of === undefined) return pageListed(api, query, undefined, signal);
  const models = new Map(of.map(one => [one.name, one]));
  const aliases = (one: WireVersion): string[] => aliasesOf(models.get(one.name), one.version);
  const read = (groups: readonly (readonly string[])[]) =>
    pageThrough(groups, query.after, async (names, after) => {
      const asked = { ...omit(query, 'after'), ...(after === undefined ? {} : { after }) };
      return pageListed(api, asked, { names, aliases }, signal);
    });
  const alone = [...models.keys()].map(name => [name]);
  let page: RegistryPage<ModelVersion>;
  try {
    page = await read(withoutLists.has(api) ? alone : listsOfNames([...models.keys()]));
  } catch (error) {
    // Older servers know no lists of names.
    if (!hasCode(error, 'registry-refused') || query.after !== undefined || withoutLists.has(api)) throw error;
    page = await read(alone);
    withoutLists.add(api);
  }
  return { ...page, models: of, ...(query.filter === undefined ? {} : { residual: query.filter }) };
}

/** Servers that were found to take no lists of names. */
const withoutLists = new WeakSet<MlflowApi>();

/** Models whose versions are asked for. */
interface Among {
  readonly names: readonly string[];
  readonly aliases: (version: WireVersion) => string[];
}

async function pageListed(
  api: MlflowApi,
  query: Omit<VersionQuery, 'of'>,
  among: Among | undefined,
  signal: AbortSignal,
): Promise<VersionsPage> {
  const { model, bare = false } = query;
  const owner = model === undefined ? undefined : await getModel(api, model, signal);
  const names = among?.names ?? (model === undefined ? undefined : [model]);
  // Within a page of several models those of each are in order, since a page is sorted by what MLflow can: the name, then the number.
  const byName = names?.length === 1 ? 'version_number DESC' : 'name ASC';
  const search = {
    conditions: [...(names === undefined ? [] : [amongNames(names)]), ...conditionsOnVersions(query.filter)],
    order: query.order === 'updated' ? 'last_updated_timestamp DESC' : byName,
    limit: query.limit ?? usual,
  };
  const wanted = names === undefined ? undefined : new Set(names);
  const models: RegisteredModel[] = [];
  const page = await fill(query, async token => {
    const { items, next } = await pageOfVersions(api, { ...search, token }, signal);
    // Archived ones are shown on request, and with them what was never finished and what was made twice.
    const kept = items.filter(
      one => (wanted === undefined || wanted.has(one.name)) && (query.archived === true || isListed(one)),
    );
    if (among !== undefined) return { items: kept.map(one => toVersion(api.name, one, among.aliases(one))), next };
    if (bare) return { items: kept.map(one => toVersion(api.name, one, [])), next };
    // Searches leave aliases out: they are the model's.
    const asked = [...new Set(kept.map(({ name }) => name))];
    const owners = owner === undefined ? await modelsNamed(api, asked, signal) : new Map([[owner.name, owner]]);
    models.push(...[...owners.values()].map(one => toModel(api.name, one, countOf(one))));
    return { items: kept.map(one => toVersion(api.name, one, aliasesOf(owners.get(one.name), one.version))), next };
  });
  return { ...page, ...(bare || among !== undefined ? {} : { models }) };
}

function amongNames(names: readonly string[]): string {
  const [only = ''] = names;
  return names.length === 1 ? equals('name', only) : (nameIsIn(names) ?? '');
}

/** Pages that have nothing left to show are passed over. */
async function fill<Item>(
  { after, filter }: RegistryQuery,
  read: (token: string | undefined) => Promise<{ items: readonly Item[]; next: string | undefined }>,
): Promise<RegistryPage<Item>> {
  let token = after;
  for (;;) {
    const { items, next } = await read(token);
    token = next;
    if (items.length === 0 && next !== undefined) continue;
    return { items, ...(next === undefined ? {} : { next }), ...(filter === undefined ? {} : { residual: filter }) };
  }
}

/** Throws `registry-not-found`. */
export async function getModel(api: MlflowApi, name: string, signal: AbortSignal): Promise<WireModel> {
  // MLflow refuses such a name as invalid even where it is only asked for.
  const isName = name.trim() !== '' && !/[/:]|^\.\.|^\.$/.test(name);
  const reply = isName ? await orUndefined(api.get('/registered-models/get', { name }, signal)) : undefined;
  const model = reply === undefined ? undefined : readModel(reply['registered_model']);
  if (model === undefined || isPrompt(model)) {
    throw new WorkbenchError('registry-not-found', `The registry ${api.name} has no model "${name}".`);
  }
  return model;
}

/** A model with its versions counted. */
export async function getWholeModel(api: MlflowApi, name: string, signal: AbortSignal): Promise<RegisteredModel> {
  const model = await getModel(api, name, signal);
  let versions = 0;
  let latest: string | undefined;
  for await (const one of searchVersions(api, [equals('name', name)], 'version_number DESC', signal)) {
    if (one.name !== name || !isWhole(one)) continue;
    versions += 1;
    if (latest === undefined && isListed(one)) latest = one.version;
  }
  return toModel(api.name, model, { versions, ...(latest === undefined ? {} : { latest }) });
}

/** By number, as `3` or `v3`, or alias; without one the newest that is not archived. Throws `registry-not-found`. */
export async function getVersion(
  api: MlflowApi,
  model: string,
  wanted: string | undefined,
  signal: AbortSignal,
): Promise<WireVersion> {
  if (wanted === undefined || wanted.toLowerCase() === 'latest') return newest(api, model, signal);
  const number = /^v?(\d{1,9})$/i.exec(wanted)?.[1];
  const owner = await getModel(api, model, signal);
  const version = number ?? (Object.hasOwn(owner.aliases, wanted) ? owner.aliases[wanted] : undefined);
  const reply =
    version === undefined
      ? undefined
      : await orUndefined(api.get('/model-versions/get', { name: model, version: String(Number(version)) }, signal));
  if (reply === undefined) {
    const aliases = Object.keys(owner.aliases);
    throw new WorkbenchError('registry-not-found', `${api.name} has no version or alias "${wanted}" of "${model}".`, {
      remedy: aliases.length === 0 ? 'Name a version by its number.' : `Its aliases: ${aliases.sort().join(', ')}.`,
    });
  }
  return readVersion(reply['model_version']);
}

async function newest(api: MlflowApi, model: string, signal: AbortSignal): Promise<WireVersion> {
  const owner = await getModel(api, model, signal);
  let found: WireVersion | undefined;
  for await (const one of searchVersions(api, [equals('name', model)], 'version_number DESC', signal)) {
    if (one.name !== model || !isWhole(one)) continue;
    found ??= one;
    if (!isListed(one)) continue;
    found = one;
    break;
  }
  if (found === undefined) {
    throw new WorkbenchError('registry-not-found', `${api.name} has no version of the model "${model}".`);
  }
  return { ...found, aliases: aliasesOf(owner, found.version) };
}

function aliasesOf(owner: Pick<WireModel, 'aliases'> | undefined, version: string): string[] {
  return Object.entries(owner?.aliases ?? {}).flatMap(([alias, of]) => (of === version ? [alias] : []));
}

/** Models by name, in as few requests as their names allow. */
async function modelsNamed(
  api: MlflowApi,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, WireModel>> {
  const found = new Map<string, WireModel>();
  const lists = await inParallel(
    listsOfNames(names),
    width,
    async some => (await modelsIn(api, some, signal)) ?? (await modelsOneByOne(api, some, signal)),
  );
  for (const model of lists.flat()) found.set(model.name, model);
  return found;
}

async function modelsIn(
  api: MlflowApi,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly WireModel[] | undefined> {
  const condition = nameIsIn(names);
  if (condition === undefined) return undefined;
  if (withoutLists.has(api)) return undefined;
  try {
    return (await pageOfModels(api, { conditions: [condition], order: 'name ASC', limit: 1000 }, signal)).items;
  } catch (error) {
    // Older servers know no lists of names.
    if (hasCode(error, 'registry-refused')) return undefined;
    throw error;
  }
}

async function modelsOneByOne(
  api: MlflowApi,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly WireModel[]> {
  const replies = await inParallel(names, width, name =>
    orUndefined(api.get('/registered-models/get', { name }, signal)),
  );
  return replies.flatMap(reply => (reply === undefined ? [] : [readModel(reply['registered_model'])]));
}
