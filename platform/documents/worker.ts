import { parentPort, workerData } from 'node:worker_threads';
import { readDocx } from './docx.ts';
import { readHtml } from './html.ts';
import { DocumentFault } from './limits.ts';
import { readMarkdown, readPlain } from './plain.ts';
import type { DocumentReply, DocumentTask, WithNotes } from './protocol.ts';

/** Entry point of the thread that reads one document and ends. */
const port = parentPort;
if (port === null) throw new Error('This file is a worker.');
port.postMessage(await answer(workerData as DocumentTask));

async function answer(task: DocumentTask): Promise<DocumentReply> {
  try {
    return { state: 'read', ...(await read(task)) };
  } catch (error) {
    if (error instanceof DocumentFault) return { state: error.state, fault: error.message, notes: [] };
    const why = error instanceof Error ? error.message : String(error);
    return { state: 'broken', fault: `It could not be read: ${why.slice(0, 300)}`, notes: [] };
  }
}

async function read({ bytes, mediaType, limits }: DocumentTask): Promise<WithNotes> {
  switch (mediaType) {
    case 'application/pdf':
      return (await import('./pdf.ts')).readPdf(bytes, limits);
    case 'application/vnd.openxmlformats-officedocument.wordprocessingml.document':
      return readDocx(bytes, limits);
    case 'text/html':
      return readHtml(bytes, limits);
    case 'text/markdown':
      return readMarkdown(bytes, limits);
    case 'text/plain':
      return readPlain(bytes, limits);
  }
}
