import type { AuditHead } from '../ports/ledger.ts';
import type { AuditFault } from './fault.ts';

/** What is wrong with a log by an anchor: the entry it names is another one, or is not there any more. `entry` is the one at its place. */
export function checkAnchor(anchor: AuditHead, entry: AuditHead | undefined, head: AuditHead): AuditFault[] {
  const { sequence } = anchor;
  if (entry === undefined) {
    const sentence = `The log ends with entry ${String(head.sequence)}, and the anchor names entry ${String(sequence)}: its end was cut off.`;
    return [{ sequence: head.sequence, sentence }];
  }
  if (entry.hash === anchor.hash) return [];
  const sentence = `Entry ${String(sequence)} is not the one that was anchored: it, or something before it, was rewritten.`;
  return [{ sequence, sentence }];
}
