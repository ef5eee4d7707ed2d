import { canonicalJson } from '../../schemas/canonical.ts';
import type {
  ActStatement,
  AssessmentRecord,
  AssessmentStatement,
  AuditEntry,
  DsseEnvelope,
  Identity,
  RecordSignature,
} from '../../schemas/generated/messages.ts';
import { decodeBase64 } from '../base/base64.ts';
import type { VouchedKey } from '../people/roles.ts';
import { isSamePerson } from '../people/same-person.ts';
import type { SigningKey } from '../ports/signing.ts';
import { inTotoPayload, openEnvelope, signText } from './dsse.ts';

/** A record as far as its signature is over it. */
export interface Signable {
  readonly id: string;
  readonly kind: string;
  readonly model: string;
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly actor: Identity;
  readonly payload: unknown;
  /** SHA-256 over the payload in canonical JSON. */
  readonly digest: string;
}

/** What a signer adds to a record: where the audit log stood, and what it was signed with. */
interface SignedAt {
  readonly publicKey: string;
  /** The log's newest entry before the record. */
  readonly auditHead: Pick<AuditEntry, 'sequence' | 'hash'>;
  readonly workbench: string;
}

/** Signs a record: an assessment as a statement about the version's weights, anything else as one about the record. */
export function signRecord(record: Signable, at: Omit<SignedAt, 'publicKey'>, key: SigningKey): DsseEnvelope {
  return signText(inTotoPayload, stateRecord(record, { ...at, publicKey: key.publicKey }), key);
}

/** The text that is signed. Whoever verifies makes it again from the record at hand, so that it can say nothing else. */
function stateRecord(record: Signable, { publicKey, auditHead, workbench }: SignedAt): string {
  const { id, kind, model, version, at, actor, payload, digest } = record;
  const common = {
    recordDigest: digest,
    signer: { identity: actor, publicKey },
    auditHead: { sequence: auditHead.sequence, hash: auditHead.hash },
    workbench,
  };
  if (kind === 'assessment') {
    const assessed = payload as AssessmentRecord;
    const statement: AssessmentStatement = {
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: `${model}@${version}`, digest: { sha256: assessed.subject.weightsDigest } }],
      predicateType: 'urn:ai-workbench:assessment:v1',
      predicate: { record: assessed, ...common },
    };
    return canonicalJson(statement);
  }
  const statement: ActStatement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: id, digest: { sha256: digest } }],
    predicateType: 'urn:ai-workbench:act:v1',
    predicate: { id, kind, model, version, at, ...common },
  };
  return canonicalJson(statement);
}

export interface SignatureTools {
  sha256(data: Uint8Array): string;
  /** Ed25519; false for anything that is no key or no signature. */
  verify(publicKey: string, bytes: Uint8Array, signature: Uint8Array): boolean;
}

export interface VerifiedRecord extends RecordSignature {
  /** Where the log stood when it was signed; absent where that cannot be read. */
  readonly auditHead?: Pick<AuditEntry, 'sequence' | 'hash'>;
}

/**
 * What the envelope beside a record shows. The envelope is of any origin; nothing throws. A key that is vouched for under another
 * address than the record's actor makes it invalid: somebody would sign in another's name.
 */
export function verifyRecord(
  envelope: unknown,
  record: Signable,
  keys: readonly VouchedKey[],
  tools: SignatureTools,
): VerifiedRecord {
  const opened = open(envelope);
  if (opened === undefined) return invalid('What stands beside the record as its signature cannot be read.');
  const { stated, text, signed, signatures } = opened;
  const { publicKey } = stated;
  const keyId = tools.sha256(decodeBase64(publicKey.replace(/^ed25519:/, '')) ?? new Uint8Array());
  if (!signatures.some(({ keyId: id, bytes }) => id === keyId && tools.verify(publicKey, signed, bytes)))
    return invalid('The signature is not over what it stands beside, or was made with another key.', keyId);
  if (!isStatedText(record, stated, text)) return invalid('What was signed is not this record.', keyId);
  const by = record.actor;
  const vouched = keys.filter(key => key.publicKey === publicKey);
  const stranger = vouched.every(
    ({ email }) => email !== '' && !isSamePerson(by, { email, assurance: 'self-asserted' }),
  );
  const { auditHead } = stated;
  if (vouched.length === 0) {
    const sentence = `Signed with the key ${keyId.slice(0, 16)}… as ${by.email}; nobody vouches for that key here.`;
    return { state: 'unknown-signer', sentence, keyId, by, auditHead };
  }
  if (stranger) return invalid(`Signed as ${by.email} with the key of ${vouched[0]?.email ?? ''}.`, keyId);
  const signer: Identity = { ...by, assurance: 'signed' };
  return {
    state: 'valid',
    sentence: `Signed by ${by.email} with a key that is vouched for.`,
    keyId,
    by: signer,
    auditHead,
  };
}

function isStatedText(record: Signable, stated: SignedAt, text: string): boolean {
  try {
    return stateRecord(record, stated) === text;
  } catch {
    return false;
  }
}

function open(envelope: unknown) {
  if (!isEnvelope(envelope) || envelope.payloadType !== inTotoPayload) return undefined;
  const opened = openEnvelope(envelope);
  if (opened === undefined) return undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(opened.body);
    const { predicate } = JSON.parse(text) as { predicate?: { signer?: { publicKey?: unknown } } & Partial<SignedAt> };
    const publicKey = predicate?.signer?.publicKey;
    const { auditHead, workbench } = predicate ?? {};
    if (typeof publicKey !== 'string' || typeof workbench !== 'string' || !isHead(auditHead)) return undefined;
    return { ...opened, text, stated: { publicKey, auditHead, workbench } };
  } catch {
    return undefined;
  }
}

function isEnvelope(value: unknown): value is DsseEnvelope {
  if (typeof value !== 'object' || value === null) return false;
  const { payload, payloadType, signatures } = value as Partial<Record<keyof DsseEnvelope, unknown>>;
  return (
    typeof payload === 'string' &&
    typeof payloadType === 'string' &&
    Array.isArray(signatures) &&
    signatures.every((one: unknown) => {
      const { keyid, sig } = (one ?? {}) as { keyid?: unknown; sig?: unknown };
      return typeof keyid === 'string' && typeof sig === 'string';
    })
  );
}

function isHead(value: unknown): value is SignedAt['auditHead'] {
  const { sequence, hash } = (value ?? {}) as { sequence?: unknown; hash?: unknown };
  return typeof sequence === 'number' && typeof hash === 'string';
}

function invalid(sentence: string, keyId?: string): VerifiedRecord {
  return { state: 'invalid', sentence, ...(keyId === undefined ? {} : { keyId }) };
}
