import type {
  Checkpoint,
  Identity,
  ModelIdentity,
  RunKind,
  RunOrigin,
  SearchTrial,
  TuningReport,
} from '../../schemas/generated/messages.ts';

/** What was asked for, complete enough to start (or start again) without the editor that asked. */
export interface RunSpec {
  readonly kind: RunKind;
  /** The benchmark's, tuning job's or trial's text as it was when the run was asked for. */
  readonly text: string;
  /** Absolute path of the file or notebook; relative paths in the text start from its folder. */
  readonly path: string;
  /** The same path relative to the workspace folder, with forward slashes. */
  readonly file: string;
  readonly name: string;
  /** Absolute path of the workspace folder (where workbench.yaml lies). */
  readonly folder: string;
  readonly origin: RunOrigin;
  /** Id of the notebook cell. */
  readonly cell?: string;
  /** Narrowings given at the start, kept so that a resume asks the same. */
  readonly models?: readonly string[];
  /** Of a benchmark: the models asked in place of its own, the baseline first. */
  readonly askModels?: readonly string[];
  readonly limit?: number;
  /** Full id of an earlier run whose samples are taken over where row, model and prompt are the same. */
  readonly extends?: string;
  /** False asks every sample anew, whatever the benchmark says. */
  readonly cache?: false;
  /** US dollars the run may spend at most, where that is less than its file says. */
  readonly budget?: number;
  /** Platform that overrides the tuning job's. */
  readonly platform?: string;
  /** Of a tuning run that is one of a search: its values take the place of the file's. */
  readonly trial?: SearchTrial;
  /** Who asked for it; absent where git has no identity. Tuning runs name it as the trainer. */
  readonly requestedBy?: Identity;
  /** What the checkpoints and registered versions it names stood for when it was asked for, by name: a resume asks the same. */
  readonly trained?: Readonly<Record<string, TrainedModelReference>>;
  /** The same for registered versions that others serve. */
  readonly registered?: Readonly<Record<string, RegisteredModelReference>>;
}

/** The weights behind `checkpoint:…` or `registry:…`. */
export interface TrainedModelReference {
  /** SHA-256 of the weights: of the one file in the store's blobs, else of the manifest of `files`; of the service's name of the model where it keeps them. */
  readonly weightsDigest: string;
  /** What the weights are; absent: the embedded linear model's file. */
  readonly format?: Checkpoint['format'];
  /** Of a folder. */
  readonly files?: Checkpoint['files'];
  readonly service?: Checkpoint['service'];
  readonly task?: TuningReport['task'];
  /** What an adapter stands on, as the tuning job names it; a folder by its absolute path. */
  readonly base?: string;
  /** The same where that is itself a checkpoint or a registered version. */
  readonly baseReference?: TrainedModelReference;
  /** Tuning run and epoch it came out of, as far as known. */
  readonly runId?: string;
  readonly epoch?: number;
  /** Registry of `model`; absent: the local one. */
  readonly registry?: string;
  readonly model?: string;
  readonly version?: string;
}

/** The registered version behind `registry:…`, and who is asked for it: a connection, or else the endpoint that its registry names. */
export interface RegisteredModelReference {
  /** Absent: the local one. */
  readonly registry?: string;
  readonly model: string;
  readonly version: string;
  /** SHA-256 of the weights, hex, as far as the registry tells it. */
  readonly weightsDigest?: string;
  /** Digest under which benchmarks record a model of these weights. */
  readonly modelDigest?: string;
  /** SHA-256 of the tokenizer, as far as the registry tells it. */
  readonly tokenizerDigest?: string;
  /** Name of the connection in workbench.yaml. */
  readonly connection?: string;
  /** Base URL of an OpenAI-compatible API and the name it serves the version under: both the registry's word. Absent beside a connection. */
  readonly endpoint?: { readonly url: string; readonly model: string };
  /** Milliseconds since the epoch; present where the registry could not be asked and what was read then was taken. */
  readonly readAt?: number;
}

/** One model with one prompt. The digests decide whether a resumed run is still the same run. */
export interface VariantRecord {
  /** Position in the run, from 0. */
  readonly variant: number;
  readonly model: string;
  readonly modelDigest: string;
  readonly prompt?: string;
  readonly promptDigest?: string;
  /** Of a registered version: whether that is what answers. */
  readonly identity?: ModelIdentity;
}
