import type { AssessmentRecord, Identity } from '../../schemas/generated/messages.ts';
import type { AuditHead } from '../ports/ledger.ts';
import { cardsOf, storedAtOf } from '../registry/version-cards.ts';
import type { PolicySet } from '../policies/policy-set.ts';
import { collectEvidence } from './evidence.ts';
import type { AssessmentMemory } from './memory.ts';
import { seeAsOf, type Moment } from './moment.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import { buildRecord } from './record.ts';
import { collectRunEvidence, readRunSubject, type RunChoice } from './run-subject.ts';
import type { Subject } from './subject.ts';

export interface VersionChoice {
  readonly model: string;
  /** A version or an alias; absent: the newest. */
  readonly version: string | undefined;
}

export interface Judging {
  /** Of the record that is made. */
  readonly id: string;
  readonly target: VersionChoice | RunChoice;
  readonly set: PolicySet;
  /** Evidence that came later does not count, and ages are those of then. */
  readonly moment: Moment & { readonly head: AuditHead | undefined };
  readonly assessor: Identity;
  readonly workbench: string;
  /** Absolute path of the workspace folder. */
  readonly folder: string;
  /** What is known from earlier; absent: everything is read and judged. */
  readonly memory?: AssessmentMemory | undefined;
}

/**
 * A version, or a run in the place of one, judged by a policy set and the evidence there was at a moment, as the record of an assessment. Nothing
 * is stored. Throws `registry-not-found`, what `readRunSubject` throws, and `record-tampered` for a waiver that was changed.
 */
export async function judgeVersion(
  { id, target, set, moment, assessor, workbench, folder, memory }: Judging,
  ports: GovernancePorts,
  signal: AbortSignal,
): Promise<AssessmentRecord> {
  const store = seeAsOf(memory?.rememberStore(ports.store) ?? ports.store, moment);
  const then: GovernancePorts = { ...ports, store };
  const subject =
    'runId' in target ? await readRunSubject(target, store) : await readSubject(target, moment, then, signal);
  const evidence =
    subject.measured === undefined
      ? await collectEvidence(set, subject, folder, then, signal)
      : await collectRunEvidence(set, subject.measured, then);
  const { model, version } = subject.version;
  const [previous] = await store.ledger.list({ kind: 'assessment', model, version, limit: 1, headsOnly: true });
  signal.throwIfAborted();
  return buildRecord({
    id,
    subject,
    set,
    evidence,
    assessor,
    workbench,
    now: moment.at,
    sha256: text => ports.digest.sha256(text),
    evidenceHead: moment.head,
    previous: previous?.id,
    ...(memory === undefined ? {} : { judgements: memory.judgements }),
  });
}

/** The version with its model; of its cards those that were there by then. */
async function readSubject(
  { model, version }: VersionChoice,
  { at }: Moment,
  { store: { registry } }: GovernancePorts,
  signal: AbortSignal,
): Promise<Subject> {
  const found = await registry.getVersion(model, version, signal);
  const artifacts = await registry.listArtifacts(found.model, found.version, signal);
  const later = new Set<unknown>(cardsOf(artifacts).filter(card => (storedAtOf(card) ?? at) > at));
  return {
    model: await registry.getModel(found.model, signal),
    version: found,
    artifacts: artifacts.filter(artifact => !later.has(artifact)),
  };
}
