import { isRecord, readCount } from '../../../models/http/json.ts';

/** A file as the service keeps it. */
export interface ServiceFile {
  readonly id: string;
  readonly name: string;
  /** `uploaded`, `pending`, `running`, `processed`, `error`, or whatever the service says. */
  readonly status: string;
  /** Why it cannot be used, in the service's words. */
  readonly reason?: string;
  /** Milliseconds since the epoch. */
  readonly createdAt?: number;
}

/** A fine-tuning job as the service tells it. Times are milliseconds since the epoch. */
export interface ServiceJob {
  readonly id: string;
  /** The service's own word. */
  readonly status: string;
  readonly trainingFile?: string;
  readonly validationFile?: string;
  readonly resultFiles: readonly string[];
  /** What we wrote into its metadata. */
  readonly tag?: string;
  readonly tunedModel?: string;
  readonly trainedTokens?: number;
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly createdAt?: number;
  readonly finishedAt?: number;
  /** When the service thinks it will end. */
  readonly expectedAt?: number;
  /** Why it failed. */
  readonly reason?: string;
}

/** Figures of one step, as events, checkpoints and result files have them. */
export interface StepFigures {
  readonly step: number;
  readonly totalSteps?: number;
  readonly trainingLoss?: number;
  /** Of a few validation rows. */
  readonly sampledLoss?: number;
  /** Of all validation rows. */
  readonly validationLoss?: number;
}

export interface ServiceEvent {
  readonly id: string;
  readonly createdAt?: number;
  readonly level: string;
  readonly message: string;
  readonly figures?: StepFigures;
}

export interface ServiceCheckpoint {
  readonly id: string;
  readonly model: string;
  readonly createdAt?: number;
  readonly figures: StepFigures;
}

/** The key of a job's metadata that holds our tag. */
export const tagKey = 'aiwb';

export function readFile(value: unknown): ServiceFile | undefined {
  if (!isRecord(value)) return undefined;
  const { id, filename, status, status_details: details } = value;
  if (typeof id !== 'string' || id === '') return undefined;
  return {
    id,
    name: textOf(filename) ?? '',
    status: textOf(status) ?? 'processed',
    ...optional('reason', textOf(details)),
    ...optional('createdAt', timeOf(value['created_at'])),
  };
}

export function readJob(value: unknown): ServiceJob | undefined {
  if (!isRecord(value)) return undefined;
  const { id, status, metadata, result_files: results, error } = value;
  if (typeof id !== 'string' || id === '' || typeof status !== 'string') return undefined;
  const { n_epochs: epochs, batch_size: batchSize } = settingsOf(value);
  return {
    id,
    status,
    resultFiles: Array.isArray(results) ? results.filter(file => typeof file === 'string') : [],
    ...optional('trainingFile', textOf(value['training_file'])),
    ...optional('validationFile', textOf(value['validation_file'])),
    ...optional('tag', isRecord(metadata) ? textOf(metadata[tagKey]) : undefined),
    ...optional('tunedModel', textOf(value['fine_tuned_model'])),
    ...optional('trainedTokens', readCount(value['trained_tokens'])),
    ...optional('epochs', positive(epochs)),
    ...optional('batchSize', positive(batchSize)),
    ...optional('createdAt', timeOf(value['created_at'])),
    ...optional('finishedAt', timeOf(value['finished_at'])),
    ...optional('expectedAt', timeOf(value['estimated_finish'])),
    ...optional('reason', isRecord(error) ? textOf(error['message']) : textOf(error)),
  };
}

/** What the service chose: beside the job in older answers, in its method in newer ones. */
function settingsOf({ hyperparameters, method }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const supervised = isRecord(method) ? method['supervised'] : undefined;
  const nested = isRecord(supervised) ? supervised['hyperparameters'] : undefined;
  return { ...(isRecord(nested) ? nested : {}), ...(isRecord(hyperparameters) ? hyperparameters : {}) };
}

export function readEvent(value: unknown): ServiceEvent | undefined {
  if (!isRecord(value)) return undefined;
  const { id, message, level, data } = value;
  if (typeof id !== 'string') return undefined;
  const figures = isRecord(data) ? readFigures(data) : undefined;
  return {
    id,
    level: textOf(level) ?? 'info',
    message: textOf(message) ?? '',
    ...optional('createdAt', timeOf(value['created_at'])),
    ...optional('figures', figures),
  };
}

export function readCheckpoint(value: unknown): ServiceCheckpoint | undefined {
  if (!isRecord(value)) return undefined;
  const { id, fine_tuned_model_checkpoint: model, step_number: step, metrics } = value;
  if (typeof id !== 'string' || typeof model !== 'string' || model === '') return undefined;
  const figures = readFigures({ ...(isRecord(metrics) ? metrics : {}), ...(readCount(step) ? { step } : {}) });
  if (figures === undefined) return undefined;
  return { id, model, figures, ...optional('createdAt', timeOf(value['created_at'])) };
}

/** Figures by the names that events, checkpoints and result files share; undefined without a step. */
export function readFigures(fields: Readonly<Record<string, unknown>>): StepFigures | undefined {
  const step = readCount(fields['step']);
  if (step === undefined || step === 0) return undefined;
  return {
    step,
    ...optional('totalSteps', positive(fields['total_steps'])),
    ...optional('trainingLoss', finite(fields['train_loss'] ?? fields['training_loss'])),
    ...optional('sampledLoss', finite(fields['valid_loss'] ?? fields['validation_loss'])),
    ...optional('validationLoss', finite(fields['full_valid_loss'] ?? fields['full_validation_loss'])),
  };
}

/** What OpenAI calls a list: its entries, and whether there are more behind the last. */
export function readPage(value: unknown): { readonly entries: readonly unknown[]; readonly more: boolean } | undefined {
  if (!isRecord(value) || !Array.isArray(value['data'])) return undefined;
  return { entries: value['data'], more: value['has_more'] === true };
}

type Optional<Key extends string, Value> = { readonly [K in Key]?: NonNullable<Value> };

function optional<Key extends string, Value>(key: Key, value: Value): Optional<Key, Value> {
  return (value === undefined ? {} : { [key]: value }) as Optional<Key, Value>;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function finite(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function positive(value: unknown): number | undefined {
  const number = finite(value);
  return number !== undefined && number > 0 ? number : undefined;
}

/** Services tell Unix seconds. */
function timeOf(value: unknown): number | undefined {
  const seconds = positive(value);
  return seconds === undefined ? undefined : seconds * 1000;
}
