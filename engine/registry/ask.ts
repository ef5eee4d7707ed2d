import type {
  ModelPage,
  ModelRow,
  ModelVersion,
  RegisteredModel,
  VersionPage,
  VersionRow,
} from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { omit } from '../base/omit.ts';
import type { ModelRegistry, RegistryPage, RegistryQuery } from '../ports/registry.ts';
import { figuresOf, rowFigures } from './figures.ts';
import { asksVersions, type FilterTerm, type RegistryFilter } from '../ports/registry-filter.ts';
import { aliasesOf, matchesModel, matchesVersion } from './filter/match.ts';
import { inParallel, splitInto } from './rest/stretches.ts';

/** What is asked of a registry that has not been read yet. */
export interface Asked {
  readonly filter: RegistryFilter;
  readonly archived: boolean;
  readonly after: string | undefined;
  /** Of a first page; where less than that matches in it, the registry is looked through in larger ones. */
  readonly limit: number;
  /** Models with their newest version that matches. */
  readonly newest?: boolean;
}

export interface AskedModels {
  readonly page: ModelPage;
  /** By model, where they were asked for. */
  readonly newest: ReadonlyMap<string, VersionRow>;
}

/** Pages of the registry that are looked through for one page of matches: a filter may let nothing through. */
const mostPages = 20;
const largestPage = 500;
/** Models whose versions are asked for together, and how many such questions are under way at once. */
const modelsAtOnce = 200;
const width = 4;
/** More versions than the models of a page have: a registry that never ends is not read for ever. */
const mostVersions = 1_000_000;

/**
 * A page of a registry's models from the registry itself. What it does not filter is filtered here; the versions that this takes are
 * asked for of all models of a page at once. `total` counts what was found so far: nobody knows more without reading everything.
 */
export async function askModels(registry: ModelRegistry, asked: Asked, signal: AbortSignal): Promise<AskedModels> {
  const { filter, newest: wantsNewest = false } = asked;
  const onVersions = filter.terms.some(looksAtVersions);
  const needsVersions = onVersions || wantsNewest;
  const newest = new Map<string, VersionRow>();
  const { rows, next } = await gather(
    query => registry.pageModels({ ...query, ...(needsVersions ? { bare: true } : {}) }, signal),
    async ({ items, residual }) => {
      if (!needsVersions)
        return items.filter(model => matchesModel(residual, model)).map(one => modelRow(registry, one));
      const found = await withVersions(registry, items, asked, signal);
      for (const { model, matching } of found) {
        const [first] = matching;
        if (wantsNewest && first !== undefined) newest.set(model.name, versionRow(registry, first, model));
      }
      return found.map(({ model, matching }) => {
        const statuses = [...new Set(matching.map(({ status }) => status))].sort();
        return { ...modelRow(registry, model), statuses, ...(onVersions ? { matching: matching.length } : {}) };
      });
    },
    asked,
    signal,
  );
  return { page: { models: rows, total: rows.length, ...rest(next, filter) }, newest };
}

/** The same of versions: of one model, or of all. */
export async function askVersions(
  registry: ModelRegistry,
  model: string | undefined,
  asked: Asked,
  signal: AbortSignal,
): Promise<VersionPage> {
  const { rows, next } = await gather(
    query => registry.pageVersions({ ...query, ...(model === undefined ? {} : { model }) }, signal),
    async ({ items, residual, models = [] }) => {
      const live = items.filter(({ state }) => asked.archived || state !== 'ARCHIVED');
      const owners = new Map(models.map(one => [one.name, one]));
      const missing = residual.terms.some(term => !asksVersions(term))
        ? [...new Set(live.map(version => version.model))].filter(name => !owners.has(name))
        : [];
      for (const one of await inParallel(missing, width, name => registry.getModel(name, signal)))
        owners.set(one.name, one);
      return live
        .filter(version => matchesVersion(residual, version, figuresOf(version), owners.get(version.model)))
        .map(version => versionRow(registry, version, owners.get(version.model)));
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

const nothing: RegistryFilter = { text: '', terms: [] };

/** Whole pages of the registry, until as much matches as is asked for: its own token then leads on. */
async function gather<Page extends RegistryPage<unknown>, Row>(
  ask: (query: RegistryQuery) => Promise<Page>,
  take: (page: Page & { readonly residual: RegistryFilter }) => Promise<readonly Row[]>,
  { filter, archived, after, limit }: Asked,
  signal: AbortSignal,
): Promise<{ readonly rows: Row[]; readonly next: string | undefined }> {
  const rows: Row[] = [];
  let next = after;
  let size = limit;
  for (let page = 0; page < mostPages; page += 1) {
    signal.throwIfAborted();
    const found = await ask({ archived, limit: size, filter, ...(next === undefined ? {} : { after: next }) });
    rows.push(...(await take({ ...found, residual: found.residual ?? nothing })));
    next = found.next;
    if (rows.length >= limit || next === undefined) break;
    size = Math.max(limit, largestPage);
  }
  return { rows, next };
}

/** Words are looked for in models and versions. */
function looksAtVersions(term: FilterTerm): boolean {
  return asksVersions(term) || term.kind === 'text';
}

interface WithVersions {
  readonly model: RegisteredModel;
  /** Newest first. */
  readonly matching: readonly ModelVersion[];
}

/** Those of the models that match, or that have versions that do, with these. */
async function withVersions(
  registry: ModelRegistry,
  models: readonly RegisteredModel[],
  { filter, archived }: Asked,
  signal: AbortSignal,
): Promise<readonly WithVersions[]> {
  const ofModels = { ...filter, terms: filter.terms.filter(term => term.kind !== 'text') };
  const candidates = models.filter(model => matchesModel(ofModels, model));
  // Where every version of a model is read, they are counted here; else the registry is asked for the number of those that matched.
  const isWhole = !filter.terms.some(asksVersions);
  const ofVersions = isWhole ? {} : { filter };
  const versions = await readVersionsOf(registry, candidates, { ...ofVersions, archived: archived || isWhole }, signal);
  const found = candidates.flatMap(model => {
    const all = versions.get(model.name) ?? [];
    const matching = all.filter(
      version => (archived || version.state === 'LIVE') && matchesVersion(filter, version, figuresOf(version), model),
    );
    // A word of the model itself needs no version.
    const isAlone = all.length === 0 && isWhole && matchesModel(filter, model);
    if (matching.length === 0 && !isAlone && filter.terms.some(looksAtVersions)) return [];
    return [{ model: isWhole ? withCount(model, all) : model, matching }];
  });
  if (isWhole) return found;
  const counted = await registry.countVersions(
    found.map(({ model }) => model),
    signal,
  );
  return found.map((one, index) => ({ ...one, model: counted[index] ?? one.model }));
}

/** Versions of these models by their names, newest first, in as few requests as the registry allows. */
async function readVersionsOf(
  registry: ModelRegistry,
  models: readonly RegisteredModel[],
  asked: Pick<RegistryQuery, 'filter' | 'archived'>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly ModelVersion[]>> {
  let count = 0;
  const read = await inParallel(splitInto(models, modelsAtOnce), width, async of => {
    const versions: ModelVersion[] = [];
    for (let after: string | undefined; ;) {
      const query = { ...asked, of, limit: largestPage, ...(after === undefined ? {} : { after }) };
      const { items, next } = await registry.pageVersions(query, signal);
      signal.throwIfAborted();
      versions.push(...items);
      count += items.length;
      if (next === undefined) return versions;
      if (next === after || count > mostVersions)
        throw new WorkbenchError('registry-malformed', `${registry.name} gives pages without an end.`, {
          remedy: 'See whether its url leads to a model registry, and what its log says.',
        });
      after = next;
    }
  });
  return Map.groupBy(read.flat(), ({ model }) => model);
}

/** A model with its versions counted; the newest is one that is not archived, where there is such. */
export function withCount(model: RegisteredModel, versions: readonly ModelVersion[]): RegisteredModel {
  const newest = versions.find(({ state }) => state === 'LIVE') ?? versions[0];
  return {
    ...omit(model, 'latest'),
    versions: versions.length,
    ...(newest === undefined ? {} : { latest: newest.version }),
  };
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
