import type { SourceDocument, SourceText } from '../../schemas/generated/messages.ts';

/** What came of reading a document: its text where there is some, and why there is none else. */
export type ReadDocument =
  | { readonly state: 'read'; readonly text: Omit<SourceText, 'digest' | 'name'>; readonly notes: readonly string[] }
  | {
      readonly state: Exclude<SourceDocument['state'], 'read'>;
      /** Why, and what to do. */
      readonly fault: string;
      readonly notes: readonly string[];
    };

/**
 * Reads the text of untrusted documents away from everything else: with bounds on bytes, pages, time and memory, and without running
 * anything that is in them. Never throws for what a document is; rejects only with the signal's reason.
 */
export interface DocumentReader {
  read(bytes: Uint8Array, mediaType: SourceDocument['mediaType'], signal: AbortSignal): Promise<ReadDocument>;
}
