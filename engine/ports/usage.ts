/** What this process has used since it began. */
export interface ProcessUsage {
  /** User and system time, seconds. */
  readonly cpuSeconds: number;
  /** Largest resident set, bytes. */
  readonly peakMemoryBytes: number;
}

/** Measures the process a run executes in. */
export interface Usage {
  read(): ProcessUsage;
  /** Processor model and platform in words, such as `2 × AMD EPYC (linux x64)`. */
  readonly hardware: string;
}
