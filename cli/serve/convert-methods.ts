import path from 'node:path';
import { parse } from 'yaml';
import type {
  AddConnections,
  AddRegistries,
  ConvertedFiles,
  ConvertFile,
  WorkbenchText,
} from '../../schemas/generated/messages.ts';
import { convertFile } from '../../engine/convert/convert-file.ts';
import { addConnections, type NamedSection } from '../../engine/workspace/add-connections.ts';
import type { Session } from './session.ts';

/**
 * Makes a benchmark of another tool's configuration, beside it. The window writes the files, and asks where some are there; the connections
 * go into the workspace's own workbench.yaml, which keeps all it has.
 */
export async function convertToBenchmark(
  { path: source }: ConvertFile,
  session: Session,
  signal: AbortSignal,
): Promise<ConvertedFiles> {
  const { host, folder } = session;
  const from = path.resolve(folder, source);
  const converted = await convertFile(from, host.files, signal);
  const targets: ConvertedFiles['files'] = [];
  const notes = [...converted.notes];
  for (const { path: name, text } of converted.files) {
    if (path.basename(name) === 'workbench.yaml') {
      const { file, kept } = await extendWorkbench(text, session, signal);
      if (file !== undefined) targets.push(file);
      if (kept.length > 0)
        notes.push(`workbench.yaml has these connections already, and keeps them: ${kept.join(', ')}.`);
      continue;
    }
    const target = path.join(path.dirname(from), name);
    targets.push({ path: target, text, exists: (await host.files.facts(target)) !== undefined });
  }
  return { files: targets, notes };
}

/** Connections by names that workbench.yaml has not taken: the benchmark goes by these names. */
async function extendWorkbench(
  text: string,
  session: Session,
  signal: AbortSignal,
): Promise<{ readonly file: ConvertedFiles['files'][number] | undefined; readonly kept: readonly string[] }> {
  const { path: known, text: before, config } = await session.readWorkspace(signal);
  const file = known ?? path.join(session.folder, 'workbench.yaml');
  if (known === undefined) return { file: { path: file, text, exists: false }, kept: [] };
  const { connections = {} } = parse(text) as { connections?: Record<string, unknown> };
  const names = Object.keys(connections);
  const isKept = (name: string): boolean => config.connections !== undefined && Object.hasOwn(config.connections, name);
  const added = names.filter(name => !isKept(name)).map(name => JSON.stringify({ [name]: connections[name] }));
  const kept = names.filter(isKept);
  if (added.length === 0) return { file: undefined, kept };
  const { after } = addConnections(before, added, file);
  return { file: { path: file, text: after, exists: true, extends: true }, kept };
}

/** Adds connections to workbench.yaml's text. The window applies it, so that it can be undone. */
export function addToWorkbench(
  { connections, text }: AddConnections,
  session: Session,
  signal: AbortSignal,
): Promise<WorkbenchText> {
  return addNamed(connections, text, 'connections', session, signal);
}

/** Adds registries likewise. */
export function addRegistriesToWorkbench(
  { registries, text }: AddRegistries,
  session: Session,
  signal: AbortSignal,
): Promise<WorkbenchText> {
  return addNamed(registries, text, 'registries', session, signal);
}

async function addNamed(
  added: readonly string[],
  text: string | undefined,
  section: NamedSection,
  session: Session,
  signal: AbortSignal,
): Promise<WorkbenchText> {
  const { path: known, text: onDisk } = await session.readWorkspace(signal);
  const before = text ?? onDisk;
  const file = known ?? path.join(session.folder, 'workbench.yaml');
  return { path: file, before, ...addConnections(before, added, file, section) };
}
