import type {
  AttestationCheck,
  DocumentCheck,
  TestAnswer,
  TestAttestation,
  TestScan,
  TestWaiver,
} from '../../schemas/generated/files.ts';
import type { DocumentAnswer, DocumentReview, Waiver } from '../../schemas/generated/messages.ts';
import type { AnswerEvidence } from '../governance/checks/document.ts';
import type { AttestationEvidence } from '../promotion/attestations.ts';
import type { ScanEvidence } from '../governance/checks/scan.ts';
import { addDuration } from '../base/calendar.ts';
import type { PolicySet } from '../policies/policy-set.ts';
import { before } from './fixture-ages.ts';
import { fixtureDigest, fixtureModel, fixtureVersion, personOf } from './fixture-names.ts';

/** What people, scanners and models said of the made-up version. */

const about = { model: fixtureModel, version: fixtureVersion, weightsDigest: fixtureDigest };

/** An attestation that leaves role or statement out says what the control's checks ask for: one for each of them. */
export function attestationsOf(
  given: readonly TestAttestation[],
  set: PolicySet,
  now: number,
): (control: string) => readonly AttestationEvidence[] {
  return control => {
    const checks = checksOf(set, control).filter((check): check is AttestationCheck => check.type === 'attestation');
    return given
      .filter(each => each.control === control)
      .flatMap(({ role, statement, by = 'reviewer', age }, index) =>
        checks.map(check => ({
          digest: fixtureDigest,
          attestation: {
            ...about,
            id: `test-attestation-${String(index)}`,
            control,
            role: role ?? check.role,
            statement: statement ?? check.statement,
            by: personOf(by),
            at: before(now, age),
          },
        })),
      );
  };
}

export function scansOf(given: readonly TestScan[], now: number): readonly ScanEvidence[] {
  return given.map(({ source, tool = source, age, findings }, index) => {
    const collectedAt = before(now, age);
    return {
      digest: fixtureDigest,
      scan: {
        ...about,
        id: `test-scan-${String(index)}`,
        source,
        tool,
        name: `${source} report`,
        digest: fixtureDigest,
        collectedAt,
        addedAt: collectedAt,
        addedBy: personOf('reviewer'),
        groups: findings.map(({ attempts = 0, hits = 0, ...group }) => ({ ...group, attempts, hits })),
      },
    };
  });
}

/** An answer quotes a document whose name the check accepts. */
export function answersOf(
  given: readonly TestAnswer[],
  set: PolicySet,
  now: number,
): (check: string) => readonly AnswerEvidence[] {
  const asked = set.controls.flatMap(({ control }) =>
    control.checks.flatMap(check => (check.type === 'document' ? [{ control: control.id, check }] : [])),
  );
  return id => {
    const found = asked.find(({ check }) => check.id === id);
    if (found === undefined) return [];
    return given
      .filter(({ check }) => check === id)
      .map((answer, index) => makeAnswer(answer, found.control, found.check, index, now));
  };
}

function makeAnswer(
  { verdict, by = 'person', review, age }: TestAnswer,
  control: string,
  check: DocumentCheck,
  index: number,
  now: number,
): AnswerEvidence {
  const at = before(now, age);
  const id = `test-answer-${String(index)}`;
  const reviewer = personOf('reviewer');
  const quote = 'The words of the document.';
  const name = (check.documents?.[0] ?? 'document.md').replaceAll('*', 'document').replaceAll('?', 'x');
  const quotes = verdict === 'unclear' ? [] : [{ document: fixtureDigest, name, quote, start: 0, end: quote.length }];
  const as = check.role === undefined ? {} : { role: check.role };
  const answer: DocumentAnswer = {
    ...about,
    id,
    control,
    check: check.id,
    question: check.question,
    verdict,
    quotes,
    ...as,
    by:
      by === 'person'
        ? { kind: 'person', identity: reviewer }
        : { kind: 'model', model: 'test-reader', promptDigest: fixtureDigest, askedBy: personOf('author') },
    at,
  };
  const reviews: DocumentReview[] =
    review === undefined
      ? []
      : [{ answer: id, answerDigest: fixtureDigest, decision: review, ...as, by: reviewer, at }];
  return { answer, digest: fixtureDigest, reviews, quotes: quotes.map(each => ({ quote: each })) };
}

const dayInMs = 86_400_000;

export function waiversOf(given: readonly TestWaiver[], now: number): readonly Waiver[] {
  return given.map(({ control, approvals = 2, until }, index) => {
    const expiresAt = until === undefined ? addDuration(now, 'P90D') : Date.parse(`${until}T00:00:00Z`) + dayInMs;
    const requestedAt = Math.min(now, expiresAt) - dayInMs;
    return {
      id: `test-waiver-${String(index)}`,
      control,
      model: fixtureModel,
      versions: [fixtureVersion],
      reason: 'Made up for a test.',
      requestedBy: personOf('author'),
      requestedAt,
      expiresAt,
      approvals: Array.from({ length: approvals }, (_, each) => ({
        by: personOf(`approver ${String(each + 1)}`),
        at: requestedAt,
      })),
    };
  });
}

function checksOf(set: PolicySet, control: string) {
  return set.controls.find(each => each.control.id === control)?.control.checks ?? [];
}
