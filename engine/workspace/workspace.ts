import type { Connection, Workbench } from '../../schemas/generated/files.ts';
import { WorkbenchError } from '../base/errors.ts';
import { closestName } from '../base/suggest.ts';
import { invalidFileError } from '../documents/failure.ts';
import { parseDocument } from '../documents/parse.ts';
import type { Files } from '../ports/files.ts';
import { findWorkbenchFile } from './find.ts';

/** A workspace folder and what its workbench.yaml says; `path` is absent when there is none. */
export interface Workspace {
  readonly folder: string;
  readonly path: string | undefined;
  readonly text: string;
  readonly config: Workbench;
}

/** The folder of the workbench.yaml above `start`; absent when there is none. */
export async function findWorkspaceFolder(files: Files, start: string): Promise<string | undefined> {
  const path = await findWorkbenchFile(files, start);
  return path === undefined ? undefined : files.parent(path);
}

/** Reads a folder's workbench.yaml. Without one the workspace has embedded models only. Throws `file-invalid` with the first fault. */
export async function loadWorkspace(files: Files, folder: string, signal: AbortSignal): Promise<Workspace> {
  const path = await findWorkbenchFile(files, folder);
  if (path === undefined || files.parent(path) !== folder) return { folder, path: undefined, text: '', config: {} };
  const text = await files.readText(path, signal);
  const parsed = parseDocument('workbench', text);
  if (parsed.value === undefined) throw invalidFileError(path, parsed.diagnostics);
  return { folder, path, text, config: parsed.value };
}

/** The connection a benchmark names. Throws `model-unknown`. */
export function connectionNamed(workspace: Workspace, name: string): Connection {
  const connections = workspace.config.connections ?? {};
  const connection = Object.hasOwn(connections, name) ? connections[name] : undefined;
  if (connection !== undefined) return connection;
  const names = Object.keys(connections);
  const closest = closestName(name, names);
  const remedy =
    closest !== undefined
      ? `Did you mean "${closest}"?`
      : names.length > 0
        ? `There are: ${names.join(', ')}.`
        : 'Declare it under `connections` in workbench.yaml, or use an embedded model such as embedded:linear.';
  throw new WorkbenchError('model-unknown', `No connection is called "${name}".`, {
    remedy,
    ...(workspace.path === undefined ? {} : { place: { path: workspace.path } }),
  });
}
