import { WorkbenchError } from '../base/errors.ts';
import type { Files } from '../ports/files.ts';
import { findWorkbenchFile } from '../workspace/find.ts';
import { checkBenchmark } from './benchmark-checks.ts';
import type { Diagnostic } from './diagnostic.ts';
import { kindOfPath } from './kinds.ts';
import { parseDocument, type ParsedDocument } from './parse.ts';
import { checkPrompt } from './prompt-checks.ts';
import { checkWorkbench } from './workbench-checks.ts';
import { viewWorkspace } from './workspace-view.ts';

/** Everything that is wrong with a file on disk: syntax, schema, and meaning across files. Throws when it is none of ours or unreadable. */
export async function diagnoseFile(
  path: string,
  files: Files,
  signal: AbortSignal,
): Promise<{ readonly text: string; readonly diagnostics: readonly Diagnostic[] }> {
  const kind = kindOfPath(path);
  if (kind === undefined) {
    throw new WorkbenchError('usage', `${path} is no file of the workbench.`, {
      remedy: 'Name .bench.yaml, .prompt.yml or workbench.yaml files.',
      place: { path },
    });
  }
  const text = await files.readText(path, signal);
  if (kind === 'bench')
    return { text, diagnostics: await diagnoseBenchmark(parseDocument(kind, text), path, files, signal) };
  if (kind === 'workbench') {
    const parsed = parseDocument(kind, text);
    return { text, diagnostics: [...parsed.diagnostics, ...checkWorkbench(parsed)] };
  }
  const parsed = parseDocument(kind, text);
  return { text, diagnostics: [...parsed.diagnostics, ...checkPrompt(parsed)] };
}

/** Everything that is wrong with a benchmark whose relative paths start from the folder of `path`. */
export async function diagnoseBenchmark(
  parsed: ParsedDocument<'bench'>,
  path: string,
  files: Files,
  signal: AbortSignal,
): Promise<readonly Diagnostic[]> {
  const folder = files.parent(path);
  const view = viewWorkspace(files, folder, await findWorkbenchFile(files, folder));
  return [...parsed.diagnostics, ...(await checkBenchmark(parsed, view, signal))];
}
