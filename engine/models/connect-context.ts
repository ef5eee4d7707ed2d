import type { Clock } from '../ports/clock.ts';
import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';
import type { CreateHttpClient, HttpOptions } from '../ports/http.ts';
import type { Programs } from '../ports/programs.ts';
import type { Secrets } from '../ports/secrets.ts';
import type { Store } from '../ports/store.ts';
import type { Model } from './model.ts';
import type { PacingLimits } from './pacing/pacer.ts';

/** What opening a connection needs of the outside world. */
export interface ConnectPorts {
  readonly files: Files;
  readonly clock: Clock;
  readonly digest: Digest;
  readonly secrets: Secrets;
  readonly createHttp: CreateHttpClient;
  /** Proxy and certificates for one origin. */
  readonly networkFor: (origin: string) => Omit<HttpOptions, 'connections'>;
  /** Uniform in [0, 1), for the jitter of retries. */
  readonly random: () => number;
  readonly programs: Programs;
}

/** How a connection is opened for one run. */
export interface ConnectContext {
  /** The connection's name in workbench.yaml. */
  readonly name: string;
  /** Absolute path of the workspace folder: relative paths in workbench.yaml start there. */
  readonly folder: string;
  /** The stricter of the run's and the connection's own. */
  readonly limits: PacingLimits;
  /** Most requests after a question's first. */
  readonly retries: number;
  readonly ports: ConnectPorts;
  /** Earlier runs, whose answers can be replayed. */
  readonly runs: RecordedRuns;
}

export type RecordedRuns = Pick<Store, 'getRun' | 'readSamples'>;

/** Opens connections of one provider. Secrets are resolved here and live in the model alone. Throws WorkbenchErrors. */
export type Opener<Connection> = (
  connection: Connection,
  context: ConnectContext,
  signal: AbortSignal,
) => Promise<Model>;
