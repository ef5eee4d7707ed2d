import { WorkbenchError } from '../base/errors.ts';
import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';
import { findWorkbenchFile } from '../workspace/find.ts';
import { checkBenchmark } from './benchmark-checks.ts';
import type { Diagnostic } from './diagnostic.ts';
import { createDocumentLibrary } from './library.ts';
import { kindOfPath, type DocumentKind } from './kinds.ts';
import { parseDocument, type ParsedDocument } from './parse.ts';
import { checkPolicy, viewPolicies } from './policy-checks.ts';
import { checkPrompt } from './prompt-checks.ts';
import { checkTuningJob } from './tune-checks.ts';
import { checkWorkbench } from './workbench-checks.ts';
import { viewWorkspace, type WorkspaceView } from './workspace-view.ts';

/**
 * Everything that is wrong with a file on disk: syntax, schema, and meaning across files. With `digest`, datasets are held to what pins them,
 * as a run does by itself. Throws when the file is none of ours or unreadable.
 */
export async function diagnoseFile(
  path: string,
  files: Files,
  signal: AbortSignal,
  digest?: Digest,
): Promise<{ readonly text: string; readonly diagnostics: readonly Diagnostic[] }> {
  const kind = kindOfPath(path);
  if (kind === undefined) {
    throw new WorkbenchError('usage', `${path} is no file of the workbench.`, {
      remedy: 'Name .bench.yaml, .tune.yaml, .policy.yaml, .prompt.yml or workbench.yaml files.',
      place: { path },
    });
  }
  const text = await files.readText(path, signal);
  return { text, diagnostics: await diagnoseText(kind, text, path, files, signal, digest) };
}

async function diagnoseText(
  kind: DocumentKind,
  text: string,
  path: string,
  files: Files,
  signal: AbortSignal,
  digest: Digest | undefined,
): Promise<readonly Diagnostic[]> {
  switch (kind) {
    case 'bench':
      return diagnoseBenchmark(parseDocument(kind, text), path, files, signal, digest);
    case 'tune':
      return diagnoseTuningJob(parseDocument(kind, text), path, files, signal, digest);
    case 'policy':
      return diagnosePolicy(parseDocument(kind, text), path, files, signal);
    case 'workbench': {
      const parsed = parseDocument(kind, text);
      return [...parsed.diagnostics, ...checkWorkbench(parsed)];
    }
    case 'prompt': {
      const parsed = parseDocument(kind, text);
      return [...parsed.diagnostics, ...checkPrompt(parsed)];
    }
  }
}

/** Everything that is wrong with a benchmark whose relative paths start from the folder of `path`. */
export async function diagnoseBenchmark(
  parsed: ParsedDocument<'bench'>,
  path: string,
  files: Files,
  signal: AbortSignal,
  digest?: Digest,
): Promise<readonly Diagnostic[]> {
  return [...parsed.diagnostics, ...(await checkBenchmark(parsed, await viewFrom(path, files, digest), signal))];
}

/** Everything that is wrong with a tuning job whose relative paths start from the folder of `path`. */
export async function diagnoseTuningJob(
  parsed: ParsedDocument<'tune'>,
  path: string,
  files: Files,
  signal: AbortSignal,
  digest?: Digest,
): Promise<readonly Diagnostic[]> {
  return [...parsed.diagnostics, ...(await checkTuningJob(parsed, await viewFrom(path, files, digest), signal))];
}

/** Everything that is wrong with a policy, in itself and against the policies it extends and the benchmarks it names. */
export async function diagnosePolicy(
  parsed: ParsedDocument<'policy'>,
  path: string,
  files: Files,
  signal: AbortSignal,
): Promise<readonly Diagnostic[]> {
  const parent = files.parent(path);
  const workbench = await findWorkbenchFile(files, parent);
  const folder = workbench === undefined ? parent : files.parent(workbench);
  const library = createDocumentLibrary(files, folder);
  const view = viewPolicies(library, path, files.relative(folder, path));
  return [...parsed.diagnostics, ...(await checkPolicy(parsed, view, signal))];
}

async function viewFrom(path: string, files: Files, digest: Digest | undefined): Promise<WorkspaceView> {
  const folder = files.parent(path);
  return viewWorkspace(files, folder, await findWorkbenchFile(files, folder), digest);
}
