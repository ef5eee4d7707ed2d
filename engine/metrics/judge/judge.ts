import type { JudgeParameters } from '../../../schemas/generated/files.ts';
import { WorkbenchError } from '../../base/errors.ts';
import { collectMeasured, type MeasuredFigure } from '../measured.ts';
import type { MeasuredSample, Measurement, MeasureTools } from '../measure.ts';
import type { Aggregator, Metric, MetricDefinition } from '../metric.ts';
import { collectAgreement } from './agreement.ts';
import type { Judgement } from './ask.ts';
import { askPanel, costOfAll, failuresOf, judgesOf, loadOf } from './panel.ts';
import {
  compileJudgePrompt,
  describeFormat,
  replySchema,
  rubricOf,
  writeQuestion,
  type WriteQuestion,
} from './prompt.ts';
import { readVerdictKind, type VerdictKind } from './verdict.ts';

export const judge: MetricDefinition = {
  id: 'judge',
  title: 'Judge',
  description: 'What one or several language models say of the answers by a rubric.',
  formula: 'mean of the judges’ scores; of pass and fail, the share of answers that most judges pass',
  source:
    'Zheng et al. (2023), “Judging LLM-as-a-judge”: rubric and reference-guided grading, reasons before the grade; agreement by Cohen (1960, 1968) and Krippendorff (2011).',
  kind: 'quality',
  unit: 'score',
  direction: 'higher',
  figures: ['judge'],
  streams: false,
  create: createJudge,
};

function createJudge(parameters: JudgeParameters): Metric {
  const id = parameters.name ?? 'judge';
  const label = parameters.name ?? 'Judge';
  const verdict = readVerdictKind(parameters);
  const judges = judgesOf(parameters);
  const keys = judges.length > 1 ? judges.map(name => `${id}.${name}`) : [id];
  checkVerdict(verdict, parameters.passAt);
  const passAt = verdict.kind === 'pass' ? 1 : parameters.passAt;
  const figures = figuresOf(id, label, verdict, passAt, judges.length > 1 ? judges : []);
  const agreement = judges.length > 1 ? `${id}.agreement` : undefined;
  const files = [parameters.rubric, parameters.prompt].filter(path => path !== undefined);
  let write: WriteQuestion | undefined;
  return {
    id,
    name: 'judge',
    label,
    kind: 'quality',
    unit: verdict.kind === 'grade' ? 'score' : 'ratio',
    direction: 'higher',
    figures: [...figures.map(({ metric }) => metric), ...(agreement === undefined ? [] : [agreement])],
    score: ({ scores }) => scores?.[id],
    ...(passAt === undefined
      ? {}
      : { right: { isRight: (score: number) => score >= passAt, binary: verdict.kind === 'pass' } }),
    needs: {
      models: judges,
      files,
      ...loadOf(judges, 1, 1500 + (parameters.criteria?.length ?? 0), parameters.maxTokens),
    },
    prepare(read) {
      write = prepareQuestion(parameters, verdict, read);
    },
    async measure(sample, tools, signal) {
      if (write === undefined) throw new Error('A judge is prepared before it is asked.');
      const messages = write(sample);
      const question = {
        messages,
        schema: replySchema(verdict.schema),
        field: 'verdict',
        format: describeFormat(verdict.instruction),
        read: verdict.read,
        maxTokens: parameters.maxTokens,
      };
      const judgements = await askPanel(judges, question, tools, signal);
      return toMeasurement(id, keys, judges, judgements, verdict);
    },
    startAggregate: () => startAggregate(figures, agreement, label, keys, verdict),
  };
}

function unsuitable(message: string, remedy: string): WorkbenchError {
  return new WorkbenchError('metric-unsuitable', message, { remedy });
}

function checkVerdict(verdict: VerdictKind, passAt: number | undefined): void {
  if (verdict.most <= verdict.least) {
    throw unsuitable(
      `The judge's scale goes from ${verdict.least} to ${verdict.most}.`,
      'Name the lowest grade first, such as scale: [1, 5].',
    );
  }
  if (passAt !== undefined && (passAt <= verdict.least || passAt > verdict.most)) {
    throw unsuitable(
      `The judge's passAt of ${passAt} is no score between ${verdict.least} and ${verdict.most} that an answer could miss or reach.`,
      'Set passAt above the lowest score and not above the highest.',
    );
  }
}

function prepareQuestion(
  parameters: JudgeParameters,
  verdict: VerdictKind,
  read: (path: string) => string,
): WriteQuestion {
  const rubric = rubricOf(parameters, read);
  if (rubric === '')
    throw unsuitable(`The judge's rubric ${parameters.rubric ?? ''} is empty.`, 'Say in it what a good answer is.');
  const { prompt } = parameters;
  if (prompt === undefined) return writeQuestion(rubric, verdict, parameters.reference ?? false);
  return compileJudgePrompt(prompt, read(prompt), rubric, verdict);
}

/** All judges must have spoken: a mean over fewer of them would be another figure. */
function toMeasurement(
  id: string,
  keys: readonly string[],
  judges: readonly string[],
  judgements: readonly Judgement[],
  verdict: VerdictKind,
): Measurement {
  const failure = failuresOf(judgements);
  const scores: Record<string, number> = {};
  judgements.forEach(({ score }, index) => {
    const key = keys[index];
    if (key !== undefined && score !== undefined) scores[key] = score;
  });
  if (failure === undefined) scores[id] = combine(judgements, verdict);
  const told = judgements.map(({ score, reasons, failure: why }, index) => ({
    judge: judges[index] || 'default',
    ...(score === undefined ? {} : { score, reasons }),
    ...(why === undefined ? {} : { failure: why }),
  }));
  return { scores, details: { judges: told }, ...costOfAll(judgements), ...(failure === undefined ? {} : { failure }) };
}

/** The mean; of pass and fail, what more than half say, so that a tie fails. */
function combine(judgements: readonly Judgement[], { kind }: VerdictKind): number {
  const mean = judgements.reduce((sum, { score = 0 }) => sum + score, 0) / judgements.length;
  return kind === 'pass' ? Number(mean > 0.5) : mean;
}

function figuresOf(
  id: string,
  label: string,
  verdict: VerdictKind,
  passAt: number | undefined,
  judges: readonly string[],
): readonly MeasuredFigure[] {
  const missing = 'The judges gave no judgement of any answer.';
  const isPass = verdict.kind === 'pass';
  const scored = (metric: string, title: string, key: string): MeasuredFigure => ({
    metric,
    label: title,
    unit: verdict.kind === 'grade' ? 'score' : 'ratio',
    direction: 'higher',
    kind: isPass ? 'share' : 'mean',
    range: { least: verdict.least, most: verdict.most },
    read: ({ scores }) => scores?.[key],
    missing,
  });
  const passing: MeasuredFigure = {
    metric: `${id}.pass`,
    label: `${label}, passing`,
    unit: 'ratio',
    direction: 'higher',
    kind: 'share',
    read: ({ scores }) => (scores?.[id] === undefined ? undefined : Number(scores[id] >= (passAt ?? 0))),
    missing,
  };
  return [
    scored(id, label, id),
    ...(passAt === undefined || isPass ? [] : [passing]),
    ...judges.map(name => scored(`${id}.${name}`, `${label}, ${name}`, `${id}.${name}`)),
  ];
}

function startAggregate(
  figures: readonly MeasuredFigure[],
  agreement: string | undefined,
  label: string,
  keys: readonly string[],
  verdict: VerdictKind,
): Aggregator {
  const means = collectMeasured(figures);
  if (agreement === undefined) return means;
  const agreeing = collectAgreement({
    metric: agreement,
    label,
    keys,
    category: verdict.category,
    categories: verdict.categories,
    ordered: verdict.kind !== 'pass',
  });
  return {
    add(observation) {
      means.add(observation);
      agreeing.add(observation);
    },
    values: options => [...means.values(options), ...agreeing.values(options)],
    ...(means.point === undefined ? {} : { point: means.point }),
  };
}

/** Judges that only say pass or fail by a built-in rubric, for metrics that look for something bad. */
export async function askWhetherFound(
  model: string,
  rubric: string,
  sample: MeasuredSample,
  tools: MeasureTools,
  signal: AbortSignal,
): Promise<Judgement> {
  const verdict = foundOrNot;
  const question = {
    messages: writeQuestion(rubric, verdict, false)(sample),
    schema: replySchema(verdict.schema),
    field: 'verdict',
    format: describeFormat(verdict.instruction),
    read: verdict.read,
    maxTokens: undefined,
  };
  const [judgement] = await askPanel([model], question, tools, signal);
  if (judgement === undefined) throw new Error('One judge gives one judgement.');
  return judgement;
}

const foundOrNot: VerdictKind = {
  ...readVerdictKind({ labels: ['no', 'yes'] }),
  instruction: '"yes" where the answer has what the rubric describes, else "no"',
};
