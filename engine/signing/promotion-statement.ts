import { canonicalJson } from '../../schemas/canonical.ts';
import type {
  ApprovalGrant,
  AssessmentRecord,
  AuditEntry,
  Baseline,
  DsseEnvelope,
  Identity,
  Promotion,
  PromotionStatement,
} from '../../schemas/generated/messages.ts';
import { nameOfVersion } from '../base/version-name.ts';
import type { SigningKey } from '../ports/signing.ts';
import { inTotoPayload, signText } from './dsse.ts';

/** All that a promotion rests on. */
export interface PromotionFacts {
  readonly promotion: Promotion;
  readonly baseline: Baseline;
  readonly approval: ApprovalGrant;
  readonly assessment: AssessmentRecord;
  /** Digest of the assessment's record in the ledger. */
  readonly recordDigest: string;
  readonly makers: readonly Identity[];
  readonly auditHead: Pick<AuditEntry, 'sequence' | 'hash'>;
  readonly workbench: string;
}

/** Signs what a promotion states, as an in-toto statement about the version's weights in a DSSE envelope. */
export function signPromotion(facts: PromotionFacts, signer: Identity, key: SigningKey): DsseEnvelope {
  const { promotion, baseline, approval, assessment, recordDigest, makers, auditHead, workbench } = facts;
  const { assessedAt, assessor, gate, policies } = assessment;
  const statement: PromotionStatement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: nameOfVersion(promotion), digest: { sha256: promotion.weightsDigest } }],
    predicateType: 'urn:ai-workbench:promotion:v1',
    predicate: {
      promotion,
      baseline,
      approval,
      assessment: { recordDigest, assessedAt, assessor, gate: gate.outcome, policies },
      makers: [...makers],
      signer: { identity: signer, publicKey: key.publicKey },
      auditHead,
      workbench,
    },
  };
  return signText(inTotoPayload, canonicalJson(statement), key);
}
