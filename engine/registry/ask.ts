import type {
  ModelPage,
  ModelRow,
  ModelVersion,
  RegisteredModel,
  VersionPage,
  VersionRow,
} from '../../schemas/generated/messages.ts';
import type { ModelRegistry, RegistryPage, RegistryQuery } from '../ports/registry.ts';
import { figuresOf, rowFigures } from './figures.ts';
import { asksVersions, type RegistryFilter } from './filter/filter.ts';
import { aliasesOf, matchesModel, matchesVersion } from './filter/match.ts';

/** What is asked of a registry that has not been read yet. */
export interface Asked {
  readonly filter: RegistryFilter;
  readonly archived: boolean;
  readonly after: string | undefined;
  readonly limit: number;
}

/** Pages of the registry that are looked through for one page of matches: a filter may let nothing through. */
const mostPages = 20;
/** Versions that are looked at of one model. */
const mostVersions = 100;

/**
 * A page of a registry's models from the registry itself. What it does not filter is filtered here. `total` counts what was found so
 * far: nobody knows more without reading everything.
 */
export async function askModels(registry: ModelRegistry, asked: Asked, signal: AbortSignal): Promise<ModelPage> {
  const onVersions = asked.filter.terms.some(term => asksVersions(term) || term.kind === 'text');
  const { rows, next } = await gather(
    query => registry.pageModels(query, signal),
    async (model, residual) => {
      if (!onVersions) return matchesModel(residual, model) ? [modelRow(registry, model)] : [];
      const matching = await matchingVersions(registry, model, asked, signal);
      // A word of the model itself needs no version.
      const alone = model.versions === 0 && !asked.filter.terms.some(asksVersions) && matchesModel(asked.filter, model);
      if (matching.length === 0 && !alone) return [];
      const statuses = [...new Set(matching.map(({ status }) => status))].sort();
      return [{ ...modelRow(registry, model), statuses, matching: matching.length }];
    },
    asked,
    signal,
  );
  return { models: rows, total: rows.length, ...rest(next, asked.filter) };
}

/** The same of versions: of one model, or of all. */
export async function askVersions(
  registry: ModelRegistry,
  model: string | undefined,
  asked: Asked,
  signal: AbortSignal,
): Promise<VersionPage> {
  const models = new Map<string, RegisteredModel>();
  const modelOf = async (name: string): Promise<RegisteredModel> => {
    const known = models.get(name) ?? (await registry.getModel(name, signal));
    models.set(name, known);
    return known;
  };
  const { rows, next } = await gather(
    query => registry.pageVersions({ ...query, ...(model === undefined ? {} : { model }) }, signal),
    async (version, residual) => {
      if (!asked.archived && version.state === 'ARCHIVED') return [];
      const needsModel = residual.terms.some(term => !asksVersions(term));
      const owner = needsModel ? await modelOf(version.model) : undefined;
      return matchesVersion(residual, version, figuresOf(version), owner) ? [versionRow(registry, version, owner)] : [];
    },
    asked,
    signal,
  );
  return { versions: rows, total: rows.length, ...rest(next, asked.filter) };
}

function rest(next: string | undefined, { unmatched }: RegistryFilter) {
  return {
    ...(next === undefined ? {} : { next }),
    ...(unmatched === undefined ? {} : { unmatched: [...unmatched] }),
  };
}

/** Whole pages of the registry, until one has something that matches: its own token then leads on. */
async function gather<Item, Row>(
  ask: (query: RegistryQuery) => Promise<RegistryPage<Item>>,
  take: (item: Item, residual: RegistryFilter) => Promise<readonly Row[]>,
  { filter, archived, after, limit }: Asked,
  signal: AbortSignal,
): Promise<{ readonly rows: Row[]; readonly next: string | undefined }> {
  const rows: Row[] = [];
  const nothing: RegistryFilter = { text: '', terms: [] };
  let next = after;
  for (let page = 0; page < mostPages; page += 1) {
    signal.throwIfAborted();
    const query = { archived, limit, filter, ...(next === undefined ? {} : { after: next }) };
    const { items, next: following, residual = nothing } = await ask(query);
    for (const item of items) rows.push(...(await take(item, residual)));
    next = following;
    if (rows.length > 0 || next === undefined) break;
  }
  return { rows, next };
}

async function matchingVersions(
  registry: ModelRegistry,
  model: RegisteredModel,
  { filter, archived }: Asked,
  signal: AbortSignal,
): Promise<ModelVersion[]> {
  if (!matchesModel({ ...filter, terms: filter.terms.filter(term => term.kind !== 'text') }, model)) return [];
  const { items } = await registry.pageVersions({ model: model.name, limit: mostVersions }, signal);
  return items.filter(
    version => (archived || version.state === 'LIVE') && matchesVersion(filter, version, figuresOf(version), model),
  );
}

export function modelRow(registry: ModelRegistry, model: RegisteredModel): ModelRow {
  const { name, id, description, owner, provider, license, tasks, language, state } = model;
  const { aliases, versions, latest, updatedAt } = model;
  const url = registry.pageOf(model);
  return {
    registry: registry.name,
    name,
    ...(id === undefined ? {} : { id }),
    ...(description === undefined ? {} : { description }),
    ...(owner === undefined ? {} : { owner }),
    ...(provider === undefined ? {} : { provider }),
    ...(license === undefined ? {} : { license }),
    ...(tasks === undefined ? {} : { tasks }),
    ...(language === undefined ? {} : { language }),
    ...{ state, aliases, versions, statuses: [], updatedAt },
    ...(latest === undefined ? {} : { latest }),
    ...(url === undefined ? {} : { url }),
  };
}

export function versionRow(
  registry: ModelRegistry,
  version: ModelVersion,
  model: RegisteredModel | undefined,
): VersionRow {
  const { id, description, status, state, author, createdAt, updatedAt, weightsDigest } = version;
  const url = model === undefined ? undefined : registry.pageOf(model, version);
  return {
    ...{ registry: registry.name, model: version.model, version: version.version, status, state },
    ...(id === undefined ? {} : { id }),
    ...(description === undefined ? {} : { description }),
    ...{ aliases: [...aliasesOf(version, model)], author: author.email, createdAt },
    ...(updatedAt === undefined ? {} : { updatedAt }),
    ...(weightsDigest === undefined ? {} : { weightsDigest }),
    figures: figuresOf(version).slice(0, rowFigures),
    ...(url === undefined ? {} : { url }),
  };
}
