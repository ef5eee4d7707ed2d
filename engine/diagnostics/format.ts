import { diagnosticCodes, type DiagnosticCode, type Severity } from '../documents/codes.ts';
import type { Diagnostic, Range } from '../documents/diagnostic.ts';
import { indexLines } from '../documents/lines.ts';
import { sarifLog, sarifUri, type SarifLevel } from './sarif.ts';

/** A file's findings together with what is needed to show them. */
export interface FileDiagnostics {
  /** As it is to be shown: relative with forward slashes where possible. */
  readonly path: string;
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
}

export type DiagnosticsFormat = 'text' | 'json' | 'sarif';

/**
 * The findings of several files, ready to be written out: `text` for people (a line each, the source line and a caret
 * below), `json` for scripts, `sarif` (2.1.0) for code hosts. Lines and columns count from 1. Ends with a line break
 * unless empty.
 */
export function formatDiagnostics(files: readonly FileDiagnostics[], format: DiagnosticsFormat): string {
  switch (format) {
    case 'text':
      return files.map(formatText).join('');
    case 'json':
      return `${JSON.stringify({ files: files.map(toJson) }, undefined, 2)}\n`;
    case 'sarif':
      return toSarif(files);
  }
}

function formatText(file: FileDiagnostics): string {
  const lines = indexLines(file.text);
  let text = '';
  for (const diagnostic of file.diagnostics) {
    const { start } = diagnostic.range;
    text += `${file.path}:${start.line + 1}:${start.character + 1}: ${diagnostic.severity}: ${diagnostic.message} [${diagnostic.code}]\n`;
    const source = maskSecrets(lines.lineText(start.line), diagnostic);
    text += formatSource(source, diagnostic.range) + formatRelated(file.path, diagnostic);
  }
  return text;
}

function formatSource(source: string, { start, end }: Range): string {
  if (source.trim() === '') return '';
  const from = Math.max(0, start.character - 60);
  const shown = source.slice(from, from + 120).replaceAll('\t', ' ');
  const length = end.line === start.line ? end.character - start.character : source.length - start.character;
  const marked = Math.max(1, Math.min(length, shown.length - (start.character - from)));
  return `  ${shown}\n  ${' '.repeat(start.character - from)}${'^'.repeat(marked)}\n`;
}

function formatRelated(path: string, { related = [] }: Diagnostic): string {
  return related
    .map(other => {
      const { line, character } = other.range.start;
      return `  ${other.path ?? path}:${line + 1}:${character + 1}: ${other.message}\n`;
    })
    .join('');
}

/** A key somebody wrote into a file by mistake must not travel on into a terminal or a CI log. */
function maskSecrets(line: string, diagnostic: Diagnostic): string {
  const { start, end } = diagnostic.range;
  let masked = line;
  if (diagnostic.sensitive === true || diagnostic.code === 'secret-in-file') {
    const to = end.line === start.line ? end.character : line.length;
    masked = line.slice(0, start.character) + '*'.repeat(Math.max(0, to - start.character)) + line.slice(to);
  }
  return masked
    .replace(
      /((?:api[-_]?key|authorization|token|password|secret)["']?\s*:\s*)(["']?[^\s{][^,}]*)/gi,
      (_all, name: string, value: string) => name + '*'.repeat(value.length),
    )
    .replace(/\b(sk|hf|ghp|gsk|pk)[-_][A-Za-z0-9_-]{8,}/g, found => '*'.repeat(found.length));
}

function toJson(file: FileDiagnostics): unknown {
  return {
    path: file.path,
    diagnostics: file.diagnostics.map(({ code, severity, message, range, replacement, related = [] }) => ({
      code,
      severity,
      message,
      ...toPlace(range),
      ...(replacement !== undefined && { replacement }),
      ...(related.length > 0 && {
        related: related.map(other => ({
          path: other.path ?? file.path,
          message: other.message,
          ...toPlace(other.range),
        })),
      }),
    })),
  };
}

function toPlace({ start, end }: Range): object {
  return { line: start.line + 1, column: start.character + 1, endLine: end.line + 1, endColumn: end.character + 1 };
}

function toSarif(files: readonly FileDiagnostics[]): string {
  const codes = [...new Set(files.flatMap(file => file.diagnostics.map(diagnostic => diagnostic.code)))].sort();
  const results = files.flatMap(file =>
    file.diagnostics.map(diagnostic => ({
      ruleId: diagnostic.code,
      ruleIndex: codes.indexOf(diagnostic.code),
      level: toLevel(diagnostic.severity),
      message: { text: diagnostic.message },
      locations: [{ physicalLocation: toLocation(file.path, diagnostic.range) }],
      ...(diagnostic.related !== undefined && {
        relatedLocations: diagnostic.related.map(({ path, range, message }, id) => ({
          id,
          message: { text: message },
          physicalLocation: toLocation(path ?? file.path, range),
        })),
      }),
    })),
  );
  return sarifLog({ tool: { driver: { name: 'aiwb', rules: codes.map(toRule) } }, results });
}

function toLevel(severity: Severity): SarifLevel {
  return severity === 'error' || severity === 'warning' ? severity : 'note';
}

function toRule(code: DiagnosticCode): unknown {
  const { title, severity } = diagnosticCodes[code];
  return { id: code, shortDescription: { text: title }, defaultConfiguration: { level: toLevel(severity) } };
}

function toLocation(path: string, range: Range): unknown {
  return { artifactLocation: { uri: sarifUri(path) }, region: toRegion(range) };
}

function toRegion(range: Range): unknown {
  return {
    startLine: range.start.line + 1,
    startColumn: range.start.character + 1,
    endLine: range.end.line + 1,
    endColumn: range.end.character + 1,
  };
}
