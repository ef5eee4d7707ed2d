/** What a run records about where it ran. */
export interface HostFacts {
  readonly workbench: string;
  readonly node: string;
  readonly platform: string;
  readonly host: string;
  readonly cpus: number;
}
