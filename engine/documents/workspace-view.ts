import { WorkbenchError } from '../base/errors.ts';
import { readColumns } from '../datasets/columns.ts';
import type { DatasetFormat } from '../datasets/formats.ts';
import type { DatasetPart } from '../datasets/huggingface/layout.ts';
import { digestOfFile } from '../datasets/pinned.ts';
import type { Digest } from '../ports/digest.ts';
import type { FileFacts, Files } from '../ports/files.ts';
import { parsePromptVariables } from './prompt-checks.ts';
import { parseDocument, type ParsedDocument } from './parse.ts';

/** Names that workbench.yaml declares: of connections, or of platforms. */
export type DeclaredNames =
  | {
      readonly state: 'known';
      readonly names: readonly string[];
      /** Beside connections: the one that judges where a metric names none. */
      readonly judge?: string;
    }
  /** There is no workbench.yaml above the file. */
  | { readonly state: 'absent' }
  /** There is one and it has errors, which are told there. */
  | { readonly state: 'broken' };

/** What the checks of a file see of the files around it. Paths are as the file writes them. */
export interface WorkspaceView {
  connections(signal: AbortSignal): Promise<DeclaredNames>;
  /** Platforms under `compute`. */
  platforms(signal: AbortSignal): Promise<DeclaredNames>;
  /** Absent when nothing is there. */
  fileFacts(path: string, signal: AbortSignal): Promise<FileFacts | undefined>;
  /** Absent when the columns cannot be told: no rows, or not readable. */
  datasetColumns(
    path: string,
    format: DatasetFormat | undefined,
    signal: AbortSignal,
    part?: DatasetPart,
  ): Promise<readonly string[] | undefined>;
  /** Why the columns cannot be told, in a sentence or two; absent where that is not known. */
  datasetFault?(
    path: string,
    format: DatasetFormat | undefined,
    signal: AbortSignal,
    part?: DatasetPart,
  ): Promise<string | undefined>;
  /** The digest that pins a file's content; absent where nothing is there, or it is not computed. */
  fileDigest?(path: string, signal: AbortSignal): Promise<string | undefined>;
  /** Names the prompt's messages read; absent when the prompt file is missing or has errors of its own. */
  promptVariables(path: string, signal: AbortSignal): Promise<readonly string[] | undefined>;
}

/**
 * The view from one file: its own folder, and the workbench.yaml that applies to it (absent when there is none).
 * Reads files anew on every call; hosts that ask often wrap it. Without `digest`, files are not held to what pins them.
 */
export function viewWorkspace(
  files: Files,
  folder: string,
  workbenchPath: string | undefined,
  digest?: Digest,
): WorkspaceView {
  async function declared(section: 'connections' | 'compute', signal: AbortSignal): Promise<DeclaredNames> {
    if (workbenchPath === undefined) return { state: 'absent' };
    const text = await readIfThere(files, workbenchPath, signal);
    if (text === undefined) return { state: 'absent' };
    return declaredNames(parseDocument('workbench', text), section);
  }

  return {
    connections: signal => declared('connections', signal),
    platforms: signal => declared('compute', signal),
    fileFacts: path => files.facts(files.resolve(folder, path)),
    async datasetColumns(path, format, signal, part) {
      try {
        const columns = await readColumns(files, files.resolve(folder, path), format, signal, part);
        return columns.length === 0 ? undefined : columns;
      } catch {
        signal.throwIfAborted();
        return undefined;
      }
    },
    async datasetFault(path, format, signal, part) {
      try {
        await readColumns(files, files.resolve(folder, path), format, signal, part);
        return undefined;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof WorkbenchError)) return undefined;
        return error.remedy === undefined ? error.message : `${error.message} ${error.remedy}`;
      }
    },
    async fileDigest(path, signal) {
      if (digest === undefined) return undefined;
      try {
        return await digestOfFile(files, digest, files.resolve(folder, path), signal);
      } catch {
        signal.throwIfAborted();
        return undefined;
      }
    },
    async promptVariables(path, signal) {
      const text = await readIfThere(files, files.resolve(folder, path), signal);
      return text === undefined ? undefined : parsePromptVariables(text);
    },
  };
}

/** What a workbench.yaml declares in one of its sections. */
export function declaredNames(parsed: ParsedDocument<'workbench'>, section: 'connections' | 'compute'): DeclaredNames {
  if (parsed.value === undefined) return { state: 'broken' };
  const { judge } = parsed.value;
  return {
    state: 'known',
    names: Object.keys(parsed.value[section] ?? {}),
    ...(judge === undefined || section !== 'connections' ? {} : { judge }),
  };
}

async function readIfThere(files: Files, path: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    return await files.readText(path, signal);
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
