import type { KubeflowRegistry } from '../../../schemas/generated/files.ts';
import type { RegisteredModel } from '../../../schemas/generated/messages.ts';
import { WorkbenchError } from '../../base/errors.ts';
import type { ModelRegistry, NewRegisteredModel, RegistryEdit } from '../../ports/registry.ts';
import { keys } from '../keys.ts';
import type { BackendContext } from '../backend.ts';
import { createKubeflowApi } from './api.ts';
import { createArtifactStore } from './artifact-store.ts';
import { createEvaluations } from './evaluations.ts';
import { serverFilters } from './filter.ts';
import { createMerger, type Change } from './merge.ts';
import { aliasKey, fromNewModel, toModel } from './models.ts';
import { createReader } from './read.ts';
import { createOnce } from './repeat.ts';
import { longestKey } from './properties.ts';
import { idOf, nameOf, type Resource } from './wire.ts';
import { createVersionMaker } from './make-version.ts';

const never = new AbortController().signal;

/**
 * A Kubeflow or OpenShift AI Model Registry, by its REST API v1alpha3. It holds descriptions, no files; aliases, statuses and figures
 * are custom properties.
 */
export function openKubeflow(context: BackendContext<KubeflowRegistry>): ModelRegistry {
  const { name, settings, rest, clock, digest } = context;
  const api = createKubeflowApi(name, settings.url, rest, clock);
  const merger = createMerger(name, api, clock);
  const reader = createReader(name, api, clock);
  const artifacts = createArtifactStore(api, clock, digest);
  const evaluations = createEvaluations({ api, merger, artifacts, clock, digest });
  const makeVersion = createVersionMaker({ name, api, merger, reader, artifacts, evaluations, clock, digest });

  function requireWritable(): void {
    if (settings.readOnly !== true) return;
    throw new WorkbenchError('usage', `The registry ${name} is only read.`, {
      remedy: 'Take `readOnly: true` out of its entry in workbench.yaml to write to it.',
    });
  }

  function requireName(model: string): void {
    if (model !== '' && model.length <= longestKey && !model.includes('\0')) return;
    throw new WorkbenchError('usage', `"${model.slice(0, 60)}" cannot be the name of a model in ${name}.`, {
      remedy: `Names have 1 to ${longestKey} characters.`,
    });
  }

  const findModel = (model: string, signal: AbortSignal) => api.findByName('/registered_model', model, {}, signal);

  async function changeModel(model: string, change: Change, signal: AbortSignal): Promise<RegisteredModel> {
    requireWritable();
    const found = await reader.requireModel(model, signal);
    const path = `/registered_models/${encodeURIComponent(idOf(found))}`;
    const changed = await merger.change(path, `the model "${model}"`, change, signal);
    reader.forget(idOf(found));
    return toModel(name, changed, await reader.countVersions(changed, signal));
  }

  async function changeVersion(model: string, version: string, change: Change, signal: AbortSignal) {
    requireWritable();
    const owner = await reader.requireModel(model, signal);
    const found = await reader.requireVersion(owner, version, signal);
    const path = `/model_versions/${encodeURIComponent(idOf(found))}`;
    const changed = await merger.change(path, `version "${nameOf(found)}" of "${model}"`, change, signal);
    return reader.describeVersion(changed, owner, signal);
  }

  async function makeModel(model: NewRegisteredModel, signal: AbortSignal): Promise<Resource> {
    requireName(model.name);
    const body = fromNewModel(model);
    const made = await createOnce(
      { find: () => findModel(model.name, signal), create: () => api.create('/registered_models', body, signal) },
      clock,
      signal,
    );
    if (made?.made === true) return made.resource;
    throw exists(model.name);
  }

  function exists(model: string): WorkbenchError {
    return new WorkbenchError('registry-exists', `The registry ${name} has a model "${model}" already.`);
  }

  const fieldsOf = ({ description }: RegistryEdit): Change['fields'] =>
    description === undefined ? {} : { description };

  return {
    name,
    type: 'kubeflow',
    capabilities: {
      archivesModels: true,
      archivesVersions: true,
      aliases: 'properties',
      keepsContent: false,
      serverFilters: [...serverFilters],
      atomic: false,
    },
    pageModels: reader.pageModels,
    pageVersions: reader.pageVersions,
    countVersions: reader.countEach,
    async getModel(model, signal) {
      const found = await reader.requireModel(model, signal);
      return toModel(name, found, await reader.countVersions(found, signal));
    },
    async createModel(model, _actor, signal = never) {
      requireWritable();
      requireName(model.name);
      if ((await findModel(model.name, signal)) !== undefined) throw exists(model.name);
      return toModel(name, await makeModel(model, signal), { versions: 0 });
    },
    updateModel: (model, edit, _actor, signal = never) =>
      changeModel(model, { fields: fieldsOf(edit), properties: edit.customProperties }, signal),
    async getVersion(model, versionOrAlias, signal) {
      const owner = await reader.requireModel(model, signal);
      return reader.describeVersion(await reader.requireVersion(owner, versionOrAlias, signal), owner, signal);
    },
    async readVersion(model, versionOrAlias, signal) {
      const owner = await reader.requireModel(model, signal);
      const found = await reader.requireVersion(owner, versionOrAlias, signal);
      const listed = artifacts.list(idOf(found), signal);
      const [version, all, others] = await Promise.all([
        reader.describeVersion(found, owner, signal, listed),
        listed,
        evaluations.read(idOf(found), listed, signal),
      ]);
      return { version, artifacts: [...all, ...others] };
    },
    async createVersion(version, model, _actor, signal = never) {
      requireWritable();
      const owner =
        (await findModel(version.model, signal)) ?? (await findOrMake({ ...model, name: version.model }, signal));
      const made = await makeVersion(version, owner, signal);
      return reader.describeVersion(made, await reader.requireModel(version.model, signal), signal);
    },
    updateVersion: (model, version, edit, _actor, signal = never) =>
      changeVersion(model, version, { fields: fieldsOf(edit), properties: edit.customProperties }, signal),
    setStatus: (model, version, status, _actor, signal = never) =>
      changeVersion(model, version, { properties: { [keys.status]: status } }, signal),
    async listArtifacts(model, version, signal) {
      const owner = await reader.requireModel(model, signal);
      return artifacts.list(idOf(await reader.requireVersion(owner, version, signal)), signal);
    },
    async addArtifacts(model, version, added, _actor, signal = never) {
      requireWritable();
      const owner = await reader.requireModel(model, signal);
      const id = idOf(await reader.requireVersion(owner, version, signal));
      // Last where it is looked for: whatever stands with the version has its run.
      await evaluations.write({ id, model }, added, signal);
      await artifacts.add({ id, model }, added, signal);
    },
    async setAlias(model, alias, version, _actor, signal = never) {
      requireWritable();
      const found = await reader.requireModel(model, signal);
      const target = version === undefined ? undefined : nameOf(await reader.requireVersion(found, version, signal));
      return changeModel(model, { properties: { [aliasKey(alias)]: target } }, signal);
    },
    setArchived: (model, archived, _actor, signal = never) =>
      changeModel(model, { fields: { state: archived ? 'ARCHIVED' : 'LIVE' } }, signal),
    setVersionArchived: (model, version, archived, _actor, signal = never) =>
      changeVersion(model, version, { fields: { state: archived ? 'ARCHIVED' : 'LIVE' } }, signal),
    async putContent() {
      requireWritable();
      throw new WorkbenchError('usage', `The registry ${name} keeps no files, only where they lie.`, {
        remedy: 'Put the file where others can read it, and give its address.',
      });
    },
    async readContent(uri) {
      throw new WorkbenchError('blob-missing', `${uri.slice(0, 200)} does not lie in the registry ${name}.`, {
        remedy: 'A Kubeflow registry keeps addresses only: read it from where it lies.',
      });
    },
    pageOf(model, version) {
      if (settings.ui === undefined || model.id === undefined) return undefined;
      const page = `${settings.ui.replace(/\/+$/, '')}/registered-models/${encodeURIComponent(model.id)}`;
      return version?.id === undefined ? page : `${page}/versions/${encodeURIComponent(version.id)}`;
    },
  };

  /** Two that publish the first version of a model at once make one model. */
  async function findOrMake(model: NewRegisteredModel, signal: AbortSignal): Promise<Resource> {
    try {
      return await makeModel(model, signal);
    } catch (error) {
      const there = await findModel(model.name, signal);
      if (there === undefined) throw error;
      return there;
    }
  }
}
