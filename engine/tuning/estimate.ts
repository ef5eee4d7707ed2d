import type { DryRunEstimate } from '../../schemas/generated/messages.ts';
import type { Blobs } from '../ports/blobs.ts';
import { countOf, formatSeconds } from '../reports/format.ts';
import type { RunPorts } from '../runs/ports.ts';
import type { RunSpec } from '../runs/spec.ts';
import { isTrained } from '../runs/trained.ts';
import { planTuning, type TuningPlan } from './plan.ts';
import { selectionWords } from './report.ts';
import { aspectWords } from './rows.ts';

/**
 * Plans a tuning run and says what it would do; trains nothing. `rows` are the test rows, `trainingRows` those to learn from. Where
 * `blobs` is given and the base was resolved, the base is checked as well.
 */
export async function estimateTuning(
  spec: RunSpec,
  ports: RunPorts,
  blobs: Blobs | undefined,
  signal: AbortSignal,
): Promise<DryRunEstimate> {
  const plan = await planTuning(spec, ports, blobs, signal);
  const rows = sum(plan.aspects.map(({ test }) => test.length));
  const model = `checkpoint:${plan.job.name}`;
  return {
    name: plan.job.name,
    rows,
    trainingRows: sum(plan.aspects.map(({ training }) => training.length)),
    repeats: 1,
    samples: rows,
    inputTokens: 0,
    variants: [{ model, samples: rows, inputTokens: 0, outputTokens: 0, cost: 0 }],
    notes: notesOf(plan),
  };
}

function notesOf(plan: TuningPlan): string[] {
  const { job, hyperparameters, aspects, labels, platform, deadline } = plan;
  return [
    `${countOf(hyperparameters.epochs, 'epoch')} from ${job.base} on ${platform.name}, ${countOf(labels.length, 'class', 'classes')}.`,
    ...aspects.map(
      ({ name, training, validation, test }) =>
        `${capitalise(aspectWords(name))}: ${countOf(training.length, 'row')} to learn from, ${String(validation.length)} held out for validation, ${String(test.length)} for the test.`,
    ),
    `The best checkpoint is chosen by ${selectionWords(plan.selection)}, on the validation rows.`,
    ...(deadline === undefined ? [] : [`It stops after ${formatSeconds(deadline)}.`]),
    ...(job.register === undefined
      ? []
      : [`Its best checkpoint is registered as a new version of ${job.register.model}.`]),
    ...(isTrained(job.base) && plan.base === undefined ? [`${job.base} is looked up when the run starts.`] : []),
  ];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function capitalise(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
