import { WorkbenchError } from '../base/errors.ts';
import type { AuditHead } from '../ports/ledger.ts';

/** An entry of the log as somebody keeps it elsewhere: `42:HASH`. */
export function writeAnchor({ sequence, hash }: AuditHead): string {
  return `${String(sequence)}:${hash}`;
}

/** The anchor in a text, such as a tag's message. Throws `usage` where there is none, or more than one. */
export function readAnchor(text: string): AuditHead {
  const found = new Map([...text.matchAll(/\b(\d{1,15}):([0-9a-f]{64})\b/g)].map(match => [match[0], match]));
  const [only] = found.values();
  if (only !== undefined && found.size === 1) return { sequence: Number(only[1]), hash: only[2] ?? '' };
  const what = found.size === 0 ? 'no anchor' : 'several anchors';
  throw new WorkbenchError('usage', `There is ${what} in ${JSON.stringify(text.slice(0, 80))}.`, {
    remedy: 'An anchor is a number and a hash, such as `42:9f86…`; print one with `aiwb audit anchor`.',
  });
}
