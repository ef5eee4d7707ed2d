import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Diagnostic } from '../../engine/documents/diagnostic.ts';
import type { ParsedDocument } from '../../engine/documents/parse.ts';
import type { TextChange } from '../../engine/edits/change.ts';
import type { ServerContext } from '../context.ts';

/** What actions are asked for: a document as it is now, and a part of it by offsets. */
export interface Scene {
  readonly server: ServerContext;
  readonly document: TextDocument;
  readonly parsed: ParsedDocument;
  readonly uri: string;
  readonly start: number;
  readonly end: number;
}

/** A file to be made. */
export interface NewFile {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
}

/** What an action does. */
export interface Edits {
  readonly changes?: readonly TextChange[];
  readonly files?: readonly NewFile[];
  /** Changes of another file, whose text they were made for. */
  readonly other?: { readonly path: string; readonly text: string; readonly changes: readonly TextChange[] };
}

/** An action before it has the protocol's form. Its edits are known at once, or made when it is chosen. */
export interface Offer {
  readonly title: string;
  /** One of `actionKinds`. */
  readonly kind: string;
  /** Surely what is meant: the one that a key press may choose. */
  readonly isPreferred?: boolean;
  /** As sure as that nobody needs to look: what "fix all" does, also when a file is saved. */
  readonly isSure?: boolean;
  readonly edits: Edits | ((signal: AbortSignal) => Promise<Edits | undefined>);
}

export const actionKinds = {
  fix: 'quickfix',
  extract: 'refactor.extract',
  inline: 'refactor.inline',
  rewrite: 'refactor.rewrite',
  fixAll: 'source.fixAll.aiwb',
} as const;

/** Makes fixes for one finding. */
export type FixMaker = (
  finding: Diagnostic,
  scene: Scene,
  signal: AbortSignal,
) => readonly Offer[] | Promise<readonly Offer[]>;

export function offerFix(
  title: string,
  changes: readonly TextChange[] | undefined,
  how: { readonly isPreferred?: boolean; readonly isSure?: boolean } = {},
): readonly Offer[] {
  if (changes === undefined || changes.length === 0) return [];
  return [{ title, kind: actionKinds.fix, edits: { changes }, ...how }];
}

/** Text for a title: one line, not too long. */
export function inTitle(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
