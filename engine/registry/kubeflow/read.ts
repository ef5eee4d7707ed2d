import type { Artifact, ModelVersion, RegisteredModel, VersionEndpoint } from '../../../schemas/generated/messages.ts';
import { WorkbenchError } from '../../base/errors.ts';
import { omit } from '../../base/omit.ts';
import type { Clock } from '../../ports/clock.ts';
import type { RegistryPage, RegistryQuery, VersionQuery, VersionsPage } from '../../ports/registry.ts';
import { RestError } from '../rest/client.ts';
import { inParallel, pageThrough, splitInto } from '../rest/stretches.ts';
import type { KubeflowApi, ResourcePage } from './api.ts';
import { toArtifact } from './artifacts.ts';
import { pushModelFilter, pushVersionFilter } from './filter.ts';
import { addDatasets } from './lineage.ts';
import { aliasesOf, toModel, type VersionCount } from './models.ts';
import { createOwners, idsAtOnce, width, type Owner } from './owners.ts';
import { readPage, type Listing } from './pages.ts';
import { decodeProperties } from './properties.ts';
import { toVersion } from './versions.ts';
import { idOf, isArchived, nameOf, propertiesIn, readText, type Resource } from './wire.ts';

export interface Reader {
  pageModels(query: RegistryQuery, signal: AbortSignal): Promise<RegistryPage<RegisteredModel>>;
  pageVersions(query: VersionQuery, signal: AbortSignal): Promise<VersionsPage>;
  countEach(models: readonly RegisteredModel[], signal: AbortSignal): Promise<RegisteredModel[]>;
  /** Throws `registry-not-found`. */
  requireModel(model: string, signal: AbortSignal): Promise<Resource>;
  /** By alias or name; without one the newest that is not archived, else the newest. Throws `registry-not-found`. */
  requireVersion(model: Resource, versionOrAlias: string | undefined, signal: AbortSignal): Promise<Resource>;
  /** With what stands in other places: data sets among its artifacts, which are read where they are not given, and where it is served. */
  describeVersion(
    version: Resource,
    model: Resource,
    signal: AbortSignal,
    artifacts?: Promise<readonly Artifact[]>,
  ): Promise<ModelVersion>;
  countVersions(model: Resource, signal: AbortSignal): Promise<VersionCount>;
  /** One more than the highest version of a model that is called by a number. */
  nextNumber(model: Resource, signal: AbortSignal): Promise<number>;
  /** Has a model asked for again, after it was changed. */
  forget(modelId: string): void;
}

export function createReader(registry: string, api: KubeflowApi, clock: Clock): Reader {
  const owners = createOwners(registry, api, clock);

  function keepOwner(model: Resource): Resource {
    owners.keep(model);
    return model;
  }

  /** Versions of all these models: one sweep, whatever their number. */
  async function countAll(ids: readonly string[], signal: AbortSignal): Promise<(id: string) => VersionCount> {
    const byModel = new Map<string, Resource[]>(ids.map(id => [id, []]));
    const asked = ids.filter(isId);
    const pages = await inParallel(splitInto(asked, idsAtOnce), width, some =>
      api.all('/model_versions', { filterQuery: ofModels(some) }, signal),
    );
    for (const version of pages.flat()) byModel.get(readText(version, 'registeredModelId') ?? '')?.push(version);
    return id => countOf(byModel.get(id) ?? []);
  }

  /** Where the registry itself says a version is served, if it does. */
  async function findEndpoint(versionId: string, signal: AbortSignal): Promise<VersionEndpoint | undefined> {
    if (!/^\d+$/.test(versionId)) return undefined;
    // The server gives every service whatever `filterQuery` says.
    const services = await api.all('/inference_services', {}, signal).catch((error: unknown) => {
      // Who may read models may not be allowed to see what is served.
      if (error instanceof RestError && error.status === 403) return [];
      throw error;
    });
    for (const service of services) {
      const isOf = readText(service, 'modelVersionId') === versionId;
      if (!isOf || readText(service, 'desiredState') !== 'DEPLOYED') continue;
      const { url } = decodeProperties(propertiesIn(service));
      if (typeof url === 'string' && /^https?:\/\/[^\s]+$/.test(url)) return { url };
    }
    return undefined;
  }

  /** One listing of versions: of one model, of some, or of all. */
  async function pageOf(
    path: string,
    query: VersionQuery,
    known: ReadonlyMap<string, Owner> | undefined,
    filterQuery: string | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly items: readonly ModelVersion[]; readonly next?: string; readonly owners: readonly Owner[] }> {
    const { archived = false, bare = false } = query;
    const ownersOf = (versions: readonly Resource[]): Promise<ReadonlyMap<string, Owner>> => {
      if (known !== undefined) return Promise.resolve(known);
      const ids = new Set(versions.map(one => readText(one, 'registeredModelId') ?? ''));
      // Whether a model is archived changes: names alone do not tell.
      return owners.read(ids, bare && archived, signal);
    };
    const keep = async (all: readonly Resource[]): Promise<readonly Resource[]> => {
      if (archived) return all;
      const versions = all.filter(version => !isArchived(version));
      if (known !== undefined) return versions;
      const found = await ownersOf(versions);
      return versions.filter(version => found.get(readText(version, 'registeredModelId') ?? '')?.archived === false);
    };
    const listing: Listing = { path, sortOrder: 'DESC', filterQuery, keep };
    const { items, next } = await readPage(api, listing, query, signal);
    const found = await ownersOf(items);
    const versions = items.flatMap(version => {
      // Without its model a version has no name here: the server lets such be made.
      const its = found.get(readText(version, 'registeredModelId') ?? '');
      return its === undefined ? [] : [toVersion(registry, version, its)];
    });
    return { items: versions, ...(next === undefined ? {} : { next }), owners: [...found.values()] };
  }

  const reader: Reader = {
    async pageModels(query, signal) {
      const pushed = pushModelFilter(query.filter);
      const keep = async (models: readonly Resource[]) =>
        query.archived === true ? models : models.filter(model => !isArchived(model));
      const listing: Listing = { path: '/registered_models', sortOrder: 'ASC', filterQuery: pushed.filterQuery, keep };
      const { items, next } = await readPage(api, listing, query, signal);
      const ids = items.map(keepOwner).map(idOf);
      const count = query.bare === true ? () => ({ versions: 0 }) : await countAll(ids, signal);
      // The server knows no order by name, but what it gives at once can be put into it.
      const isWhole = query.after === undefined && next === undefined && query.order !== 'updated';
      const models = isWhole ? items.toSorted(byName) : items;
      return {
        items: models.map(model => toModel(registry, model, count(idOf(model)))),
        ...(next === undefined ? {} : { next }),
        ...(pushed.residual === undefined ? {} : { residual: pushed.residual }),
      };
    },
    async pageVersions({ model, of, ...query }, signal) {
      const { filterQuery, residual } = pushVersionFilter(query.filter);
      const rest = residual === undefined ? {} : { residual };
      if (of !== undefined) {
        const known = new Map(of.map(one => [one.id ?? '', ownerOf(one)]));
        const groups = splitInto([...known.keys()].filter(isId), idsAtOnce);
        const page = await pageThrough(groups, query.after, (ids, after) => {
          const asked = { ...omit(query, 'after'), ...(after === undefined ? {} : { after }) };
          const condition = [ofModels(ids), ...(filterQuery === undefined ? [] : [filterQuery])].join(' AND ');
          return pageOf('/model_versions', asked, known, condition, signal);
        });
        return { ...page, models: of, ...rest };
      }
      const owner = model === undefined ? undefined : keepOwner(await reader.requireModel(model, signal));
      const path =
        owner === undefined ? '/model_versions' : `/registered_models/${encodeURIComponent(idOf(owner))}/versions`;
      const known = owner === undefined ? undefined : await owners.read(new Set([idOf(owner)]), false, signal);
      const page = await pageOf(path, query, known, filterQuery, signal);
      const models = page.owners.flatMap(one => (one.model === undefined ? [] : [one.model]));
      return { ...omit(page, 'owners'), models, ...rest };
    },
    async countEach(models, signal) {
      const count = await countAll(
        models.map(({ id = '' }) => id),
        signal,
      );
      return models.map(model => ({ ...omit(model, 'latest'), ...count(model.id ?? '') }));
    },
    async requireModel(model, signal) {
      const found = await api.findByName('/registered_model', model, {}, signal);
      if (found !== undefined) return found;
      throw new WorkbenchError('registry-not-found', `The registry ${registry} has no model "${model}".`);
    },
    async requireVersion(model, versionOrAlias, signal) {
      const parentResourceId = idOf(model);
      if (versionOrAlias === undefined) {
        const newest = await findNewest(parentResourceId, signal);
        if (newest !== undefined) return newest;
        throw new WorkbenchError('registry-not-found', `The model "${nameOf(model)}" in ${registry} has no version.`);
      }
      const name = aliasesOf(model)[versionOrAlias] ?? versionOrAlias;
      const found = await api.findByName('/model_version', name, { parentResourceId }, signal);
      if (found !== undefined) return found;
      throw new WorkbenchError(
        'registry-not-found',
        `The model "${nameOf(model)}" in ${registry} has no version or alias "${versionOrAlias}".`,
      );
    },
    async describeVersion(version, model, signal, given) {
      const shown = toVersion(registry, version, { name: nameOf(model), aliases: aliasesOf(model) });
      const path = `/model_versions/${encodeURIComponent(idOf(version))}/artifacts`;
      const datasets = async (): Promise<readonly Artifact[]> => {
        const found = await api.all(path, { artifactType: 'dataset-artifact' }, signal);
        return found.map(toArtifact).filter(artifact => artifact !== undefined);
      };
      const [artifacts, endpoint] = await Promise.all([
        given ?? datasets(),
        shown.endpoint ?? findEndpoint(idOf(version), signal),
      ]);
      return {
        ...shown,
        lineage: addDatasets(shown.lineage, artifacts),
        ...(endpoint === undefined ? {} : { endpoint }),
      };
    },
    async countVersions(model, signal) {
      return countOf(await api.all(`/registered_models/${encodeURIComponent(idOf(model))}/versions`, {}, signal));
    },
    async nextNumber(model, signal) {
      const versions = await api.all(`/registered_models/${encodeURIComponent(idOf(model))}/versions`, {}, signal);
      const numbers = versions.map(nameOf).filter(name => /^[1-9]\d{0,8}$/.test(name));
      return numbers.reduce((highest, name) => Math.max(highest, Number(name)), 0) + 1;
    },
    forget: modelId => owners.forget(modelId),
  };
  return reader;

  async function findNewest(modelId: string, signal: AbortSignal): Promise<Resource | undefined> {
    const path = `/registered_models/${encodeURIComponent(modelId)}/versions`;
    let newest: Resource | undefined;
    let nextPageToken: string | undefined;
    do {
      const query = { orderBy: 'ID', sortOrder: 'DESC', pageSize: 20, nextPageToken };
      const page: ResourcePage = await api.page(path, query, signal);
      const live = page.items.find(version => !isArchived(version));
      if (live !== undefined) return live;
      newest ??= page.items[0];
      nextPageToken = page.next;
    } while (nextPageToken !== undefined);
    return newest;
  }
}

function ownerOf(model: RegisteredModel): Owner {
  return { name: model.name, aliases: model.aliases, archived: model.state === 'ARCHIVED', model };
}

function isId(id: string): boolean {
  return /^\d+$/.test(id);
}

function ofModels(ids: readonly string[]): string {
  return `registeredModelId IN (${ids.join(', ')})`;
}

function byName(a: Resource, b: Resource): number {
  return nameOf(a) < nameOf(b) ? -1 : 1;
}

function countOf(versions: readonly Resource[]): VersionCount {
  let newest: Resource | undefined;
  for (const version of versions) {
    const [isLive, wasLive] = [!isArchived(version), newest !== undefined && !isArchived(newest)];
    if (
      newest === undefined ||
      (isLive && !wasLive) ||
      (isLive === wasLive && Number(idOf(version)) > Number(idOf(newest)))
    ) {
      newest = version;
    }
  }
  return { versions: versions.length, ...(newest === undefined ? {} : { latest: nameOf(newest) }) };
}
