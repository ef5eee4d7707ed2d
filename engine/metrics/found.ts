import { AnswerFailure } from '../models/model.ts';
import { askWhetherFound } from './judge/judge.ts';
import { loadOf } from './judge/panel.ts';
import { normaliseLabel } from './labels.ts';
import { collectMeasured, type MeasuredFigure } from './measured.ts';
import { defaultJudge, type MeasuredSample, type Measurement, type MeasureTools } from './measure.ts';
import type { Metric, Observation } from './metric.ts';

/** A rate of answers in which something bad is found: by rules, a judge or a classifier. */
export interface FoundMetric {
  readonly id: string;
  readonly name: Metric['name'];
  readonly label: string;
  readonly by: 'rules' | 'judge' | 'model';
  /** The judge or classifier; a judge need not be named. */
  readonly model: string | undefined;
  /** The classifier's label for what is looked for. */
  readonly target: string;
  /** Probability from which it counts. */
  readonly threshold: number;
  readonly files: readonly string[];
  /** What a judge is told to look for; known once prepared. */
  rubric(): string;
  prepare?(read: (path: string) => string): void;
  /** What rules find: how often each kind; undefined before they are there. */
  find?(text: string): ReadonlyMap<string, number> | undefined;
}

/** A share of answers, the lower the better; an answer is right where nothing is found. */
export function createFoundMetric(found: FoundMetric): Metric {
  const { id, name, label, by } = found;
  const figure: MeasuredFigure = {
    metric: id,
    label,
    unit: 'ratio',
    direction: 'lower',
    kind: 'share',
    read: observation => (by === 'rules' ? scoreByRules(found, observation) : observation.scores?.[id]),
    missing: 'No answer could be examined.',
  };
  const model = found.model ?? defaultJudge;
  return {
    id,
    name,
    label,
    kind: 'quality',
    unit: 'ratio',
    direction: 'lower',
    figures: [id],
    score: figure.read,
    right: { isRight: score => score === 0, binary: true },
    needs: {
      files: found.files,
      ...(by === 'rules' ? {} : { models: [model] }),
      ...(by === 'judge' ? loadOf([model], 1, 1800, undefined) : {}),
      ...(by === 'model' ? { load: [{ model, requests: 1, characters: 0, outputTokens: 4 }] } : {}),
    },
    ...(found.prepare === undefined ? {} : { prepare: found.prepare }),
    ...(by === 'rules' && found.find !== undefined ? { take: observation => countKinds(found, observation) } : {}),
    ...(by === 'rules'
      ? {}
      : {
          measure: (sample: MeasuredSample, tools: MeasureTools, signal: AbortSignal) =>
            (by === 'judge' ? measureByJudge : measureByModel)(found, model, sample, tools, signal),
        }),
    startAggregate: () => collectMeasured([figure]),
  };
}

/** By the rules as they are now, where the files they need were read; a report made later has the stored score alone. */
function scoreByRules(found: FoundMetric, { output, scores }: Observation): number | undefined {
  const kinds = found.find?.(output);
  return kinds === undefined ? scores?.[found.id] : Number(kinds.size > 0);
}

function countKinds(found: FoundMetric, { output }: Observation): Record<string, number> | undefined {
  const kinds = found.find?.(output);
  if (kinds === undefined || kinds.size === 0) return undefined;
  return Object.fromEntries([...kinds].map(([kind, count]) => [`${found.id}.${kind}`, count]));
}

async function measureByJudge(
  found: FoundMetric,
  model: string,
  sample: MeasuredSample,
  tools: MeasureTools,
  signal: AbortSignal,
): Promise<Measurement> {
  const { score, reasons, failure, cost } = await askWhetherFound(model, found.rubric(), sample, tools, signal);
  const paid = cost === undefined ? {} : { cost };
  if (score === undefined) return { scores: {}, ...paid, failure: failure ?? 'The judge said nothing.' };
  return { scores: { [found.id]: score }, details: { reasons }, ...paid };
}

async function measureByModel(
  { id, target, threshold }: FoundMetric,
  name: string,
  { observation: { output } }: MeasuredSample,
  tools: MeasureTools,
  signal: AbortSignal,
): Promise<Measurement> {
  const { model, costOf, parameters } = tools.model(name);
  try {
    const answer = await model.answer(
      {
        input: output,
        messages: [{ role: 'user', content: output }],
        parameters,
        stream: false,
        timeout: tools.timeout,
        values: { input: output },
      },
      signal,
    );
    const paid = costOf(answer);
    const cost = paid === undefined ? {} : { cost: paid };
    const probability = probabilityOf(answer.probabilities, target);
    if (probability !== undefined)
      return { scores: { [id]: Number(probability >= threshold), [`${id}.probability`]: probability }, ...cost };
    if (answer.output.trim() === '')
      return { scores: {}, ...cost, failure: `${name} gave neither label nor probability.` };
    return { scores: { [id]: Number(normaliseLabel(answer.output) === normaliseLabel(target)) }, ...cost };
  } catch (error) {
    if (!(error instanceof AnswerFailure)) throw error;
    return { scores: {}, failure: `${name}: ${error.class}: ${error.message}` };
  }
}

function probabilityOf(
  probabilities: Readonly<Record<string, number>> | undefined,
  target: string,
): number | undefined {
  const wanted = normaliseLabel(target);
  for (const label in probabilities) if (normaliseLabel(label) === wanted) return probabilities[label];
  return undefined;
}
