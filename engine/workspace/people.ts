import type { People } from '../people/roles.ts';
import type { Files } from '../ports/files.ts';
import { loadWorkspace } from './workspace.ts';

/**
 * Who may act in which role, and whose signatures count, by the folder's workbench.yaml. Throws `file-invalid`: a list that cannot be
 * read opens no role.
 */
export async function readPeople(
  folder: string,
  { files }: { readonly files: Files },
  signal: AbortSignal,
): Promise<People> {
  const { config } = await loadWorkspace(files, folder, signal);
  const signers = Object.entries(config.signers ?? {}).map(([email, publicKey]) => ({ email, publicKey }));
  return { roles: config.roles ?? {}, signers };
}
