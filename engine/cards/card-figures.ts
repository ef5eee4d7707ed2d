import type { MetricArtifact, Unit } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { Digest } from '../ports/digest.ts';
import { valueFingerprint } from './fingerprint.ts';

export interface CardFigures {
  readonly figures: readonly MetricArtifact[];
  /** Results that hold no number. */
  readonly leftOut: number;
}

const mostFigures = 1_000;

/**
 * The results of a card's `model-index` as figures: somebody else's, so they say `model card` for what measured them, and know neither
 * interval nor number of rows unless the card says so. Throws `file-invalid` for a `model-index` of another shape.
 * @param index value of `model-index` in the front matter
 * @param now for their timestamp: cards say no time
 */
export function figuresOf(index: unknown, now: number, digest: Digest): CardFigures {
  if (index === undefined || index === null) return { figures: [], leftOut: 0 };
  const runId = `card-${valueFingerprint(index, digest)}`;
  const figures = new Map<string, MetricArtifact>();
  let leftOut = 0;
  for (const model of listOf(index, 'model-index'))
    for (const result of listOf(fieldOf(model, 'results'), 'results'))
      for (const metric of listOf(fieldOf(result, 'metrics'), 'metrics')) {
        const figure = figureOf(result, metric, runId, now);
        if (figure === undefined || figures.has(figure.name) || figures.size >= mostFigures) leftOut += 1;
        else figures.set(figure.name, figure);
      }
  return { figures: [...figures.values()], leftOut };
}

/** Why the Hub's client would refuse a `model-index`; absent where it reads it. */
export function figureFaults(index: unknown): string | undefined {
  const isText = (value: unknown, ...keys: readonly string[]): boolean =>
    typeof keys.reduce<unknown>((inner, key) => fieldOf(inner, key), value) === 'string';
  if (!Array.isArray(index)) return 'must be a list of models.';
  for (const model of index) {
    const results = fieldOf(model, 'results');
    if (!isText(model, 'name') || !Array.isArray(results)) return 'needs `name` and a list `results` for each model.';
    for (const result of results) {
      const metrics = fieldOf(result, 'metrics');
      const isNamed =
        isText(result, 'task', 'type') && isText(result, 'dataset', 'type') && isText(result, 'dataset', 'name');
      if (!isNamed || !Array.isArray(metrics))
        return 'needs `task.type`, `dataset.type`, `dataset.name` and a list `metrics` for each result.';
      if (!metrics.every(metric => isText(metric, 'type') && fieldOf(metric, 'value') !== undefined))
        return 'needs `type` and `value` for each metric.';
    }
  }
  return undefined;
}

function figureOf(result: unknown, metric: unknown, runId: string, timestamp: number): MetricArtifact | undefined {
  const value = numberOf(fieldOf(metric, 'value'));
  const type = textOf(fieldOf(metric, 'type'));
  if (value === undefined || type === undefined) return undefined;
  const dataset = fieldOf(result, 'dataset');
  const parts = ['name', 'config', 'split'].map(key => textOf(fieldOf(dataset, key)));
  const task =
    parts.filter(part => part !== undefined).join('.') || textOf(fieldOf(fieldOf(result, 'task'), 'type')) || 'task';
  const args = fieldOf(metric, 'args');
  const [low, high, confidence, n] = ['low', 'high', 'confidence', 'n'].map(key => numberOf(fieldOf(args, key)));
  const revision = textOf(fieldOf(dataset, 'revision'));
  const label = textOf(fieldOf(metric, 'name')) ?? type;
  const name = textOf(fieldOf(metric, 'config'));
  const id = [type, name].filter(part => part !== undefined).join('.');
  const isLower = lowerIsBetter.has(type.toLowerCase());
  return {
    artifactType: 'metric',
    name: `${runId}/${task}/${id === type && label !== type ? `${id}.${label}` : id}`,
    metric: id,
    label,
    value,
    unit: unitOf(type, value),
    direction: isLower ? 'lower' : 'higher',
    runId,
    task,
    scope: 'baseline',
    timestamp,
    tool: 'model card',
    ...(low === undefined || high === undefined ? {} : { low, high }),
    ...(confidence === undefined || low === undefined || high === undefined ? {} : { confidence }),
    ...(n === undefined || !Number.isInteger(n) || n < 0 ? {} : { n }),
    // Revisions of the Hub are commits; only a digest of rows can be one of ours.
    ...(revision !== undefined && /^[0-9a-f]{64}$/.test(revision) ? { datasetDigest: revision } : {}),
  };
}

const lowerIsBetter: ReadonlySet<string> = new Set([
  ...['wer', 'cer', 'ter', 'mer', 'perplexity', 'loss', 'mae', 'mse', 'rmse', 'mean_absolute_error', 'brier', 'eer'],
  ...['fid', 'mape', 'smape', 'bits_per_byte', 'word_perplexity', 'byte_perplexity'],
]);

/** Metrics on a scale of their own, whatever their value. */
const ownScale: ReadonlySet<string> = new Set([
  ...['perplexity', 'loss', 'mae', 'mse', 'rmse', 'mean_absolute_error', 'elo', 'fid', 'word_perplexity'],
]);

/** Cards give shares either way; what is above 1 can only be of 100. */
function unitOf(type: string, value: number): Unit {
  if (ownScale.has(type.toLowerCase()) || value < 0 || value > 100) return 'score';
  return value <= 1 ? 'ratio' : 'points';
}

function listOf(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new WorkbenchError('file-invalid', `The card's \`model-index\` cannot be read: \`${what}\` is no list.`, {
    remedy: 'It is a list of models, each with `results`, each of those with `task`, `dataset` and `metrics`.',
  });
}

function fieldOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[key];
}

function textOf(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text.trim() !== '' ? text.trim().slice(0, 200) : undefined;
}

/** `0.91`, `"91.2"`, `"91.2 %"`, `"20.0 ± 1.2"` */
function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  // Longer ones are prose.
  if (text.length > 80) return undefined;
  const found = /^(-?\d+(?:\.\d+)?(?:e[-+]?\d+)?)\s*(?:%|±.*|\+\/-.*)?$/i.exec(text)?.[1];
  const number = found === undefined ? Number.NaN : Number(found);
  return Number.isFinite(number) ? number : undefined;
}
