/** A local program that is spoken to in JSON lines: one line in, one line out, in any order the caller keeps track of. */
export interface LineProgram {
  /** Writes one line (without its line break). Rejects with `program-failed` once the program has ended. */
  send(line: string): Promise<void>;
  /** Lines the program prints, without line breaks. Ends when its output does; a line over 16 MiB ends it with `program-failed`. */
  readonly lines: AsyncIterable<string>;
  /** Ends the program: closes its input, then, if it does not end by itself within two seconds, stops it with all it started. */
  close(): Promise<void>;
}

export interface ProgramResult {
  /** Exit status; undefined when a signal ended it. */
  readonly status: number | undefined;
  readonly output: string;
  readonly errors: string;
  /** It ran past its time and was stopped. */
  readonly timedOut: boolean;
}

export interface ProgramOptions {
  /** Absolute path of the folder it runs in. */
  readonly folder: string;
  /** Milliseconds. */
  readonly timeout?: number;
  /** Text for its standard input. */
  readonly input?: string;
  /** Most characters kept of each output; default 1 MiB. What comes after is dropped. */
  readonly limit?: number;
}

/**
 * Local programs, started without a shell. Their environment is the host's without anything that looks like a credential.
 * A workspace names the program, so each command must have been allowed by the person (`program-not-allowed`).
 */
export interface Programs {
  /** Throws `program-not-allowed`, or `program-failed` when it cannot be started. `command` is the program and its arguments. */
  start(command: readonly string[], options: ProgramOptions, signal: AbortSignal): Promise<LineProgram>;
  /** Runs a program to its end. Throws as `start` does; a status other than 0 is a result, not an error. */
  run(command: readonly string[], options: ProgramOptions, signal: AbortSignal): Promise<ProgramResult>;
}
