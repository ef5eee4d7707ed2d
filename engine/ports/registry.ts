import type {
  Artifact,
  Identity,
  Lineage,
  ModelVersion,
  RegisteredModel,
  RegistryCapabilities,
  RegistryType,
  VersionStatus,
} from '../../schemas/generated/messages.ts';
import type { RegistryFilter } from './registry-filter.ts';

export type Properties = Readonly<Record<string, string | number | boolean>>;

export interface NewRegisteredModel {
  readonly name: string;
  readonly description?: string;
  readonly owner?: string;
  readonly provider?: string;
  readonly license?: string;
  readonly tasks?: readonly string[];
  readonly language?: readonly string[];
  readonly customProperties?: Properties;
}

export interface NewModelVersion {
  readonly model: string;
  /** What it is called in registries that let versions be named; others number them. */
  readonly name?: string;
  readonly description?: string;
  readonly author: Identity;
  readonly weightsDigest?: string;
  readonly modelDigest?: string;
  readonly lineage: Lineage;
  readonly customProperties?: Properties;
  /** Stored with the version, in the same step where the registry is atomic. */
  readonly artifacts: readonly Artifact[];
  /** Alias that is moved to the new version. */
  readonly alias?: string;
  /** For registries elsewhere: written last, when everything else is there. The local registry's moves by governance alone. */
  readonly status?: VersionStatus;
}

/** A version of the local registry, whose weights are always known. */
export type LocalVersion = ModelVersion & { readonly weightsDigest: string; readonly modelDigest: string };
export type NewLocalVersion = NewModelVersion & { readonly weightsDigest: string; readonly modelDigest: string };

/** What of a model or version may be changed. Properties are merged: those of others stay, `undefined` removes one. */
export interface RegistryEdit {
  readonly description?: string;
  readonly customProperties?: Readonly<Record<string, string | number | boolean | undefined>>;
}

/** What is asked for, a page at a time. */
export interface RegistryQuery {
  readonly filter?: RegistryFilter;
  /** Archived ones too. */
  readonly archived?: boolean;
  /** `name`, ascending, is the default (in order of creation where the registry cannot); `updated` is newest first. */
  readonly order?: 'name' | 'updated';
  /** `next` of the page before. */
  readonly after?: string;
  /** Default 100. */
  readonly limit?: number;
  /**
   * Without what the registry would have to be asked for besides: how many versions a model has, which aliases stand at a version.
   * For who reads the one with the other anyway.
   */
  readonly bare?: boolean;
}

export interface VersionQuery extends RegistryQuery {
  /** Of this model alone, newest first. */
  readonly model?: string;
  /** Of these models alone, as this registry told them: in as few requests as it can. Of each model newest first. */
  readonly of?: readonly RegisteredModel[];
}

export interface RegistryPage<Item> {
  readonly items: readonly Item[];
  /** Absent on the last page. */
  readonly next?: string;
  /** What of the filter the registry did not evaluate: the caller does. Absent where nothing is left. */
  readonly residual?: RegistryFilter;
}

export interface VersionsPage extends RegistryPage<ModelVersion> {
  /** Models of these versions, as far as they were read on the way; how many versions they have is not told. */
  readonly models?: readonly RegisteredModel[];
}

/** A version with everything that is kept with it. */
export interface WholeVersion {
  readonly version: ModelVersion;
  readonly artifacts: readonly Artifact[];
}

/** Aliases only governance may move. */
export const guardedAliases: readonly string[] = ['approved', 'baseline', 'production'];

/**
 * A model registry, in the terms that Kubeflow Model Registry and MLflow share: the local one in the store, or one elsewhere.
 * Nothing is deleted: models are archived, artifacts are only ever added. Making something that is there already (the same
 * weights out of the same run; an artifact of the same type and name) gives what is there: every call may be repeated.
 * Registries elsewhere throw `registry-unreachable`, `registry-refused` and `registry-conflict` beside what is said below.
 */
export interface ModelRegistry {
  /** As workbench.yaml names it; `local` in the store. */
  readonly name: string;
  readonly type: RegistryType;
  readonly capabilities: RegistryCapabilities;
  pageModels(query: RegistryQuery, signal: AbortSignal): Promise<RegistryPage<RegisteredModel>>;
  /** Of one model, newest first, or of all. */
  pageVersions(query: VersionQuery, signal: AbortSignal): Promise<VersionsPage>;
  /** Models that were read `bare`, with the number and the newest of their versions. */
  countVersions(models: readonly RegisteredModel[], signal: AbortSignal): Promise<readonly RegisteredModel[]>;
  /** Throws `registry-not-found`. */
  getModel(name: string, signal: AbortSignal): Promise<RegisteredModel>;
  /** Throws `registry-exists`. */
  createModel(model: NewRegisteredModel, actor: Identity, signal?: AbortSignal): Promise<RegisteredModel>;
  updateModel(name: string, edit: RegistryEdit, actor: Identity, signal?: AbortSignal): Promise<RegisteredModel>;
  /** By version or alias; without one the newest. Throws `registry-not-found`. */
  getVersion(model: string, versionOrAlias: string | undefined, signal: AbortSignal): Promise<ModelVersion>;
  /** `getVersion` and `listArtifacts` in one, with fewer requests. Throws `registry-not-found`. */
  readVersion(model: string, versionOrAlias: string | undefined, signal: AbortSignal): Promise<WholeVersion>;
  /** Creates the model first when there is none of this name. */
  createVersion(
    version: NewModelVersion,
    model: NewRegisteredModel,
    actor: Identity,
    signal?: AbortSignal,
  ): Promise<ModelVersion>;
  updateVersion(
    model: string,
    version: string,
    edit: RegistryEdit,
    actor: Identity,
    signal?: AbortSignal,
  ): Promise<ModelVersion>;
  /** Throws `usage` in the local registry, where governance alone moves a status. */
  setStatus(
    model: string,
    version: string,
    status: VersionStatus,
    actor: Identity,
    signal?: AbortSignal,
  ): Promise<ModelVersion>;
  listArtifacts(model: string, version: string, signal: AbortSignal): Promise<readonly Artifact[]>;
  /** Artifacts of a name that exists already are kept as they are: results are append-only. */
  addArtifacts(
    model: string,
    version: string,
    artifacts: readonly Artifact[],
    actor: Identity,
    signal?: AbortSignal,
  ): Promise<void>;
  /** Absent version removes the alias. Throws `usage` for guarded aliases in the local registry. */
  setAlias(
    model: string,
    alias: string,
    version: string | undefined,
    actor: Identity,
    signal?: AbortSignal,
  ): Promise<RegisteredModel>;
  setArchived(model: string, archived: boolean, actor: Identity, signal?: AbortSignal): Promise<RegisteredModel>;
  /** Throws `usage` where single versions cannot be archived. */
  setVersionArchived(
    model: string,
    version: string,
    archived: boolean,
    actor: Identity,
    signal?: AbortSignal,
  ): Promise<ModelVersion>;
  /** Stores a file with a version where the registry keeps content, and gives its address. Throws `usage` elsewhere. */
  putContent(
    model: string,
    version: string,
    name: string,
    content: Uint8Array,
    actor: Identity,
    signal?: AbortSignal,
  ): Promise<string>;
  /** Reads what an artifact's `uri` leads to, where it lies in this registry. Throws `blob-missing`. */
  readContent(uri: string, signal: AbortSignal): Promise<Uint8Array>;
  /** Page of a model or version in the registry's own interface, where that is known. */
  pageOf(model: RegisteredModel, version?: ModelVersion): string | undefined;
}

/** The registry in the store. Every change is audited under its actor, and made whole or not at all. */
export interface LocalRegistry extends ModelRegistry {
  /** All models by name, archived ones only when asked for. */
  listModels(filter: { readonly archived?: boolean }, signal: AbortSignal): Promise<readonly RegisteredModel[]>;
  /** Versions that benchmarks know by one of these model digests, archived ones too. */
  findByModelDigest(modelDigests: readonly string[], signal: AbortSignal): Promise<readonly LocalVersion[]>;
  /** Newest first. */
  listVersions(model: string, signal: AbortSignal): Promise<readonly LocalVersion[]>;
  getVersion(model: string, versionOrAlias: string | undefined, signal: AbortSignal): Promise<LocalVersion>;
  createVersion(version: NewLocalVersion, model: NewRegisteredModel, actor: Identity): Promise<LocalVersion>;
}

/** A change of the registry that is made together with a ledger record, or not at all. */
export type RegistryChange =
  /** Without a version the alias is removed. */
  | { readonly type: 'alias'; readonly model: string; readonly alias: string; readonly version?: string }
  | { readonly type: 'status'; readonly model: string; readonly version: string; readonly status: VersionStatus };
