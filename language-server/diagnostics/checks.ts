import { checkBenchmark } from '../../engine/diagnostics/benchmark-checks.ts';
import { isKind } from '../../engine/diagnostics/diagnose.ts';
import { checkBudget } from '../../engine/diagnostics/budget-checks.ts';
import type { Diagnostic } from '../../engine/documents/diagnostic.ts';
import { checkFramework } from '../../engine/diagnostics/framework-checks.ts';
import type { ParsedDocument } from '../../engine/documents/parse.ts';
import { benchmarksOf, checkPolicy, viewPolicies } from '../../engine/diagnostics/policy-checks.ts';
import { checkPrompt } from '../../engine/diagnostics/prompt-checks.ts';
import { checkPromptUse } from '../../engine/diagnostics/prompt-use-checks.ts';
import { checkTrial } from '../../engine/diagnostics/trial-checks.ts';
import { checkTuningJob } from '../../engine/diagnostics/tune-checks.ts';
import { checkWorkbench, checkWorkbenchFiles } from '../../engine/diagnostics/workbench-checks.ts';
import type { ServerContext } from '../context.ts';
import { uriOfPath } from '../uris.ts';
import { rememberDocument } from './remembered.ts';
import type { ViewDocument } from './view.ts';

/** What the document's text shows to be wrong with its meaning, by itself. */
export function checkText(parsed: ParsedDocument): readonly Diagnostic[] {
  if (isKind(parsed, 'workbench')) return checkWorkbench(parsed);
  return isKind(parsed, 'prompt') || isKind(parsed, 'trial') ? checkPrompt(parsed) : [];
}

/** What is wrong with it beside the files around it, and what is remembered; absent for documents without a file. */
export async function checkSurroundings(
  context: ServerContext,
  viewDocument: ViewDocument,
  uri: string,
  parsed: ParsedDocument,
  signal: AbortSignal,
): Promise<readonly Diagnostic[] | undefined> {
  if (parsed.value === undefined) return [];
  if (isKind(parsed, 'policy')) return checkAmongPolicies(context, uri, parsed, signal);
  if (isKind(parsed, 'framework')) return checkAmongFrameworks(context, uri, parsed, signal);
  if (isKind(parsed, 'prompt')) return checkAmongBenchmarks(context, viewDocument, uri, parsed, signal);
  const view = await viewDocument(uri);
  signal.throwIfAborted();
  if (view === undefined) return undefined;
  if (isKind(parsed, 'workbench')) return checkWorkbenchFiles(parsed, view, signal);
  if (isKind(parsed, 'bench'))
    return [...(await checkBenchmark(parsed, view, signal)), ...(await checkCost(context, uri, parsed, signal))];
  if (isKind(parsed, 'trial')) return checkTrial(parsed, view, signal);
  return isKind(parsed, 'tune') ? checkTuningJob(parsed, view, signal) : [];
}

/** With what is known of the cost now; once more is, the document is checked again. */
async function checkCost(
  context: ServerContext,
  uri: string,
  parsed: ParsedDocument<'bench'>,
  signal: AbortSignal,
): Promise<readonly Diagnostic[]> {
  if (parsed.value?.limits?.budget === undefined) return [];
  return checkBudget(parsed, (await context.estimates.of(uri, parsed, signal))?.dryRun);
}

async function checkAmongPolicies(
  context: ServerContext,
  uri: string,
  parsed: ParsedDocument<'policy'>,
  signal: AbortSignal,
): Promise<readonly Diagnostic[] | undefined> {
  const library = await context.workspace.library(uri);
  if (library === undefined) return undefined;
  const remembered = rememberDocument(context, uri);
  return checkPolicy(parsed, viewPolicies(library, library.path, library.file, remembered), signal);
}

async function checkAmongFrameworks(
  context: ServerContext,
  uri: string,
  parsed: ParsedDocument<'framework'>,
  signal: AbortSignal,
): Promise<readonly Diagnostic[] | undefined> {
  const library = await context.workspace.library(uri);
  if (library === undefined) return undefined;
  return checkFramework(parsed, { path: library.path, file: library.file, library }, signal);
}

async function checkAmongBenchmarks(
  context: ServerContext,
  viewDocument: ViewDocument,
  uri: string,
  parsed: ParsedDocument<'prompt'>,
  signal: AbortSignal,
): Promise<readonly Diagnostic[] | undefined> {
  const { files } = context.ports;
  const library = await context.workspace.library(uri);
  if (library === undefined) return undefined;
  const view = {
    path: library.path,
    benchmarks: (asked: AbortSignal) => benchmarksOf(library, asked),
    viewFrom: (path: string) => viewDocument(uriOfPath(path)),
    resolve: (from: string, named: string) => files.resolve(files.parent(from), named),
  };
  return checkPromptUse(parsed, view, signal);
}
