import path from 'node:path';
import type {
  AddDocument,
  DocumentDigest,
  DocumentDraftEstimate,
  DocumentList,
  DraftedFromDocument,
  DraftFromDocument,
  EstimateDocumentDraft,
  FindInDocument,
  FoundInDocument,
  ListDocuments,
  PolicyQuotes,
  PolicyText,
  SourceDocument,
  SourceText,
} from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../../engine/base/errors.ts';
import { openReader } from '../../engine/evidence/open-reader.ts';
import { pageAt } from '../../engine/source-documents/pages.ts';
import { addDocument, listDocuments, readDocumentFile } from '../../engine/source-documents/documents.ts';
import { draftPolicy, estimateDraft } from '../../engine/source-documents/draft/draft-policy.ts';
import { findQuote } from '../../engine/source-documents/find-quote.ts';
import { listPolicyQuotes } from '../../engine/source-documents/policy-quotes.ts';
import { readSourceText } from '../../engine/source-documents/read-source-text.ts';
import { connectionNamed } from '../../engine/workspace/workspace.ts';
import { createDocumentPorts, createGovernancePorts } from '../composition.ts';
import { askPerson, portsFor } from './connect-methods.ts';
import { createDirectDesk } from './direct-lending.ts';
import type { Session } from './session.ts';

export async function list(about: ListDocuments, { host, store }: Session, signal: AbortSignal): Promise<DocumentList> {
  return { documents: [...(await listDocuments(about, createGovernancePorts(host, store), signal))] };
}

export async function add(
  { path: file, model, version }: AddDocument,
  session: Session,
  signal: AbortSignal,
): Promise<SourceDocument> {
  if ((model === undefined) !== (version === undefined))
    throw new WorkbenchError('usage', 'A document is about a version of a model, or about none.', {
      remedy: 'Give both model and version, or neither.',
    });
  return keep(file, model === undefined || version === undefined ? undefined : { model, version }, session, signal);
}

async function keep(
  file: string,
  about: { readonly model: string; readonly version: string } | undefined,
  { host, store, folder }: Session,
  signal: AbortSignal,
): Promise<SourceDocument> {
  const added = { path: path.resolve(folder, file), folder, ...(about === undefined ? {} : { about }) };
  return (await addDocument(added, createDocumentPorts(host, store), signal)).document;
}

export function readText({ digest }: DocumentDigest, { host, store }: Session): Promise<SourceText> {
  return readSourceText(digest, createGovernancePorts(host, store));
}

export async function find({ document, quote }: FindInDocument, { host, store }: Session): Promise<FoundInDocument> {
  const source = await readSourceText(document, createGovernancePorts(host, store));
  const places = findQuote(source.text, quote).map(span => {
    const page = pageAt(source, span.start);
    return { ...span, ...(page === undefined ? {} : { page }) };
  });
  return { source, places };
}

/** A model is asked only once the window's person has agreed to the program it is, or to its being lent. */
export async function draft(
  { path: file, model, ...asked }: DraftFromDocument,
  session: Session,
  signal: AbortSignal,
): Promise<DraftedFromDocument> {
  const { host, store } = session;
  const document = await keep(file, undefined, session, signal);
  const source = await readSourceText(document.digest, createGovernancePorts(host, store));
  const reader = model === undefined ? undefined : await openModel(model, session, signal);
  try {
    const drafted = await draftPolicy({ source, ...asked }, reader, signal);
    return { document, ...drafted, notes: [...document.notes, ...drafted.notes] };
  } finally {
    await reader?.close();
  }
}

async function openModel(name: string, session: Session, signal: AbortSignal): ReturnType<typeof openReader> {
  const workspace = await session.readWorkspace(signal);
  const connection = connectionNamed(workspace, name);
  await askPerson(connection, name, session, signal);
  const ports = await portsFor(connection, workspace, session, signal);
  const lent = createDirectDesk(name, (question, stop) => session.access.answerLent(question, stop));
  return openReader(name, workspace, undefined, ports, { runs: session.store, lent }, signal);
}

export async function estimate(
  { path: file, model }: EstimateDocumentDraft,
  session: Session,
  signal: AbortSignal,
): Promise<DocumentDraftEstimate> {
  const { host, store, folder } = session;
  const connection = connectionNamed(await session.readWorkspace(signal), model);
  const source = await readDocumentFile(path.resolve(folder, file), createDocumentPorts(host, store), signal);
  return estimateDraft(source, model, connection);
}

export async function listQuotes({ text }: PolicyText): Promise<PolicyQuotes> {
  return { quotes: [...listPolicyQuotes(text)] };
}
