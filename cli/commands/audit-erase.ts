import type { Command } from 'commander';
import { eraseContents, planErasure, type PlannedErasure } from '../../engine/audit/erase.ts';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import { countOf } from '../../engine/reports/format.ts';
import { globalOptions, type GlobalOptions } from '../options.ts';
import { layTable, printNote } from '../output.ts';
import { entryCells, entryHeader, whoHeader } from './audit-table.ts';
import { print, withGovernance, type Run } from './governed.ts';

interface EraseOptions {
  readonly reason: string;
  readonly yes?: boolean;
}

/** One call erases what one request is about; more is a slip of the keyboard. */
const mostEntries = 10_000;

/** Takes a person's data out of the audit log. */
export function addAuditErase(audit: Command, run: Run): void {
  audit
    .command('erase')
    .description('Erase for good what entries record, such as a name or a comment; the chain and what was decided stay')
    .argument('<entries...>', 'numbers of `audit list`, such as 12 or 12-15')
    .requiredOption('--reason <text>', 'why, kept in the log: name nobody in it')
    .option('--yes', 'do it; without, tell what would be erased')
    .action((entries: readonly string[], options: EraseOptions, command: Command) =>
      run(() => erase(entries.flatMap(readEntries), options, globalOptions(command))),
    );
}

function erase(entries: readonly number[], { reason, yes }: EraseOptions, global: GlobalOptions): Promise<ExitCode> {
  return withGovernance(global, async (ports, folder, signal) => {
    const planned = await planErasure(entries, ports, signal);
    const count = countOf(planned.length, 'entry', 'entries');
    if (yes !== true) {
      print({ erased: false, entries: planned }, renderPlan(planned), global);
      printNote(`Nothing is erased yet. The same with --yes erases for good what ${count} recorded.`);
      return 0;
    }
    const entry = await eraseContents(planned, { reason, folder }, ports, signal);
    const said = `What ${count} recorded is erased; entry ${String(entry.sequence)} says so.`;
    print({ erased: true, entries: planned, entry }, `${renderPlan(planned)}\n\n${said}`, global);
    printNote(
      'Scorecards, exports, bundles and backups made before still hold it, and so does the registry where it is as it was then.',
    );
    printNote('Texts of documents that nothing refers to any more go with `aiwb store gc`.');
    return 0;
  });
}

function renderPlan(planned: readonly PlannedErasure[]): string {
  const rows = planned.map(entry => [
    ...entryCells(entry),
    { text: entry.consequence === '' ? 'What it decided stays.' : entry.consequence },
  ]);
  return layTable([...entryHeader, { text: 'Then' }], rows, [whoHeader]);
}

/** Throws `usage`. */
function readEntries(text: string): readonly number[] {
  const [, first = '', last = first] = /^(\d{1,12})(?:-(\d{1,12}))?$/.exec(text) ?? [];
  const [from, to] = [Number(first), Number(last === '' ? first : last)];
  if (first === '' || from < 1 || to < from || to - from >= mostEntries) {
    throw new WorkbenchError('usage', `"${text}" names no entries.`, {
      remedy: 'Write numbers of `aiwb audit list`, such as 12, or 12-15.',
    });
  }
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
