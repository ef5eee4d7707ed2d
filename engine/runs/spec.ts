import type { Identity, RunKind, RunOrigin } from '../../schemas/generated/messages.ts';

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
  readonly limit?: number;
  /** Full id of an earlier run whose samples are taken over where row, model and prompt are the same. */
  readonly extends?: string;
  /** False asks every sample anew, whatever the benchmark says. */
  readonly cache?: false;
  /** US dollars the run may spend at most, where that is less than its file says. */
  readonly budget?: number;
  /** Platform that overrides the tuning job's. */
  readonly platform?: string;
  /** Who asked for it; absent where git has no identity. Tuning runs name it as the trainer. */
  readonly requestedBy?: Identity;
  /** What the checkpoints and registered versions it names stood for when it was asked for, by name: a resume asks the same. */
  readonly trained?: Readonly<Record<string, TrainedModelReference>>;
}

/** The weights behind `checkpoint:…` or `registry:…`. */
export interface TrainedModelReference {
  /** SHA-256 of the weights file in the store's blobs. */
  readonly weightsDigest: string;
  /** Tuning run and epoch it came out of, as far as known. */
  readonly runId?: string;
  readonly epoch?: number;
  readonly model?: string;
  readonly version?: string;
}

/** One model with one prompt. The digests decide whether a resumed run is still the same run. */
export interface VariantRecord {
  /** Position in the run, from 0. */
  readonly variant: number;
  readonly model: string;
  readonly modelDigest: string;
  readonly prompt?: string;
  readonly promptDigest?: string;
}
