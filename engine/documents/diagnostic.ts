import type { DiagnosticCode, Severity } from './codes.ts';

export type { DiagnosticCode, Severity } from './codes.ts';

/** Counted from 0; characters are UTF-16 code units, as in the language server protocol. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  /** The first position after the range. */
  readonly end: Position;
}

/** Another place that belongs to a finding. */
export interface RelatedPlace {
  /** What is to be seen there. */
  readonly message: string;
  readonly range: Range;
  /** Absolute path of its file; absent for the finding's own. */
  readonly path?: string;
}

/** One finding in a user's file. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  /** What is wrong and what would be right, in plain words. Never holds a secret's value. */
  readonly message: string;
  readonly range: Range;
  /** Text that, put in place of `range`, probably is what was meant. */
  readonly replacement?: string;
  /** For a field that is missing: the mapping that lacks it, and the fields of which any one will do. */
  readonly missing?: { readonly at: DocumentPath; readonly anyOf: readonly string[] };
  /** Other places that belong to the finding. */
  readonly related?: readonly RelatedPlace[];
  /** The text at `range` may be a secret and must not be shown. */
  readonly sensitive?: boolean;
}

/** A path into a document's value: keys of mappings and indexes of lists. */
export type DocumentPath = readonly (string | number)[];

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(diagnostic => diagnostic.severity === 'error');
}

/** `metrics[1].f1.average`; the empty path is `the file`. */
export function formatPath(path: DocumentPath): string {
  let text = '';
  for (const part of path) text += typeof part === 'number' ? `[${part}]` : text === '' ? part : `.${part}`;
  return text === '' ? 'the file' : text;
}

/** Takes one finding of a check, with its place as a path. */
export type ReportFinding = (
  code: DiagnosticCode,
  severity: Severity,
  path: DocumentPath,
  message: string,
  extra?: FindingExtras,
) => void;

export interface FindingExtras {
  /** What is underlined; default `value`. */
  readonly part?: 'key' | 'value';
  readonly replacement?: string | undefined;
  readonly related?: readonly RelatedPlace[] | undefined;
}
