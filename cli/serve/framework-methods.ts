import path from 'node:path';
import type {
  FrameworkImported,
  FrameworkList,
  FrameworkUpgrade,
  ImportFramework,
  UpgradeFramework,
} from '../../schemas/generated/messages.ts';
import { createDocumentLibrary } from '../../engine/documents/library.ts';
import { importFramework } from '../../engine/frameworks/import/import-framework.ts';
import { listKnownFrameworks } from '../../engine/frameworks/show.ts';
import { planUpgrade } from '../../engine/policies/framework-upgrade.ts';
import type { Session } from './session.ts';

export async function listFrameworks({ host, folder }: Session, signal: AbortSignal): Promise<FrameworkList> {
  return { frameworks: [...(await listKnownFrameworks(createDocumentLibrary(host.files, folder), signal))] };
}

/** The window writes the file, and asks where one is there. */
export async function readFrameworkSource(
  request: ImportFramework,
  { host, folder }: Session,
  signal: AbortSignal,
): Promise<FrameworkImported> {
  const source = path.resolve(folder, request.path);
  const { definition, text, name, notes } = await importFramework({ ...request, path: source }, host, signal);
  const target = path.join(folder, 'frameworks', name);
  const { id, version, title, entries, retired = [] } = definition;
  return {
    path: target,
    text,
    exists: (await host.files.facts(target)) !== undefined,
    id,
    version,
    title,
    entries: entries.length,
    retired: retired.length,
    notes: [...notes],
  };
}

export async function planFrameworkUpgrade(
  { policies: files, ...step }: UpgradeFramework,
  { host, folder }: Session,
  signal: AbortSignal,
): Promise<FrameworkUpgrade> {
  const { comparison, policies } = await planUpgrade(step, files, createDocumentLibrary(host.files, folder), signal);
  return {
    comparison,
    policies: policies.map(({ path: target, file, policy, edits, open }) => ({
      path: target,
      file,
      policy,
      edits,
      open,
    })),
  };
}
