import type { Diagnostic as LspDiagnostic } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Diagnostic } from '../../engine/documents/diagnostic.ts';
import type { ParsedDocument } from '../../engine/documents/parse.ts';
import { applySuppressions } from '../../engine/documents/suppress.ts';
import type { ServerContext } from '../context.ts';
import { checkSurroundings, checkText } from './checks.ts';
import { toProtocol } from './to-lsp.ts';
import { createViews } from './view.ts';

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

export function createChecker(context: ServerContext): Checker {
  const viewDocument = createViews(context);

  async function find(uri: string, parsed: ParsedDocument, signal: AbortSignal): Promise<readonly Diagnostic[]> {
    let around: readonly Diagnostic[] | undefined;
    try {
      around = await checkSurroundings(context, viewDocument, uri, parsed, signal);
    } catch (error) {
      signal.throwIfAborted();
      context.connection.console.error(`Checking ${uri} failed: ${String(error)}`);
    }
    signal.throwIfAborted();
    const isComplete = parsed.value !== undefined && around !== undefined;
    return applySuppressions(parsed, [...parsed.diagnostics, ...checkText(parsed), ...(around ?? [])], isComplete);
  }

  function checkParsed(uri: string, parsed: ParsedDocument, signal: AbortSignal): Checked {
    const show = (found: readonly Diagnostic[]): readonly LspDiagnostic[] =>
      toProtocol(found, uri, context.settings, context.ports.explanations);
    const fromText = applySuppressions(parsed, [...parsed.diagnostics, ...checkText(parsed)], false);
    const whole = find(uri, parsed, signal).then(show);
    // Whoever is told to stop may no longer be waiting.
    whole.catch(() => undefined);
    return { fromText: show(fromText), whole };
  }

  return {
    check(document, signal) {
      const parsed = context.parsed.parse(document);
      return parsed && checkParsed(document.uri, parsed, signal);
    },
    checkParsed,
    find,
  };
}

/** Whether a promise is settled within so many milliseconds. */
export async function isWithin(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>(resolve => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  const settled = promise.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([settled, late]);
  } finally {
    clearTimeout(timer);
  }
}
