import type { Metric as MetricEntry } from '../../schemas/generated/files.ts';
import type {
  AspectName,
  Checkpoint,
  EpochPoint,
  LossPoint,
  PlatformJob,
  PreflightFinding,
  RunState,
  TuningReport,
} from '../../schemas/generated/messages.ts';
import type { TuningTask } from '../documents/tune-kind.ts';
import type { BaseModel } from '../models/transformers/base.ts';
import type { BlobFacts } from '../ports/blobs.ts';
import type { JobUsage } from '../ports/job-usage.ts';

/** One message of a conversation that a row asks or answers with. */
export interface RowMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** What a row asks. */
export interface AskedRow {
  /** The input as text; the sound file's path as the dataset writes it where there is `audio`. */
  readonly text: string;
  /** The conversation up to the expected answer, where the job generates text: a system message, then turns that end with the user's. */
  readonly messages?: readonly RowMessage[];
  /** Sound: absolute path and SHA-256 of its file. */
  readonly audio?: { readonly path: string; readonly digest: string };
}

/** A row with its expected answer: a class, a completion, or what is said. */
export interface LearningRow extends AskedRow {
  readonly label: string;
}

interface InputFacts {
  readonly aspect: AspectName;
  /** SHA-256 over the rows' digests in order: what was uploaded once need not be again. */
  readonly digest: string;
  /** Factor on the gradient of these rows. */
  readonly weight: number;
}

/** Rows a job learns from or is measured by while it trains. */
export interface LearningInput extends InputFacts {
  readonly role: 'train' | 'validation';
  readonly rows: readonly LearningRow[];
}

/** Rows that the base and the finished model answer. Their expected answers never leave the workbench. */
export interface TestInput extends InputFacts {
  readonly role: 'test';
  readonly rows: readonly AskedRow[];
}

export type JobInput = LearningInput | TestInput;

/** The inputs of one role, whose rows have their expected answers. */
export function inputsOf({ inputs }: Pick<JobBundle, 'inputs'>, role: LearningInput['role']): LearningInput[] {
  return inputs.filter((input): input is LearningInput => input.role === role);
}

export type TuningMethod =
  | { readonly name: 'full' }
  | {
      readonly name: 'lora';
      readonly rank: number;
      readonly alpha: number;
      readonly dropout: number;
      readonly targetModules?: readonly string[];
      readonly merge: boolean;
    };

/** How a job learns, in the words of `hyperparameters`; what a kind of training does not know is absent. */
export interface Hyperparameters {
  readonly epochs: number;
  /** Absent where a service chooses it. */
  readonly learningRate: number;
  /** Of the embedded model. */
  readonly l2: number;
  readonly maxSteps?: number;
  readonly batchSize?: number;
  readonly gradientAccumulation?: number;
  readonly weightDecay?: number;
  readonly warmupRatio?: number;
  readonly scheduler?: 'linear' | 'cosine' | 'constant';
  readonly maxLength?: number;
  readonly precision?: 'auto' | 'float32' | 'bfloat16' | 'float16';
  readonly gradientCheckpointing?: boolean;
  readonly learningRateMultiplier?: number;
  readonly lossOn?: 'answer' | 'all';
}

/** Measure or keep after every so many epochs, or optimizer steps. */
export type Interval =
  { readonly epochs: number; readonly steps?: undefined } | { readonly steps: number; readonly epochs?: undefined };

/** Everything a platform needs to train, whatever it is: a process, a pod, a cluster's job. Plain data. */
export interface JobBundle {
  readonly runId: string;
  readonly name: string;
  readonly task: TuningTask;
  readonly base: BaseModel;
  readonly method: TuningMethod;
  readonly inputs: readonly JobInput[];
  /** Where the platform keeps what the job writes: a prefix of this run alone. */
  readonly output: string;
  /** The classes, in the order of the model's outputs; empty for tasks without. */
  readonly labels: readonly string[];
  readonly hyperparameters: Hyperparameters;
  readonly seed: number;
  readonly evaluation: {
    readonly metrics: readonly MetricEntry[];
    /** Measure the validation rows this often, and after the last step. */
    readonly every: Interval;
    /** What chooses the best checkpoint, on the validation rows. */
    readonly select: TuningReport['selection'];
    /** Stop when the selected figure has not improved for so many measurements. */
    readonly patience?: number;
    /** Validation rows of each aspect that are answered at each measurement. */
    readonly limit: number;
    /** Tokens of an answer at most. */
    readonly maxTokens: number;
  };
  readonly keepEvery?: Interval;
  readonly hardware?: { readonly gpus: readonly string[]; readonly count?: number; readonly cluster?: string };
  /** Seconds until a rented machine must have begun to train. */
  readonly bootDeadline: number;
  /** Seconds the job may take from now on. */
  readonly deadline?: number;
  /** US dollars the job may cost from now on. */
  readonly budget?: number;
  /** US dollars that are already counted for the run: costs a platform tells are those beyond. Default 0. */
  readonly counted?: number;
  /** SHA-256 over what is trained on and how. */
  readonly trainingDigest: string;
  /** State to go on from, as an earlier `epoch` event gave it: of trainings whose state is in the store. */
  readonly resume?: { readonly epoch: number; readonly stateDigest: string };
}

/** A submitted job. Plain data. */
export interface JobHandle {
  /** The platform's name in `workbench.yaml`. */
  readonly platform: string;
  /** The job's id on the platform. */
  readonly job: string;
}

/** Answers to an aspect's test rows, in their order; undefined where a row has none. */
export type JobAnswers = Readonly<Partial<Record<AspectName, readonly (string | undefined)[]>>>;

/** What a job made. Its weights are in the store's blobs, or kept by the service. */
export interface JobResult {
  /** The best one, and others that were kept; `best` and `last` as the trainer chose them. */
  readonly checkpoints: readonly Checkpoint[];
  /** Absent where the workbench asks the models itself. */
  readonly answers?: { readonly base?: JobAnswers; readonly tuned: JobAnswers };
  /** It stopped before its last step because nothing improved any more. */
  readonly stoppedEarly: boolean;
  readonly notes: readonly string[];
}

/** What a job tells. */
export type JobEvent =
  /** `raw` is the platform's own word for its state; `phase` says in the user's words what is going on. */
  | { readonly type: 'state'; readonly state: RunState; readonly raw: string; readonly phase?: string }
  | { readonly type: 'log'; readonly line: string }
  /** US dollars the platform has charged for the job so far, this attempt alone; never told where it charges nothing. */
  | { readonly type: 'cost'; readonly dollars: number }
  | { readonly type: 'loss'; readonly point: LossPoint }
  | {
      /** A measurement; epoch 0 is the base before training. Its files, if any, are in the store's blobs. */
      readonly type: 'epoch';
      readonly point: EpochPoint;
      /** Weights that are in the store already: of the embedded model, but for epoch 0. */
      readonly weights: BlobFacts | undefined;
      /** What to go on from, in the store; absent where the platform keeps it. */
      readonly stateDigest?: string;
    }
  | { readonly type: 'usage'; readonly usage: JobUsage }
  /** Comes once, before the state `succeeded`; the embedded model's events have none. */
  | { readonly type: 'result'; readonly result: JobResult };

/** Stores what a platform is about to be asked for, or was. Resolves once it is on disk. */
export type RecordJob = (job: PlatformJob) => Promise<void>;

/** A job or machine that carries our tag, as a platform lists it. */
export interface TaggedJob {
  readonly id: string;
  /** `aiwb-RUNID`. */
  readonly tag: string;
  readonly raw: string;
  /** It has ended and costs nothing more. */
  readonly ended: boolean;
  readonly createdAt?: number;
  readonly hourlyPrice?: number;
  /** It lies in a storage, and its run may go on from it. */
  readonly isSaved?: boolean;
}

/** What platforms that cost money can list and end, whichever run it belongs to. */
export interface JobInventory {
  list(signal: AbortSignal): Promise<readonly TaggedJob[]>;
  /** Ends it for good; nothing where it is gone. Throws only when it may still be there. */
  terminate(id: string, signal: AbortSignal): Promise<void>;
}

/**
 * A place where models are trained: this process, a program, a pod, a cluster, a service. `submit` returns as soon as the job is
 * accepted; `events` attaches to it, also again after a lost connection.
 */
export interface TuningPlatform {
  /** Name in `workbench.yaml`. */
  readonly name: string;
  /** What can be told before anything is started or paid: credentials, quota, prices, fit. Never throws for what it finds. */
  preflight?(bundle: JobBundle, signal: AbortSignal): Promise<readonly PreflightFinding[]>;
  /**
   * Starts the job, or finds the one that an earlier attempt of this run has started (`earlier`), which may have been made without its id
   * having been stored. `record` is awaited before anything is made that could be lost, and again with its id.
   */
  submit(
    bundle: JobBundle,
    earlier: PlatformJob | undefined,
    record: RecordJob,
    signal: AbortSignal,
  ): Promise<JobHandle>;
  /**
   * The job's events from where it is now (of a job attached to again: all from its beginning), ending after a state it does not leave. The
   * next event is made only when it is asked for where the job runs in this process. Rejects with the signal's reason when aborted, and with
   * what made the job fail.
   */
  events(handle: JobHandle, signal: AbortSignal): AsyncIterable<JobEvent>;
  /** Ends the job and everything that costs money with it; what it saved stays. Nothing where it has ended. Not bound to a run's signal. */
  cancel(handle: JobHandle): Promise<void>;
  readonly inventory?: JobInventory;
  /** What runs have left in the platform's storage. */
  readonly saved?: JobInventory;
}

/** The tag of everything that is made for a run. */
export function tagOf(runId: string): string {
  return `aiwb-${runId}`;
}
