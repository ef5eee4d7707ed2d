import { DiagnosticSeverity, DiagnosticTag, type Diagnostic as LspDiagnostic } from 'vscode-languageserver';
import { diagnosticCodes, type DiagnosticCode, type Severity } from '../../engine/documents/codes.ts';
import type { Diagnostic } from '../../engine/documents/diagnostic.ts';
import type { Settings } from '../settings.ts';
import { uriOfPath } from '../uris.ts';

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** What may go without anything changing; editors show it faded. */
const unnecessary: ReadonlySet<DiagnosticCode> = new Set(['unused-field', 'unused-variable', 'unused-suppression']);

/** More findings in one file help nobody. */
const mostFindings = 500;

/** Findings as the protocol has them, as grave as the person wants them. `page` is the address of the page that explains the codes. */
export function toProtocol(
  found: readonly Diagnostic[],
  uri: string,
  settings: Settings,
  page: string | undefined,
): readonly LspDiagnostic[] {
  return found.slice(0, mostFindings).flatMap(diagnostic => {
    const severity = severityOf(diagnostic, settings);
    return severity === 'off' ? [] : [toOne(diagnostic, severity, uri, page)];
  });
}

/** A file that cannot be read is told whatever the settings say. */
function severityOf({ code, severity }: Diagnostic, settings: Settings): Severity | 'off' {
  const chosen = settings.severities.get(code) ?? severity;
  return chosen === 'off' && diagnosticCodes[code].isSyntax === true ? severity : chosen;
}

function toOne(diagnostic: Diagnostic, severity: Severity, uri: string, page: string | undefined): LspDiagnostic {
  const { code, message, range, replacement, related } = diagnostic;
  return {
    source: 'aiwb',
    code,
    severity: severities[severity],
    message,
    range,
    ...(page !== undefined && { codeDescription: { href: `${page}#${code}` } }),
    ...(unnecessary.has(code) && { tags: [DiagnosticTag.Unnecessary] }),
    ...(replacement !== undefined && { data: { replacement } }),
    ...(related && {
      relatedInformation: related.map(other => ({
        message: other.message,
        location: { uri: other.path === undefined ? uri : uriOfPath(other.path), range: other.range },
      })),
    }),
  };
}
