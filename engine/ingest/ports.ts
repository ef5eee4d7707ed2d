import type { VersionReference } from '../../schemas/generated/messages.ts';
import type { Clock } from '../ports/clock.ts';
import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';
import type { CreateHttpClient, HttpOptions } from '../ports/http.ts';
import type { Quarantine } from '../ports/quarantine.ts';
import type { SecretReference, Secrets } from '../ports/secrets.ts';
import type { Signatures } from '../ports/signatures.ts';
import type { LeaseOwner, RunRecord, Store } from '../ports/store.ts';
import type { TrainedModelReference } from '../ports/run-spec.ts';

/** Credentials that the person has at hand: where they are found, never what they are. */
export interface IngestCredentials {
  /** Sent as a bearer token to an https source. */
  readonly token?: SecretReference;
  /** Name and password for an OCI registry and its token server. */
  readonly basic?: { readonly username: string; readonly password: SecretReference };
  readonly s3?: {
    readonly accessKey: SecretReference;
    readonly secretKey: SecretReference;
    readonly sessionToken?: SecretReference;
  };
}

/** Runs benchmarks as the command line does: in this process, to their end. */
export interface Benchmarks {
  /** Makes a run of a benchmark file that asks the named model alone; `trained` are weights in the store that stand behind the name. */
  create(
    file: string,
    model: string,
    trained: TrainedModelReference | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly id: string }>;
  /** Starts it, or goes on with it. */
  execute(id: string, signal: AbortSignal): Promise<RunRecord>;
}

/** Everything outside the engine that taking a model in needs. */
export interface IngestPorts {
  readonly store: Store;
  readonly files: Files;
  readonly quarantine: Quarantine;
  readonly signatures: Signatures;
  readonly clock: Clock;
  readonly digest: Digest;
  readonly random: () => number;
  readonly owner: LeaseOwner;
  readonly workbench: string;
  readonly createHttp: CreateHttpClient;
  readonly networkFor: (origin: string) => Omit<HttpOptions, 'connections'>;
  readonly secrets: Secrets;
  readonly credentials: IngestCredentials;
  readonly benchmarks: Benchmarks;
  /** Publishes a registered version to a registry that workbench.yaml declares; says where it is. */
  readonly publish: (version: VersionReference, registry: string) => Promise<string>;
  readonly onNote: (sentence: string) => void;
  /** `total` is absent where the source does not say. */
  readonly onProgress: (what: string, bytes: number, total?: number) => void;
}
