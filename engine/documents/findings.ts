import type { Diagnostic, ReportFinding } from './diagnostic.ts';
import type { ParsedDocument } from './parse.ts';

/** Collects a check's findings with their places in a file. */
export function collectFindings(parsed: ParsedDocument): {
  readonly report: ReportFinding;
  /** What was reported, in the file's order. */
  readonly sorted: () => Diagnostic[];
} {
  const found: Diagnostic[] = [];
  return {
    report(code, severity, path, message, { part = 'value', replacement } = {}) {
      const whole = parsed.locate(path, part);
      const range = whole.start.line === whole.end.line ? whole : parsed.locate(path, 'key');
      found.push({ code, severity, message, range, ...(replacement !== undefined && { replacement }) });
    },
    sorted: () =>
      found.sort(
        (a, b) => a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character,
      ),
  };
}
