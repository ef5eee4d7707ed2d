import { canonicalJson } from '../../schemas/canonical.ts';
import type { Ledger } from '../ports/ledger.ts';

const batchLength = 500;

/**
 * The log as JSON Lines, one `{entry, payload?}` a line in order: `payload` is the text that the entry's digest covers, left out where it
 * was erased or is not asked for. The standalone verifier reads it.
 */
export async function* exportAudit(
  ledger: Pick<Ledger, 'readAudit'>,
  shows: (sequence: number) => boolean,
  signal: AbortSignal,
): AsyncIterable<string> {
  let after = 0;
  for (;;) {
    signal.throwIfAborted();
    const lines = await ledger.readAudit(after, batchLength);
    if (lines.length === 0) return;
    yield lines
      .map(({ entry, payload }) => {
        const shown = payload !== undefined && shows(entry.sequence);
        return `${canonicalJson(shown ? { entry, payload } : { entry })}\n`;
      })
      .join('');
    after = lines.at(-1)?.entry.sequence ?? after;
  }
}
