import type { Connection } from '../../../schemas/generated/files.ts';
import { WorkbenchError } from '../../base/errors.ts';
import type { ConnectPorts, Opener } from '../connect-context.ts';
import { createCommandModel } from './model.ts';

type Command = Extract<Connection, { provider: 'command' }>;

export const openCommand: Opener<Command> = async (connection, { name, folder, ports }, signal) =>
  createCommandModel(
    {
      name,
      folder,
      command: connection.command,
      model: connection.model,
      files: await digestFiles(connection.command, folder, ports, signal),
      processes: connection.processes ?? 1,
      ...(connection.parameters === undefined ? {} : { parameters: connection.parameters }),
    },
    ports,
  );

/** Bytes of a file that is still taken for a part of the program and not for data or weights. */
const largestFile = 16 * 2 ** 20;

/** Digests of the files in the workspace that a command names, such as its script: when they change, the model is another one. */
async function digestFiles(
  command: readonly string[],
  folder: string,
  { files, digest }: ConnectPorts,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const digests: string[] = [];
  for (const word of command) {
    const path = files.resolve(folder, word);
    if (files.relative(folder, path).startsWith('..')) continue;
    const facts = await files.facts(path).catch(ignoreUnreadable);
    if (facts?.kind !== 'file' || facts.size > largestFile) continue;
    const hash = digest.startSha256();
    for await (const chunk of files.stream(path, signal)) hash.update(chunk);
    digests.push(hash.hex());
  }
  return digests;
}

/** A word that is no path (too long, say) names no file. */
function ignoreUnreadable(error: unknown): undefined {
  if (error instanceof WorkbenchError) return undefined;
  throw error;
}
