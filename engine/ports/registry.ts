import type {
  Artifact,
  Identity,
  Lineage,
  ModelVersion,
  RegisteredModel,
  VersionStatus,
} from '../../schemas/generated/messages.ts';

export interface NewRegisteredModel {
  readonly name: string;
  readonly description?: string;
  readonly owner?: string;
  readonly provider?: string;
  readonly license?: string;
  readonly tasks?: readonly string[];
  readonly language?: readonly string[];
  readonly customProperties?: Readonly<Record<string, string | number | boolean>>;
}

export interface NewModelVersion {
  readonly model: string;
  readonly description?: string;
  readonly author: Identity;
  readonly weightsDigest: string;
  readonly modelDigest: string;
  readonly lineage: Lineage;
  readonly customProperties?: Readonly<Record<string, string | number | boolean>>;
  /** Stored with the version in the same step. */
  readonly artifacts: readonly Artifact[];
  /** Alias that is moved to the new version in the same step. */
  readonly alias?: string;
}

/** Aliases only governance may move. */
export const guardedAliases: readonly string[] = ['approved', 'baseline', 'production'];

/**
 * A model registry, in the terms that Kubeflow Model Registry and MLflow share. Versions count from 1. Nothing is deleted:
 * models are archived, artifacts are only ever added. Every change is audited under its actor.
 */
export interface ModelRegistry {
  /** All models by name, archived ones only when asked for. */
  listModels(filter: { readonly archived?: boolean }, signal: AbortSignal): Promise<readonly RegisteredModel[]>;
  /** Throws `registry-not-found`. */
  getModel(name: string, signal: AbortSignal): Promise<RegisteredModel>;
  /** Throws `registry-exists`. */
  createModel(model: NewRegisteredModel, actor: Identity): Promise<RegisteredModel>;
  /** Newest first. */
  listVersions(model: string, signal: AbortSignal): Promise<readonly ModelVersion[]>;
  /** By version or alias; without one the newest. Throws `registry-not-found`. */
  getVersion(model: string, versionOrAlias: string | undefined, signal: AbortSignal): Promise<ModelVersion>;
  /** Creates the model first when there is none of this name. */
  createVersion(version: NewModelVersion, model: NewRegisteredModel, actor: Identity): Promise<ModelVersion>;
  listArtifacts(model: string, version: string, signal: AbortSignal): Promise<readonly Artifact[]>;
  /** Artifacts of a name that exists already are kept as they are: results are append-only. */
  addArtifacts(model: string, version: string, artifacts: readonly Artifact[], actor: Identity): Promise<void>;
  /** Absent version removes the alias. Throws `usage` for guarded aliases. */
  setAlias(model: string, alias: string, version: string | undefined, actor: Identity): Promise<RegisteredModel>;
  setArchived(model: string, archived: boolean, actor: Identity): Promise<RegisteredModel>;
}

/** A change of the registry that is made together with a ledger record, or not at all. */
export type RegistryChange =
  | { readonly type: 'alias'; readonly model: string; readonly alias: string; readonly version: string }
  | { readonly type: 'status'; readonly model: string; readonly version: string; readonly status: VersionStatus };
