import type {
  AssessmentRecord,
  AssessmentSummary,
  Baseline,
  Scorecard,
  ScorecardView,
} from '../../schemas/generated/messages.ts';
import { validateAssessmentRecord, validateBaseline } from '../../schemas/generated/validators.js';
import { verifyScorecard } from '../../schemas/verify-scorecard.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { LedgerRecord } from '../ports/ledger.ts';
import { approvalOf } from '../promotion/approval.ts';
import { describeSignature, signatureOf, type SignatureTrust } from '../signing/proven.ts';
import { readPeople } from '../workspace/people.ts';
import type { GovernancePorts } from './ports.ts';
import { readPayload } from './records.ts';

type ViewPorts = Pick<GovernancePorts, 'store' | 'digest'>;
type SignedViewPorts = ViewPorts & Pick<GovernancePorts, 'files' | 'signing'>;

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
  const record = await findAssessment(id, ports);
  const signers = folder === undefined ? [] : (await readPeople(folder, ports, signal)).signers;
  const trust = { signers, digest: ports.digest, signing: ports.signing };
  const scorecard = await describeScorecard(record, ports, trust);
  const signature = signatureOf(record, trust);
  const { model, version } = scorecard.record.subject;
  const versions = await ports.store.registry.listVersions(model, signal);
  // A record that was changed may name a version that there is not.
  const status = versions.find(candidate => candidate.version === version)?.status;
  const baseline = await findBaseline(model, ports, signal);
  return {
    scorecard,
    verification: verifyScorecard(scorecard, text => ports.digest.sha256(text)),
    source: 'store',
    history: await listAssessments({ model }, ports),
    ...(signature === undefined ? {} : { signature: describeSignature(signature) }),
    ...(status === undefined ? {} : { status }),
    ...(baseline === undefined ? {} : { baseline }),
  };
}

/** A stored assessment as a file for reviewers without the store, with the audit log's head as it is now. */
export async function makeScorecard(id: string, ports: ViewPorts): Promise<Scorecard> {
  const scorecard = await describeScorecard(await findAssessment(id, ports), ports);
  const auditHead = await ports.store.ledger.readAuditHead();
  return { ...scorecard, ...(auditHead === undefined ? {} : { auditHead }) };
}

/** Assessments a history goes back to. */
const longestHistory = 200;

/** Assessments of a model, or of one version, newest first. Ones that cannot be read any more are left out; `aiwb audit verify` names them. */
export async function listAssessments(
  filter: { readonly model: string; readonly version?: string },
  { store }: { readonly store: Pick<GovernancePorts['store'], 'ledger'> },
): Promise<AssessmentSummary[]> {
  const records = await store.ledger.list({ kind: 'assessment', ...filter, limit: longestHistory });
  return records.flatMap(record => {
    const payload = asAssessment(record);
    return payload === undefined ? [] : [summarise(payload, record.digest)];
  });
}

async function findAssessment(id: string, { store }: ViewPorts): Promise<LedgerRecord> {
  const record = await store.ledger.get(id);
  if (record.kind === 'assessment') return record;
  throw new WorkbenchError(
    'record-not-found',
    `${record.id} is no assessment but the ${record.kind} of ${record.model}.`,
    {
      remedy: '`aiwb registry show MODEL@V` names the assessments of a version.',
    },
  );
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

function summarise(record: AssessmentRecord, digest: string): AssessmentSummary {
  const { id, subject, assessedAt, assessor, gate, score, coverage, waived, policies } = record;
  return {
    id,
    model: subject.model,
    version: subject.version,
    assessedAt,
    assessor,
    digest,
    gate: gate.outcome,
    score,
    coverage,
    waived,
    policies: policies.map(policy => `${policy.id} ${policy.version}`),
  };
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
    if (record !== undefined) return readPayload(record, validateBaseline, digest);
  }
  return undefined;
}
