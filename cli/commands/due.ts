import type { Command } from 'commander';
import pc from 'picocolors';
import type { DueItem } from '../../schemas/generated/messages.ts';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import { addDuration } from '../../engine/base/calendar.ts';
import { listDue, usualHorizon } from '../../engine/governance/due.ts';
import { describeDate } from '../../engine/base/dates.ts';
import { countOf } from '../../engine/reports/format.ts';
import { globalOptions, type GlobalOptions } from '../options.ts';
import { printNote } from '../output.ts';
import { print, withGovernance, type Run } from './governed.ts';

interface DueOptions {
  readonly model?: string;
  readonly within?: string;
  readonly failOn?: 'overdue' | 'due' | 'open';
}

/** What waits for a person, or will by a date. */
export function addDue(program: Command, run: Run): void {
  program
    .command('due')
    .option('--model <model>', 'of this model alone')
    .option('--within <duration>', 'how far ahead to look, such as P2W (default: P30D)', readDuration)
    .option('--fail-on <state>', 'exit 1 where something is overdue; `due`: or has a date; `open`: or waits', readState)
    .action((options: DueOptions, command: Command) => run(() => due(options, globalOptions(command))));
}

function due({ model, within, failOn }: DueOptions, global: GlobalOptions): Promise<ExitCode> {
  return withGovernance(global, async (ports, folder, signal) => {
    const now = ports.clock.now();
    const horizon = within === undefined ? usualHorizon : addDuration(now, within) - now;
    const items = await listDue({ folder, within: horizon, ...(model === undefined ? {} : { model }) }, ports, signal);
    if (items.length > 0 || global.json === true) print({ items }, render(items), global);
    else printNote('Nothing is due.');
    const states = { overdue: ['overdue'], due: ['overdue', 'due'], open: ['overdue', 'due', 'open'] };
    return failOn !== undefined && items.some(({ state }) => states[failOn].includes(state)) ? 1 : 0;
  });
}

function render(items: readonly DueItem[]): string {
  const lines = items.map(({ state, title, detail, dueAt, role }) => {
    const mark = state === 'overdue' ? pc.red('overdue') : state === 'due' ? pc.yellow('due    ') : 'waits  ';
    const when = dueAt === undefined ? '          ' : describeDate(dueAt);
    const who = role === undefined ? '' : ` [${role}]`;
    const more = detail === undefined ? [] : [`${' '.repeat(20)}${pc.dim(detail.replace(/\s+/g, ' ').slice(0, 160))}`];
    return [`${mark}  ${when}  ${title}${who}`, ...more].join('\n');
  });
  const overdue = items.filter(({ state }) => state === 'overdue').length;
  return [...lines, `${countOf(items.length, 'thing')} to do, ${String(overdue)} overdue.`].join('\n');
}

function readDuration(text: string): string {
  try {
    addDuration(0, text);
    return text;
  } catch {
    throw new WorkbenchError('usage', `"${text}" is no duration.`, { remedy: 'Write it like P2W or P1M (ISO 8601).' });
  }
}

function readState(text: string): string {
  if (['overdue', 'due', 'open'].includes(text)) return text;
  throw new WorkbenchError('usage', `"${text}" is no state of what is due.`, { remedy: 'It is overdue, due or open.' });
}
