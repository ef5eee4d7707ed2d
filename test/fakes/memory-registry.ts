import { WorkbenchError } from '../../engine/base/errors.ts';
import { omit } from '../../engine/base/omit.ts';
import type { ModelRegistry, RegistryEdit, RegistryQuery } from '../../engine/ports/registry.ts';
import { externalIdOf, keys } from '../../engine/registry/keys.ts';
import type { Registries } from '../../engine/registry/registries.ts';
import type { LocalRegistry } from '../../engine/ports/registry.ts';
import type {
  Artifact,
  ModelVersion,
  RegisteredModel,
  RegistryCapabilities,
} from '../../schemas/generated/messages.ts';

export interface MemoryRegistryOptions {
  readonly name?: string;
  readonly capabilities?: Partial<RegistryCapabilities>;
  /** Called before every call with its name; what it throws is thrown. */
  readonly before?: (call: string) => void | Promise<void>;
  /** Called after every call that wrote, once it is written: what it throws is thrown, as where an answer gets lost. */
  readonly after?: (call: string) => void | Promise<void>;
  readonly now?: () => number;
}

interface Held {
  model: RegisteredModel;
  versions: ModelVersion[];
  artifacts: Map<string, Artifact[]>;
}

/** A registry elsewhere that lives in memory: it does what the port promises, and breaks where a test wants it to. */
export function createMemoryRegistry(options: MemoryRegistryOptions = {}): ModelRegistry {
  const { name = 'shared', before = () => undefined, now = Date.now } = options;
  const held = new Map<string, Held>();
  const content = new Map<string, Uint8Array>();
  let ids = 0;

  function find(model: string): Held {
    const found = held.get(model);
    if (found === undefined) throw new WorkbenchError('registry-not-found', `${name} has no model "${model}".`);
    return found;
  }

  function seek(model: string, wanted: string | undefined): ModelVersion {
    const { versions, model: owner } = find(model);
    const named = wanted === undefined ? undefined : (owner.aliases[wanted] ?? wanted);
    const found = named === undefined ? versions.at(-1) : versions.find(({ version }) => version === named);
    if (found === undefined)
      throw new WorkbenchError('registry-not-found', `${name} has no version "${wanted ?? ''}" of "${model}".`);
    return found;
  }

  function replace(version: ModelVersion): ModelVersion {
    const owner = find(version.model);
    owner.versions = owner.versions.map(one => (one.version === version.version ? version : one));
    return shown(version);
  }

  function shown(version: ModelVersion): ModelVersion {
    const { aliases } = find(version.model).model;
    const own = Object.keys(aliases).filter(alias => aliases[alias] === version.version);
    return { ...version, aliases: own };
  }

  function page<T>(items: readonly T[], { after, limit = 100, filter }: RegistryQuery) {
    const from = after === undefined ? 0 : Number(after);
    const next = from + limit < items.length ? String(from + limit) : undefined;
    return {
      items: items.slice(from, from + limit),
      ...(next === undefined ? {} : { next }),
      ...(filter === undefined ? {} : { residual: filter }),
    };
  }

  function merge(properties: ModelVersion['customProperties'], edit: RegistryEdit): ModelVersion['customProperties'] {
    const merged = { ...properties, ...edit.customProperties };
    return Object.fromEntries(
      Object.entries(merged).filter((pair): pair is [string, string | number | boolean] => pair[1] !== undefined),
    );
  }

  const registry: ModelRegistry = {
    name,
    type: 'kubeflow',
    capabilities: {
      archivesModels: true,
      archivesVersions: true,
      aliases: 'native',
      keepsContent: true,
      serverFilters: [],
      atomic: false,
      ...options.capabilities,
    },
    async pageModels(query) {
      await before('pageModels');
      const models = [...held.values()].map(({ model }) => model);
      const kept = models.filter(({ state }) => query.archived === true || state === 'LIVE');
      return page(kept.sort(query.order === 'updated' ? (a, b) => b.updatedAt - a.updatedAt : byName), query);
    },
    async pageVersions(query) {
      await before('pageVersions');
      const among = query.of?.flatMap(({ name: one }) => held.get(one) ?? []);
      const owners = among ?? (query.model === undefined ? [...held.values()] : [find(query.model)]);
      const read = page(
        owners.flatMap(({ versions }) => versions.map(shown).reverse()),
        query,
      );
      return { ...read, models: owners.map(({ model }) => model) };
    },
    async countVersions(models) {
      await before('countVersions');
      return models.map(model => find(model.name).model);
    },
    async readVersion(model, wanted, signal) {
      const version = await registry.getVersion(model, wanted, signal);
      return { version, artifacts: await registry.listArtifacts(model, version.version, signal) };
    },
    async getModel(model) {
      await before('getModel');
      return find(model).model;
    },
    async createModel(model) {
      await before('createModel');
      if (held.has(model.name)) throw new WorkbenchError('registry-exists', `${name} has a model "${model.name}".`);
      const { tasks, language, customProperties, ...facts } = model;
      const made: RegisteredModel = {
        ...facts,
        ...(tasks === undefined ? {} : { tasks: [...tasks] }),
        ...(language === undefined ? {} : { language: [...language] }),
        registry: name,
        id: String(++ids),
        state: 'LIVE',
        createdAt: now(),
        updatedAt: now(),
        aliases: {},
        versions: 0,
        customProperties: { ...customProperties },
      };
      held.set(model.name, { model: made, versions: [], artifacts: new Map() });
      return made;
    },
    async updateModel(model, edit) {
      await before('updateModel');
      const owner = find(model);
      owner.model = {
        ...owner.model,
        ...(edit.description === undefined ? {} : { description: edit.description }),
        customProperties: merge(owner.model.customProperties, edit),
        updatedAt: now(),
      };
      return owner.model;
    },
    async getVersion(model, wanted) {
      await before('getVersion');
      return shown(seek(model, wanted));
    },
    async createVersion(version, model, actor) {
      await before('createVersion');
      if (!held.has(version.model)) await registry.createModel({ ...model, name: version.model }, actor);
      const owner = find(version.model);
      const { weightsDigest, lineage, status, artifacts, alias } = version;
      const externalId = weightsDigest === undefined ? undefined : externalIdOf(weightsDigest, lineage.runId);
      let made = owner.versions.find(one => externalId !== undefined && one.externalId === externalId);
      if (made === undefined) {
        made = {
          registry: name,
          id: String(++ids),
          model: version.model,
          version: version.name ?? String(owner.versions.length + 1),
          ...(version.description === undefined ? {} : { description: version.description }),
          state: 'LIVE',
          status: 'untracked',
          author: version.author,
          createdAt: now(),
          updatedAt: now(),
          ...(externalId === undefined ? {} : { externalId }),
          ...(weightsDigest === undefined ? {} : { weightsDigest }),
          ...(version.modelDigest === undefined ? {} : { modelDigest: version.modelDigest }),
          aliases: [],
          lineage,
          customProperties: { ...version.customProperties },
        };
        owner.versions.push(made);
        owner.model = { ...owner.model, versions: owner.versions.length, latest: made.version, updatedAt: now() };
      }
      await registry.addArtifacts(version.model, made.version, artifacts, actor);
      if (alias !== undefined) await registry.setAlias(version.model, alias, made.version, actor);
      if (status !== undefined) return registry.setStatus(version.model, made.version, status, actor);
      return registry.getVersion(version.model, made.version, new AbortController().signal);
    },
    async updateVersion(model, version, edit) {
      await before('updateVersion');
      const found = seek(model, version);
      return replace({
        ...found,
        ...(edit.description === undefined ? {} : { description: edit.description }),
        customProperties: merge(found.customProperties, edit),
        updatedAt: now(),
      });
    },
    async setStatus(model, version, status) {
      await before('setStatus');
      const found = seek(model, version);
      return replace({ ...found, status, customProperties: { ...found.customProperties, [keys.status]: status } });
    },
    async listArtifacts(model, version) {
      await before('listArtifacts');
      return find(model).artifacts.get(seek(model, version).version) ?? [];
    },
    async addArtifacts(model, version, artifacts) {
      await before('addArtifacts');
      const owner = find(model);
      const known = owner.artifacts.get(version) ?? [];
      const isKnown = (one: Artifact) =>
        known.some(({ artifactType, name }) => artifactType === one.artifactType && name === one.name);
      owner.artifacts.set(version, [...known, ...artifacts.filter(one => !isKnown(one))]);
    },
    async setAlias(model, alias, version) {
      await before('setAlias');
      const owner = find(model);
      const aliases = omit(owner.model.aliases, alias);
      owner.model = { ...owner.model, aliases: version === undefined ? aliases : { ...aliases, [alias]: version } };
      return owner.model;
    },
    async setArchived(model, archived) {
      await before('setArchived');
      const owner = find(model);
      owner.model = { ...owner.model, state: archived ? 'ARCHIVED' : 'LIVE' };
      return owner.model;
    },
    async setVersionArchived(model, version, archived) {
      await before('setVersionArchived');
      return replace({ ...seek(model, version), state: archived ? 'ARCHIVED' : 'LIVE' });
    },
    async putContent(model, version, file, bytes) {
      await before('putContent');
      const uri = `memory://${name}/${model}/${version}/${file}`;
      content.set(uri, bytes);
      return uri;
    },
    async readContent(uri) {
      await before('readContent');
      const bytes = content.get(uri);
      if (bytes === undefined) throw new WorkbenchError('blob-missing', `${uri} is not there.`);
      return bytes;
    },
    pageOf: (model, version) =>
      `https://${name}.example/models/${model.name}${version === undefined ? '' : `/${version.version}`}`,
  };
  return options.after === undefined ? registry : losingAnswers(registry, options.after);
}

const writes: readonly (keyof ModelRegistry)[] = [
  'createModel',
  'updateModel',
  'createVersion',
  'updateVersion',
  'setStatus',
  'addArtifacts',
  'setAlias',
  'setArchived',
  'setVersionArchived',
  'putContent',
];

/** The same registry, whose writes happen and whose answers may still get lost. */
function losingAnswers(registry: ModelRegistry, after: NonNullable<MemoryRegistryOptions['after']>): ModelRegistry {
  return new Proxy(registry, {
    get(target, property: keyof ModelRegistry) {
      const member: unknown = target[property];
      if (typeof member !== 'function' || !writes.includes(property)) return member;
      return async (...given: unknown[]) => {
        const answer: unknown = await (member as (...given: unknown[]) => unknown)(...given);
        await after(property);
        return answer;
      };
    },
  });
}

function byName(a: RegisteredModel, b: RegisteredModel): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/** A workspace's registries: the local one, and others by name. */
export function registriesOf(local: LocalRegistry, others: Readonly<Record<string, ModelRegistry>>): Registries {
  return {
    local,
    declared: Object.keys(others).map(name => ({
      name,
      settings: { type: 'kubeflow', url: `https://${name}.example/api/model_registry/v1alpha3` },
    })),
    open(name) {
      if (name === undefined || name === 'local') return local;
      const found = others[name];
      if (found === undefined) throw new WorkbenchError('registry-unknown', `No registry is called "${name}".`);
      return found;
    },
    close: () => Promise.resolve(),
  };
}
