import type { MlflowRegistry } from '../../../schemas/generated/files.ts';
import type { Artifact, RegisteredModel, RegistryCapabilities } from '../../../schemas/generated/messages.ts';
import type { ModelRegistry, RegistryEdit } from '../../ports/registry.ts';
import type { BackendContext } from '../backend.ts';
import { keys } from '../keys.ts';
import { createApi } from './api.ts';
import { putFile, readFile } from './content.ts';
import { createModel, createVersion } from './create.ts';
import { serverFilters } from './filters.ts';
import { foreignArtifacts } from './foreign.ts';
import { toModel } from './models.ts';
import { getModel, getVersion, getWholeModel, pageModels, pageVersions } from './pages.ts';
import { keyOf, readRecords, requireReadable, requireRoom, writeRecords } from './records.ts';
import { showResults } from './results.ts';
import { ensureHome, homesOf } from './runs.ts';
import { archived, requireFits, tagNames, tagsOfEdit } from './tags.ts';
import { toVersion } from './versions.ts';
import type { WireVersion } from './wire.ts';

const capabilities: RegistryCapabilities = {
  archivesModels: true,
  archivesVersions: true,
  aliases: 'native',
  keepsContent: true,
  serverFilters: [...serverFilters],
  atomic: false,
};

type MlflowContext = BackendContext<Pick<MlflowRegistry, 'url' | 'ui' | 'readOnly'>>;

/** An MLflow 3 server. How our words are kept in its terms stands in docs/registries.md. */
export function openMlflow({ name, settings, rest, clock, digest }: MlflowContext): ModelRegistry {
  const api = createApi(name, rest, clock, settings.readOnly === true);
  const never = new AbortController().signal;

  /** Where tags and descriptions of a model, or of one of its versions, are written. */
  function placeOf(model: string, version?: string) {
    const path = version === undefined ? '/registered-models' : '/model-versions';
    return { path, target: version === undefined ? { name: model } : { name: model, version } };
  }

  async function edit(
    { path, target }: ReturnType<typeof placeOf>,
    { description, customProperties = {} }: RegistryEdit,
    known: ReadonlyMap<string, string>,
    signal: AbortSignal,
  ): Promise<void> {
    const { set, remove } = tagsOfEdit(customProperties, known);
    requireFits(set, path === '/registered-models' ? 'modelTag' : 'versionTag', description);
    if (description !== undefined) await api.set('PATCH', `${path}/update`, { ...target, description }, signal);
    for (const tag of set) await api.set('POST', `${path}/set-tag`, { ...target, ...tag }, signal);
    for (const key of remove) await api.set('DELETE', `${path}/delete-tag`, { ...target, key }, signal);
  }

  async function setTag(
    place: ReturnType<typeof placeOf>,
    key: string,
    value: string | undefined,
    signal: AbortSignal,
  ) {
    const { path, target } = place;
    if (value === undefined) await api.set('DELETE', `${path}/delete-tag`, { ...target, key }, signal);
    else await api.set('POST', `${path}/set-tag`, { ...target, key, value }, signal);
  }

  async function recordsOf(version: WireVersion, signal: AbortSignal): Promise<Map<string, Artifact>> {
    const found = new Map<string, Artifact>();
    for (const home of await homesOf(api, version, signal)) {
      for (const [key, artifact] of await readRecords(api, digest, home, signal)) {
        if (!found.has(key)) found.set(key, artifact);
      }
    }
    return found;
  }

  async function artifactsOf(version: WireVersion, signal: AbortSignal): Promise<readonly Artifact[]> {
    const [artifacts, others] = await Promise.all([recordsOf(version, signal), foreignArtifacts(api, version, signal)]);
    for (const artifact of others) if (!artifacts.has(keyOf(artifact))) artifacts.set(keyOf(artifact), artifact);
    return [...artifacts.values()];
  }

  /** Shown first and recorded last: what was interrupted between is shown again, which changes nothing, and then recorded. */
  async function addArtifacts(
    version: WireVersion,
    artifacts: readonly Artifact[],
    signal: AbortSignal,
  ): Promise<void> {
    if (artifacts.length === 0) return;
    const known = await recordsOf(version, signal);
    const fresh = new Map<string, Artifact>();
    for (const artifact of artifacts) {
      const key = keyOf(artifact);
      if (!known.has(key) && !fresh.has(key)) fresh.set(key, artifact);
    }
    if (fresh.size === 0) return;
    const home = await ensureHome(api, version, signal);
    const added = [...fresh.values()];
    requireRoom(home, added);
    await showResults(api, digest, version, added, signal);
    await writeRecords(api, digest, home, added, signal);
  }

  const registry: ModelRegistry = {
    name,
    type: 'mlflow',
    capabilities,
    pageModels: (query, signal) => pageModels(api, query, signal),
    pageVersions: (query, signal) => pageVersions(api, query, signal),
    // A model tells itself how many versions it has.
    countVersions: models => Promise.resolve(models),
    getModel: (model, signal) => getWholeModel(api, model, signal),
    async createModel(model, _actor, signal = never) {
      return toModel(name, await createModel(api, model, signal), { versions: 0 });
    },
    async updateModel(model, change, _actor, signal = never) {
      const { tags } = await getModel(api, model, signal);
      await edit(placeOf(model), change, tags, signal);
      return getWholeModel(api, model, signal);
    },
    async getVersion(model, wanted, signal) {
      return toVersion(name, await getVersion(api, model, wanted, signal));
    },
    async createVersion(version, model, actor, signal = never) {
      requireReadable(version.artifacts);
      const steps = { addArtifacts, setAlias: registry.setAlias, setStatus: registry.setStatus };
      const number = await createVersion(api, version, model, actor, steps, signal);
      return registry.getVersion(version.model, number, signal);
    },
    async updateVersion(model, version, change, _actor, signal = never) {
      const { tags, version: number } = await getVersion(api, model, version, signal);
      await edit(placeOf(model, number), change, tags, signal);
      return registry.getVersion(model, number, signal);
    },
    async setStatus(model, version, status, _actor, signal = never) {
      const { version: number } = await getVersion(api, model, version, signal);
      await setTag(placeOf(model, number), keys.status, status === 'untracked' ? undefined : status, signal);
      return registry.getVersion(model, number, signal);
    },
    async readVersion(model, wanted, signal) {
      const found = await getVersion(api, model, wanted, signal);
      return { version: toVersion(name, found), artifacts: await artifactsOf(found, signal) };
    },
    async listArtifacts(model, version, signal) {
      return artifactsOf(await getVersion(api, model, version, signal), signal);
    },
    async addArtifacts(model, version, artifacts, _actor, signal = never) {
      requireReadable(artifacts);
      await addArtifacts(await getVersion(api, model, version, signal), artifacts, signal);
    },
    async setAlias(model, alias, version, _actor, signal = never): Promise<RegisteredModel> {
      const path = '/registered-models/alias';
      const { version: number } = version === undefined ? {} : await getVersion(api, model, version, signal);
      if (number === undefined) await api.set('DELETE', path, { name: model, alias }, signal);
      else await api.set('POST', path, { name: model, alias, version: number }, signal);
      return getWholeModel(api, model, signal);
    },
    async setArchived(model, isArchived, _actor, signal = never) {
      await getModel(api, model, signal);
      await setTag(placeOf(model), tagNames.state, isArchived ? archived : undefined, signal);
      return getWholeModel(api, model, signal);
    },
    async setVersionArchived(model, version, isArchived, _actor, signal = never) {
      const { version: number } = await getVersion(api, model, version, signal);
      await setTag(placeOf(model, number), tagNames.state, isArchived ? archived : undefined, signal);
      return registry.getVersion(model, number, signal);
    },
    async putContent(model, version, file, content, _actor, signal = never) {
      const home = await ensureHome(api, await getVersion(api, model, version, signal), signal);
      return putFile(api, digest, home, file, content, signal);
    },
    readContent: (uri, signal) => readFile(api, uri, signal),
    pageOf(model, version) {
      const base = (settings.ui ?? settings.url).replace(/\/+$/, '');
      const page = `${base}/#/models/${encodeURIComponent(model.name)}`;
      return version === undefined ? page : `${page}/versions/${version.version}`;
    },
  };
  return registry;
}
