import type { CustomParameters } from '../../schemas/generated/files.ts';
import { readDuration } from '../base/durations.ts';
import { collectMeasured, type MeasuredFigure } from './measured.ts';
import { ProgramFault, type MeasuredSample, type Measurement, type MeasureTools } from './measure.ts';
import type { Metric, MetricDefinition } from './metric.ts';

export const custom: MetricDefinition = {
  id: 'custom',
  title: 'Custom',
  description: 'What a program of your own says of the answers: one JSON line in, one JSON line out.',
  formula: 'mean of the program’s scores',
  source: 'The program. Student’s t interval of the mean, Wilson’s where every score is 0 or 1.',
  kind: 'quality',
  unit: 'score',
  direction: 'higher',
  figures: ['custom'],
  streams: false,
  create: parameters => createCustom(parameters as unknown as CustomParameters),
};

function createCustom(parameters: CustomParameters): Metric {
  const { command, direction = 'higher', unit = 'score', passAt, parts = [] } = parameters;
  const id = parameters.name ?? 'custom';
  const label = parameters.name ?? 'Custom';
  const timeout = readDuration(parameters.timeout ?? '30s');
  const figures = [id, ...parts.map(part => `${id}.${part}`)].map((metric): MeasuredFigure => ({
    metric,
    label: metric === id ? label : `${label}, ${metric.slice(id.length + 1)}`,
    unit,
    direction,
    kind: 'mean',
    ...(unit === 'score' ? {} : { range: { least: 0, most: unit === 'ratio' ? 1 : 100 } }),
    read: ({ scores }) => scores?.[metric],
    missing: 'The program scored no answer.',
  }));
  return {
    id,
    name: 'custom',
    label,
    kind: 'quality',
    unit,
    direction,
    figures: figures.map(({ metric }) => metric),
    score: ({ scores }) => scores?.[id],
    ...(passAt === undefined
      ? {}
      : {
          right: {
            isRight: (score: number) => (direction === 'higher' ? score >= passAt : score <= passAt),
            binary: false,
          },
        }),
    needs: { programs: [command], columns: ['*'] },
    measure: (sample, tools, signal) => measure(id, command, timeout, sample, tools, signal),
    startAggregate: () => collectMeasured(figures),
  };
}

async function measure(
  id: string,
  command: readonly string[],
  timeout: number,
  { observation, input, values }: MeasuredSample,
  tools: MeasureTools,
  signal: AbortSignal,
): Promise<Measurement> {
  const { output, target, slices = {} } = observation;
  try {
    const reply = await tools.ask(command, { input, target, output, values, slices }, timeout, signal);
    return readReply(id, reply);
  } catch (error) {
    if (!(error instanceof ProgramFault)) throw error;
    return { scores: {}, failure: error.message };
  }
}

/** `score`, or `scores` by part with the answer's own under `score`; anything that is no finite number is no score. */
function readReply(id: string, reply: Readonly<Record<string, unknown>>): Measurement {
  const { error } = reply;
  if (typeof error === 'string' && error !== '')
    return { scores: {}, failure: `The program says: ${error.slice(0, 500)}` };
  const scores: Record<string, number> = {};
  const faults: string[] = [];
  const take = (key: string, value: unknown, name: string): void => {
    if (typeof value === 'number' && Number.isFinite(value)) scores[key] = value;
    else faults.push(`${name} is ${JSON.stringify(value ?? null).slice(0, 100)}`);
  };
  const parts = reply['scores'];
  if (typeof parts === 'object' && parts !== null && !Array.isArray(parts)) {
    for (const [part, value] of Object.entries(parts).slice(0, 64)) {
      if (part === 'score') take(id, value, 'scores.score');
      else if (/^[A-Za-z][A-Za-z0-9_-]{0,39}$/.test(part)) take(`${id}.${part}`, value, `scores.${part}`);
    }
  }
  if (scores[id] === undefined && 'score' in reply) take(id, reply['score'], 'score');
  if (scores[id] === undefined && faults.length === 0) faults.push('it has no score');
  if (faults.length === 0) return { scores };
  return { scores, failure: `The program's reply is no score: ${faults.slice(0, 3).join(', ')}.` };
}
