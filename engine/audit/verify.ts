import type { AuditVerification } from '../../schemas/generated/messages.ts';
import type { Digest } from '../ports/digest.ts';
import { auditOrigin, type AuditLine, type AuditHead } from '../ports/ledger.ts';
import type { Store } from '../ports/store.ts';
import { countOf } from '../reports/format.ts';
import { checkAnchor } from './anchor-check.ts';
import { checkLink } from './entry.ts';
import { erasureAction, nameEntries, namesEntry } from './erasure-entry.ts';
import type { AuditFault } from './fault.ts';
import { compareLedger } from './compare-ledger.ts';
import { compareRegistry } from './compare-registry.ts';
import { AuditReplay } from './replay.ts';

const batchLength = 500;
/** More would not help anybody; the sentence tells how many there are. */
const mostFaults = 1000;

/**
 * Reads the whole audit log in order, a batch at a time, and tells every entry that does not hold: gaps, entries and payloads
 * changed after they were written, and, entry by entry replayed, registry and ledger where they are not what the log says.
 * Whoever rewrites the log from some entry to its end leaves no trace in it: that shows only against a head kept elsewhere, the
 * `anchor`. The first entry that does not hold is told with what it was about.
 */
export async function verifyAudit(
  { ledger, registry }: Pick<Store, 'ledger' | 'registry'>,
  digest: Digest,
  signal: AbortSignal,
  anchor?: AuditHead,
): Promise<AuditVerification> {
  const sha256 = (text: string): string => digest.sha256(text);
  const replay = new AuditReplay(sha256);
  const faults: AuditFault[] = [];
  let head: AuditHead = auditOrigin;
  let entries = 0;
  const erased: number[] = [];
  const erasures: string[] = [];
  let anchored: AuditHead | undefined;
  for (;;) {
    signal.throwIfAborted();
    const lines: readonly AuditLine[] = await ledger.readAudit(head.sequence, batchLength);
    if (lines.length === 0) break;
    for (const line of lines) {
      const { sequence, hash, action, subject } = line.entry;
      faults.push(...checkLink(line, head, sha256).map(sentence => ({ sequence, sentence })));
      head = { sequence, hash };
      if (sequence === anchor?.sequence) anchored = head;
      entries += 1;
      if (line.payload === undefined) erased.push(sequence);
      if (action === erasureAction) erasures.push(subject);
      replay.add(line);
    }
  }
  if (anchor !== undefined) faults.push(...checkAnchor(anchor, anchored, head));
  faults.push(...replay.faults);
  faults.push(...(await compareRegistry(replay, registry, signal)));
  faults.push(...(await compareLedger(replay, ledger, signal)));
  const first = await describeFirst(faults, ledger);
  const unsaid = erased.filter(sequence => !erasures.some(subject => namesEntry(subject, sequence)));
  return {
    entries,
    intact: faults.length === 0,
    ...(first === undefined ? {} : { first }),
    ...(entries === 0 ? {} : { head: head.hash }),
    ...(erased.length === 0 ? {} : { erasedPayloads: erased.length }),
    faults: faults.slice(0, mostFaults),
    sentence: describe(entries, { erased: erased.length, unsaid }, [...replay.unjudged], faults.length),
  };
}

/** The fault of the lowest entry, with what the entry says of itself now. What no entry seals comes last. */
async function describeFirst(
  faults: readonly AuditFault[],
  ledger: Pick<Store['ledger'], 'readAudit'>,
): Promise<AuditVerification['first']> {
  const rank = ({ sequence }: AuditFault): number => (sequence === 0 ? Infinity : sequence);
  const [first] = [...faults].sort((a, b) => rank(a) - rank(b));
  if (first === undefined || first.sequence === 0) return first;
  const [line] = await ledger.readAudit(first.sequence - 1, 1);
  if (line?.entry.sequence !== first.sequence) return first;
  const { at, actor, action, subject } = line.entry;
  return { ...first, at, actor, action, subject };
}

interface Erased {
  readonly erased: number;
  /** Those of which no entry says who erased them. */
  readonly unsaid: readonly number[];
}

function describe(entries: number, { erased, unsaid }: Erased, unjudged: readonly string[], faults: number): string {
  const all = countOf(entries, 'entry', 'entries');
  if (faults > 0) return `The audit log does not hold: ${countOf(faults, 'fault')} in ${all}.`;
  if (entries === 0) return 'The audit log is empty.';
  const silent = unsaid.length === 0 ? '' : ` No entry says who erased the content of ${nameEntries(unsaid)}.`;
  const gone = erased === 0 ? '' : silent + describeErased(erased, unjudged);
  return `The audit log holds: ${all} in an unbroken chain, and registry and records are what it seals.${gone}`;
}

/** Nobody can tell an erasure that somebody asked for from one that hides something: so it says what is not looked at for it. */
function describeErased(erased: number, unjudged: readonly string[]): string {
  const [contents, them] =
    erased === 1 ? ['The content of 1 entry was', 'it'] : [`The contents of ${String(erased)} entries were`, 'them'];
  if (unjudged.length === 0) return ` ${contents} erased; what was decided by ${them} is kept, and was looked at.`;
  const shown = unjudged.slice(0, 5).join(', ');
  const more = unjudged.length > 5 ? ` and ${String(unjudged.length - 5)} more` : '';
  return ` ${contents} erased; the chain holds without ${them}, and the registry is not held against the log for ${shown}${more}.`;
}
