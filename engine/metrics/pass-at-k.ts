import type { MetricValue } from '../../schemas/generated/messages.ts';
import type { PassAtKParameters } from '../../schemas/generated/files.ts';
import { readDuration } from '../base/durations.ts';
import type { ContainerJob } from '../ports/containers.ts';
import type { ProgramResult } from '../ports/programs.ts';
import { estimatePassAtK } from '../statistics/pass-at-k.ts';
import { findCode } from './code-block.ts';
import type { MeasuredSample, Measurement } from './measure.ts';
import type { AggregateOptions, Aggregator, Metric, MetricDefinition } from './metric.ts';

export const passAtK: MetricDefinition = {
  id: 'pass-at-k',
  title: 'pass@k',
  description:
    'Chance that at least one of k programs that a model writes for a problem passes its tests. They run in a container without network, never on the machine itself.',
  formula: 'mean over problems of 1 − C(n − c, k) ÷ C(n, k), n answers of which c pass',
  source: 'Chen et al. (2021), “Evaluating large language models trained on code”; Student’s t interval over problems.',
  kind: 'quality',
  unit: 'ratio',
  direction: 'higher',
  figures: ['pass-at-k.1'],
  streams: false,
  create: parameters => createPassAtK(parameters as unknown as PassAtKParameters),
};

interface Language {
  readonly image: string;
  readonly command: readonly string[];
  /** As code blocks name it. */
  readonly names: readonly string[];
  /** A statement that prints the text, after everything else has gone well. */
  say(text: string): string;
}

const languages: Readonly<Record<NonNullable<PassAtKParameters['language']>, Language>> = {
  python: {
    image: 'python:3.13-slim',
    command: ['python', '-'],
    names: ['python', 'py', 'python3'],
    say: text => `print("\\n${text}", flush=True)`,
  },
  javascript: {
    image: 'node:24-slim',
    command: ['node', '-'],
    names: ['javascript', 'js', 'node'],
    say: text => `console.log("\\n${text}");`,
  },
  bash: {
    image: 'bash:5',
    command: ['bash', '-e', '-s'],
    names: ['bash', 'sh', 'shell'],
    say: text => `echo; echo "${text}"`,
  },
};

function createPassAtK(parameters: PassAtKParameters): Metric {
  const { k: given = [1], tests, entryPoint, language = 'python', runtime } = parameters;
  const id = parameters.name ?? 'pass-at-k';
  const spoken = languages[language];
  const image = parameters.image ?? spoken.image;
  const ks = [...given].sort((a, b) => a - b);
  const job = {
    image,
    ...(runtime === undefined ? {} : { runtime }),
    command: parameters.command ?? spoken.command,
    timeout: readDuration(parameters.timeout ?? '10s'),
    memory: parameters.memory ?? 512,
  };
  return {
    id,
    name: 'pass-at-k',
    label: labelOf(parameters.name, ks.length === 1 ? ks[0] : undefined),
    kind: 'quality',
    unit: 'ratio',
    direction: 'higher',
    figures: ks.map(k => `${id}.${k}`),
    score: ({ scores }) => scores?.[id],
    right: { isRight: score => score === 1, binary: true },
    needs: {
      container: { image, ...(runtime === undefined ? {} : { runtime }) },
      columns: [tests, ...(entryPoint === undefined ? [] : [entryPoint])],
    },
    async measure(sample, tools, signal) {
      const program = writeProgram(sample, tests, entryPoint, spoken);
      if (program.failure !== undefined) return { scores: {}, failure: program.failure };
      return judgeRun(id, program.proof, job, await tools.container({ ...job, input: program.text }, signal));
    },
    startAggregate: () => countPasses(id, parameters.name, ks),
  };
}

type WrittenProgram =
  { readonly text: string; readonly proof: string; readonly failure?: undefined } | { readonly failure: string };

/** The answer's code, the row's tests, and a last line that only a program that came to its end prints. */
function writeProgram(
  { observation, values, row, repeat }: MeasuredSample,
  tests: string,
  entryPoint: string | undefined,
  { names, say }: Language,
): WrittenProgram {
  const test = Object.hasOwn(values, tests) ? values[tests] : undefined;
  if (typeof test !== 'string' || test.trim() === '')
    return { failure: `The row has no tests in its column "${tests}".` };
  let call = '';
  if (entryPoint !== undefined) {
    const name = Object.hasOwn(values, entryPoint) ? values[entryPoint] : undefined;
    if (typeof name !== 'string' || !/^[A-Za-z_$][\w$]{0,120}$/.test(name)) {
      return { failure: `The row's column "${entryPoint}" names no function.` };
    }
    call = `\ncheck(${name})`;
  }
  const proof = `aiwb-${hash(`${row}/${repeat}/${test}`)}-${hash(`${test}/${observation.target}/${row}`)}`;
  return { text: `${findCode(observation.output, names)}\n\n${test}${call}\n${say(proof)}\n`, proof };
}

/** A number the code under test cannot know, so that leaving early or printing words proves nothing. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return (value >>> 0).toString(36);
}

const longestShown = 1000;

function judgeRun(
  id: string,
  proof: string,
  { timeout }: Pick<ContainerJob, 'timeout'>,
  { status, output, errors, timedOut }: ProgramResult,
): Measurement {
  const passed = status === 0 && !timedOut && output.split('\n').includes(proof);
  const said = errors.trim() === '' ? output.trim() : errors.trim();
  const outcome = passed
    ? 'passed'
    : timedOut
      ? `ran past ${timeout / 1000} s`
      : status === 0
        ? 'ended before its tests did'
        : `failed with status ${status ?? 'unknown'}`;
  return {
    scores: { [id]: Number(passed) },
    details: { outcome, ...(passed || said === '' ? {} : { said: said.slice(-longestShown) }) },
  };
}

function labelOf(name: string | undefined, k: number | undefined): string {
  const label = `pass@${k ?? 'k'}`;
  return name === undefined ? label : `${name}, ${label}`;
}

/** Answers and passes of each problem. */
function countPasses(id: string, name: string | undefined, ks: readonly number[]): Aggregator {
  const problems = new Map<number, { attempts: number; passed: number }>();
  let rows = 0;
  let measured = 0;
  const values = ({ confidence }: AggregateOptions): MetricValue[] =>
    ks.map(k => {
      const { n, point, low, high, method } = estimatePassAtK([...problems.values()], k, confidence);
      const base = {
        metric: `${id}.${k}`,
        label: labelOf(name, k),
        kind: 'quality',
        unit: 'ratio',
        direction: 'higher',
        n,
      } satisfies Partial<MetricValue>;
      if (point === undefined) {
        const note = measured === 0 ? 'No answer was tried.' : `No problem has ${k} tried answers: raise repeats.`;
        return { ...base, value: null, note };
      }
      const interval = { ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) };
      const isBounded = low !== undefined || high !== undefined;
      return {
        ...base,
        value: point,
        ...interval,
        ...(isBounded ? { confidence, method } : {}),
        ...(measured < rows ? { note: `${rows - measured} of ${rows} answers were not tried.` } : {}),
      };
    });
  return {
    add(observation) {
      const score = observation.scores?.[id];
      const row = observation.row ?? rows;
      rows += 1;
      if (score === undefined) return;
      measured += 1;
      const problem = problems.get(row) ?? { attempts: 0, passed: 0 };
      problem.attempts += 1;
      problem.passed += score;
      problems.set(row, problem);
    },
    values,
    point() {
      if (measured === 0) return undefined;
      let passed = 0;
      for (const problem of problems.values()) passed += problem.passed;
      return passed / measured;
    },
  };
}
