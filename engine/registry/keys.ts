/** Names of the properties that the hand-off writes into registries: printable ASCII, all with this prefix. */
export const keyPrefix = 'aiw.';

export const keys = {
  status: 'aiw.status',
  weightsDigest: 'aiw.weights_digest',
  modelDigest: 'aiw.model_digest',
  tokenizerDigest: 'aiw.tokenizer_digest',
  securityScan: 'aiw.security_scan',
  approvedBy: 'aiw.approved_by',
  trainRun: 'aiw.train_run_id',
  baseName: 'aiw.base_name',
  baseDigest: 'aiw.base_digest',
  parentVersion: 'aiw.parent_version_id',
  /** `transformers`, `peft` or `service`: what the version is; absent of the embedded model's weights. */
  modelFormat: 'aiw.model_format',
  /** What it does, in the words of Transformers' pipelines. */
  task: 'aiw.task',
  /** On artifacts that are files of the model's folder: the path in it. */
  modelFile: 'aiw.model_file',
  /** A model that a service keeps: the provider, the connection in workbench.yaml, and the service's name of it. */
  serviceProvider: 'aiw.service_provider',
  serviceConnection: 'aiw.service_connection',
  serviceModel: 'aiw.service_model',
  tuningJob: 'aiw.tuning_job',
  trainer: 'aiw.trainer',
  /** Base URL and model name of an OpenAI-compatible API that serves the version. */
  endpointUrl: 'aiw.endpoint_url',
  endpointModel: 'aiw.endpoint_model',
  runId: 'aiw.run_id',
  scope: 'aiw.scope',
  useCase: 'aiw.use_case',
  /** Of a pulled version: the one it was pulled from, as JSON of a `VersionOrigin`. */
  origin: 'aiw.origin',
  /** Whether the version that a figure is of is known to have answered: `verified` or `unverified`. */
  identity: 'aiw.identity',
  /** `publisher` on artifacts whose address leads into their publisher's own store. */
  keptBy: 'aiw.kept_by',
} as const;

/** `aiw:` and the weights digest: what a version is found by when it is published again. */
export function externalIdOf(weightsDigest: string, runId?: string): string {
  return runId === undefined ? `aiw:${weightsDigest}` : `aiw:${weightsDigest}:${runId}`;
}

/** The weights digest in an external id of ours. */
export function weightsDigestIn(externalId: string | undefined): string | undefined {
  return /^aiw:([0-9a-f]{64})(?::|$)/.exec(externalId ?? '')?.[1];
}

/** Key of a summary figure on a version: `aiw.baseline.ttft_p90`, `aiw.custom.claims.exact-match`. */
export function figureKey(scope: 'baseline' | 'custom', figure: string, useCase?: string): string {
  const parts = [scope, ...(useCase === undefined ? [] : [useCase]), figure];
  return keyPrefix + parts.map(keyPart).join('.');
}

/** Key of what figures of one task may be compared by: JSON of a `FigureContext`. */
export function contextKey(scope: 'baseline' | 'custom', task: string, useCase?: string): string {
  return `${keyPrefix}context.${[scope, ...(useCase === undefined ? [] : [useCase]), task].map(keyPart).join('.')}`;
}

/** A name as a part of a key: ASCII letters, digits, `_` and `-`. */
export function keyPart(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 80);
}

/** What stands beside the figures of a task, as JSON under `contextKey`. */
export interface FigureContext {
  readonly task: string;
  readonly run: string;
  readonly dataset?: string;
  readonly digest?: string;
  readonly rows?: number;
  /** Such as `8 × NVIDIA H100`. */
  readonly hardware?: string;
  /** When it was measured, milliseconds since the epoch: a newer run's figures take the place of an older one's. */
  readonly at?: number;
  /** Present where the weights behind the figures could not be matched to the version's. */
  readonly identity?: 'unverified';
  /** The figure that the task is judged by, by its name. */
  readonly leading?: string;
  /** What each figure means, by its name. */
  readonly figures: Readonly<
    Record<string, { readonly label: string; readonly unit: string; readonly direction: string; readonly n?: number }>
  >;
}
