import type { DocumentPath, Position } from '../../engine/documents/diagnostic.ts';
import type { ParsedDocument } from '../../engine/documents/parse.ts';
import type { ServerContext } from '../context.ts';

/** A few words beside a place of a file. */
export interface Hint {
  /** Tells it from the file's others. */
  readonly key: string;
  readonly at: Position;
  readonly label: string;
  /** Markdown. Made when somebody looks. */
  readonly tooltip: () => Promise<string | undefined>;
}

/** Makes the hint of one place; absent where there is nothing to tell. */
export type AddHint = (
  path: DocumentPath,
  make: () => Promise<Pick<Hint, 'label' | 'tooltip'> | undefined>,
) => Promise<void>;

export interface HintRequest {
  readonly context: ServerContext;
  readonly uri: string;
  readonly parsed: ParsedDocument;
  /** Whether a place is looked at. */
  readonly isWanted: (at: Position) => boolean;
  readonly signal: AbortSignal;
}
