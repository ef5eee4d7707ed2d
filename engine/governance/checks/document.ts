import type { DocumentCheck } from '../../../schemas/generated/files.ts';
import type {
  CheckResult,
  DocumentAnswer,
  DocumentQuote,
  DocumentReview,
  Evidence,
  Identity,
} from '../../../schemas/generated/messages.ts';
import { nameOfVersion } from '../../base/version-name.ts';
import { describeDate } from '../../base/dates.ts';
import { describePerson } from '../../people/describe-person.ts';
import { countOf } from '../../reports/format.ts';
import { mayAnswer } from '../named-documents.ts';
import type { Subject } from '../subject.ts';
import { conclude, evidenceTimes, expiryOf } from './check.ts';
import { isTrainerUnknown, makerRole } from './makers.ts';

/** A quote of an answer as it was looked for just now, in its document. */
export interface CheckedQuote {
  /** With the place and the name that the document has now. */
  readonly quote: DocumentQuote;
  /** Why it counts for nothing. */
  readonly fault?: string;
}

/** An answer of the ledger with its record's digest and what people said of it, or what kept the record from being read. */
export type AnswerEvidence =
  | {
      readonly answer: DocumentAnswer;
      readonly digest: string;
      /** Newest first. */
      readonly reviews: readonly DocumentReview[];
      /** Its quotes; those of answers that a newer one has taken the place of are not looked for. */
      readonly quotes: readonly CheckedQuote[];
    }
  | { readonly fault: string };

type Answered = Exclude<AnswerEvidence, { fault: string }>;
type Base = Partial<CheckResult>;

/**
 * Whether documents show what is asked, as a person says or has confirmed. The newest answer to this very question about these weights
 * counts. A model's word alone never passes, and no answer passes without a quote that is found in its document now. `answers` are those to
 * this check, newest first.
 */
export function checkDocument(
  check: DocumentCheck,
  subject: Subject,
  answers: readonly AnswerEvidence[],
  now: number,
): CheckResult {
  const base = describe(check);
  const [newest] = answers;
  if (newest === undefined)
    return conclude(check, 'missing', `Nobody has answered it. ${wordAsk(check, subject)}`, base);
  if ('fault' in newest) return conclude(check, 'error', newest.fault, base);
  const fitting = answers.find((each): each is Answered => 'answer' in each && each.answer.question === check.question);
  if (fitting === undefined) {
    const reason = `The policy's question has changed since it was answered on ${describeDate(newest.answer.at)}, which voids the answer. ${wordAsk(check, subject)}`;
    return conclude(check, 'missing', reason, base);
  }
  if (fitting.answer.weightsDigest !== subject.version.weightsDigest) {
    const reason = `The answer is about other weights than this version has. ${wordAsk(check, subject)}`;
    return conclude(check, 'missing', reason, base);
  }
  return judge(check, subject, fitting, now, { ...base, answerId: fitting.answer.id });
}

function describe({ question, role, documents }: DocumentCheck): Base {
  return {
    question,
    required: `shown by a quote, by the word of ${role === undefined ? 'another person than author and trainer' : `a ${role}`}`,
    ...(role === undefined ? {} : { role }),
    ...(documents === undefined ? {} : { documents }),
  };
}

function judge(check: DocumentCheck, subject: Subject, found: Answered, now: number, base: Base): CheckResult {
  const { answer, quotes } = found;
  const fitting = quotes.filter(({ quote }) => mayAnswer(quote.name, check.documents));
  const word = findWord(check, subject, found);
  const expiresAt = expiryOf(answer.at, check.freshness);
  const evidence = describeEvidence(found, fitting, word.by, expiresAt);
  const details = { ...base, evidence };
  const lost = fitting.find(({ fault }) => fault !== undefined);
  if (lost?.fault !== undefined) return conclude(check, 'error', lost.fault, details);
  if ('state' in word) return conclude(check, word.state, word.reason, details);
  if (expiresAt !== undefined && now > expiresAt) {
    const reason = `It was answered on ${describeDate(answer.at)}; that counted until ${describeDate(expiresAt)}. ${wordAsk(check, subject)}`;
    return conclude(check, 'stale', reason, details);
  }
  return concludeVerdict(check, subject, answer, fitting, word, details);
}

interface Word {
  readonly by: Identity | undefined;
  /** What the person did: `answered` or `confirmed the answer of gpt`. */
  readonly did: string;
  readonly at: number;
}

type Undecided = {
  readonly by: Identity | undefined;
  readonly state: 'missing' | 'fail' | 'needs-review';
  readonly reason: string;
};

/** The person whose word the answer is, or why it is nobody's yet. */
function findWord(check: DocumentCheck, subject: Subject, { answer, reviews }: Answered): Word | Undecided {
  const { by } = answer;
  if (by.kind === 'person') {
    const { identity } = by;
    if (check.role !== undefined && answer.role !== check.role) {
      const as = answer.role === undefined ? 'in no role' : `as ${answer.role}`;
      const reason = `${describePerson(identity)} answered ${as}; the policy asks for a ${check.role}. ${wordAsk(check, subject)}`;
      return { by: identity, state: 'missing', reason };
    }
    return holdApart(identity, subject, 'answer it') ?? { by: identity, did: 'answered', at: answer.at };
  }
  // What author and trainer say of an answer, or somebody in another role, decides nothing.
  const review = reviews.find(
    each => makerRole(each.by, subject.version) === undefined && (check.role === undefined || each.role === check.role),
  );
  if (review === undefined) return { by: undefined, state: 'needs-review', reason: wordWaiting(check, answer) };
  const who = describePerson(review.by);
  if (review.decision === 'rejected') {
    const why = review.comment === undefined ? '' : `: ${review.comment.slice(0, 300)}`;
    const reason = `${who} rejected the answer of ${by.model} on ${describeDate(review.at)}${why}. ${wordAsk(check, subject)}`;
    return { by: review.by, state: 'missing', reason };
  }
  const did = `confirmed the answer of ${by.model}`;
  return holdApart(review.by, subject, 'confirm it') ?? { by: review.by, did, at: review.at };
}

function holdApart(by: Identity, { version }: Subject, step: string): Undecided | undefined {
  const held = makerRole(by, version);
  if (held !== undefined) {
    const reason = `${describePerson(by)} is the version's ${held} and cannot ${step}: separation of duties asks for another person.`;
    return { by, state: 'fail', reason };
  }
  if (!isTrainerUnknown(version)) return undefined;
  const reason = `Who trained the version is not recorded, so nothing shows that ${describePerson(by)} is another person.`;
  return { by, state: 'needs-review', reason };
}

const verdicts = {
  met: 'that the documents show it',
  'not-met': 'that the documents show the contrary, or that it is not so',
  unclear: 'that the documents do not say',
} as const;

function wordWaiting({ role }: DocumentCheck, { by, verdict, lost, id }: DocumentAnswer): string {
  const model = by.kind === 'model' ? by.model : '';
  const who = role === undefined ? 'A person other than author and trainer' : `A ${role}`;
  const dropped =
    lost === undefined || lost === 0
      ? ''
      : ` ${countOf(lost, 'quote')} it gave ${lost === 1 ? 'stands in no document and was' : 'stand in no document and were'} dropped.`;
  return `${model} says ${verdicts[verdict]}.${dropped} ${who} must confirm or reject it: \`aiwb evidence review ${id} --confirm\`.`;
}

function concludeVerdict(
  check: DocumentCheck,
  subject: Subject,
  { verdict, explanation }: DocumentAnswer,
  quotes: readonly CheckedQuote[],
  { by, did, at }: Word,
  details: Base,
): CheckResult {
  const who = by === undefined ? 'Somebody' : describePerson(by);
  const said = `${who} ${did} on ${describeDate(at)}`;
  const why = explanation === undefined ? '' : ` ${explanation.slice(0, 500)}`;
  switch (verdict) {
    case 'met': {
      if (quotes.length > 0) return conclude(check, 'pass', `${said}: the documents show it.${why}`, details);
      const reason = `${said}, and no document that may answer is quoted: an answer without a quote shows nothing. ${wordAsk(check, subject)}`;
      return conclude(check, 'missing', reason, details);
    }
    case 'not-met':
      return conclude(check, 'fail', `${said}: it is not met.${why}`, details);
    case 'unclear': {
      const reason = `${said}: the documents do not say.${why} Add the document that does, and have it answered again.`;
      return conclude(check, 'missing', reason, details);
    }
  }
}

function wordAsk({ id, role }: DocumentCheck, { version }: Subject): string {
  const name = nameOfVersion(version);
  const who = role === undefined ? 'a person' : `a ${role}`;
  return `Have a model read the documents (\`aiwb evidence ask ${name} ${id}\`) or ${who} answer (\`aiwb evidence answer ${name} ${id} --met --quote TEXT --document NAME\`).`;
}

/** A quote each; of an answer without quotes, the answer. */
function describeEvidence(
  { answer, digest }: Answered,
  quotes: readonly CheckedQuote[],
  by: Identity | undefined,
  expiresAt: number | undefined,
): Evidence[] {
  const shared = {
    kind: 'document',
    digest,
    ...evidenceTimes(answer.at, expiresAt),
    ...(by === undefined ? {} : { by }),
    ...(answer.by.kind === 'model' ? { model: answer.by.model, promptDigest: answer.by.promptDigest } : {}),
  } as const;
  const [none] = quotes;
  if (none === undefined) return [{ ...shared, title: 'Answer without a quote from a document' }];
  return quotes.map(({ quote: { document, name, quote, page, start, end }, fault }) => ({
    ...shared,
    title: `Document ${name}`,
    quote,
    document,
    ...(page === undefined ? {} : { page }),
    ...(fault === undefined ? { start, end } : {}),
  }));
}
