import type { Diagnostic as LspDiagnostic } from 'vscode-languageserver';
import type { Diagnostic, DiagnosticCode } from '../../engine/documents/diagnostic.ts';
import type { Scene } from './offer.ts';

/** A finding as the client has it, and as it is found in the document now. */
export interface KnownFinding {
  readonly shown: LspDiagnostic;
  readonly finding: Diagnostic;
}

/**
 * The findings behind what a client sends back, which may have lost everything but place and words. What the text alone tells is looked at
 * first, because that costs nothing; what is no longer found is left out.
 */
export async function recogniseFindings(
  scene: Scene,
  shown: readonly LspDiagnostic[],
  signal: AbortSignal,
): Promise<readonly KnownFinding[]> {
  const ours = shown.filter(({ source, code }) => (source === undefined || source === 'aiwb') && code !== undefined);
  if (ours.length === 0) return [];
  const known = new Map<LspDiagnostic, Diagnostic>();
  const match = (findings: readonly Diagnostic[]): void => {
    for (const one of ours) {
      const finding = known.has(one) ? undefined : findings.find(candidate => isSame(candidate, one));
      if (finding !== undefined) known.set(one, finding);
    }
  };
  match(scene.parsed.diagnostics);
  if (known.size < ours.length) match(await scene.server.checker.find(scene.uri, scene.parsed, signal));
  return ours.flatMap(one => {
    const finding = known.get(one) ?? readReplacement(one);
    return finding === undefined ? [] : [{ shown: one, finding }];
  });
}

function isSame({ code, range, message }: Diagnostic, shown: LspDiagnostic): boolean {
  return (
    code === shown.code &&
    range.start.line === shown.range.start.line &&
    range.start.character === shown.range.start.character &&
    range.end.line === shown.range.end.line &&
    range.end.character === shown.range.end.character &&
    message === textOf(shown.message)
  );
}

function textOf(message: LspDiagnostic['message']): string {
  return typeof message === 'string' ? message : message.value;
}

/** What only others found, such as from what the store remembers, says itself what to put in its place. The data may be anything. */
function readReplacement({ code, range, message, data }: LspDiagnostic): Diagnostic | undefined {
  if (typeof data !== 'object' || data === null || !('replacement' in data)) return undefined;
  const { replacement } = data as { readonly replacement: unknown };
  if (typeof replacement !== 'string') return undefined;
  return { code: code as DiagnosticCode, severity: 'warning', message: textOf(message), range, replacement };
}
