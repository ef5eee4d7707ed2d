import type { SourceDocument, SourceText } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import type { DocumentReader } from '../ports/document-reader.ts';
import { createRecordId } from '../base/record-id.ts';
import { findVersionOfUse } from '../registry/version-of-use.ts';
import { tellMediaType } from './media-type.ts';
import { listAllDocuments } from './read-source-text.ts';

export type DocumentPorts = Omit<GovernancePorts, 'signing' | 'workbench'> & { readonly reader: DocumentReader };

export interface NewDocument {
  /** Absolute path of the file. */
  readonly path: string;
  /** The version it is about, or an alias; absent for a policy's document. */
  readonly about?: { readonly model: string; readonly version: string };
  /** Absolute path of the workspace folder. */
  readonly folder: string;
}

export interface AddedDocument {
  readonly document: SourceDocument;
  /** False where the very same bytes were there: that record stands. */
  readonly isNew: boolean;
}

/** The most bytes of a document that are taken in. */
export const largestDocument = 32 * 2 ** 20;

/**
 * Keeps a document in the store under the digest of its bytes, with its text where it could be read; what kept it from being read is in
 * the record. The same bytes about the same version are the same document. Throws `file-too-large`, and `file-invalid` for other files.
 */
export async function addDocument(
  { path, about, folder }: NewDocument,
  ports: DocumentPorts,
  signal: AbortSignal,
): Promise<AddedDocument> {
  const { store, digest, clock, random, identities, reader } = ports;
  const bytes = await readBytes(path, ports, signal);
  const mediaType = await tellMediaType(path, bytes, signal);
  const version = about === undefined ? undefined : await findVersionOfUse(about, store, signal);
  const of = version === undefined ? {} : { model: version.model, version: version.version };
  const sha256 = digest.sha256(bytes);
  const same = (await listAllDocuments(ports)).filter(each => each.digest === sha256);
  const known = same.find(({ model, version: other }) => model === of.model && other === of.version);
  const isWholeNow = known !== undefined && (await isWhole(known, ports));
  if (isWholeNow && known.state === 'read') return { document: known, isNew: false };
  const addedBy = await identities.whoAmI(folder, signal);
  const name = nameOf(path);
  const earlier = same.find(({ state, textDigest }) => state === 'read' && textDigest !== undefined);
  const isRead = earlier !== undefined && (await isWhole(earlier, ports));
  await store.blobs.put(bytes);
  const outcome = isRead ? outcomeOf(earlier) : await read(bytes, mediaType, sha256, name, ports, reader, signal);
  // What could not be read once may be by a newer workbench; a record that says the same again would say nothing.
  if (isWholeNow && known.state === outcome.state) return { document: known, isNew: false };
  const document: SourceDocument = {
    digest: sha256,
    name,
    mediaType,
    size: bytes.length,
    addedAt: clock.now(),
    addedBy,
    ...outcome,
    ...of,
  };
  await store.ledger.append({
    id: createRecordId('document', clock, random),
    kind: 'source-document',
    model: of.model ?? '',
    version: of.version ?? '',
    at: document.addedAt,
    actor: addedBy,
    payload: document,
  });
  return { document, isNew: true };
}

/**
 * The text of a file, of which nothing is kept. Throws what `addDocument` throws, and `file-invalid` where the document cannot be read.
 */
export async function readDocumentFile(
  path: string,
  ports: Pick<DocumentPorts, 'files' | 'digest' | 'reader'>,
  signal: AbortSignal,
): Promise<SourceText> {
  const bytes = await readBytes(path, ports, signal);
  const mediaType = await tellMediaType(path, bytes, signal);
  const result = await ports.reader.read(bytes, mediaType, signal);
  if (result.state === 'read') return { digest: ports.digest.sha256(bytes), name: nameOf(path), ...result.text };
  throw new WorkbenchError('file-invalid', `${path} has no text that could be read: ${result.fault}`, {
    place: { path },
  });
}

/** Documents about a version, or without one those that are about none (policies'), newest first. */
export async function listDocuments(
  { model, version }: { readonly model?: string; readonly version?: string },
  ports: Pick<GovernancePorts, 'store' | 'digest'>,
  signal: AbortSignal,
): Promise<readonly SourceDocument[]> {
  if (model === undefined || version === undefined)
    return (await listAllDocuments(ports)).filter(document => document.model === undefined);
  const found = await findVersionOfUse({ model, version }, ports.store, signal);
  return listAllDocuments(ports, { model: found.model, version: found.version });
}

async function read(
  bytes: Uint8Array,
  mediaType: SourceDocument['mediaType'],
  sha256: string,
  name: string,
  { store }: DocumentPorts,
  reader: DocumentReader,
  signal: AbortSignal,
): Promise<Outcome> {
  const result = await reader.read(bytes, mediaType, signal);
  const notes = [...result.notes];
  if (result.state !== 'read') return { state: result.state, characters: 0, notes, fault: result.fault };
  const text: SourceText = { digest: sha256, name, ...result.text };
  const { digest: textDigest } = await store.blobs.put(new TextEncoder().encode(JSON.stringify(text)));
  const pages = text.pages.length;
  return { state: 'read', characters: text.text.length, textDigest, notes, ...(pages === 0 ? {} : { pages }) };
}

type Outcome = Pick<SourceDocument, 'state' | 'characters' | 'textDigest' | 'pages' | 'notes' | 'fault'>;

function outcomeOf({ state, characters, textDigest, pages, notes }: SourceDocument): Outcome {
  return {
    state,
    characters,
    notes,
    ...(textDigest === undefined ? {} : { textDigest }),
    ...(pages === undefined ? {} : { pages }),
  };
}

/** What was cleared out of the store by hand is added anew. */
async function isWhole({ digest, textDigest }: SourceDocument, { store }: DocumentPorts): Promise<boolean> {
  return (await store.blobs.has(digest)) && (textDigest === undefined || (await store.blobs.has(textDigest)));
}

async function readBytes(
  path: string,
  { files }: Pick<DocumentPorts, 'files'>,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const facts = await files.facts(path);
  if (facts === undefined || facts.kind !== 'file')
    throw new WorkbenchError('file-not-found', `There is no file ${path}.`, { remedy: 'Check its path.' });
  if (facts.size === 0) throw new WorkbenchError('file-invalid', `${path} is empty.`, { place: { path } });
  if (facts.size > largestDocument)
    throw new WorkbenchError('file-too-large', `${path} has more than 32 MiB and was not added.`, {
      remedy: 'Split it, or save it without its images, and add the parts.',
      place: { path },
    });
  return files.readRange(path, 0, facts.size, signal);
}

function nameOf(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
