import { createHash } from 'node:crypto';
import type { ScorecardView } from '../../schemas/generated/messages.ts';
import { mostScorecardBytes, verifyScorecard } from '../../schemas/verify-scorecard.ts';
import { FailureError } from '../base/failure.ts';
import { t } from '../base/translate.ts';

/**
 * A `*.scorecard.json` file of any origin as its page shows it: parsed, checked against its schema and verified, without the
 * store and without the engine process. Throws a FailureError (`file-too-large`, `file-invalid`).
 * @param name names the file in failures
 */
export async function readScorecard(content: Uint8Array, name: string): Promise<ScorecardView> {
  requireSize(content.byteLength, name);
  const value = parse(content, name);
  const { validateScorecard } = await import('../../schemas/generated/validators.js');
  if (!validateScorecard(value)) {
    const [fault] = validateScorecard.errors ?? [];
    const at = fault?.instancePath ?? '';
    const what = fault?.message ?? t('it is not valid');
    throw invalid(name, at === '' ? what : t('at {0}, {1}', at, what));
  }
  return { scorecard: value, verification: verifyScorecard(value, sha256), source: 'file', history: [] };
}

/** Throws a FailureError for a file that is too large to be a scorecard. */
export function requireSize(bytes: number, name: string): void {
  if (bytes <= mostScorecardBytes) return;
  throw new FailureError({
    code: 'file-too-large',
    message: t(
      '{0} is too large for a scorecard: {1} MiB, and at most {2} are read.',
      name,
      toMiB(bytes),
      mostScorecardBytes / 2 ** 20,
    ),
    remedy: t('Reopen it as text to see what it is.'),
  });
}

function parse(content: Uint8Array, name: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content));
  } catch (error) {
    throw invalid(name, t('it is no JSON ({0})', error instanceof Error ? error.message : String(error)), error);
  }
}

function invalid(name: string, what: string, cause?: unknown): FailureError {
  const message = t('{0} is no scorecard: {1}.', name, what);
  const remedy = t('Reopen it as text to mend it, or export the scorecard again.');
  return new FailureError({ code: 'file-invalid', message, remedy }, cause);
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

function toMiB(bytes: number): string {
  return (bytes / (1024 * 1024)).toFixed(1);
}
