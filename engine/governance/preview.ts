import type { AssessmentRecord, ScorecardView } from '../../schemas/generated/messages.ts';
import { isEnded } from '../../schemas/run-states.ts';
import { digestRecord } from '../../schemas/verify-scorecard.ts';
import { compareRecords } from '../../schemas/compare-scorecards.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { PolicySet } from '../policies/policy-set.ts';
import type { Store } from '../ports/store.ts';
import { approvalOf } from '../promotion/approval.ts';
import { findAssessment, type FoundAssessment } from './find-assessment.ts';
import { judgeVersion } from './judge-version.ts';
import type { AssessmentMemory } from './memory.ts';
import { readMoment } from './moment.ts';
import { readPolicies, resolveSet } from './policies.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import { rootsOf } from './recorded-policies.ts';
import { choiceOf } from './run-subject.ts';
import { readSurroundings } from './view.ts';

/**
 * What assessing again now would record: the same version by the same policy files as they are now. Stores nothing; the record keeps the id and
 * the assessor of the assessment it would follow, because nobody has assessed yet. Throws what assessing throws, and `file-not-found` for a
 * policy that is not where it was.
 */
export async function previewAssessment(
  { assessmentId, folder }: { readonly assessmentId: string; readonly folder: string },
  ports: GovernancePorts,
  memory: AssessmentMemory | undefined,
  signal: AbortSignal,
): Promise<ScorecardView> {
  const read = (): Promise<FoundAssessment> => findAssessment(assessmentId, ports, signal);
  const { record: stored } = await (memory?.findAssessment(assessmentId, read) ?? read());
  const sources = rootsOf(stored.policies).map(({ id, path }) => ({ path: path ?? missingPath(id, stored) }));
  const documents = await readPolicies(sources, folder, ports, signal, memory?.parse);
  const set = await resolveSet(documents, folder, ports, signal, memory?.parse);
  const moment = await readMoment(ports.store, ports.clock.now());
  const { id, subject, assessor } = stored;
  const { model, version } = subject;
  const target = choiceOf(subject);
  const record = await judgeVersion(
    { id, target, set, moment, assessor, workbench: ports.workbench, folder, memory },
    ports,
    signal,
  );
  const digest = digestRecord(record, text => ports.digest.sha256(text));
  return {
    scorecard: { schemaVersion: 1, record, digest, approval: await approvalOf(model, version, ports.store) },
    verification: {
      state: 'verified',
      sentence: 'A preview of what assessing again would record: nothing of it is stored.',
      computedDigest: digest,
    },
    source: 'store',
    ...(await readSurroundings(subject, ports, signal, memory?.summaries)),
    preview: {
      at: moment.at,
      changes: compareRecords(stored, record).changes,
      open: await countOpen(set, record, ports.store, signal),
    },
  };
}

function missingPath(id: string, { id: assessment }: AssessmentRecord): never {
  throw new WorkbenchError('policy-invalid', `The assessment ${assessment} does not say where the policy ${id} is.`, {
    remedy: 'Assess the version by the policy’s file: `aiwb assess MODEL@V --policy FILE`.',
  });
}

/** Checks of controls that apply whose benchmark is asking the version right now. */
async function countOpen(
  { controls }: PolicySet,
  { subject, controls: results }: AssessmentRecord,
  store: Store,
  signal: AbortSignal,
): Promise<number> {
  // A run that is assessed has ended.
  if (subject.measured !== undefined) return 0;
  const { modelDigest } = await store.registry.getVersion(subject.model, subject.version, signal);
  const running = (await store.listRunsAsking(modelDigest)).filter(({ state }) => !isEnded(state));
  const names = new Set(running.filter(({ kind }) => kind === 'benchmark').map(({ name }) => name));
  if (names.size === 0) return 0;
  const aside = new Set(results.filter(({ value }) => value === null).map(({ id }) => id));
  return controls
    .filter(({ control }) => !aside.has(control.id))
    .flatMap(({ control }) => control.checks)
    .filter(check => check.type === 'metric' && names.has(check.benchmark)).length;
}
