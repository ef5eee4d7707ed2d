import type { DocumentAnswer, DocumentReview } from '../../schemas/generated/messages.ts';
import { validateDocumentAnswer } from '../../schemas/generated/validators.js';
import { WorkbenchError } from '../base/errors.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import { readPayload } from '../signing/records.ts';
import { requireRole } from '../people/roles.ts';
import { createRecordId } from '../base/record-id.ts';
import { makersOf, requireAnotherPerson } from '../promotion/trust.ts';
import { trimComment } from '../base/comment.ts';
import { appendSigned } from '../signing/append-signed.ts';
import { readPeople } from '../workspace/people.ts';
import { findAskedCheck } from './asked-check.ts';

export interface ReviewStep {
  /** Id of the answer, or a unique beginning of it. */
  readonly answerId: string;
  readonly decision: DocumentReview['decision'];
  readonly comment?: string;
  /** Absolute path of the workspace folder. */
  readonly folder: string;
}

/**
 * A person's word on a model's answer; it counts from the next assessment on, and a later word takes its place. Author and trainer cannot
 * give it, nor whoever is not listed in the role that is asked for (`separation-of-duties`). Throws `record-not-found`, `record-tampered`, and `usage` for what no model answered, and for an answer
 * to a question that is no longer asked.
 */
export async function reviewAnswer(
  step: ReviewStep,
  ports: GovernancePorts,
  signal: AbortSignal,
): Promise<DocumentAnswer> {
  const { store, clock, random, digest, identities } = ports;
  const comment = trimComment(step.comment);
  const record = await store.ledger.get(step.answerId);
  if (record.kind !== 'document-answer') {
    throw new WorkbenchError('usage', `${record.id} is no answer of a model but a record of kind ${record.kind}.`, {
      remedy: 'The assessment names the answer that waits: see the check.',
    });
  }
  const answer = readPayload(record, validateDocumentAnswer, digest);
  if (answer.by.kind === 'person') {
    throw new WorkbenchError('usage', `${answer.id} is a person's own answer: it needs nobody to confirm it.`, {
      remedy: 'Answer the check yourself where you see it otherwise; the newest answer counts.',
    });
  }
  const { model, version, control, check } = answer;
  const asked = await findAskedCheck({ model, version, control, check, folder: step.folder }, ports, signal);
  if (asked.question !== answer.question) {
    throw new WorkbenchError('usage', `The question of ${check} has changed since ${answer.by.model} answered it.`, {
      remedy: 'Have the documents asked again.',
    });
  }
  const by = await identities.whoAmI(step.folder, signal);
  requireAnotherPerson(by, makersOf(asked.version, asked.assessment), asked.version, `review the answer to ${check}`);
  const people = await readPeople(step.folder, ports, signal);
  if (asked.role !== undefined) requireRole(asked.role, by, people, `review the answer to ${check}`);
  const review: DocumentReview = {
    answer: answer.id,
    answerDigest: record.digest,
    decision: step.decision,
    ...(comment === undefined ? {} : { comment }),
    ...(asked.role === undefined ? {} : { role: asked.role }),
    by,
    at: clock.now(),
  };
  signal.throwIfAborted();
  const id = createRecordId('review', clock, random);
  const said = { id, kind: 'document-review' as const, model, version, at: review.at, actor: by, payload: review };
  await appendSigned(said, people.signers, ports);
  return answer;
}
