import type { Diagnostic as LspDiagnostic } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Diagnostic } from '../../engine/documents/diagnostic.ts';
import type { ParsedDocument } from '../../engine/documents/parse.ts';

/** Findings of one version of a text, in two steps. */
export interface Checked {
  /** What the text alone shows. */
  readonly fromText: readonly LspDiagnostic[];
  /** Everything. Rejects only with the signal's reason: a check that fails is told in the log and left out. */
  readonly whole: Promise<readonly LspDiagnostic[]>;
}

export interface Checker {
  /** Absent for documents that are not ours. Works on the text at once, and on what surrounds it until the signal says stop. */
  check(document: TextDocument, signal: AbortSignal): Checked | undefined;
  /** The same of a text that is not open. */
  checkParsed(uri: string, parsed: ParsedDocument, signal: AbortSignal): Checked;
  /** Everything that is found and not hidden, before settings give it a severity. Rejects only with the signal's reason. */
  find(uri: string, parsed: ParsedDocument, signal: AbortSignal): Promise<readonly Diagnostic[]>;
}
