import type { Diagnostic as LspDiagnostic } from 'vscode-languageserver';
import type { Diagnostic } from '../../engine/documents/diagnostic.ts';
import type { ParsedDocument } from '../../engine/documents/parse.ts';
import { applySuppressions } from '../../engine/diagnostics/suppress.ts';
import type { ServerContext } from '../context.ts';
import type { Checked, Checker } from './checked.ts';
import { checkSurroundings, checkText } from './checks.ts';
import { isCell } from '../uris.ts';
import { checkNames, checkUse, withoutResults } from './cells.ts';
import { toProtocol } from './to-lsp.ts';
import { createViews } from './view.ts';

export function createChecker(context: ServerContext): Checker {
  const viewDocument = createViews(context);

  async function find(uri: string, parsed: ParsedDocument, signal: AbortSignal): Promise<readonly Diagnostic[]> {
    let around: readonly Diagnostic[] | undefined;
    try {
      around = await (isCell(uri) ? checkCell : checkAround)(uri, parsed, signal);
    } catch (error) {
      signal.throwIfAborted();
      context.connection.console.error(`Checking ${uri} failed: ${String(error)}`);
    }
    signal.throwIfAborted();
    const isComplete = parsed.value !== undefined && around !== undefined;
    return applySuppressions(parsed, [...parsed.diagnostics, ...checkText(parsed), ...(around ?? [])], isComplete);
  }

  function checkAround(
    uri: string,
    parsed: ParsedDocument,
    signal: AbortSignal,
  ): Promise<readonly Diagnostic[] | undefined> {
    return checkSurroundings(context, viewDocument, uri, parsed, signal);
  }

  async function checkWhole(uri: string, parsed: ParsedDocument, signal: AbortSignal): Promise<readonly Diagnostic[]> {
    const around = (await checkAround(uri, parsed, signal)) ?? [];
    return [...parsed.diagnostics, ...checkText(parsed), ...around];
  }

  async function checkCell(
    uri: string,
    cell: ParsedDocument,
    signal: AbortSignal,
  ): Promise<readonly Diagnostic[] | undefined> {
    const found =
      cell.cell?.use === undefined
        ? await checkAround(uri, cell, signal)
        : await checkUse(context, uri, cell, checkWhole, signal);
    const names = await checkNames(context, uri, cell, signal);
    return found && [...withoutResults(context, uri, cell, found), ...names];
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
