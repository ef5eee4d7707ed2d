import type { RunOrigin } from '../../schemas/generated/messages.ts';

/** What was asked for, complete enough to start (or start again) without the editor that asked. */
export interface RunSpec {
  /** The benchmark's text as it was when the run was asked for. */
  readonly text: string;
  /** Absolute path of the benchmark file or notebook; relative paths in the text start from its folder. */
  readonly path: string;
  /** The same path relative to the workspace folder, with forward slashes. */
  readonly benchmark: string;
  readonly name: string;
  /** Absolute path of the workspace folder (where workbench.yaml lies). */
  readonly folder: string;
  readonly origin: RunOrigin;
  /** Id of the notebook cell. */
  readonly cell?: string;
  /** Narrowings given at the start, kept so that a resume asks the same. */
  readonly models?: readonly string[];
  readonly limit?: number;
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
