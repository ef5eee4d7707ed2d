import type {
  Artifact,
  Failure,
  ModelPage,
  ModelVersion,
  Publication,
  RegisteredModel,
  RegistryCacheState,
  VersionPage,
  VersionRow,
  VersionStatus,
} from '../../schemas/generated/messages.ts';
import type { FilterWords, RegistryFilter } from './registry-filter.ts';

/** What is asked of the catalogue; limits default to 100. */
export interface CatalogueQuery {
  readonly registry: string;
  readonly filter?: RegistryFilter;
  readonly archived?: boolean;
  readonly after?: string;
  readonly limit?: number;
}

/** A stretch of a registry, as it was read. */
export interface CatalogueStretch {
  readonly models: readonly RegisteredModel[];
  readonly versions: readonly ModelVersion[];
}

/** `whole` replaces what is known; `changes` is added to it. */
export type SyncMode = 'whole' | 'changes';

/** Milliseconds since the epoch; absent where it never happened. */
export interface SyncAge {
  readonly syncedAt?: number;
  /** When everything was read, not only what had changed. */
  readonly fullAt?: number;
}

/** A registry elsewhere by its name, with its kind and address in one text. */
export interface DeclaredAddress {
  readonly name: string;
  readonly address: string;
}

/** A version as it was last read. `artifacts` is empty where they were not read. */
export interface CatalogueVersion {
  readonly version: ModelVersion;
  readonly artifacts: readonly Artifact[];
  readonly readAt: number;
}

export interface CatalogueModel {
  readonly model: RegisteredModel;
  readonly versions: readonly ModelVersion[];
  /** When the oldest of it was read. */
  readonly readAt: number;
}

/**
 * What the store knows of models and versions in all registries, kept to be listed and searched fast: of the local one always
 * what is true now, of others what was read last.
 */
export interface Catalogue {
  state(registry: string): Promise<RegistryCacheState>;
  pageModels(query: CatalogueQuery): Promise<ModelPage>;
  /** Of one model, newest first, or of all that match. */
  pageVersions(query: CatalogueQuery & { readonly model?: string }): Promise<VersionPage>;
  findVersion(registry: string, model: string, versionOrAlias: string | undefined): Promise<VersionRow | undefined>;
  /** A version as it was last read, with its artifacts where those were read. */
  readVersion(registry: string, model: string, version: string): Promise<CatalogueVersion | undefined>;
  /** A model as it was last read, with its versions, newest first. */
  readModel(registry: string, name: string): Promise<CatalogueModel | undefined>;
  /** What filters of a registry can name. */
  words(registry: string): Promise<FilterWords>;
  age(registry: string): Promise<SyncAge>;
  /** Grows with every change of what is known of registries elsewhere. */
  revision(): Promise<number>;
  /**
   * Begins to read a registry; what the returned id writes is shown once it is complete. Absent where somebody reads it already,
   * in this process or another; a reading that wrote nothing for three minutes counts as given up.
   */
  beginSync(registry: string, mode?: SyncMode): Promise<number | undefined>;
  /** False where the reading was given up meanwhile and is no longer wanted. */
  addStretch(sync: number, stretch: CatalogueStretch): Promise<boolean>;
  /** With a failure what was there before stays; one that was cancelled leaves no failure to be told. */
  endSync(sync: number, failure?: Failure): Promise<void>;
  /** Whether each model, or version of one, is known with the same time of change. */
  unchanged(
    registry: string,
    items: readonly { readonly model: string; readonly version?: string; readonly updatedAt: number }[],
  ): Promise<readonly boolean[]>;
  /** Keeps one version as it is now, after it was read or written. */
  keepVersion(registry: string, version: ModelVersion, artifacts: readonly Artifact[] | undefined): Promise<void>;
  /** The same of a model. */
  keepModel(registry: string, model: RegisteredModel): Promise<void>;
  /**
   * Says from where registries are read from now on: what was read from another address under the same name is forgotten, and a reading
   * that is under way there is given up.
   */
  declare(declared: readonly DeclaredAddress[]): Promise<void>;
  /** Drops registries that are no longer declared. */
  retain(registries: readonly string[]): Promise<void>;
}

/** One thing to be published: the same thing twice is one row. */
export interface NewPublication {
  readonly registry: string;
  /** As it is called there. */
  readonly model: string;
  /** As it is called there; the local version's name until that is known. */
  readonly version: string;
  readonly kind: Publication['kind'];
  readonly runId?: string;
  /** The local version, where it has one. */
  readonly local?: { readonly model: string; readonly version: string };
  /** What is needed to do it again, JSON. */
  readonly request: string;
  /** Only noted: nothing is tried yet. */
  readonly later?: boolean;
}

export interface PublicationOutcome {
  /** What the version turned out to be called there. */
  readonly version?: string;
  readonly id?: string;
  readonly url?: string;
  /** Where it stands there now. */
  readonly status?: VersionStatus;
  readonly failure?: Failure;
}

/** One attempt at a publication. */
export interface PublicationTurn {
  readonly key: number;
  readonly turn: number;
}

/** One that is still to be done. */
export interface OpenPublication extends Publication {
  readonly key: number;
  readonly attempts: number;
  readonly request: string;
  readonly local?: { readonly model: string; readonly version: string };
}

/** What was published, and what is still to be: an outbox that survives kills and outages. */
export interface Publications {
  /** Notes that something is about to be published, before it is. */
  begin(publication: NewPublication): Promise<PublicationTurn>;
  /** Says what came of it. Where the same thing was begun again since, that one's end counts. */
  end(turn: PublicationTurn, outcome: PublicationOutcome): Promise<void>;
  /** Of a local version, newest attempt first. */
  ofVersion(model: string, version: string): Promise<readonly Publication[]>;
  /** Pending and failed ones, oldest first. */
  open(): Promise<readonly OpenPublication[]>;
  /** Where local versions, of one model or of all, were published as versions: once for each version and registry. */
  publishedTo(
    model: string | undefined,
  ): Promise<readonly { readonly model: string; readonly version: string; readonly registry: string }[]>;
}
