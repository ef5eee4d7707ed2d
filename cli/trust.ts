import path from 'node:path';
import { WorkbenchError } from '../engine/base/errors.ts';
import type { Files } from '../engine/ports/files.ts';
import type { VouchedKey } from '../engine/people/roles.ts';
import { loadWorkspace } from '../engine/workspace/workspace.ts';
import { workspaceFolderOf, type Host } from './composition.ts';

/** Keys that count where something is verified: those that were given (`ed25519:…`, or a file that holds one), and workbench.yaml's. Throws `usage`. */
export async function readVouchedKeys(
  given: readonly string[],
  host: Host,
  signal: AbortSignal,
): Promise<readonly VouchedKey[]> {
  const { config } = await loadWorkspace(host.files, await workspaceFolderOf(host, process.cwd()), signal);
  const declared = Object.entries(config.signers ?? {}).map(([email, publicKey]) => ({ email, publicKey }));
  const keys: VouchedKey[] = [];
  for (const one of given) keys.push({ email: '', publicKey: await readKey(one, host.files, signal) });
  return [...keys, ...declared];
}

async function readKey(text: string, files: Files, signal: AbortSignal): Promise<string> {
  const key = text.startsWith('ed25519:') ? text : (await files.readText(path.resolve(text), signal)).trim();
  if (/^ed25519:[A-Za-z0-9+/]{43}=$/.test(key)) return key;
  throw new WorkbenchError('usage', `${text} is no public key.`, {
    remedy: 'It looks like `ed25519:…`; print one with `aiwb keys show`.',
  });
}
