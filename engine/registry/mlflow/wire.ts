import { WorkbenchError } from '../../base/errors.ts';

/** A registered model as MLflow tells it. */
export interface WireModel {
  readonly name: string;
  readonly description: string | undefined;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly tags: ReadonlyMap<string, string>;
  readonly aliases: Readonly<Record<string, string>>;
  /** The newest of each of MLflow's stages. */
  readonly newest: readonly WireVersion[];
}

export interface WireVersion {
  readonly name: string;
  /** A whole number from 1. */
  readonly version: string;
  readonly description: string | undefined;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly user: string | undefined;
  readonly source: string | undefined;
  readonly runId: string | undefined;
  /** Id of MLflow 3's logged model. */
  readonly loggedModel: string | undefined;
  /** READY, PENDING_REGISTRATION or FAILED_REGISTRATION. */
  readonly status: string;
  readonly statusMessage: string | undefined;
  readonly stage: string | undefined;
  readonly tags: ReadonlyMap<string, string>;
  /** Only where a single version was asked for: searches leave them out. */
  readonly aliases: readonly string[];
}

export interface WireMetric {
  readonly key: string;
  /** NaN where it could not be computed. */
  readonly value: number;
  readonly timestamp: number;
  readonly runId: string | undefined;
  readonly dataset: string | undefined;
  readonly datasetDigest: string | undefined;
}

export interface WireRun {
  readonly id: string;
  readonly experiment: string;
  readonly runName: string | undefined;
  readonly startedAt: number;
  /** Where its files lie; `mlflow-artifacts:` where the server passes them on. */
  readonly artifactUri: string;
  readonly tags: ReadonlyMap<string, string>;
  readonly metrics: readonly WireMetric[];
  readonly params: ReadonlyMap<string, string>;
}

/** What was measured of a model that was logged, not of its run. */
export interface WireLoggedModel {
  readonly metrics: readonly WireMetric[];
  readonly params: ReadonlyMap<string, string>;
}

type Fields = Readonly<Record<string, unknown>>;

export function readModel(value: unknown): WireModel {
  const fields = fieldsOf(value, 'registered model');
  return {
    name: needText(fields, 'name'),
    description: textOf(fields, 'description'),
    createdAt: numberOf(fields, 'creation_timestamp'),
    updatedAt: numberOf(fields, 'last_updated_timestamp'),
    tags: pairsOf(fields, 'tags'),
    aliases: Object.fromEntries(
      listOf(fields, 'aliases').map(one => {
        const alias = fieldsOf(one, 'alias');
        return [needText(alias, 'alias'), versionOf(alias)];
      }),
    ),
    newest: listOf(fields, 'latest_versions').map(readVersion),
  };
}

export function readVersion(value: unknown): WireVersion {
  const fields = fieldsOf(value, 'model version');
  return {
    name: needText(fields, 'name'),
    version: versionOf(fields),
    description: textOf(fields, 'description'),
    createdAt: numberOf(fields, 'creation_timestamp'),
    updatedAt: numberOf(fields, 'last_updated_timestamp'),
    user: textOf(fields, 'user_id'),
    source: textOf(fields, 'source'),
    runId: textOf(fields, 'run_id'),
    loggedModel: textOf(fields, 'model_id'),
    status: textOf(fields, 'status') ?? 'READY',
    statusMessage: textOf(fields, 'status_message'),
    stage: textOf(fields, 'current_stage'),
    tags: pairsOf(fields, 'tags'),
    aliases: listOf(fields, 'aliases').filter(one => typeof one === 'string'),
  };
}

export function readRun(value: unknown): WireRun {
  const fields = fieldsOf(value, 'run');
  const info = fieldsOf(fields['info'], 'run');
  const data = fieldsOf(fields['data'] ?? {}, 'run');
  return {
    id: needText(info, 'run_id'),
    experiment: textOf(info, 'experiment_id') ?? '',
    runName: textOf(info, 'run_name'),
    startedAt: numberOf(info, 'start_time'),
    artifactUri: textOf(info, 'artifact_uri') ?? '',
    tags: pairsOf(data, 'tags'),
    metrics: listOf(data, 'metrics').map(readMetric),
    params: pairsOf(data, 'params'),
  };
}

export function readLoggedModel(value: unknown): WireLoggedModel {
  const data = fieldsOf(fieldsOf(value, 'logged model')['data'] ?? {}, 'logged model');
  return { metrics: listOf(data, 'metrics').map(readMetric), params: pairsOf(data, 'params') };
}

function readMetric(value: unknown): WireMetric {
  const fields = fieldsOf(value, 'metric');
  const number = fields['value'];
  return {
    key: needText(fields, 'key'),
    // NaN and infinities are written as words.
    value: typeof number === 'number' ? number : Number.NaN,
    timestamp: numberOf(fields, 'timestamp'),
    runId: textOf(fields, 'run_id'),
    dataset: textOf(fields, 'dataset_name'),
    datasetDigest: textOf(fields, 'dataset_digest'),
  };
}

/** A list of an answer; absent ones are empty. */
export function listOf(fields: Fields, field: string): readonly unknown[] {
  const value = fields[field] ?? [];
  if (!Array.isArray(value)) throw malformed(`"${field}" is no list`);
  return value as readonly unknown[];
}

export function fieldsOf(value: unknown, what: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw malformed(`a ${what} is no object`);
}

/** A text of an answer; MLflow writes some absent ones as empty. */
export function textOf(fields: Fields, field: string): string | undefined {
  const value = fields[field];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function needText(fields: Fields, field: string): string {
  const value = textOf(fields, field);
  if (value === undefined) throw malformed(`"${field}" is missing`);
  return value;
}

/** Whole numbers of 64 bits are written as texts by some servers. */
function numberOf(fields: Fields, field: string): number {
  const value = Number(fields[field] ?? 0);
  return Number.isFinite(value) ? value : 0;
}

function versionOf(fields: Fields): string {
  const version = String(fields['version']);
  if (!/^[0-9]{1,18}$/.test(version)) throw malformed('"version" is no whole number');
  return version;
}

function pairsOf(fields: Fields, field: string): ReadonlyMap<string, string> {
  return new Map(
    listOf(fields, field).map(one => {
      const pair = fieldsOf(one, 'tag');
      return [needText(pair, 'key'), typeof pair['value'] === 'string' ? pair['value'] : ''];
    }),
  );
}

export function malformed(what: string): WorkbenchError {
  return new WorkbenchError('registry-malformed', `The registry's answer is not one of MLflow's: ${what}.`, {
    remedy: 'Check that its url in workbench.yaml is that of an MLflow tracking server.',
  });
}
