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

/** What is wrong, as a stable code. */
export type DiagnosticCode =
  | 'yaml-syntax'
  | 'tab-indentation'
  | 'duplicate-key'
  | 'unknown-anchor'
  | 'anchor-cycle'
  | 'too-many-aliases'
  | 'too-deep'
  | 'too-large'
  | 'several-documents'
  | 'unknown-tag'
  | 'empty-file'
  | 'unknown-field'
  | 'missing-field'
  | 'missing-value'
  | 'wrong-type'
  | 'not-allowed-value'
  | 'bad-format'
  | 'out-of-range'
  | 'wrong-length'
  | 'duplicate-item'
  | 'conflicting-fields'
  | 'unknown-connection'
  | 'unknown-column'
  | 'unknown-figure'
  | 'unknown-model'
  | 'missing-file'
  | 'unreadable-file'
  | 'missing-split'
  | 'dataset-digest-mismatch'
  | 'metric-unsuitable'
  | 'unknown-platform'
  | 'unknown-aspect'
  | 'unknown-benchmark'
  | 'unknown-slice'
  | 'unknown-policy'
  | 'ambiguous-policy'
  | 'policy-cycle'
  | 'policy-broken'
  | 'version-mismatch'
  | 'wider-level'
  | 'loosened-rule'
  | 'conflicting-rules'
  | 'duplicate-id'
  | 'incomplete-control'
  | 'incomplete-check'
  | 'unknown-framework'
  | 'unknown-framework-id'
  | 'unsatisfiable-gate'
  | 'prompt-template'
  | 'secret-in-file';

export type Severity = 'error' | 'warning';

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
  /** Other places in the same file that belong to the finding. */
  readonly related?: readonly { readonly message: string; readonly range: Range }[];
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
  extra?: { readonly part?: 'key' | 'value'; readonly replacement?: string | undefined },
) => void;
