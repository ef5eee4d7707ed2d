import type { ModelVersion, RegisteredModel } from '../../../schemas/generated/messages.ts';
import type { RegistryPage, RegistryQuery } from '../../ports/registry.ts';
import { WorkbenchError } from '../../base/errors.ts';
import { hasCode, orUndefined, type MlflowApi } from './api.ts';
import { conditionsOnModels, conditionsOnVersions, equals, nameIsIn } from './filters.ts';
import { countOf, isPrompt, toModel } from './models.ts';
import { pageOfModels, pageOfVersions, searchVersions } from './search.ts';
import { isListed, isWhole, toVersion } from './versions.ts';
import { archived, tagNames } from './tags.ts';
import { readModel, readVersion, type WireModel, type WireVersion } from './wire.ts';

const usual = 100;
/** Most names in one condition, so that an address stays short. */
const namesAtOnce = 40;

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
  query: RegistryQuery & { readonly model?: string },
  signal: AbortSignal,
): Promise<RegistryPage<ModelVersion>> {
  const { model } = query;
  const owner = model === undefined ? undefined : await getModel(api, model, signal);
  const byName = model === undefined ? 'name ASC' : 'version_number DESC';
  const search = {
    conditions: [...(model === undefined ? [] : [equals('name', model)]), ...conditionsOnVersions(query.filter)],
    order: query.order === 'updated' ? 'last_updated_timestamp DESC' : byName,
    limit: query.limit ?? usual,
  };
  return fill(query, async token => {
    const { items, next } = await pageOfVersions(api, { ...search, token }, signal);
    // Archived ones are shown on request, and with them what was never finished and what was made twice.
    const kept = items.filter(
      one => (model === undefined || one.name === model) && (query.archived === true || isListed(one)),
    );
    // Searches leave aliases out: they are the model's.
    const names = [...new Set(kept.map(({ name }) => name))];
    const owners = owner === undefined ? await modelsNamed(api, names, signal) : new Map([[owner.name, owner]]);
    return { items: kept.map(one => toVersion(api.name, one, aliasesOf(owners.get(one.name), one.version))), next };
  });
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

function aliasesOf(owner: WireModel | undefined, version: string): string[] {
  return Object.entries(owner?.aliases ?? {}).flatMap(([alias, of]) => (of === version ? [alias] : []));
}

/** Models by name, in as few requests as their names allow. */
async function modelsNamed(
  api: MlflowApi,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, WireModel>> {
  const found = new Map<string, WireModel>();
  for (let at = 0; at < names.length; at += namesAtOnce) {
    const some = names.slice(at, at + namesAtOnce);
    for (const model of (await modelsIn(api, some, signal)) ?? (await modelsOneByOne(api, some, signal))) {
      found.set(model.name, model);
    }
  }
  return found;
}

async function modelsIn(
  api: MlflowApi,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly WireModel[] | undefined> {
  const condition = nameIsIn(names);
  if (condition === undefined) return undefined;
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
  const models: WireModel[] = [];
  for (const name of names) {
    const reply = await orUndefined(api.get('/registered-models/get', { name }, signal));
    if (reply !== undefined) models.push(readModel(reply['registered_model']));
  }
  return models;
}
