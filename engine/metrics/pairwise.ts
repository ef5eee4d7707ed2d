import type { PairwiseParameters } from '../../schemas/generated/files.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { Message } from '../models/model.ts';
import type { Judgement, JudgeQuestion } from './judge/ask.ts';
import { fenceTexts } from './judge/fence.ts';
import { askPanel, costOfAll, failuresOf, judgesOf, loadOf } from './judge/panel.ts';
import { describeFormat, distrust, replySchema, rubricOf } from './judge/prompt.ts';
import { collectMeasured, type MeasuredFigure } from './measured.ts';
import type { AnsweredPair, Measurement, MeasureTools } from './measure.ts';
import type { Metric, MetricDefinition } from './metric.ts';

export const pairwise: MetricDefinition = {
  id: 'pairwise',
  title: 'Pairwise',
  description:
    'How often a judge prefers a model’s answer to the baseline’s. Each pair is judged twice with the answers’ places changed; only a preference that stays counts, any other is a tie.',
  formula: '(preferred + ½ × ties) ÷ pairs',
  source:
    'Zheng et al. (2023), “Judging LLM-as-a-judge”: conservative position swap; Wilson’s interval at wins plus half the ties.',
  kind: 'quality',
  unit: 'ratio',
  direction: 'higher',
  figures: ['pairwise', 'pairwise.ties', 'pairwise.position-bias'],
  streams: false,
  create: createPairwise,
};

/** What a judge may say of two answers, as their places are: the score of the first. */
const places: ReadonlyMap<unknown, number> = new Map<unknown, number>([
  ['first', 1],
  ['second', 0],
  ['tie', 0.5],
]);

const instruction = '"first" where the first answer is better, "second" where the second is, or "tie"';

function createPairwise(parameters: PairwiseParameters): Metric {
  const id = parameters.name ?? 'pairwise';
  const label = parameters.name ?? 'Pairwise';
  const judges = judgesOf(parameters);
  let rubric = '';
  return {
    id,
    name: 'pairwise',
    label,
    kind: 'quality',
    unit: 'ratio',
    direction: 'higher',
    figures: figuresOf(id, label).map(({ metric }) => metric),
    needs: {
      models: judges,
      files: parameters.rubric === undefined ? [] : [parameters.rubric],
      ...loadOf(judges, 2, 1500 + (parameters.criteria?.length ?? 0), parameters.maxTokens),
    },
    prepare(read) {
      rubric = rubricOf(parameters, read);
      if (rubric !== '') return;
      throw new WorkbenchError('metric-unsuitable', `The rubric ${parameters.rubric ?? ''} is empty.`, {
        remedy: 'Say in it what makes one answer better than another.',
      });
    },
    pairs: {
      baseline: parameters.baseline,
      measure: (pair, tools, signal) => measurePair(id, rubric, judges, parameters, pair, tools, signal),
    },
    startAggregate: () => collectMeasured(figuresOf(id, label)),
  };
}

async function measurePair(
  id: string,
  rubric: string,
  judges: readonly string[],
  parameters: PairwiseParameters,
  pair: AnsweredPair,
  tools: MeasureTools,
  signal: AbortSignal,
): Promise<Measurement> {
  const own = pair.sample.observation.output;
  const ask = (first: string, second: string) =>
    askPanel(judges, toQuestion(rubric, parameters, pair, first, second), tools, signal);
  const [straight, swapped] = await Promise.all([ask(own, pair.baseline), ask(pair.baseline, own)]);
  const failure = failuresOf([...straight, ...swapped]);
  const cost = costOfAll([...straight, ...swapped]);
  const told = straight.map((one, index) => tell(judges[index] ?? '', one, swapped[index]));
  const details = { judges: told };
  if (failure !== undefined) return { scores: {}, details, ...cost, failure };
  const verdicts = straight.map((one, index) => combine(one, swapped[index]));
  const mean = (read: (verdict: Verdict) => number): number =>
    verdicts.reduce((sum, verdict) => sum + read(verdict), 0) / verdicts.length;
  return {
    scores: {
      [id]: mean(({ score }) => score),
      [`${id}.ties`]: Number(mean(({ score }) => score) === 0.5),
      [`${id}.position-bias`]: mean(({ flipped }) => Number(flipped)),
    },
    details,
    ...cost,
  };
}

interface Verdict {
  /** 1 for the model's own answer, 0 for the baseline's, ½ for a tie. */
  readonly score: number;
  /** The preference went with the place and not with the answer. */
  readonly flipped: boolean;
}

function combine(straight: Judgement, swapped: Judgement | undefined): Verdict {
  const first = straight.score ?? 0.5;
  const second = 1 - (swapped?.score ?? 0.5);
  if (first === second) return { score: first, flipped: false };
  return { score: 0.5, flipped: Math.abs(first - second) === 1 };
}

function tell(judge: string, straight: Judgement, swapped: Judgement | undefined) {
  const word = (score: number | undefined): string =>
    score === undefined ? 'none' : score === 1 ? 'first' : score === 0 ? 'second' : 'tie';
  return {
    judge: judge || 'default',
    shownFirst: word(straight.score),
    shownSecond: word(swapped?.score),
    reasons: straight.reasons ?? straight.failure ?? '',
    swappedReasons: swapped?.reasons ?? swapped?.failure ?? '',
  };
}

function toQuestion(
  rubric: string,
  { reference, maxTokens }: PairwiseParameters,
  { sample }: AnsweredPair,
  first: string,
  second: string,
): JudgeQuestion {
  const showsTarget = reference === true;
  const format = describeFormat(instruction);
  const system = `You compare two answers to one question by a rubric. Be strict and fair. Neither an answer's place nor its length speaks for it.\n\nThe rubric:\n${rubric}\n\n${showsTarget ? 'An expected answer is given for reference: other wording may be as good.\n\n' : ''}${distrust}\n\n${format}`;
  const texts = [
    { title: 'QUESTION', text: sample.input },
    ...(showsTarget ? [{ title: 'EXPECTED ANSWER', text: sample.observation.target }] : []),
    { title: 'FIRST ANSWER', text: first },
    { title: 'SECOND ANSWER', text: second },
  ];
  const messages: readonly Message[] = [
    { role: 'system', content: system },
    { role: 'user', content: `${fenceTexts(texts)}\n\nNow say which answer is better.` },
  ];
  return {
    messages,
    schema: replySchema({ type: 'string', enum: ['first', 'second', 'tie'] }),
    field: 'verdict',
    format,
    read: written => places.get(typeof written === 'string' ? written.trim().toLowerCase() : written),
    maxTokens,
  };
}

function figuresOf(id: string, label: string): readonly MeasuredFigure[] {
  const missing = 'No answer was compared with the baseline’s; the baseline itself has no such figure.';
  const figure = (metric: string, title: string, direction: MeasuredFigure['direction']): MeasuredFigure => ({
    metric,
    label: title,
    unit: 'ratio',
    direction,
    kind: 'share',
    range: { least: 0, most: 1 },
    read: ({ scores }) => scores?.[metric],
    missing,
  });
  return [
    figure(id, `${label}, win rate`, 'higher'),
    figure(`${id}.ties`, `${label}, ties`, 'neutral'),
    figure(`${id}.position-bias`, `${label}, position bias`, 'lower'),
  ];
}
