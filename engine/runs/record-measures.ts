import type { Environment } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { Digest } from '../ports/digest.ts';
import type { RunRecord } from '../ports/store.ts';
import type { RunPlan } from './plan.ts';
import { judgeNamed } from '../scoring/plan-measures.ts';
import type { MeasureSession } from '../scoring/measure-session.ts';

type Measuring = NonNullable<Environment['measuring']>;

/** What each metric measures with, as a run records it. */
export function recordMeasures(plan: RunPlan, session: MeasureSession, digest: Digest): Measuring {
  return plan.measures.measures.map(({ metric, parameters, files }) => {
    const names = [...new Set((metric.needs?.models ?? []).map(name => judgeNamed(name, metric, plan.workspace)))];
    const models = names.map(name => ({ name, digest: session.digests.get(name) ?? '' }));
    return {
      metric: metric.id,
      digest: digest.sha256(
        JSON.stringify([parameters, files.map(file => file.digest), models.map(model => model.digest)]),
      ),
      files: files.map(file => ({ ...file })),
      models,
    };
  });
}

/** Refuses to go on with a run whose answers would be measured otherwise from here on. Throws `run-changed`. */
export function checkSameMeasures({ summary, environment }: RunRecord, now: Measuring | undefined): void {
  if (environment === undefined) return;
  const before = new Map((environment.measuring ?? []).map(measure => [measure.metric, measure]));
  for (const measure of now ?? []) {
    const stored = before.get(measure.metric);
    if (stored?.digest === measure.digest) continue;
    const what =
      changedName(stored?.files, measure.files) ??
      changedName(stored?.models, measure.models) ??
      `metric ${measure.metric}`;
    throw new WorkbenchError(
      'run-changed',
      `Run ${summary.id} cannot be resumed: ${what} has changed since it began.`,
      {
        remedy: `Start a new run that takes its answers over (--extend ${summary.id}), or restore what the run began with.`,
      },
    );
  }
}

type Named = readonly { readonly name: string; readonly digest: string }[];

function changedName(before: Named | undefined, now: Named): string | undefined {
  return now.find(({ name, digest }) => before?.find(stored => stored.name === name)?.digest !== digest)?.name;
}
