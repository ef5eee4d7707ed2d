import { availableParallelism, hostname, release } from 'node:os';
import { findBootId } from './boot.ts';

/** What a record needs to say about the machine and the program. Fits `LeaseOwner` of the store as it is. */
export interface HostFacts {
  readonly host: string;
  /** Changes with every boot; see boot.ts. */
  readonly bootId: string;
  readonly pid: number;
  /** Such as `24.21.0`. */
  readonly node: string;
  /** Such as `linux-x64 6.12.0`. */
  readonly platform: string;
  readonly cpus: number;
}

/** Facts about this host and process. */
export function describeHost(): HostFacts {
  return {
    host: hostname(),
    bootId: findBootId(),
    pid: process.pid,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch} ${release()}`,
    cpus: availableParallelism(),
  };
}
