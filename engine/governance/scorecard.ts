import { canonicalJson } from '../../schemas/canonical.ts';
import type { Scorecard, ScorecardView } from '../../schemas/generated/messages.ts';
import { validateScorecard } from '../../schemas/generated/validators.js';
import { mostScorecardBytes, verifyScorecard } from '../../schemas/verify-scorecard.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';
import { describeSignature, signatureOf, type SignatureTrust } from '../signing/proven.ts';
import type { VerifiedRecord } from '../signing/signed-record.ts';

/** Characters up to which a file is laid out for people: beyond, nobody reads it line by line. */
const mostLaidOut = 2 * 1024 * 1024;

/**
 * A scorecard as its file holds it: keys in order, so that equal scorecards are equal files; pretty-printed unless it is large.
 */
export function serialiseScorecard(scorecard: Scorecard): string {
  const text = canonicalJson(scorecard);
  if (text.length <= mostLaidOut) return `${JSON.stringify(JSON.parse(text), undefined, 2)}\n`;
  return `${text}\n`;
}

/** Reads a `*.scorecard.json` file of any origin. Throws `file-invalid`, and what reading files throws. */
export async function readScorecardFile(path: string, files: Files, signal: AbortSignal): Promise<Scorecard> {
  return readScorecard(await files.readText(path, signal, mostScorecardBytes), path);
}

/** The same from a text; `path` names it in failures. Whether it was tampered with is for `verifyScorecard`. */
export function readScorecard(text: string, path: string): Scorecard {
  // Characters in place of bytes: close enough for a bound.
  if (text.length > mostScorecardBytes) throw invalid(path, 'it is larger than 32 MiB');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(path, `it is no JSON (${error instanceof Error ? error.message : String(error)})`, error);
  }
  if (validateScorecard(value)) return value;
  const fault = validateScorecard.errors?.[0];
  throw invalid(
    path,
    `${fault?.instancePath === '' ? 'it' : String(fault?.instancePath)} ${fault?.message ?? 'is not valid'}`,
  );
}

function invalid(path: string, what: string, cause?: unknown): WorkbenchError {
  return new WorkbenchError('file-invalid', `${path} is no scorecard: ${what}.`, {
    remedy: 'Scorecards are written by `aiwb assess MODEL@V --policy FILE --scorecard FILE`.',
    place: { path },
    cause,
  });
}

/**
 * What a scorecard file alone can show: the record and whether it is whole, without history. With `trust`, also what the signature in the
 * file shows, where there is one.
 */
export function viewScorecard(scorecard: Scorecard, digest: Digest, trust?: SignatureTrust): ScorecardView {
  const signature = trust === undefined ? undefined : signatureOfScorecard(scorecard, trust);
  return {
    scorecard,
    verification: verifyScorecard(scorecard, text => digest.sha256(text)),
    source: 'file',
    history: [],
    ...(signature === undefined ? {} : { signature: describeSignature(signature) }),
  };
}

function signatureOfScorecard(
  { record, digest, signed }: Scorecard,
  trust: SignatureTrust,
): VerifiedRecord | undefined {
  const { id, subject, assessedAt: at, assessor: actor } = record;
  const { model, version } = subject;
  const signature = signed === undefined ? {} : { signed };
  const kind = 'assessment' as const;
  return signatureOf({ id, kind, model, version, at, actor, payload: record, digest, ...signature }, trust);
}
