import path from 'node:path';
import type {
  AddDocument,
  DocumentDigest,
  DocumentList,
  ListDocuments,
  SourceDocument,
  SourceText,
} from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../../engine/base/errors.ts';
import { addDocument, listDocuments, readSourceText } from '../../engine/source-documents/documents.ts';
import { createDocumentPorts, createGovernancePorts } from '../composition.ts';
import type { Session } from './session.ts';

export async function listSourceDocuments(
  about: ListDocuments,
  { host, store }: Session,
  signal: AbortSignal,
): Promise<DocumentList> {
  return { documents: [...(await listDocuments(about, createGovernancePorts(host, store), signal))] };
}

export async function addSourceDocument(
  { path: file, model, version }: AddDocument,
  { host, store, folder }: Session,
  signal: AbortSignal,
): Promise<SourceDocument> {
  if ((model === undefined) !== (version === undefined))
    throw new WorkbenchError('usage', 'A document is about a version of a model, or about none.', {
      remedy: 'Give both model and version, or neither.',
    });
  const about = model === undefined || version === undefined ? {} : { about: { model, version } };
  const { document } = await addDocument(
    { path: path.resolve(folder, file), folder, ...about },
    createDocumentPorts(host, store),
    signal,
  );
  return document;
}

export function readDocumentText({ digest }: DocumentDigest, { host, store }: Session): Promise<SourceText> {
  return readSourceText(digest, createGovernancePorts(host, store));
}
