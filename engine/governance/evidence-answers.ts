import { validateDocumentAnswer, validateDocumentReview } from '../../schemas/generated/validators.js';
import { toWorkbenchError } from '../base/errors.ts';
import type { AnswerEvidence } from './checks/document.ts';
import type { GovernancePorts } from './ports.ts';
import { readPayload } from './records.ts';
import type { Subject } from './subject.ts';

/** The answers to document checks about a version by check, newest first. One that was changed stays in its place, as a fault. */
export async function collectAnswers(
  { version }: Subject,
  { store, digest }: Pick<GovernancePorts, 'store' | 'digest'>,
): Promise<ReadonlyMap<string, readonly AnswerEvidence[]>> {
  const of = { model: version.model, version: version.version };
  const reviews = (await store.ledger.list({ kind: 'document-review', ...of })).map(record =>
    readPayload(record, validateDocumentReview, digest),
  );
  const found = new Map<string, AnswerEvidence[]>();
  for (const record of await store.ledger.list({ kind: 'document-answer', ...of })) {
    const check = checkOf(record.payload);
    const list = found.get(check) ?? [];
    found.set(check, list);
    try {
      const answer = readPayload(record, validateDocumentAnswer, digest);
      list.push({
        answer,
        digest: record.digest,
        reviews: reviews.filter(each => each.answerDigest === record.digest),
      });
    } catch (error) {
      list.push({ fault: toWorkbenchError(error).message });
    }
  }
  return found;
}

function checkOf(payload: unknown): string {
  const check = (payload as { readonly check?: unknown } | null | undefined)?.check;
  return typeof check === 'string' ? check : '';
}
