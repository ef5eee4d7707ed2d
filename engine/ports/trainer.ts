import type { LineProgram } from './programs.ts';

/** A Python interpreter that can train and answer. */
export interface TrainerEnvironment {
  /** Absolute path of the interpreter. */
  readonly python: string;
  /** Such as `3.12.4`. */
  readonly version: string;
  /** Versions of the libraries, by name. */
  readonly libraries: Readonly<Record<string, string>>;
  /** What would train, such as `cuda`, `mps`, `cpu`. */
  readonly device: string;
  /** Such as `NVIDIA L40S`. */
  readonly accelerator?: string;
  /** Bytes of memory, and of the accelerator's. */
  readonly memoryBytes?: number;
  readonly acceleratorBytes?: number;
  /** Folder the workbench has made it in; absent of one that somebody else has made. */
  readonly folder?: string;
}

/** An environment that could be made. */
export interface MissingEnvironment {
  /** Absolute path of the interpreter it would be made with, and its version. */
  readonly python: string;
  readonly version: string;
  /** Folder it would be made in. */
  readonly folder: string;
  /** What would be installed, a pinned requirement each. */
  readonly requirements: readonly string[];
  /** What the interpreter that was named lacks; absent where none was. */
  readonly why?: string;
  /** Whether the person has agreed that it is made. */
  readonly isPermitted: boolean;
}

export type EnvironmentState =
  | { readonly state: 'ready'; readonly environment: TrainerEnvironment }
  | { readonly state: 'missing'; readonly missing: MissingEnvironment };

/** How the trainer is started. */
export interface TrainingRequest {
  /** Absolute path of the folder with `job.json`. */
  readonly job: string;
  /** Absolute path of the folder it writes into. */
  readonly out: string;
  /** Whether it gets the person's token for the hub, where they have one. */
  readonly usesHub: boolean;
}

/** A trainer at work. It ends when this process does. */
export interface TrainingProcess {
  /** Its events, a line each. Ends when it does; rejects with `program-failed` where it ended badly, with the end of what it printed. */
  readonly lines: AsyncIterable<string>;
  /** What it has printed beside its events since this was last asked. */
  takeLog(): readonly string[];
  /** Lets it save and end; after `patience` milliseconds it is made to, with all it started. Resolves once it is gone. */
  stop(patience: number): Promise<void>;
}

/** What an answering program is started with. */
export interface AnsweringRequest {
  /** Arguments behind `answer`. */
  readonly arguments: readonly string[];
  readonly usesHub: boolean;
}

/**
 * The workbench's Python program that trains and answers, and the environment it runs in: a virtual environment in the user's cache that all
 * workspaces share, or an interpreter that has all it needs. Failures are WorkbenchErrors: `environment-missing`, `environment-unusable`,
 * `program-not-allowed` for an interpreter that the workspace names and nobody has allowed.
 */
export interface Trainer {
  /** What is there for this interpreter (absent: the one on the PATH). Throws `environment-unusable` where none can be made. */
  inspect(python: string | undefined, signal: AbortSignal): Promise<EnvironmentState>;
  /** Remembers for this user that environments may be made: they take gigabytes of disk and network. */
  permit(): Promise<void>;
  /** Makes it, or waits for another process that does. Each step is told in the user's words. What was half made is made anew. */
  create(python: string | undefined, onStep: (step: string) => void, signal: AbortSignal): Promise<TrainerEnvironment>;
  /** Removes all environments that the workbench has made, and the leave to make them; gives their folders. */
  remove(): Promise<readonly string[]>;
  /** Bytes that can be written where a path lies; undefined where that is not known. */
  room(path: string): Promise<number | undefined>;
  /** Starts training. Throws `run-active` while another trainer works in the folder, and does not end soon. */
  train(environment: TrainerEnvironment, request: TrainingRequest, signal: AbortSignal): Promise<TrainingProcess>;
  /** Starts what answers questions as JSON lines, in this folder. */
  answer(
    environment: TrainerEnvironment,
    request: AnsweringRequest,
    folder: string,
    signal: AbortSignal,
  ): Promise<LineProgram>;
}
