import type { RegisteredModel } from '../../schemas/generated/messages.ts';
import { hubMetric } from '../reports/hf-model-index.ts';
import { newestFigures, type CardFigure } from './figures.ts';
import { pipelineTag } from './hub-terms.ts';
import type { CardRecord } from './card-record.ts';

/** Units of quality; the Hub shows no times and prices. */
const qualityUnits: ReadonlySet<string> = new Set(['ratio', 'points', 'score']);

/**
 * A version's quality figures as the `model-index` of its card: a result for each task and rows. Absent while nothing was measured.
 * None is `verified`: that word is for figures the Hub computed itself.
 */
export function modelIndexOf({ model, details }: CardRecord): readonly Record<string, unknown>[] | undefined {
  const groups = new Map<string, CardFigure[]>();
  for (const figure of newestFigures(details.artifacts)) {
    const { unit, task, datasetDigest = '', scope, useCase = '' } = figure.figure;
    if (!qualityUnits.has(unit)) continue;
    const key = JSON.stringify([scope, useCase, task, datasetDigest, figure.hardware ?? '']);
    groups.set(key, [...(groups.get(key) ?? []), figure]);
  }
  if (groups.size === 0) return undefined;
  const results = [...groups.values()].map(figures => resultOf(figures, model));
  return [{ name: model.name, results }];
}

/** The Hub's names of the metrics that were measured. */
export function metricsOf({ details }: CardRecord): readonly string[] {
  const figures = newestFigures(details.artifacts).filter(({ figure }) => qualityUnits.has(figure.unit));
  return [...new Set(figures.map(({ figure }) => hubMetric(figure).type))].sort();
}

function resultOf(figures: readonly CardFigure[], model: RegisteredModel) {
  const [first] = figures;
  const { task, datasetDigest, scope, useCase } = first?.figure ?? {};
  const { dataset } = first ?? {};
  const path = dataset?.uri ?? dataset?.name;
  const name = path === undefined ? (task ?? '') : path.slice(path.lastIndexOf('/') + 1);
  const type = model.tasks?.map(pipelineTag).find(tag => tag !== undefined) ?? guessTask(figures);
  const args = {
    ...(datasetDigest === undefined ? {} : { digest: datasetDigest }),
    ...(dataset?.rows === undefined ? {} : { rows: dataset.rows }),
  };
  return {
    task: { type, name: useCase ?? task },
    dataset: {
      name,
      type: path ?? 'unknown',
      ...(dataset?.role === undefined ? {} : { split: dataset.role === 'benchmark' ? 'test' : dataset.role }),
      ...(datasetDigest === undefined ? {} : { revision: datasetDigest }),
      ...(Object.keys(args).length === 0 ? {} : { args }),
    },
    metrics: figures.map(({ figure, hardware }) => {
      const { type: metric, value, name: label, args: own } = hubMetric({ ...figure, run: figure.runId });
      const more = { scope, ...(hardware === undefined ? {} : { hardware }) };
      return { type: metric, value, name: label, args: { ...own, ...more }, verified: false };
    }),
  };
}

function guessTask(figures: readonly CardFigure[]): string {
  const has = (metric: string): boolean => figures.some(({ figure }) => figure.metric === metric);
  if (has('wer')) return 'automatic-speech-recognition';
  return has('accuracy') || has('f1') ? 'text-classification' : 'text-generation';
}
