import type { ReadDocument } from '../../engine/ports/document-reader.ts';
import type { SourceDocument, SourceText } from '../../schemas/generated/messages.ts';
import type { DocumentLimits } from './limits.ts';

/** What the thread is started with; it answers with one `ReadDocument` and ends. */
export interface DocumentTask {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly mediaType: SourceDocument['mediaType'];
  readonly limits: DocumentLimits;
}

export type DocumentReply = ReadDocument;

/** A text that was read, and what else is to be known. */
export interface WithNotes {
  readonly text: Omit<SourceText, 'digest' | 'name'>;
  readonly notes: readonly string[];
}
