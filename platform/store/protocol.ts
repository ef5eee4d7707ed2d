import type {
  AuditHead,
  AuditLine,
  Erasure,
  LedgerFilter,
  LedgerRecord,
  NewLedgerRecord,
} from '../../engine/ports/ledger.ts';
import { toWorkbenchError, WorkbenchError, type ErrorCode, type Place } from '../../engine/base/errors.ts';
import type {
  NewPublication,
  OpenPublication,
  PublicationOutcome,
  PublicationTurn,
} from '../../engine/ports/catalogue.ts';
import type { OutputKey } from '../../engine/ports/claims.ts';
import type {
  CatalogueModel,
  CatalogueQuery,
  CatalogueStretch,
  CatalogueVersion,
  DeclaredAddress,
  SyncAge,
  SyncMode,
} from '../../engine/ports/catalogue.ts';
import type { LentState, LentTask } from '../../engine/ports/lent.ts';
import type {
  LocalVersion,
  NewLocalVersion,
  NewRegisteredModel,
  RegistryChange,
  RegistryEdit,
  RegistryPage,
  RegistryQuery,
  VersionQuery,
} from '../../engine/ports/registry.ts';
import type { FilterWords } from '../../engine/ports/registry-filter.ts';
import type {
  BackupFacts,
  CollectedGarbage,
  FailureCount,
  LeaseOwner,
  NewRun,
  RunEnding,
  RunFilter,
  RunPlanRecord,
  RunRecord,
  StoredAnswer,
  StoreFacts,
} from '../../engine/ports/store.ts';
import type {
  EpochRecord,
  ListedPlatformJob,
  TrainingNews,
  TrainingOutcome,
  TrainingRecord,
} from '../../engine/ports/training.ts';
import type {
  Artifact,
  AuditEntry,
  Checkpoint,
  DisagreementPage,
  DisagreementQuery,
  Failure,
  Identity,
  LentReply,
  LentRequest,
  ModelPage,
  ModelVersion,
  PlatformJob,
  Publication,
  RegisteredModel,
  RegistryCacheState,
  RunProgress,
  RunSummary,
  SamplePage,
  SampleQuery,
  SampleReference,
  SampleRow,
  VersionPage,
  VersionRow,
} from '../../schemas/generated/messages.ts';
import type { SampleBatch } from './batch.ts';
import type { Self } from './context.ts';
import type { LeaseKey } from './leases.ts';
import type { ColumnStretch } from './sample-columns.ts';
import type { SampleStretch } from './sample-stretch.ts';

/** What the worker thread can be asked. */
export interface StoreCalls {
  createRun(run: NewRun): RunRecord;
  getRun(id: string): RunRecord;
  listRuns(filter: RunFilter): RunSummary[];
  setArchived(id: string, archived: boolean): RunSummary;
  setLogPath(id: string, path: string): void;
  failQueued(id: string, failure: Failure): void;
  requestCancel(id: string): RunSummary;
  forgetCancel(id: string): void;
  takeLease(id: string, owner: LeaseOwner): LeaseKey;
  begin(lease: LeaseKey, plan: RunPlanRecord): void;
  append(lease: LeaseKey, batch: SampleBatch, progress: RunProgress): void;
  saveEpoch(
    lease: LeaseKey,
    epoch: EpochRecord,
    used: NonNullable<TrainingRecord['used']>,
    progress: RunProgress,
  ): void;
  saveJob(lease: LeaseKey, job: PlatformJob): void;
  saveTraining(lease: LeaseKey, news: TrainingNews): void;
  saveOutcome(
    lease: LeaseKey,
    outcome: TrainingOutcome,
    checkpoints: readonly Checkpoint[],
    progress: RunProgress,
  ): void;
  heartbeat(lease: LeaseKey, progress: RunProgress): { readonly cancelRequested: boolean };
  finish(lease: LeaseKey, ending: RunEnding): void;
  readTraining(id: string): TrainingRecord;
  listPlatformJobs(): ListedPlatformJob[];
  listRunsAsking(modelDigest: string): RunSummary[];
  readStretch(
    id: string,
    after: number,
    limit: number,
    variant: number | undefined,
    observedOnly: boolean,
  ): SampleStretch;
  findAnswers(keys: readonly string[]): StoredAnswer[];
  saveAnswers(answers: readonly StoredAnswer[]): void;
  /** Undefined while the page takes longer than one turn: the same is asked again, or dropped. */
  querySamples(query: SampleQuery): SamplePage | undefined;
  dropQuery(query: SampleQuery): void;
  getSample(reference: SampleReference): SampleRow;
  queryDisagreements(query: DisagreementQuery): DisagreementPage;
  readColumnStretch(
    id: string,
    variant: number,
    scores: readonly string[],
    after: number,
    limit: number,
  ): ColumnStretch;
  countFailures(id: string): FailureCount[];
  listModels(filter: { readonly archived?: boolean }): RegisteredModel[];
  getModel(name: string): RegisteredModel;
  createModel(model: NewRegisteredModel, actor: Identity): RegisteredModel;
  setModelArchived(name: string, archived: boolean, actor: Identity): RegisteredModel;
  pageModels(query: RegistryQuery): RegistryPage<RegisteredModel>;
  pageVersions(query: VersionQuery): RegistryPage<LocalVersion>;
  updateModel(name: string, edit: RegistryEdit, actor: Identity): RegisteredModel;
  updateVersion(model: string, version: string, edit: RegistryEdit, actor: Identity): LocalVersion;
  setVersionArchived(model: string, version: string, archived: boolean, actor: Identity): LocalVersion;
  findByModelDigest(modelDigests: readonly string[]): LocalVersion[];
  listVersions(model: string): LocalVersion[];
  getVersion(model: string, wanted: string | undefined): LocalVersion;
  createVersion(version: NewLocalVersion, model: NewRegisteredModel, actor: Identity): LocalVersion;
  listArtifacts(model: string, version: string): Artifact[];
  addArtifacts(model: string, version: string, artifacts: readonly Artifact[], actor: Identity): void;
  setAlias(model: string, alias: string, version: string | undefined, actor: Identity): RegisteredModel;
  beginPublication(publication: NewPublication): PublicationTurn;
  endPublication(turn: PublicationTurn, outcome: PublicationOutcome): void;
  listPublications(model: string, version: string): Publication[];
  listOpenPublications(): OpenPublication[];
  listPublished(
    model: string | undefined,
  ): { readonly model: string; readonly version: string; readonly registry: string }[];
  appendRecord(record: NewLedgerRecord, changes: readonly RegistryChange[]): Pick<LedgerRecord, 'sequence' | 'digest'>;
  getRecord(id: string): LedgerRecord;
  listRecords(filter: LedgerFilter): LedgerRecord[];
  readAudit(after: number, limit: number): AuditLine[];
  eraseContents(erasure: Erasure): AuditEntry;
  readAuditHead(): AuditHead | undefined;
  readCatalogueState(registry: string): RegistryCacheState;
  readSyncAge(registry: string): SyncAge;
  readRevision(): number;
  readFilterWords(registry: string): FilterWords;
  pageCatalogueModels(query: CatalogueQuery): ModelPage;
  pageCatalogueVersions(query: CatalogueQuery & { readonly model?: string }): VersionPage;
  findCatalogueVersion(registry: string, model: string, wanted: string | undefined): VersionRow | undefined;
  readCatalogueVersion(registry: string, model: string, version: string): CatalogueVersion | undefined;
  readCatalogueModel(registry: string, name: string): CatalogueModel | undefined;
  beginSync(registry: string, mode: SyncMode): number | undefined;
  addStretch(reading: number, stretch: CatalogueStretch): boolean;
  endSync(reading: number, failure: Failure | undefined): boolean;
  areUnchanged(
    registry: string,
    items: readonly { readonly model: string; readonly version?: string; readonly updatedAt: number }[],
  ): boolean[];
  keepCatalogueVersion(registry: string, version: ModelVersion, artifacts: readonly Artifact[] | undefined): void;
  keepCatalogueModel(registry: string, model: RegisteredModel): void;
  declareRegistries(declared: readonly DeclaredAddress[]): void;
  retainRegistries(registries: readonly string[]): void;
  /** True while something is left to be swept away. */
  sweepShelves(): boolean;
  askLent(lease: LeaseKey, request: LentRequest, deadline: number): number;
  readLent(ids: readonly number[]): LentState[];
  withdrawLent(ids: readonly number[]): void;
  takeLent(holder: string, limit: number): LentTask[];
  renewLent(holder: string, ids: readonly number[]): number[];
  replyLent(holder: string, id: number, reply: LentReply): boolean;
  releaseLent(holder: string, ids: readonly number[]): void;
  takeClaim(key: OutputKey, holder: string): boolean;
  releaseClaim(key: OutputKey, holder: string, after: number): void;
  dataVersion(): number;
  facts(): StoreFacts;
  collectGarbage(before: number): CollectedGarbage;
  backup(path: string): BackupFacts;
}

export type StoreMethod = keyof StoreCalls;

/** Given to the worker at its start. */
export interface WorkerSettings {
  readonly folder: string;
  readonly readOnly: boolean;
  readonly self: Self;
  readonly now: number;
}

export interface StoreRequest {
  /** From 1; 0 is the worker's own report that the store is open. */
  readonly id: number;
  readonly method: StoreMethod | 'close';
  readonly arguments: readonly unknown[];
  /** The caller's wall clock: a worker has no clock of its own. */
  readonly now: number;
}

export type StoreReply =
  { readonly id: number; readonly value: unknown } | { readonly id: number; readonly failure: TransferredError };

/** A WorkbenchError between threads: structured cloning would keep only its message. */
export interface TransferredError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string | undefined;
  readonly place: Place | undefined;
  /** Words and stack of what was underneath. */
  readonly cause: string | undefined;
}

export function transferError(error: unknown): TransferredError {
  const { code, message, remedy, place, cause } = toWorkbenchError(error);
  const detail = cause instanceof Error ? (cause.stack ?? cause.message) : undefined;
  return { code, message, remedy, place, cause: detail };
}

export function restoreError({ code, message, remedy, place, cause }: TransferredError): WorkbenchError {
  return new WorkbenchError(code, message, {
    ...(remedy === undefined ? {} : { remedy }),
    ...(place === undefined ? {} : { place }),
    ...(cause === undefined ? {} : { cause: new Error(cause) }),
  });
}
