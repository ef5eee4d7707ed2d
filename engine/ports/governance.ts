import type { Clock } from './clock.ts';
import type { Digest } from './digest.ts';
import type { Files } from './files.ts';
import type { Identities } from './identity.ts';
import type { Signing } from './signing.ts';
import type { Store } from './store.ts';

/** Everything outside the engine that assessing, attesting, approving and promoting need. */
export interface GovernancePorts {
  readonly store: Store;
  readonly files: Files;
  readonly clock: Clock;
  readonly digest: Digest;
  readonly identities: Identities;
  readonly signing: Signing;
  /** Uniform in [0, 1), for ids only. */
  readonly random: () => number;
  /** Version of the workbench, written into records. */
  readonly workbench: string;
}
