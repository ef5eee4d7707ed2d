import type { Metric as MetricEntry } from '../../schemas/generated/files.ts';
import type { AspectName, EpochPoint, RunState } from '../../schemas/generated/messages.ts';
import type { LabelledText } from '../models/embedded/classifier.ts';
import type { BlobFacts } from '../ports/blobs.ts';

/** Rows a job learns from or is measured by while it trains. Test rows never leave the workbench. */
export interface JobInput {
  readonly role: 'train' | 'validation';
  readonly aspect: AspectName;
  /** SHA-256 over the rows' digests in order: what was uploaded once need not be again. */
  readonly digest: string;
  /** Factor on the gradient of these rows. */
  readonly weight: number;
  readonly rows: readonly LabelledText[];
}

/** How a job learns, in the words of `hyperparameters`. */
export interface Hyperparameters {
  readonly epochs: number;
  readonly learningRate: number;
  readonly l2: number;
}

/** Everything a platform needs to train, whatever it is: a process, a pod, a cluster's job. Plain data. */
export interface JobBundle {
  readonly runId: string;
  readonly name: string;
  /** Container image that holds the trainer; absent where the platform brings its own. */
  readonly image?: string;
  /** The trainer's command line inside the image. */
  readonly argv?: readonly string[];
  /** Names of the environment variables the job needs; their values are resolved at submission and never stored. */
  readonly environment: readonly string[];
  readonly inputs: readonly JobInput[];
  /** Where the platform keeps what the job writes: a prefix of this run alone. */
  readonly output: string;
  readonly method: 'full';
  /** The classes, in the order of the model's outputs. */
  readonly labels: readonly string[];
  /** SHA-256 of the weights to start from; absent: from nothing. */
  readonly baseWeights?: string;
  readonly hyperparameters: Hyperparameters;
  readonly seed: number;
  readonly evaluation: {
    readonly metrics: readonly MetricEntry[];
    /** Measure the validation rows after every so many epochs, and after the last. */
    readonly every: number;
  };
  /** Seconds the job may take from now on. */
  readonly deadline?: number;
  /** US dollars the job may cost from now on. */
  readonly budget?: number;
  /** SHA-256 over what is trained on and how. */
  readonly trainingDigest: string;
  /** State to go on from, as an earlier `epoch` event gave it. */
  readonly resume?: { readonly epoch: number; readonly stateDigest: string };
}

/** A submitted job. Plain data: it can be stored and, where the platform outlives this process, attached to again. */
export interface JobHandle {
  /** The platform's name in `workbench.yaml`. */
  readonly platform: string;
  /** The job's id on the platform. */
  readonly job: string;
}

/** What a job tells. */
export type JobEvent =
  /** `raw` is the platform's own word for its state. */
  | { readonly type: 'state'; readonly state: RunState; readonly raw: string }
  | { readonly type: 'log'; readonly line: string }
  /** US dollars the platform has charged for the job so far; never told where it charges nothing. */
  | { readonly type: 'cost'; readonly dollars: number }
  | {
      /** An epoch ended; epoch 0 is the base before training. Its files are in the store's blobs. */
      readonly type: 'epoch';
      readonly point: EpochPoint;
      /** Absent for epoch 0. */
      readonly weights: BlobFacts | undefined;
      readonly stateDigest: string;
    };

/**
 * A place where models are trained. Local processes implement it here; pods, clusters and services do by their own clients.
 * `submit` returns as soon as the job is accepted; `events` attaches to it, also again after a lost connection.
 */
export interface TuningPlatform {
  /** Name in `workbench.yaml`. */
  readonly name: string;
  submit(bundle: JobBundle, signal: AbortSignal): Promise<JobHandle>;
  /**
   * The job's events from where it is now, ending after a state it does not leave. The next event is made only when it is asked for where
   * the job runs in this process. Rejects with the signal's reason when aborted, and with what made the job fail.
   */
  events(handle: JobHandle, signal: AbortSignal): AsyncIterable<JobEvent>;
  /** Asks the job to end; what it saved stays. Nothing where it has ended. */
  cancel(handle: JobHandle): Promise<void>;
}
