import path from 'node:path';
import type {
  AddScan,
  AnswerDocuments,
  AskDocuments,
  DocumentAnswer,
  ReviewAnswer,
  ScanReport,
} from '../../schemas/generated/messages.ts';
import { addScan } from '../../engine/evidence/add-scan.ts';
import { answerDocuments } from '../../engine/evidence/answer-documents.ts';
import { askDocuments } from '../../engine/evidence/ask-documents.ts';
import { openReader, readerNamed } from '../../engine/evidence/open-reader.ts';
import { reviewAnswer } from '../../engine/evidence/review-answer.ts';
import { connectionNamed } from '../../engine/workspace/workspace.ts';
import { createGovernancePorts } from '../composition.ts';
import { askPerson, portsFor } from './connect-methods.ts';
import { createDirectDesk } from './direct-lending.ts';
import type { Session } from './session.ts';

export async function addScanReport(
  request: AddScan,
  { host, store, folder }: Session,
  signal: AbortSignal,
): Promise<ScanReport> {
  const step = { ...request, folder, path: path.resolve(folder, request.path) };
  return (await addScan(step, createGovernancePorts(host, store), signal)).scan;
}

/** A program is started and a lent model asked only once the window's person has agreed. */
export async function askForDocuments(
  { connection: named, ...step }: AskDocuments,
  session: Session,
  signal: AbortSignal,
): Promise<DocumentAnswer> {
  const { host, store, folder } = session;
  const workspace = await session.readWorkspace(signal);
  const name = readerNamed(named, workspace);
  const connection = connectionNamed(workspace, name);
  await askPerson(connection, name, session, signal);
  const ports = await portsFor(connection, workspace, session, signal);
  const lent = createDirectDesk(name, (question, stop) => session.access.answerLent(question, stop));
  const open = await openReader(name, workspace, undefined, ports, { runs: store, lent }, signal);
  try {
    return (await askDocuments({ ...step, folder }, createGovernancePorts(host, store), open, signal)).answer;
  } finally {
    await open.close();
  }
}

export function answerFromDocuments(
  step: AnswerDocuments,
  { host, store, folder }: Session,
  signal: AbortSignal,
): Promise<DocumentAnswer> {
  return answerDocuments({ ...step, folder }, createGovernancePorts(host, store), signal);
}

export function reviewDocumentAnswer(
  step: ReviewAnswer,
  { host, store, folder }: Session,
  signal: AbortSignal,
): Promise<DocumentAnswer> {
  return reviewAnswer({ ...step, folder }, createGovernancePorts(host, store), signal);
}
