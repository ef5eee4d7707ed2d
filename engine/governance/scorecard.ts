import { canonicalJson } from '../../schemas/canonical.ts';
import type { Scorecard, ScorecardView } from '../../schemas/generated/messages.ts';
import { validateScorecard } from '../../schemas/generated/validators.js';
import { verifyScorecard } from '../../schemas/verify-scorecard.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';
import type { Ledger } from '../ports/ledger.ts';

/** Larger files are no scorecards. */
const mostScorecardBytes = 8 * 1024 * 1024;

/** A scorecard as its file holds it: pretty-printed with keys in order, so that equal scorecards are equal files. */
export function serialiseScorecard(scorecard: Scorecard): string {
  return `${JSON.stringify(JSON.parse(canonicalJson(scorecard)), undefined, 2)}\n`;
}

/** Reads a `*.scorecard.json` file of any origin. Throws `file-invalid`, and what reading files throws. */
export async function readScorecardFile(path: string, files: Files, signal: AbortSignal): Promise<Scorecard> {
  return readScorecard(await files.readText(path, signal, mostScorecardBytes), path);
}

/** The same from a text; `path` names it in failures. Whether it was tampered with is for `verifyScorecard`. */
export function readScorecard(text: string, path: string): Scorecard {
  // Characters in place of bytes: close enough for a bound.
  if (text.length > mostScorecardBytes) throw invalid(path, 'it is larger than 8 MiB');
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

/** What a scorecard file alone can show: the record and whether it is whole, without history. */
export function viewScorecard(scorecard: Scorecard, digest: Digest): ScorecardView {
  return {
    scorecard,
    verification: verifyScorecard(scorecard, text => digest.sha256(text)),
    source: 'file',
    history: [],
  };
}

/**
 * The audit log's newest entry, which a scorecard file carries to anchor the log; absent for an empty log. Sequences have no gaps, so
 * a few single entries find the end of a log of any length.
 */
export async function findAuditHead(ledger: Ledger): Promise<NonNullable<Scorecard['auditHead']> | undefined> {
  const entryAt = async (sequence: number) => (await ledger.readAudit(sequence - 1, 1))[0]?.entry;
  let last = await entryAt(1);
  if (last === undefined) return undefined;
  let known = 1;
  let beyond = 2;
  for (let entry = await entryAt(beyond); entry !== undefined; entry = await entryAt(beyond)) {
    last = entry;
    known = beyond;
    beyond *= 2;
  }
  while (beyond - known > 1) {
    const middle = Math.floor((known + beyond) / 2);
    const entry = await entryAt(middle);
    if (entry === undefined) beyond = middle;
    else {
      last = entry;
      known = middle;
    }
  }
  return { sequence: last.sequence, hash: last.hash };
}
