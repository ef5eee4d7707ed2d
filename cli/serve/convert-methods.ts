import path from 'node:path';
import type { AddConnections, ConvertedFiles, ConvertFile, WorkbenchText } from '../../schemas/generated/messages.ts';
import { convertFile } from '../../engine/convert/convert-file.ts';
import { addConnections } from '../../engine/workspace/add-connections.ts';
import type { Session } from './session.ts';

/** Makes a benchmark of another tool's configuration, beside it. The window writes the files, and asks where some are there. */
export async function convertToBenchmark(
  { path: source }: ConvertFile,
  { host, folder }: Session,
  signal: AbortSignal,
): Promise<ConvertedFiles> {
  const from = path.resolve(folder, source);
  const { files, notes } = await convertFile(from, host.files, signal);
  const targets: ConvertedFiles['files'] = [];
  for (const { path: name, text } of files) {
    const target = path.join(path.dirname(from), name);
    targets.push({ path: target, text, exists: (await host.files.facts(target)) !== undefined });
  }
  return { files: targets, notes: [...notes] };
}

/** Adds connections to workbench.yaml's text. The window applies it, so that it can be undone. */
export async function addToWorkbench(
  { connections, text }: AddConnections,
  session: Session,
  signal: AbortSignal,
): Promise<WorkbenchText> {
  const { path: known, text: onDisk } = await session.readWorkspace(signal);
  const before = text ?? onDisk;
  const file = known ?? path.join(session.folder, 'workbench.yaml');
  return { path: file, before, ...addConnections(before, connections, file) };
}
