import type { ModelVersion, RegisteredModel, VersionEndpoint } from '../../../schemas/generated/messages.ts';
import { WorkbenchError } from '../../base/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { RegistryPage, RegistryQuery } from '../../ports/registry.ts';
import { RestError } from '../rest/client.ts';
import type { KubeflowApi, ResourcePage } from './api.ts';
import { toArtifact } from './artifacts.ts';
import { pushModelFilter, pushVersionFilter } from './filter.ts';
import { addDatasets } from './lineage.ts';
import { aliasesOf, toModel, type VersionCount } from './models.ts';
import { readPage, type Listing } from './pages.ts';
import { decodeProperties } from './properties.ts';
import { toVersion } from './versions.ts';
import { idOf, isArchived, nameOf, propertiesIn, readText, type Resource } from './wire.ts';

export interface Reader {
  pageModels(query: RegistryQuery, signal: AbortSignal): Promise<RegistryPage<RegisteredModel>>;
  pageVersions(
    query: RegistryQuery & { readonly model?: string },
    signal: AbortSignal,
  ): Promise<RegistryPage<ModelVersion>>;
  /** Throws `registry-not-found`. */
  requireModel(model: string, signal: AbortSignal): Promise<Resource>;
  /** By alias or name; without one the newest that is not archived, else the newest. Throws `registry-not-found`. */
  requireVersion(model: Resource, versionOrAlias: string | undefined, signal: AbortSignal): Promise<Resource>;
  /** With what stands in other places: data sets among its artifacts, and where it is served. */
  describeVersion(version: Resource, model: Resource, signal: AbortSignal): Promise<ModelVersion>;
  countVersions(model: Resource, signal: AbortSignal): Promise<VersionCount>;
  /** One more than the highest version of a model that is called by a number. */
  nextNumber(model: Resource, signal: AbortSignal): Promise<number>;
  /** Has a model asked for again, after it was changed. */
  forget(modelId: string): void;
}

/** How long what a version needs to know of its model is good for while pages are read, and of how many models it is kept. */
const ownersKept = 1000;
const ownersFreshFor = 5000;

/** Ids in one question: a query has to fit into an address. */
const idsAtOnce = 200;

export function createReader(registry: string, api: KubeflowApi, clock: Clock): Reader {
  const owners = new Map<string, { readonly model: Resource; readonly readAt: number }>();

  function keepOwner(model: Resource): Resource {
    owners.delete(idOf(model));
    owners.set(idOf(model), { model, readAt: clock.monotonic() });
    for (const oldest of owners.keys()) {
      if (owners.size <= ownersKept) break;
      owners.delete(oldest);
    }
    return model;
  }

  /** The models of these ids, asked for together. */
  async function readOwners(ids: ReadonlySet<string>, signal: AbortSignal): Promise<ReadonlyMap<string, Resource>> {
    const found = new Map<string, Resource>();
    const wanted: string[] = [];
    for (const id of ids) {
      const known = owners.get(id);
      if (known !== undefined && clock.monotonic() - known.readAt < ownersFreshFor) found.set(id, known.model);
      else if (/^\d+$/.test(id)) wanted.push(id);
    }
    for (let at = 0; at < wanted.length; at += idsAtOnce) {
      const filterQuery = `id IN (${wanted.slice(at, at + idsAtOnce).join(', ')})`;
      for (const model of await api.all('/registered_models', { filterQuery }, signal)) {
        found.set(idOf(model), keepOwner(model));
      }
    }
    return found;
  }

  /** Versions of all these models: one sweep, whatever their number. */
  async function countAll(
    models: readonly Resource[],
    signal: AbortSignal,
  ): Promise<(model: Resource) => VersionCount> {
    const byModel = new Map<string, Resource[]>(models.map(model => [idOf(model), []]));
    const ids = [...byModel.keys()].filter(id => /^\d+$/.test(id));
    for (let at = 0; at < ids.length; at += idsAtOnce) {
      const filterQuery = `registeredModelId IN (${ids.slice(at, at + idsAtOnce).join(', ')})`;
      for (const version of await api.all('/model_versions', { filterQuery }, signal)) {
        byModel.get(readText(version, 'registeredModelId') ?? '')?.push(version);
      }
    }
    return model => countOf(byModel.get(idOf(model)) ?? []);
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

  const reader: Reader = {
    async pageModels(query, signal) {
      const pushed = pushModelFilter(query.filter);
      const keep = async (models: readonly Resource[]) =>
        query.archived === true ? models : models.filter(model => !isArchived(model));
      const listing: Listing = { path: '/registered_models', sortOrder: 'ASC', filterQuery: pushed.filterQuery, keep };
      const { items, next } = await readPage(api, listing, query, signal);
      const count = await countAll(items.map(keepOwner), signal);
      // The server knows no order by name, but what it gives at once can be put into it.
      const isWhole = query.after === undefined && next === undefined && query.order !== 'updated';
      const models = isWhole ? items.toSorted(byName) : items;
      return {
        items: models.map(model => toModel(registry, model, count(model))),
        ...(next === undefined ? {} : { next }),
        ...(pushed.residual === undefined ? {} : { residual: pushed.residual }),
      };
    },
    async pageVersions({ model, ...query }, signal) {
      const pushed = pushVersionFilter(query.filter);
      const owner = model === undefined ? undefined : keepOwner(await reader.requireModel(model, signal));
      const path =
        owner === undefined ? '/model_versions' : `/registered_models/${encodeURIComponent(idOf(owner))}/versions`;
      const ownersOf = (versions: readonly Resource[]) =>
        readOwners(new Set(versions.map(one => readText(one, 'registeredModelId') ?? '')), signal);
      const keep = async (all: readonly Resource[]): Promise<readonly Resource[]> => {
        if (query.archived === true) return all;
        const versions = all.filter(version => !isArchived(version));
        if (owner !== undefined) return versions;
        const known = await ownersOf(versions);
        return versions.filter(version => {
          const its = known.get(readText(version, 'registeredModelId') ?? '');
          return its !== undefined && !isArchived(its);
        });
      };
      const listing: Listing = { path, sortOrder: 'DESC', filterQuery: pushed.filterQuery, keep };
      const { items, next } = await readPage(api, listing, query, signal);
      const known = owner === undefined ? await ownersOf(items) : new Map([[idOf(owner), owner]]);
      return {
        items: items.flatMap(version => {
          // Without its model a version has no name here: the server lets such be made.
          const its = owner ?? known.get(readText(version, 'registeredModelId') ?? '');
          return its === undefined ? [] : [toVersion(registry, version, ownerOf(its))];
        }),
        ...(next === undefined ? {} : { next }),
        ...(pushed.residual === undefined ? {} : { residual: pushed.residual }),
      };
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
    async describeVersion(version, model, signal) {
      const shown = toVersion(registry, version, ownerOf(model));
      const path = `/model_versions/${encodeURIComponent(idOf(version))}/artifacts`;
      const [datasets, endpoint] = await Promise.all([
        api.all(path, { artifactType: 'dataset-artifact' }, signal),
        shown.endpoint ?? findEndpoint(idOf(version), signal),
      ]);
      const artifacts = datasets.map(toArtifact).filter(artifact => artifact !== undefined);
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
    forget: modelId => void owners.delete(modelId),
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

function ownerOf(model: Resource): { readonly name: string; readonly aliases: Record<string, string> } {
  return { name: nameOf(model), aliases: aliasesOf(model) };
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
