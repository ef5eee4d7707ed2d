import { createHash } from 'node:crypto';
import type { ProgramRequest } from '../../schemas/generated/messages.ts';
import { t } from '../base/translate.ts';
import type { Memory } from '../base/memory.ts';

const key = 'aiwb.programs';

/** What asking about programs needs of the host. */
export interface ProgramDesk {
  /** Of this workspace alone, kept outside its folder. */
  readonly memory: Memory;
  isTrusted(): boolean;
  /** @param verb names the button that agrees; default: to allow it. */
  confirm(question: string, detail: string, verb?: string): Promise<boolean>;
}

/**
 * Whether a run may start the programs that a folder's files name. Each command, word for word, is asked about once in a workspace; never in
 * Restricted Mode. Only hashes of what was agreed to are kept.
 */
export function createProgramConsent(desk: ProgramDesk): (folder: string, request: ProgramRequest) => Promise<boolean> {
  return async (folder, { commands, install }) => {
    if (!desk.isTrusted()) return false;
    if (install !== undefined) {
      return desk.confirm(
        t('Install what training on this machine needs?'),
        [
          t('Python libraries of several gigabytes are fetched once. All workspaces share them.'),
          t('Folder: {0}', install.folder),
          t('Libraries: {0}', install.libraries.join(', ')),
        ].join('\n\n'),
        t('Install'),
      );
    }
    const known = new Set(desk.memory.get<string[]>(key, []));
    const fresh = commands.filter(command => !known.has(hashOf(folder, command)));
    if (fresh.length === 0) return true;
    const question =
      fresh.length === 1 ? t('Let this run start a program?') : t('Let this run start {0} programs?', fresh.length);
    const detail = [
      ...fresh.map(quote),
      t(
        'The files of this workspace name it. It runs with your rights, in {0}. You are asked once for each command.',
        folder,
      ),
    ].join('\n\n');
    if (!(await desk.confirm(question, detail))) return false;
    const agreed = fresh.map(command => hashOf(folder, command));
    await desk.memory.update(key, [...new Set([...desk.memory.get<string[]>(key, []), ...agreed])]);
    return true;
  };
}

function hashOf(folder: string, command: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([folder, ...command]))
    .digest('hex');
}

/** The command as a person checks it: words that hold anything but plain characters in quotes, so that none hides in another. */
function quote(command: readonly string[]): string {
  return command.map(word => (/^[\w./:=@%+,-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
}
