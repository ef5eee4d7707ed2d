import type { SourceDocument } from '../../schemas/generated/messages.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import type { LocalVersion } from '../ports/registry.ts';
import { listAllDocuments } from './read-source-text.ts';

/** The documents that were added about a version, newest first; erased ones are left out. Throws `record-tampered`. */
export async function listVersionDocuments(
  { model, version }: Pick<LocalVersion, 'model' | 'version'>,
  ports: Pick<GovernancePorts, 'store' | 'digest'>,
): Promise<readonly SourceDocument[]> {
  const documents = await listAllDocuments(ports, { model, version });
  // One that was read anew, such as by a newer reader, stands for what was read before.
  return [...new Map(documents.toReversed().map(document => [document.digest, document])).values()].toReversed();
}
