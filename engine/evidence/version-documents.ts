import type { SourceDocument, SourceText } from '../../schemas/generated/messages.ts';
import type { GovernancePorts } from '../governance/ports.ts';
import { matchesWildcard } from '../governance/wildcard.ts';
import type { LocalVersion } from '../ports/registry.ts';
import { listAllDocuments } from '../source-documents/read-source-text.ts';

/** The documents that were added about a version, newest first; erased ones are left out. Throws `record-tampered`. */
export async function listVersionDocuments(
  { model, version }: Pick<LocalVersion, 'model' | 'version'>,
  ports: Pick<GovernancePorts, 'store' | 'digest'>,
): Promise<readonly SourceDocument[]> {
  const documents = await listAllDocuments(ports, { model, version });
  // One that was read anew, such as by a newer reader, stands for what was read before.
  return [...new Map(documents.toReversed().map(document => [document.digest, document])).values()].toReversed();
}

/** Whether a document may answer where a policy names some. */
export function mayAnswer(name: string, patterns: readonly string[] | undefined): boolean {
  return patterns === undefined || patterns.some(pattern => matchesWildcard(name, pattern));
}

/** The page a place in a text lies on; absent where its format has none. */
export function pageAt({ pages }: Pick<SourceText, 'pages'>, start: number): number | undefined {
  return pages.findLast(page => page.start <= start)?.page;
}
