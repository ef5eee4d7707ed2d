import type { AssessmentRecord, GateResult, Report } from '../../schemas/generated/messages.ts';
import type { LocalVersion } from '../ports/registry.ts';
import { WorkbenchError } from '../base/errors.ts';
import { readWithdrawn } from './attestations.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import { readWaivers } from './read-waivers.ts';
import type { RunRecord, Store } from '../ports/store.ts';
import type { Sealed } from './trail.ts';
import { nameOfVersion } from '../base/version-name.ts';
import { describeDate } from '../base/dates.ts';
import { askedVersion } from '../reports/asked-version.ts';

/**
 * What keeps a version from being approved, a sentence each: its newest assessment must have passed its gate and still be valid,
 * and every benchmark that asked it must have met its own gate, at least one having asked it at all.
 */
export async function findObstacles(
  version: LocalVersion,
  assessment: Sealed<AssessmentRecord> | undefined,
  ports: Pick<GovernancePorts, 'store' | 'clock' | 'digest'>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  return [
    ...(await judgeStanding(version, assessment, ports)),
    ...(await judgeBenchmarks(version, ports.store, signal)),
  ];
}

/** What keeps the newest assessment of a version from being relied on now; nothing where it can be. Throws `record-tampered`. */
export async function judgeStanding(
  version: LocalVersion,
  assessment: Sealed<AssessmentRecord> | undefined,
  { store, clock, digest }: Pick<GovernancePorts, 'store' | 'clock' | 'digest'>,
): Promise<string[]> {
  const obstacles = judgeAssessment(version, assessment, clock.now());
  if (assessment === undefined) return obstacles;
  return [...obstacles, ...(await judgeTakenBack(assessment.content, { store, digest }))];
}

/** What an assessment rests on that somebody took back since: its waivers, and the attestations of passed checks. */
async function judgeTakenBack(
  { subject, waivers, controls }: AssessmentRecord,
  { store, digest }: Pick<GovernancePorts, 'store' | 'digest'>,
): Promise<string[]> {
  const used = new Set(waivers.map(({ id }) => id));
  const known = used.size === 0 ? [] : await readWaivers(store.ledger, digest, subject.model);
  const ended = known.filter(({ id, ended: end }) => used.has(id) && end !== undefined);
  const gone = waivers.filter(({ id }) => known.every(one => one.id !== id));
  const withdrawn = await readWithdrawn(subject, { store, digest });
  const attested = controls.filter(({ checks }) =>
    checks.some(({ state, evidence }) => state === 'pass' && evidence.some(each => withdrawn.has(each.digest ?? ''))),
  );
  return [
    ...ended.map(({ id, control }) => `The waiver ${id} of ${control}, which it rests on, was ended.`),
    ...gone.map(({ id, control }) => `The waiver ${id} of ${control}, which it rests on, is not there: it was erased.`),
    ...attested.map(({ id }) => `The attestation of ${id}, which it rests on, was taken back.`),
  ];
}

/** Throws `gate-not-met` naming every obstacle. */
export function refuseFor(obstacles: readonly string[], version: LocalVersion, step: string): void {
  if (obstacles.length === 0) return;
  throw new WorkbenchError('gate-not-met', `${nameOfVersion(version)} cannot be ${step}: ${obstacles.join(' ')}`, {
    remedy: `Mend that, then assess it again: \`aiwb assess ${nameOfVersion(version)} --policy FILE\`.`,
  });
}

/** At `now`, milliseconds since the epoch. */
function judgeAssessment(
  version: LocalVersion,
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

/** Each benchmark, by its name, speaks through its newest succeeded run over all its rows that asked these weights. */
async function judgeBenchmarks(version: LocalVersion, store: Store, signal: AbortSignal): Promise<string[]> {
  const newest = new Map<string, RunRecord>();
  for (const { id, kind, name, state } of await store.listRunsAsking(version.modelDigest)) {
    if (kind !== 'benchmark' || state !== 'succeeded' || newest.has(name)) continue;
    const record = await store.getRun(id);
    signal.throwIfAborted();
    if (record.spec.limit === undefined) newest.set(name, record);
  }
  if (newest.size === 0) return ['No benchmark has measured it on all its rows.'];
  return [...newest.values()].flatMap(({ summary, report }) =>
    gatesOf(report, version)
      .filter(({ outcome }) => outcome !== 'met')
      .map(({ sentence }) => `The gate of ${summary.name} is not met (run ${summary.id}). ${sentence}`),
  );
}

function gatesOf(report: Report | undefined, version: LocalVersion): readonly GateResult[] {
  const own = (report?.variants ?? []).filter(variant => askedVersion(variant, version.modelDigest));
  const names = new Set(own.map(({ model }) => model));
  return (report?.gates ?? []).filter(({ model }) => names.has(model));
}
