import { WorkbenchError } from '../base/errors.ts';
import { omit } from '../base/omit.ts';
import { scanDataset } from '../datasets/scan.ts';
import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';
import { findWorkbenchFile } from '../workspace/find.ts';
import { checkBenchmark } from './benchmark-checks.ts';
import type { Diagnostic } from '../documents/diagnostic.ts';
import { checkFramework } from './framework-checks.ts';
import { createDocumentLibrary, type DocumentLibrary } from '../documents/library.ts';
import { kindOfPath } from '../documents/kinds.ts';
import { parseDocument, type ParseDocument, type ParsedDocument } from '../documents/parse.ts';
import { benchmarksOf, checkPolicy, viewPolicies } from './policy-checks.ts';
import { checkPrompt } from './prompt-checks.ts';
import { checkPromptUse } from './prompt-use-checks.ts';
import type { KnownJob } from './registry-checks.ts';
import type { Remembered } from './remembered.ts';
import { applySuppressions } from './suppress.ts';
import { checkTrial } from './trial-checks.ts';
import { checkTuningJob } from './tune-checks.ts';
import { checkWorkbench, checkWorkbenchFiles } from './workbench-checks.ts';
import { viewWorkspace, type WorkspaceView } from './workspace-view.ts';

/** What checks may know beside the files. */
export interface Memory {
  readonly digest: Digest;
  /** What is remembered in the workspace at `folder` of the file whose path is `file`, seen from there; absent where there is no store. */
  of(folder: string, file: string, signal: AbortSignal): Promise<Remembered | undefined>;
}

export interface Diagnosis {
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** Finds what is wrong with files of a workspace; what several of them refer to is read once. */
export interface Diagnoser {
  /** Everything that is wrong with a file on disk, but for what its comments hide. Throws when it is none of ours or unreadable. */
  diagnose(path: string, signal: AbortSignal): Promise<Diagnosis>;
}

export function createDiagnoser(files: Files, memory?: Memory, parse: ParseDocument = parseDocument): Diagnoser {
  const libraries = new Map<string, DocumentLibrary>();
  const libraryOf = (folder: string): DocumentLibrary => {
    const library = libraries.get(folder) ?? createDocumentLibrary(files, folder, parse);
    libraries.set(folder, library);
    return library;
  };
  return {
    async diagnose(path, signal) {
      const kind = kindOfPath(path);
      if (kind === undefined) {
        throw new WorkbenchError('usage', `${path} is no file of the workbench.`, {
          remedy: 'Name .bench.yaml, .tune.yaml, .policy.yaml, .framework.yaml, .prompt.yml or workbench.yaml files.',
          place: { path },
        });
      }
      const text = await files.readText(path, signal);
      const parsed = parse(kind, text);
      const around = await lookAround(path, files, libraryOf, memory, signal);
      const found = [...parsed.diagnostics, ...(await checkMeaning(parsed, around, signal))];
      return { text, diagnostics: applySuppressions(parsed, found, parsed.value !== undefined) };
    },
  };
}

/** As a diagnoser does, for one file. */
export function diagnoseFile(path: string, files: Files, signal: AbortSignal): Promise<Diagnosis> {
  return createDiagnoser(files).diagnose(path, signal);
}

/** What surrounds a file. */
interface Surroundings {
  readonly path: string;
  /** Seen from the workspace folder. */
  readonly file: string;
  readonly files: Files;
  readonly library: DocumentLibrary;
  readonly remembered: Remembered | undefined;
  viewFrom(path: string): Promise<WorkspaceView>;
}

async function lookAround(
  path: string,
  files: Files,
  libraryOf: (folder: string) => DocumentLibrary,
  memory: Memory | undefined,
  signal: AbortSignal,
): Promise<Surroundings> {
  const parent = files.parent(path);
  const workbench = await findWorkbenchFile(files, parent);
  const folder = workbench === undefined ? parent : files.parent(workbench);
  const library = libraryOf(folder);
  const file = files.relative(folder, path);
  const remembered = await memory?.of(folder, file, signal);
  return {
    path,
    file,
    files,
    library,
    remembered,
    async viewFrom(from) {
      const view = await viewFrom(from, files, memory?.digest);
      return {
        ...view,
        remembered,
        tuningJobs: asked => jobsOf(library, asked),
        ...(memory && { scan: scannerOf(files, memory.digest, folder, files.parent(from)) }),
      };
    },
  };
}

async function checkMeaning(
  parsed: ParsedDocument,
  around: Surroundings,
  signal: AbortSignal,
): Promise<readonly Diagnostic[]> {
  const { path, file, files, library, remembered } = around;
  if (isKind(parsed, 'policy')) return checkPolicy(parsed, viewPolicies(library, path, file, remembered), signal);
  if (isKind(parsed, 'framework')) return checkFramework(parsed, { path, file, library }, signal);
  if (isKind(parsed, 'prompt')) {
    const view = {
      path,
      benchmarks: (asked: AbortSignal) => benchmarksOf(library, asked),
      viewFrom: around.viewFrom,
      resolve: (from: string, named: string) => files.resolve(files.parent(from), named),
    };
    return [...checkPrompt(parsed), ...(await checkPromptUse(parsed, view, signal))];
  }
  const view = await around.viewFrom(path);
  if (isKind(parsed, 'workbench'))
    return [...checkWorkbench(parsed), ...(await checkWorkbenchFiles(parsed, view, signal))];
  if (isKind(parsed, 'bench')) return checkBenchmark(parsed, view, signal);
  if (isKind(parsed, 'trial')) return [...checkPrompt(parsed), ...(await checkTrial(parsed, view, signal))];
  return isKind(parsed, 'tune') ? checkTuningJob(parsed, view, signal) : [];
}

export function isKind<K extends ParsedDocument['kind']>(parsed: ParsedDocument, kind: K): parsed is ParsedDocument<K> {
  return parsed.kind === kind;
}

/** The tuning jobs among a workspace's files. */
export async function jobsOf(library: DocumentLibrary, signal: AbortSignal): Promise<readonly KnownJob[]> {
  return (await library.all('tune', signal)).flatMap(({ parsed: { value } }) =>
    value === undefined ? [] : [{ name: value.name, ...(value.register && { registers: value.register.model }) }],
  );
}

/** Counts and digests the rows of benchmarks in `base`; see `WorkspaceView.scan`. */
export function scannerOf(
  files: Files,
  digest: Digest,
  folder: string,
  base: string,
): NonNullable<WorkspaceView['scan']> {
  return async (benchmark, most, signal) => {
    const { dataset } = benchmark;
    const limit =
      dataset.limit === undefined || most === undefined ? (dataset.limit ?? most) : Math.min(dataset.limit, most);
    const selection = { path: files.resolve(base, dataset.path), dataset, limit, folder, base };
    try {
      return await scanDataset(files, digest, selection, signal);
    } catch {
      signal.throwIfAborted();
      return undefined;
    }
  };
}

/** Everything that keeps a benchmark from running. Comments hide nothing here, and nothing that is no error is looked for. */
export async function diagnoseBenchmark(
  parsed: ParsedDocument<'bench'>,
  path: string,
  files: Files,
  signal: AbortSignal,
): Promise<readonly Diagnostic[]> {
  return [...parsed.diagnostics, ...(await checkBenchmark(parsed, await viewForRun(path, files), signal))];
}

/** The same of a tuning job whose relative paths start from the folder of `path`. */
export async function diagnoseTuningJob(
  parsed: ParsedDocument<'tune'>,
  path: string,
  files: Files,
  signal: AbortSignal,
): Promise<readonly Diagnostic[]> {
  return [...parsed.diagnostics, ...(await checkTuningJob(parsed, await viewForRun(path, files), signal))];
}

/** The same of the trial of a prompt. */
export async function diagnoseTrial(
  parsed: ParsedDocument<'trial'>,
  path: string,
  files: Files,
  signal: AbortSignal,
): Promise<readonly Diagnostic[]> {
  const found = await checkTrial(parsed, await viewForRun(path, files), signal);
  return [...parsed.diagnostics, ...(parsed.value === undefined ? [] : checkPrompt(parsed)), ...found];
}

/** Everything that keeps a text of any kind, whose relative paths start from the folder of `path`, from doing its work. */
export async function diagnoseForRun(
  parsed: ParsedDocument,
  path: string,
  files: Files,
  signal: AbortSignal,
): Promise<readonly Diagnostic[]> {
  if (isKind(parsed, 'bench')) return diagnoseBenchmark(parsed, path, files, signal);
  if (isKind(parsed, 'tune')) return diagnoseTuningJob(parsed, path, files, signal);
  if (isKind(parsed, 'trial')) return diagnoseTrial(parsed, path, files, signal);
  const around = await lookAround(path, files, folder => createDocumentLibrary(files, folder), undefined, signal);
  return [...parsed.diagnostics, ...(await checkMeaning(parsed, around, signal))];
}

/** A run reads its rows anyway, and tells what is wrong with them. */
async function viewForRun(path: string, files: Files): Promise<WorkspaceView> {
  return omit(await viewFrom(path, files, undefined), 'sample');
}

async function viewFrom(path: string, files: Files, digest: Digest | undefined): Promise<WorkspaceView> {
  const folder = files.parent(path);
  return viewWorkspace(files, folder, await findWorkbenchFile(files, folder), digest);
}
