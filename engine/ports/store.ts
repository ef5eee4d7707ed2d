import type {
  Environment,
  Report,
  RunProgress,
  RunState,
  RunSummary,
  DatasetFacts,
  Failure,
  FailureClass,
  Headline,
  DisagreementPage,
  DisagreementQuery,
  SampleDetails,
  SamplePage,
  SampleQuery,
  SampleReference,
  SampleRow,
  Checkpoint,
  PlatformJob,
  TuningReport,
} from '../../schemas/generated/messages.ts';
import type { Blobs } from './blobs.ts';
import type { Catalogue, Publications } from './catalogue.ts';
import type { OutputClaims } from './claims.ts';
import type { Ledger } from './ledger.ts';
import type { LentCounter, LentDesk } from './lent.ts';
import type { LocalRegistry } from './registry.ts';
import type { RunSpec, VariantRecord } from './run-spec.ts';
import type { EpochRecord, TrainingOutcome, TrainingNews, ListedPlatformJob, TrainingRecord } from './training.ts';

/** One asked sample as it is stored. Its key is (run, variant, rowDigest, occurrence, repeat). */
export interface SampleRecord {
  readonly variant: number;
  /** Position in the asked split, from 0; for people, not part of the key. */
  readonly row: number;
  /** SHA-256 over input, target and slices, hex. */
  readonly rowDigest: string;
  /** 0 for the first row with this digest in the split, 1 for the next equal one, … */
  readonly occurrence: number;
  readonly repeat: number;
  /** The row's content, stored once for each digest however many samples share it. */
  readonly input: string;
  readonly target: string;
  readonly slices: Readonly<Record<string, string>>;
  readonly output?: string;
  /** Whether the answer is right by the benchmark's leading quality metric; absent when failed or not decidable. */
  readonly right?: boolean;
  readonly scores: Readonly<Record<string, number>>;
  readonly latencyMs?: number;
  readonly firstTokenMs?: number;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  /** True where the token counts are the engine's estimate. */
  readonly estimatedTokens?: boolean;
  /** US dollars. */
  readonly cost?: number;
  /** Requests sent for this sample, 1 without a retry. */
  readonly attempts: number;
  /** Present when no usable answer came. */
  readonly failure?: { readonly class: FailureClass; readonly message: string };
  /** What else is worth keeping for people: tool calls, judges' reasons, why a metric has no score. */
  readonly details?: SampleDetails;
}

/** What the store keeps of a run beside its samples. */
export interface RunRecord {
  readonly summary: RunSummary;
  readonly spec: RunSpec;
  readonly variants: readonly VariantRecord[];
  readonly environment?: Environment;
  readonly dataset?: DatasetFacts;
  /** The finished benchmark run's report, as computed at its end. */
  readonly report?: Report;
  /** The finished tuning run's. */
  readonly tuning?: TuningReport;
  readonly logPath?: string;
  /** It was asked to stop since it was taken up last, in time or not. */
  readonly cancelRequested?: true;
}

export interface NewRun {
  readonly id: string;
  readonly spec: RunSpec;
  readonly createdAt: number;
}

/** The holder of a run. A process that loses its lease (sleep, suspension) can no longer write. */
export interface LeaseOwner {
  readonly host: string;
  /** Changes with every boot, so that a pid from before a restart is never taken for alive. */
  readonly bootId: string;
  readonly pid: number;
}

/** What a run's plan turned out to be, written once before the first sample. */
export interface RunPlanRecord {
  readonly variants: readonly VariantRecord[];
  readonly environment: Environment;
  /** Absent for tuning runs, whose aspects have a dataset each. */
  readonly dataset?: DatasetFacts;
}

export interface RunEnding {
  readonly state: Extract<RunState, 'succeeded' | 'failed' | 'cancelled'>;
  readonly progress: RunProgress;
  readonly headlines: readonly Headline[];
  readonly gate?: RunSummary['gate'];
  readonly failure?: Failure;
  readonly report?: Report;
  readonly tuning?: TuningReport;
}

/**
 * Write access to one run under its lease. Every write carries the lease's epoch in the same transaction and throws
 * `run-lease-lost` once another process has taken the run over.
 */
export interface RunWriter {
  readonly runId: string;
  readonly epoch: number;
  /** Marks the run running and stores its plan. On a resume the stored variants must be the same (`run-changed`). */
  begin(plan: RunPlanRecord): Promise<void>;
  /** Stores samples and progress in one transaction. A sample whose key exists replaces the earlier one (a failed answer asked again). */
  append(samples: readonly SampleRecord[], progress: RunProgress): Promise<void>;
  /** Stores an ended epoch with its checkpoints and progress in one transaction; `used` counts this attempt alone. */
  saveEpoch(epoch: EpochRecord, used: NonNullable<TrainingRecord['used']>, progress: RunProgress): Promise<void>;
  /** Stores what a platform is about to be asked for, or was. On disk before it resolves, also for a power cut. */
  saveJob(job: PlatformJob): Promise<void>;
  /** Stores what a job has told between its measurements. */
  saveTraining(news: TrainingNews): Promise<void>;
  /** Stores a job's good end with all its checkpoints: the ones that are not among them are dropped. On disk before it resolves. */
  saveOutcome(outcome: TrainingOutcome, checkpoints: readonly Checkpoint[], progress: RunProgress): Promise<void>;
  /** Renews the lease and tells whether somebody asked to cancel. */
  heartbeat(progress: RunProgress): Promise<{ readonly cancelRequested: boolean }>;
  /** Models that a VS Code window lends to this run. */
  readonly lent: LentDesk;
  /** Ends the run and gives the lease back. */
  finish(ending: RunEnding): Promise<void>;
}

export interface RunFilter {
  /** Absent: not archived ones only. */
  readonly archived?: boolean;
  readonly kind?: RunSummary['kind'];
  /** Exact name of the benchmark or tuning job. */
  readonly name?: string;
  /** Benchmark's or tuning job's file relative to the workspace. */
  readonly file?: string;
  /** Id of a run: only older ones. */
  readonly before?: string;
  /** Newest first; default 200. */
  readonly limit?: number;
}

/** Numbers of one variant's answered samples, one array a column, in the order they were stored; NaN where a sample has none. */
export interface SampleColumns {
  readonly count: number;
  /** Ids of the samples within their run. */
  readonly id: Float64Array;
  readonly row: Float64Array;
  /** A number that equal rows share, in one store, whatever their run: with `occurrence` it pairs rows. */
  readonly content: Float64Array;
  readonly occurrence: Float64Array;
  readonly repeat: Float64Array;
  /** 1 for a right answer, 0 for a wrong one, by the leading metric. */
  readonly right: Float64Array;
  readonly latencyMs: Float64Array;
  readonly firstTokenMs: Float64Array;
  readonly cost: Float64Array;
  /** Answers that came from the cache. */
  readonly cached: number;
  /** US dollars for measuring all of them; undefined where none is known. */
  readonly measuringCost: number | undefined;
  /** The scores asked for, by key. */
  readonly scores: ReadonlyMap<string, Float64Array>;
}

export interface FailureCount {
  readonly variant: number;
  readonly class: FailureClass;
  readonly count: number;
}

export interface StoreFacts {
  readonly path: string;
  readonly schemaVersion: number;
  readonly sqlite: string;
  readonly journalMode: string;
  /** Database and blobs. */
  readonly bytes: number;
  /** Of them in blobs: weights, training states, documents. */
  readonly blobBytes: number;
  readonly runs: number;
  readonly samples: number;
  /** Registered ones. */
  readonly models: number;
  readonly versions: number;
  /** Of the ledger. */
  readonly records: number;
  /** Content rows no sample refers to any more. */
  readonly unreferencedRows: number;
}

/** An answer paid for earlier. */
export interface StoredAnswer {
  /** SHA-256 over all that decides the answer, hex. */
  readonly key: string;
  /** JSON. */
  readonly answer: string;
}

/** What a backup holds beside the database. */
export interface BackupFacts {
  /** Folder of the copied blobs, beside the copy of the database; absent when the store refers to none. */
  readonly folder?: string;
  readonly blobs: number;
  /** Of the blobs. */
  readonly bytes: number;
  /** Digests of blobs that are referred to but are missing or damaged, so that the copy lacks them. */
  readonly unavailable: readonly string[];
}

export interface CollectedGarbage {
  readonly runs: number;
  /** Answers dropped from the cache. */
  readonly answers: number;
  readonly bytes: number;
}

/** The embedded store: the memory of every run, and the only channel between processes. */
export interface Store {
  /** Absolute path of the store's folder. */
  readonly path: string;
  /** The local registry. */
  readonly registry: LocalRegistry;
  /** Models and versions of all registries, to be listed and searched. */
  readonly catalogue: Catalogue;
  readonly publications: Publications;
  readonly ledger: Ledger;
  readonly blobs: Blobs;
  /** What runs ask of the models that this window lends. */
  readonly lent: LentCounter;
  /** Which window writes into a notebook what a run left. */
  readonly claims: OutputClaims;
  createRun(run: NewRun): Promise<RunRecord>;
  /** Throws `run-not-found`. A unique prefix of an id is enough. */
  getRun(id: string): Promise<RunRecord>;
  listRuns(filter: RunFilter): Promise<readonly RunSummary[]>;
  /** Takes the run's lease, at a new epoch. Throws `run-active` while another holder is alive, `run-finished` when it succeeded. */
  openWriter(runId: string, owner: LeaseOwner): Promise<RunWriter>;
  /** Asks the holder to stop; a run nobody holds is cancelled at once. Of one that has ended the asking is kept. */
  requestCancel(runId: string): Promise<RunSummary>;
  /** Takes back that a run was asked to stop; taking its lease does so too. */
  forgetCancel(runId: string): Promise<void>;
  /** Records that a queued run could not be started. */
  failQueued(runId: string, failure: Failure): Promise<void>;
  setArchived(runId: string, archived: boolean): Promise<RunSummary>;
  setLogPath(runId: string, path: string): Promise<void>;
  /** Training of a tuning run so far; empty for one that has not begun. */
  readTraining(runId: string): Promise<TrainingRecord>;
  /** What all runs have asked of platforms, newest run first. */
  listPlatformJobs(): Promise<readonly ListedPlatformJob[]>;
  /** Runs whose variants asked a model of this digest, newest first; evidence is found by it. */
  listRunsAsking(modelDigest: string): Promise<readonly RunSummary[]>;
  /** All samples of a run in the order they were stored, in batches; memory stays flat. */
  readSamples(runId: string, signal: AbortSignal, variant?: number): AsyncIterable<readonly SampleRecord[]>;
  /** Answers kept by their keys; keys that are not there are left out. */
  findAnswers(keys: readonly string[]): Promise<readonly StoredAnswer[]>;
  /** Keeps answers for later runs; one that is there already stays as it is. `collectGarbage` drops old ones. */
  saveAnswers(answers: readonly StoredAnswer[]): Promise<void>;
  /** The same without what no metric looks at, for reports: `input` and `rowDigest` are empty. */
  readObserved(runId: string, signal: AbortSignal): AsyncIterable<readonly SampleRecord[]>;
  /** A page of samples. One that takes long is made in turns, so that others are not kept waiting, and can be given up. */
  querySamples(query: SampleQuery, signal?: AbortSignal): Promise<SamplePage>;
  /** One sample by its permanent link. Throws `run-not-found`. */
  getSample(reference: SampleReference): Promise<SampleRow>;
  queryDisagreements(query: DisagreementQuery): Promise<DisagreementPage>;
  /** Numbers of a variant's answered samples, those of rows asked disturbed left out: some hundred bytes a sample. */
  readColumns(runId: string, variant: number, scores: readonly string[], signal: AbortSignal): Promise<SampleColumns>;
  /** Failed samples by variant and class, the most frequent class first. */
  countFailures(runId: string): Promise<readonly FailureCount[]>;
  /** Changes whenever another connection has committed; cheap enough to poll several times a second. */
  dataVersion(): Promise<number>;
  facts(): Promise<StoreFacts>;
  /**
   * Deletes archived runs that ended before `before` (ms since the epoch), answers kept for reuse before it, and content and blobs nobody
   * refers to, then compacts.
   * Runs that a registered version or a ledger record names are kept. Returns bytes freed.
   */
  collectGarbage(before: number): Promise<CollectedGarbage>;
  /** Writes a consistent copy of the database to `path` and of its blobs to `PATH.blobs` while others go on writing. */
  backup(path: string): Promise<BackupFacts>;
  close(): Promise<void>;
}
