import type { IngestFinding } from '../../../schemas/generated/messages.ts';
import { showUnseen } from '../../../schemas/unseen.ts';
import { clipText } from '../../base/clip.ts';
import type { ByteSource } from './bytes.ts';

/** A finding before it has an id. */
export type Observed = Omit<IngestFinding, 'id' | 'check' | 'accepted'>;

/** What looking into files needs. Nothing is ever loaded or run. */
export interface ScanContext {
  readonly signal: AbortSignal;
  /** Unpacks to where it may be read again; at most `limit` bytes, else `file-too-large`. Throws `file-unreadable` for damaged ones. */
  unpack(packed: ByteSource, by: 'deflate' | 'gzip', limit: number): Promise<ByteSource>;
  report(finding: Observed): void;
}

/** A name or text from a file, fit for a sentence: one line, unseen characters spelled out, at most 120 characters. */
export function quoted(text: string): string {
  return `"${clipText(showUnseen(text).replace(/\s+/g, ' '), 120)}"`;
}

/** Collects findings; the same rule at the same file with the same words counts once, and no file can fill the memory. */
export function createFindings(most = 2_000): {
  readonly list: readonly Observed[];
  report(finding: Observed): void;
} {
  const list: Observed[] = [];
  const seen = new Set<string>();
  let left = 0;
  return {
    get list() {
      if (left === 0) return list;
      const more: Observed = {
        rule: 'too-many-findings',
        severity: 'unsafe',
        message: `There are ${String(left)} more findings than the ${String(most)} that are listed.`,
        remedy: 'A model with that many findings is none to take in.',
      };
      return [...list, more];
    },
    report(finding) {
      const key = JSON.stringify([finding.rule, finding.file, finding.message]);
      if (seen.has(key)) return;
      if (list.length >= most) {
        left += 1;
        return;
      }
      seen.add(key);
      list.push(finding);
    },
  };
}
