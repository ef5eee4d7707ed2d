import type { AssessmentOutput, ComparisonOutput, RunOutput } from '../../../schemas/generated/messages.ts';
import {
  validateAssessmentOutput,
  validateComparisonOutput,
  validateRunOutput,
} from '../../../schemas/generated/validators.js';
import { unpackOutput } from '../../../schemas/packed-output.ts';
import { assessmentMime, comparisonMime, runMime } from '../output-types.ts';
import type { Block } from './block.ts';
import { describeAssessment } from './of-assessment.ts';
import { describePrompt } from './of-prompt.ts';
import { describeReport } from './of-report.ts';
import { describeRun } from './of-run.ts';
import { describeSearch } from './of-search.ts';
import { describeTuning } from './of-tuning.ts';

export function describeRunOutput(output: RunOutput): readonly Block[] {
  const { report, tuning, prompt, search } = output;
  if (search !== undefined)
    return [
      ...describeSearch(search, output),
      ...(tuning === undefined ? [] : describeTuning({ reports: [tuning], differences: [] })),
    ];
  if (report !== undefined) return describeReport(report);
  if (tuning !== undefined) return describeTuning({ reports: [tuning], differences: [] });
  if (prompt !== undefined) return describePrompt(prompt);
  return describeRun(output);
}

export function describeComparisonOutput({ report, tuning, runIds, names = [] }: ComparisonOutput): readonly Block[] {
  const called = runIds.flatMap((id, at) => {
    const name = names[at];
    return name === undefined || name === id ? [] : [`${name} is run ${id}`];
  });
  return [
    ...(called.length === 0 ? [] : [{ kind: 'text', text: `${called.join('; ')}.` } as const]),
    ...(report === undefined ? [] : describeReport(report)),
    ...(tuning === undefined ? [] : describeTuning(tuning)),
  ];
}

export function describeAssessmentOutput({ view }: AssessmentOutput): readonly Block[] {
  return describeAssessment(view);
}

/** An output of ours in a notebook from anywhere, as any viewer can show it; undefined where it is none that this workbench understands. */
export function describeOutput(data: Readonly<Record<string, unknown>>): readonly Block[] | undefined {
  const run = unpackOutput(data[runMime]);
  if (validateRunOutput(run)) return describeRunOutput(run);
  const comparison = unpackOutput(data[comparisonMime]);
  if (validateComparisonOutput(comparison)) return describeComparisonOutput(comparison);
  const assessment = unpackOutput(data[assessmentMime]);
  if (validateAssessmentOutput(assessment)) return describeAssessmentOutput(assessment);
  return undefined;
}
