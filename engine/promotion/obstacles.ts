import type { AssessmentRecord, GateResult, ModelVersion, RunSummary } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { GovernancePorts } from '../governance/ports.ts';
import type { Store } from '../ports/store.ts';
import type { Sealed } from './trail.ts';
import { describeDate, nameOfVersion } from './version.ts';

/**
 * What keeps a version from being approved, a sentence each: its newest assessment must have passed its gate and still be valid,
 * and every benchmark that asked it must have met its own gate, at least one having asked it at all.
 */
export async function findObstacles(
  version: ModelVersion,
  assessment: Sealed<AssessmentRecord> | undefined,
  { store, clock }: Pick<GovernancePorts, 'store' | 'clock'>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  return [...judgeAssessment(version, assessment, clock.now()), ...(await judgeBenchmarks(version, store, signal))];
}

/** Throws `gate-not-met` naming every obstacle. */
export function refuseFor(obstacles: readonly string[], version: ModelVersion, step: string): void {
  if (obstacles.length === 0) return;
  throw new WorkbenchError('gate-not-met', `${nameOfVersion(version)} cannot be ${step}: ${obstacles.join(' ')}`, {
    remedy: `Mend that, then assess it again: \`aiwb assess ${nameOfVersion(version)} --policy FILE\`.`,
  });
}

/** At `now`, milliseconds since the epoch. */
export function judgeAssessment(
  version: ModelVersion,
  assessment: Sealed<AssessmentRecord> | undefined,
  now: number,
): string[] {
  if (assessment === undefined) return ['It has not been assessed.'];
  const { subject, gate, validUntil, assessedAt } = assessment.content;
  const obstacles: string[] = [];
  const of = `its newest assessment (${describeDate(assessedAt)})`;
  if (subject.weightsDigest !== version.weightsDigest) obstacles.push(`The weights are not those of ${of}.`);
  if (gate.outcome !== 'passed') obstacles.push(`The policy gate of ${of} is not passed. ${gate.sentence}`);
  if (validUntil !== undefined && validUntil <= now)
    obstacles.push(`Evidence or a waiver of ${of} expired on ${describeDate(validUntil)}.`);
  return obstacles;
}

/** Each benchmark, by its name, speaks through its newest succeeded run that asked these weights. */
async function judgeBenchmarks(version: ModelVersion, store: Store, signal: AbortSignal): Promise<string[]> {
  const newest = new Map<string, RunSummary>();
  for (const run of await store.listRunsAsking(version.modelDigest)) {
    if (run.kind === 'benchmark' && run.state === 'succeeded' && !newest.has(run.name)) newest.set(run.name, run);
  }
  if (newest.size === 0) return ['No benchmark has measured it.'];
  const obstacles: string[] = [];
  for (const { id, name } of newest.values()) {
    signal.throwIfAborted();
    const missed = (await gatesOf(id, version, store)).filter(({ outcome }) => outcome !== 'met');
    obstacles.push(...missed.map(({ sentence }) => `The gate of ${name} is not met (run ${id}). ${sentence}`));
  }
  return obstacles;
}

async function gatesOf(runId: string, version: ModelVersion, store: Store): Promise<readonly GateResult[]> {
  const { report } = await store.getRun(runId);
  const own = (report?.variants ?? []).filter(({ modelDigest }) => modelDigest === version.modelDigest);
  const names = new Set(own.map(({ model }) => model));
  return (report?.gates ?? []).filter(({ model }) => names.has(model));
}
