import type { GlobalOptions } from '../options.ts';

/** What an execution of a notebook is told. */
export interface RunNotebookOptions extends GlobalOptions {
  readonly output?: string;
  readonly cell?: readonly string[];
  readonly allowErrors?: boolean;
  readonly stopAtGate?: boolean;
  readonly resume?: boolean;
  readonly timeout?: number;
  readonly allowOrigin?: readonly string[];
  readonly allowCommands?: boolean;
}
