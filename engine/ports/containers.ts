import type { ProgramResult } from './programs.ts';

/** What talks to containers on this machine. */
export type ContainerRuntime = 'docker' | 'podman';

/** One program to run in a container of its own. */
export interface ContainerJob {
  readonly image: string;
  /** Absent: whichever answers. */
  readonly runtime?: ContainerRuntime;
  readonly command: readonly string[];
  /** Text for its standard input. */
  readonly input: string;
  /** Milliseconds. */
  readonly timeout: number;
  /** MiB. */
  readonly memory: number;
}

/**
 * Containers for code that nobody has read: no network, no capabilities, a read-only file system with a small scratch folder, nobody's
 * rights, bounded memory, processors, processes and time.
 */
export interface Containers {
  /** Makes sure a runtime answers and the image is there, which may load it. Throws `container-unavailable`. */
  prepare(needed: Pick<ContainerJob, 'image' | 'runtime'>, signal: AbortSignal): Promise<void>;
  /** Runs to its end; the container is removed whatever happens. Throws `container-unavailable`, or the signal's reason. */
  run(job: ContainerJob, signal: AbortSignal): Promise<ProgramResult>;
}
