/** What a job has used, as its trainer counts it; over all of the job's attempts. */
export interface JobUsage {
  readonly wallSeconds: number;
  readonly cpuSeconds?: number;
  readonly peakMemoryBytes?: number;
  readonly gpuSeconds?: number;
  readonly peakGpuMemoryBytes?: number;
  /** Tokens learnt from. */
  readonly tokens?: number;
  /** Such as `4 × AMD EPYC (Linux x86_64)`. */
  readonly hardware?: string;
  /** Such as `1 × NVIDIA L40S`. */
  readonly gpu?: string;
}
