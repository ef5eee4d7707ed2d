import type { SimilarityParameters } from '../../schemas/generated/files.ts';
import { AnswerFailure } from '../models/model.ts';
import { shorten } from './judge/fence.ts';
import { collectMeasured, type MeasuredFigure } from './measured.ts';
import type { MeasuredSample, Measurement, MeasureTools } from './measure.ts';
import type { Metric, MetricDefinition } from './metric.ts';

export const similarity: MetricDefinition = {
  id: 'similarity',
  title: 'Similarity',
  description: 'How close answer and target are in meaning, as an embedding model places them.',
  formula: 'mean over answers of a·t ÷ (|a| |t|), a and t the embeddings of answer and target',
  source: 'Cosine similarity; Student’s t interval, cut at −1 and 1.',
  kind: 'quality',
  unit: 'score',
  direction: 'higher',
  figures: ['similarity'],
  streams: false,
  create: createSimilarity,
};

function createSimilarity(parameters: Readonly<Record<string, unknown>>): Metric {
  // The schema has seen to it that there is a model.
  const { name, model, passAt } = parameters as unknown as SimilarityParameters;
  const id = name ?? 'similarity';
  const label = name ?? 'Similarity';
  const figures = figuresOf(id, label, passAt);
  return {
    id,
    name: 'similarity',
    label,
    kind: 'quality',
    unit: 'score',
    direction: 'higher',
    figures: figures.map(({ metric }) => metric),
    score: ({ scores }) => scores?.[id],
    ...(passAt === undefined ? {} : { right: { isRight: (score: number) => score >= passAt, binary: false } }),
    needs: { models: [model], load: [{ model, requests: 1, characters: 0, outputTokens: 0 }] },
    measure: (sample, tools, signal) => measure(id, model, sample, tools, signal),
    startAggregate: () => collectMeasured(figures),
  };
}

async function measure(
  id: string,
  name: string,
  { observation: { output, target } }: MeasuredSample,
  tools: MeasureTools,
  signal: AbortSignal,
): Promise<Measurement> {
  const { model, costOf } = tools.model(name);
  if (output.trim() === '' || target.trim() === '')
    return { scores: {}, failure: 'An empty text has no embedding to compare.' };
  if (model.embed === undefined) return { scores: {}, failure: `${name} has no embeddings.` };
  try {
    const texts = [shorten(output), shorten(target)];
    const { vectors, inputTokens } = await model.embed(texts, tools.timeout, signal);
    const paid = costOf({ outputTokens: 0, ...(inputTokens === undefined ? {} : { inputTokens }) });
    const cost = paid === undefined ? {} : { cost: paid };
    const cosine = cosineOf(vectors[0], vectors[1]);
    if (cosine === undefined)
      return { scores: {}, ...cost, failure: `${name} gave embeddings that cannot be compared.` };
    return { scores: { [id]: cosine }, ...cost };
  } catch (error) {
    if (!(error instanceof AnswerFailure)) throw error;
    return { scores: {}, failure: `${name}: ${error.class}: ${error.message}` };
  }
}

/** Undefined where the vectors differ in length or one has none. */
function cosineOf(a: Float32Array | undefined, b: Float32Array | undefined): number | undefined {
  if (a === undefined || b?.length !== a.length) return undefined;
  let product = 0;
  let squareA = 0;
  let squareB = 0;
  for (let index = 0; index < a.length; index += 1) {
    const one = a[index]!;
    const other = b[index]!;
    product += one * other;
    squareA += one * one;
    squareB += other * other;
  }
  const cosine = product / Math.sqrt(squareA * squareB);
  return Number.isFinite(cosine) ? Math.max(-1, Math.min(1, cosine)) : undefined;
}

function figuresOf(id: string, label: string, passAt: number | undefined): readonly MeasuredFigure[] {
  const missing = 'No answer could be compared with its target.';
  const mean: MeasuredFigure = {
    metric: id,
    label,
    unit: 'score',
    direction: 'higher',
    kind: 'mean',
    range: { least: -1, most: 1 },
    read: ({ scores }) => scores?.[id],
    missing,
  };
  if (passAt === undefined) return [mean];
  const passing: MeasuredFigure = {
    metric: `${id}.pass`,
    label: `${label}, at least ${passAt}`,
    unit: 'ratio',
    direction: 'higher',
    kind: 'share',
    read: ({ scores }) => (scores?.[id] === undefined ? undefined : Number(scores[id] >= passAt)),
    missing,
  };
  return [mean, passing];
}
