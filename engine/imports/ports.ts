import type { Clock } from '../ports/clock.ts';
import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';
import type { HostFacts } from '../ports/host.ts';
import type { LeaseOwner, Store } from '../ports/store.ts';

/** What writing an imported run needs of the outside. */
export interface ImportPorts {
  readonly store: Store;
  readonly files: Files;
  readonly clock: Clock;
  readonly digest: Digest;
  readonly random: () => number;
  readonly owner: LeaseOwner;
  readonly host: HostFacts;
}
