import type { Environment } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { Store } from '../ports/store.ts';
import { VariantAggregate } from '../reports/aggregate.ts';
import type { OpenModel } from './models.ts';
import type { RunPlan } from './plan.ts';
import type { RunPorts } from './ports.ts';
import type { ProgressTracker } from './progress.ts';
import type { RunningVariant } from './running-variant.ts';

/** What a run records of its dataset. */
export function datasetFacts(plan: RunPlan, models: readonly OpenModel[]) {
  const trainingRows = Math.max(0, ...models.map(({ trainingRows }) => trainingRows));
  return {
    path: plan.benchmark.dataset.path,
    digest: plan.scan.digest,
    rows: plan.scan.rows,
    labels: plan.scan.labels,
    trainingRows,
  };
}

/** What a run records of where it ran and with what. */
export function environmentOf(plan: RunPlan, ports: RunPorts): Environment {
  return {
    ...ports.host,
    seed: plan.seed,
    fileDigest: ports.digest.sha256(plan.spec.text),
    datasetDigest: plan.scan.digest,
  };
}

/** Variants with figures over what is stored by now. */
export async function collectAnew(
  plan: RunPlan,
  variants: readonly RunningVariant[],
  runId: string,
  store: Store,
  signal: AbortSignal,
): Promise<readonly RunningVariant[]> {
  const fresh = variants.map(variant => ({ ...variant, aggregate: new VariantAggregate(plan.metrics) }));
  for await (const samples of store.readSamples(runId, signal)) {
    for (const sample of samples) fresh[sample.variant]?.aggregate.addStored(sample);
  }
  return fresh;
}

/**
 * A run in which some model answered nothing at all did not succeed. One that refused everything it was asked has said something about
 * itself, and fails the run only where nobody answered.
 */
export function findUnanswered(
  variants: readonly RunningVariant[],
  tracker: ProgressTracker,
): WorkbenchError | undefined {
  const counts = variants.map(({ record }) => tracker.variantCounts(record.variant));
  const isAnswered = counts.some(({ done, failed }) => failed < done);
  for (const { record, open } of variants) {
    const { done, failed, refused } = tracker.variantCounts(record.variant);
    if (done === 0 || failed < done || (isAnswered && refused === failed)) continue;
    const reason = open.lastFailure ?? 'no reason was given';
    return new WorkbenchError('run-failed', `${record.model} answered none of ${String(done)} samples: ${reason}`, {
      remedy: 'Correct the connection, then resume the run.',
    });
  }
  return undefined;
}
