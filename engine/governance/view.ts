import type {
  AssessmentRecord,
  AssessmentSubject,
  AssessmentSummary,
  Baseline,
  Scorecard,
  ScorecardView,
} from '../../schemas/generated/messages.ts';
import { validateAssessmentRecord, validateBaseline } from '../../schemas/generated/validators.js';
import { summariseAssessment } from '../../schemas/summarise-assessment.ts';
import { verifyScorecard } from '../../schemas/verify-scorecard.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { LedgerRecord } from '../ports/ledger.ts';
import { approvalOf } from '../promotion/approval.ts';
import { describeSignature, signatureOf, type SignatureTrust } from '../signing/proven.ts';
import { readPeople } from '../workspace/people.ts';
import { requireAssessment } from './find-assessment.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import { readPayload } from '../signing/records.ts';
import { longestHistory, readAssessments } from './stored-assessments.ts';

type ViewPorts = Pick<GovernancePorts, 'store' | 'digest'>;
type SignedViewPorts = ViewPorts & Pick<GovernancePorts, 'files' | 'signing'>;

/** Summaries by their record's digest. */
export interface KnownSummaries {
  get(digest: string): AssessmentSummary | undefined;
  set(digest: string, summary: AssessmentSummary): void;
}

/**
 * A stored assessment as its page shows it; a unique beginning of its id is enough. A record that was changed is shown as tampered, as
 * long as it can be read at all. Signatures are held against the keys that the workspace in `folder` vouches for; without one, against
 * none. Throws `record-not-found`, and `record-tampered` for what is no assessment any more.
 */
export async function viewAssessment(
  id: string,
  ports: SignedViewPorts,
  signal: AbortSignal,
  folder?: string,
): Promise<ScorecardView> {
  return viewRecord(requireAssessment(await ports.store.ledger.get(id)), ports, signal, folder);
}

/** The same of a record that is at hand as the ledger gave it. `resultDigest` is for whoever has made it of this very record. */
export async function viewRecord(
  record: LedgerRecord,
  ports: SignedViewPorts,
  signal: AbortSignal,
  folder?: string,
  resultDigest?: string,
): Promise<ScorecardView> {
  const signers = folder === undefined ? [] : (await readPeople(folder, ports, signal)).signers;
  const trust = { signers, digest: ports.digest, signing: ports.signing };
  const scorecard = await describeScorecard(record, ports, trust);
  const signature = signatureOf(record, trust);
  // Of its own history this record need not be read again: it may be many megabytes.
  const known = new Map([[record.digest, summariseAssessment(scorecard.record, record.digest)]]);
  return {
    scorecard,
    verification: verifyScorecard(scorecard, text => ports.digest.sha256(text), resultDigest),
    source: 'store',
    ...(signature === undefined ? {} : { signature: describeSignature(signature) }),
    ...(await readSurroundings(scorecard.record.subject, ports, signal, known)),
  };
}

/** What is shown around an assessment of a version, as it is now. */
export async function readSurroundings(
  { model, version, measured }: AssessmentSubject,
  ports: ViewPorts,
  signal: AbortSignal,
  known?: KnownSummaries,
): Promise<Pick<ScorecardView, 'history' | 'status' | 'baseline'>> {
  const history = known === undefined ? await listAssessments({ model }, ports) : await listKnown(model, ports, known);
  // The registry knows nothing of a run.
  if (measured !== undefined) return { history };
  const versions = await ports.store.registry.listVersions(model, signal);
  // A record that was changed may name a version that there is not.
  const status = versions.find(candidate => candidate.version === version)?.status;
  const baseline = await findBaseline(model, ports, signal);
  return {
    history,
    ...(status === undefined ? {} : { status }),
    ...(baseline === undefined ? {} : { baseline }),
  };
}

/** A stored assessment as a file for reviewers without the store, with the audit log's head as it is now. */
export async function makeScorecard(id: string, ports: ViewPorts): Promise<Scorecard> {
  const scorecard = await describeScorecard(requireAssessment(await ports.store.ledger.get(id)), ports);
  const auditHead = await ports.store.ledger.readAuditHead();
  return { ...scorecard, ...(auditHead === undefined ? {} : { auditHead }) };
}

/** Assessments of a model, of one version, or all there are, newest first. Ones that cannot be read any more are left out; `aiwb audit verify` names them. */
export async function listAssessments(
  filter: { readonly model?: string; readonly version?: string },
  { store }: { readonly store: Pick<GovernancePorts['store'], 'ledger'> },
): Promise<AssessmentSummary[]> {
  const summaries: AssessmentSummary[] = [];
  for await (const { record, digest } of readAssessments(filter, store.ledger))
    summaries.push(summariseAssessment(record, digest));
  return summaries;
}

/** The same for a model, where each record is read once only: what is known is found by the digest it has in the store. */
export async function listKnown(
  model: string,
  { store }: { readonly store: Pick<GovernancePorts['store'], 'ledger'> },
  known: KnownSummaries,
): Promise<AssessmentSummary[]> {
  const heads = await store.ledger.list({ kind: 'assessment', model, limit: longestHistory, headsOnly: true });
  const summaries: AssessmentSummary[] = [];
  for (const { id, digest } of heads) {
    const summary = known.get(digest) ?? summariseRecord(await store.ledger.get(id));
    if (summary === undefined) continue;
    known.set(digest, summary);
    summaries.push(summary);
  }
  return summaries;
}

function summariseRecord(record: LedgerRecord): AssessmentSummary | undefined {
  const payload = asAssessment(record);
  return payload === undefined ? undefined : summariseAssessment(payload, record.digest);
}

async function describeScorecard(
  record: LedgerRecord,
  { store }: ViewPorts,
  trust?: SignatureTrust,
): Promise<Scorecard> {
  const payload = asAssessment(record);
  if (payload === undefined) {
    throw new WorkbenchError(
      'record-tampered',
      `The assessment ${record.id} in the store was changed: it is no assessment.`,
      {
        remedy: '`aiwb audit verify` shows what else does not fit. Restore the store from a backup.',
      },
    );
  }
  const { model, version } = payload.subject;
  const approval = await approvalOf(model, version, store, trust);
  const signed = record.signed === undefined ? {} : { signed: record.signed };
  return { schemaVersion: 1, record: payload, digest: record.digest, approval, ...signed };
}

function asAssessment({ payload }: LedgerRecord): AssessmentRecord | undefined {
  return validateAssessmentRecord(payload) ? payload : undefined;
}

/** What the model's figures are compared with: the version in production, else the one locked last. */
async function findBaseline(
  name: string,
  { store, digest }: ViewPorts,
  signal: AbortSignal,
): Promise<Baseline | undefined> {
  const { aliases } = await store.registry.getModel(name, signal);
  for (const version of [aliases['production'], aliases['baseline']]) {
    if (version === undefined) continue;
    const [record] = await store.ledger.list({ kind: 'baseline', model: name, version, limit: 1 });
    if (record !== undefined && record.payload !== null) return readPayload(record, validateBaseline, digest);
  }
  return undefined;
}
