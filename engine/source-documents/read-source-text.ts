import type { SourceText } from '../../schemas/generated/messages.ts';
import { validateSourceDocument } from '../../schemas/generated/validators.js';
import { WorkbenchError } from '../base/errors.ts';
import type { GovernancePorts } from '../governance/ports.ts';
import { readPayload } from '../governance/records.ts';

/** The text of an uploaded document. Throws `record-not-found`, and `blob-missing` or `record-tampered` where its bytes are not what they were. */
export async function readSourceText(
  document: string,
  { store, digest }: Pick<GovernancePorts, 'store' | 'digest'>,
): Promise<SourceText> {
  const records = await store.ledger.list({ kind: 'source-document' });
  const found = records
    .map(record => readPayload(record, validateSourceDocument, digest))
    .find(each => each.digest === document);
  if (found === undefined)
    throw new WorkbenchError('record-not-found', `There is no document ${document} here.`, { remedy: 'Add it first.' });
  const bytes = await store.blobs.read(found.digest);
  return { digest: found.digest, name: found.name, text: new TextDecoder().decode(bytes), pages: [], headings: [] };
}
