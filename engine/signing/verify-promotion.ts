import { canonicalJson } from '../../schemas/canonical.ts';
import type { PromotionStatement, PromotionVerification } from '../../schemas/generated/messages.ts';
import { validateDsseEnvelope, validatePromotionStatement } from '../../schemas/generated/validators.js';
import { isSamePerson } from '../people/same-person.ts';
import type { Digest } from '../ports/digest.ts';
import type { Signing } from '../ports/signing.ts';
import { nameOfVersion } from '../base/version-name.ts';
import { describeDate } from '../base/dates.ts';
import { describePerson } from '../people/describe-person.ts';
import { decodeBase64 } from '../base/base64.ts';
import { inTotoPayload, openEnvelope } from './dsse.ts';

/** What a record is held against. */
export interface PromotionTrust {
  /** Public keys that count, by the address of who holds them; the address `''` vouches for a key whoever signs with it. */
  readonly keys: readonly { readonly email: string; readonly publicKey: string }[];
  /** SHA-256 of the weights at hand, where they are. */
  readonly weightsDigest?: string;
  /** Digest of the scorecard at hand. */
  readonly recordDigest?: string;
}

type Check = PromotionVerification['checks'][number];

/**
 * Whether the text is a promotion record that holds: signed over exactly what it says, with a key that is vouched for, and true to
 * itself (weights, baseline and assessment are the same throughout, the baseline's digest is that of its content, the approver is
 * neither author nor trainer). Never throws: what is no record is invalid.
 */
export function verifyPromotion(
  text: string,
  trust: PromotionTrust,
  { digest, signing }: { readonly digest: Digest; readonly signing: Signing },
): PromotionVerification {
  const read = readStatement(text);
  if (typeof read === 'string') return invalid(read, []);
  const { statement, signed, signatures } = read;
  const { signer } = statement.predicate;
  const raw = decodeBase64(signer.publicKey.replace(/^ed25519:/, '')) ?? new Uint8Array();
  const keyId = digest.sha256(raw);
  const isSigned = signatures.some(({ bytes }) => signing.verify(signer.publicKey, signed, bytes));
  const checks = [
    check(
      'signature',
      isSigned,
      'The signature is over what the record says.',
      'The signature is not over what the record says: it was changed, or signed with another key.',
    ),
    ...checkConsistency(statement, digest),
    ...checkAtHand(statement, trust),
  ];
  const failed = checks.find(({ ok }) => !ok);
  if (failed !== undefined) return { ...invalid(failed.sentence, checks), statement, keyId };
  const vouched = trust.keys.find(({ publicKey }) => publicKey === signer.publicKey);
  const { promotion } = statement.predicate;
  const facts = `${nameOfVersion(promotion)} was promoted by ${describePerson(promotion.promotedBy)} on ${describeDate(promotion.promotedAt)}`;
  if (vouched === undefined) {
    const sentence = `${facts}, signed with the key ${keyId.slice(0, 16)}… that nobody vouches for here.`;
    return { state: 'unknown-signer', sentence, checks, statement, keyId };
  }
  if (vouched.email !== '' && vouched.email.toLowerCase() !== signer.identity.email.toLowerCase()) {
    const sentence = `It is signed by ${signer.identity.email} with the key of ${vouched.email}.`;
    return { ...invalid(sentence, [...checks, { name: 'signer', ok: false, sentence }]), statement, keyId };
  }
  return { state: 'valid', sentence: `${facts}; the record holds and is signed.`, checks, statement, keyId };
}

function readStatement(text: string) {
  const envelope = parse(text);
  if (!validateDsseEnvelope(envelope)) return 'The file is no signed record (a DSSE envelope).';
  if (envelope.payloadType !== inTotoPayload)
    return `It holds ${JSON.stringify(envelope.payloadType.slice(0, 80))}, not an in-toto statement.`;
  const opened = openEnvelope(envelope);
  const statement = opened === undefined ? undefined : parse(new TextDecoder().decode(opened.body));
  if (opened === undefined || !validatePromotionStatement(statement)) return 'What is signed is no promotion record.';
  return { statement, ...opened };
}

function checkConsistency({ subject, predicate }: PromotionStatement, digest: Digest): Check[] {
  const { promotion, baseline, approval, assessment, makers, signer } = predicate;
  const weights = [subject[0]?.digest.sha256, baseline.weightsDigest, approval.weightsDigest];
  const names = [baseline, approval].map(nameOfVersion);
  const { digest: sealed, ...content } = baseline;
  const baselineDigest = digest.sha256(canonicalJson(content));
  const approver = approval.approvedBy;
  return [
    check(
      'weights',
      subject.length === 1 && weights.every(one => one === promotion.weightsDigest),
      'Weights, baseline and approval are of the same weights.',
      'Weights, baseline and approval are not of the same weights.',
    ),
    check(
      'version',
      [...names, subject[0]?.name].every(one => one === nameOfVersion(promotion)),
      'All of it is about one version.',
      'Its parts are about different versions.',
    ),
    check(
      'baseline',
      baselineDigest === sealed && sealed === promotion.baselineDigest,
      'The baseline is the one that was locked.',
      'The baseline is not the one that was locked.',
    ),
    check(
      'assessment',
      [promotion, baseline, approval].every(({ recordDigest }) => recordDigest === assessment.recordDigest),
      'Baseline, approval and promotion rest on one assessment.',
      'Baseline, approval and promotion rest on different assessments.',
    ),
    check('gate', assessment.gate === 'passed', 'The policy gate was passed.', 'The policy gate was not passed.'),
    check(
      'four eyes',
      ![...makers, assessment.assessor].some(maker => isSamePerson(maker, approver)),
      'Somebody approved it who did not make or assess it.',
      'Whoever approved it made or assessed it.',
    ),
    check(
      'promoter',
      isSamePerson(signer.identity, promotion.promotedBy),
      'Whoever promoted it signed.',
      'It is signed by another person than promoted it.',
    ),
  ];
}

/** Against what whoever verifies has in hand. */
function checkAtHand({ predicate }: PromotionStatement, { weightsDigest, recordDigest }: PromotionTrust): Check[] {
  const { promotion } = predicate;
  return [
    ...(weightsDigest === undefined
      ? []
      : [
          check(
            'weights at hand',
            weightsDigest === promotion.weightsDigest,
            'The weights at hand are those that were promoted.',
            'The weights at hand are others than those that were promoted.',
          ),
        ]),
    ...(recordDigest === undefined
      ? []
      : [
          check(
            'scorecard at hand',
            recordDigest === promotion.recordDigest,
            'The scorecard at hand is the one it was approved by.',
            'The scorecard at hand is another one than it was approved by.',
          ),
        ]),
  ];
}

function check(name: string, ok: boolean, yes: string, no: string): Check {
  return { name, ok, sentence: ok ? yes : no };
}

function invalid(sentence: string, checks: readonly Check[]): PromotionVerification {
  return { state: 'invalid', sentence, checks: [...checks] };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
