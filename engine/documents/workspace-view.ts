import { readColumns } from '../datasets/columns.ts';
import { formatOfPath, type DatasetFormat } from '../datasets/rows.ts';
import type { FileFacts, Files } from '../ports/files.ts';
import { parsePromptVariables } from './prompt-checks.ts';
import { parseDocument } from './parse.ts';

/** What is known of the workspace's connections. */
export type ConnectionsView =
  | { readonly state: 'known'; readonly names: readonly string[] }
  /** There is no workbench.yaml above the benchmark. */
  | { readonly state: 'absent' }
  /** There is one and it has errors, which are told there. */
  | { readonly state: 'broken' };

/** What the checks of a benchmark see of the files around it. Paths are as the benchmark writes them. */
export interface WorkspaceView {
  connections(signal: AbortSignal): Promise<ConnectionsView>;
  /** Absent when nothing is there. */
  fileFacts(path: string, signal: AbortSignal): Promise<FileFacts | undefined>;
  /** Absent when the columns cannot be told: no rows, or not readable. */
  datasetColumns(
    path: string,
    format: DatasetFormat | undefined,
    signal: AbortSignal,
  ): Promise<readonly string[] | undefined>;
  /** Names the prompt's messages read; absent when the prompt file is missing or has errors of its own. */
  promptVariables(path: string, signal: AbortSignal): Promise<readonly string[] | undefined>;
}

/**
 * The view from one benchmark file: its own folder, and the workbench.yaml that applies to it (absent when there is none).
 * Reads files anew on every call; hosts that ask often wrap it.
 */
export function viewWorkspace(files: Files, folder: string, workbenchPath: string | undefined): WorkspaceView {
  return {
    async connections(signal) {
      if (workbenchPath === undefined) return { state: 'absent' };
      const text = await readIfThere(files, workbenchPath, signal);
      if (text === undefined) return { state: 'absent' };
      const { value } = parseDocument('workbench', text);
      return value === undefined
        ? { state: 'broken' }
        : { state: 'known', names: Object.keys(value.connections ?? {}) };
    },
    fileFacts: path => files.facts(files.resolve(folder, path)),
    async datasetColumns(path, format, signal) {
      if (format === undefined && formatOfPath(path) === undefined) return undefined;
      try {
        const columns = await readColumns(files, files.resolve(folder, path), format, signal);
        return columns.length === 0 ? undefined : columns;
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

async function readIfThere(files: Files, path: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    return await files.readText(path, signal);
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
