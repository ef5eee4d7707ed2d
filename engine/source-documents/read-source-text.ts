import { validateSourceDocument, validateSourceText } from '../../schemas/generated/validators.js';
import type { SourceDocument, SourceText } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import { readPayload } from '../signing/records.ts';
import type { LedgerFilter } from '../ports/ledger.ts';

type Ports = Pick<GovernancePorts, 'store' | 'digest'>;

const mostListed = 10_000;

/**
 * The documents of the store, or those that are about one version, newest first. Erased records are left out; one that was changed is told
 * (`record-tampered`).
 */
export async function listAllDocuments(
  { store, digest }: Ports,
  about: Pick<LedgerFilter, 'model' | 'version'> = {},
): Promise<readonly SourceDocument[]> {
  const records = await store.ledger.list({ ...about, kind: 'source-document', limit: mostListed });
  return records
    .filter(({ payload }) => payload !== null)
    .map(record => readPayload(record, validateSourceDocument, digest));
}

/**
 * The newest document with this digest, of which a beginning that no other has is enough. Throws `record-not-found`, and `usage` where
 * several begin so.
 */
export async function findDocument(sha256: string, ports: Ports): Promise<SourceDocument> {
  const found = (await listAllDocuments(ports)).filter(({ digest }) => sha256 !== '' && digest.startsWith(sha256));
  const [first] = found;
  if (first === undefined)
    throw new WorkbenchError('record-not-found', `There is no document ${sha256} in the store.`, {
      remedy: '`aiwb documents list` shows those there are; `aiwb documents add FILE` adds one.',
    });
  if (found.some(({ digest }) => digest !== first.digest))
    throw new WorkbenchError('usage', `Several documents begin with ${sha256}.`, {
      remedy: 'Give more of its digest.',
    });
  return first;
}

/**
 * The text of a document as it was read when it was added. Throws `record-not-found`, `file-invalid` where it could not be read,
 * `blob-missing` and `record-tampered`.
 */
export async function readSourceText(sha256: string, ports: Ports): Promise<SourceText> {
  const { textDigest, digest, name, fault = 'It has no text.' } = await findDocument(sha256, ports);
  if (textDigest === undefined)
    throw new WorkbenchError('file-invalid', `${name} has no text that could be read: ${fault}`, {
      remedy: 'Add it again in a form that can be read.',
    });
  const text: unknown = JSON.parse(new TextDecoder().decode(await ports.store.blobs.read(textDigest)));
  if (validateSourceText(text) && text.digest === digest) return { ...text, name };
  throw new WorkbenchError('record-tampered', `The text of ${name} in the store is not one that was read from it.`, {
    remedy: '`aiwb audit verify` shows what else does not fit. Restore the store from a backup.',
  });
}
