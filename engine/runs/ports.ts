import type { Clock } from '../ports/clock.ts';
import type { Containers } from '../ports/containers.ts';
import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';
import type { HostFacts } from '../ports/host.ts';
import type { CreateHttpClient, HttpOptions } from '../ports/http.ts';
import type { Programs } from '../ports/programs.ts';
import type { Quarantine } from '../ports/quarantine.ts';
import type { Secrets } from '../ports/secrets.ts';
import type { Trainer } from '../ports/trainer.ts';
import type { Usage } from '../ports/usage.ts';
import type { FindJobResult } from './job-result.ts';

/** Everything outside the engine that planning and running need. */
export interface RunPorts {
  readonly files: Files;
  readonly clock: Clock;
  readonly digest: Digest;
  readonly secrets: Secrets;
  readonly createHttp: CreateHttpClient;
  /** Proxy and certificates for one origin, from workbench.yaml's network section and the host's settings. */
  readonly networkFor: (origin: string) => Omit<HttpOptions, 'connections'>;
  /** Uniform in [0, 1), for jitter only; nothing measured depends on it. */
  readonly random: () => number;
  readonly host: HostFacts;
  readonly usage: Usage;
  /** Programs the person has allowed. */
  readonly programs: Programs;
  readonly containers: Containers;
  /** Folders of files that are laid out, moved and removed. */
  readonly quarantine: Quarantine;
  /** Absolute path of the folder with the trainer's Python package and its `requirements.txt`: what goes to machines. */
  readonly trainerFolder: string;
  /** What trains and answers with models of Transformers. */
  readonly trainer: Trainer;
  readonly findJobResult: FindJobResult;
}
