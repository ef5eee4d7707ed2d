import type { DocumentCheck } from '../../../schemas/generated/files.ts';
import type { CheckResult, DocumentAnswer, DocumentReview } from '../../../schemas/generated/messages.ts';
import type { Subject } from '../subject.ts';
import { nameOfVersion } from '../../promotion/version.ts';
import { conclude } from './check.ts';

/** An answer of the ledger with its record's digest and what people said of it, or what kept the record from being read. */
export type AnswerEvidence =
  | { readonly answer: DocumentAnswer; readonly digest: string; readonly reviews: readonly DocumentReview[] }
  | { readonly fault: string };

/** Whether documents show what is asked, as a person says or has confirmed. `answers` are those to this check, newest first. */
export function checkDocument(
  check: DocumentCheck,
  subject: Subject,
  answers: readonly AnswerEvidence[],
  _now: number,
): CheckResult {
  const [first] = answers;
  if (first !== undefined && 'fault' in first) return conclude(check, 'error', first.fault);
  const name = nameOfVersion(subject.version);
  return conclude(check, 'missing', `Nobody has answered it for ${name}.`, { question: check.question });
}
