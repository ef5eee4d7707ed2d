import type { Diagnostic, DocumentPath, Range, ReportFinding } from './diagnostic.ts';
import type { ParsedDocument } from './parse.ts';

/** Collects a check's findings with their places in a file. */
export function collectFindings(parsed: ParsedDocument): {
  readonly report: ReportFinding;
  /** What was reported, in the file's order. */
  readonly sorted: () => Diagnostic[];
} {
  const found: Diagnostic[] = [];
  return {
    report(code, severity, path, message, { part = 'value', replacement, related = [] } = {}) {
      found.push({
        code,
        severity,
        message,
        range: shortPlace(parsed, path, part),
        ...(replacement !== undefined && { replacement }),
        ...(related.length > 0 && { related }),
      });
    },
    sorted: () => sortFindings(found),
  };
}

/** Puts findings into the file's order, in place. */
export function sortFindings(found: Diagnostic[]): Diagnostic[] {
  return found.sort(
    (a, b) => a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character,
  );
}

/** Where a path is written, its key alone where the value takes several lines. */
export function shortPlace(parsed: ParsedDocument, path: DocumentPath, part: 'key' | 'value' = 'value'): Range {
  const whole = parsed.locate(path, part);
  return whole.start.line === whole.end.line ? whole : parsed.locate(path, 'key');
}
