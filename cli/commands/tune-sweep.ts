import type { Command } from 'commander';
import pc from 'picocolors';
import type { OrphanedJob, Orphans } from '../../schemas/generated/messages.ts';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import { countOf } from '../../engine/reports/format.ts';
import { findOrphans, terminateOrphans } from '../../engine/tuning/sweep/sweep.ts';
import { sweptPlatforms } from '../../engine/tuning/sweep/swept-platforms.ts';
import { allowCommandsOption, allowOriginOption, createTerminalAccess } from '../access.ts';
import { createHost, createRunPorts, withStore } from '../composition.ts';
import { watchInterrupts } from '../interrupts.ts';
import { globalOptions, type GlobalOptions } from '../options.ts';
import { printJson, printNote, printResult } from '../output.ts';

interface SweepOptions extends GlobalOptions {
  readonly platform?: string;
  readonly terminate?: boolean;
  readonly foreign?: readonly string[];
  readonly saved?: boolean;
  readonly allowCommands?: boolean;
  readonly allowOrigin?: readonly string[];
}

/** What is left on platforms that cost money, and who it belongs to. */
export function addTuneSweep(tune: Command, run: (action: () => Promise<ExitCode>) => Promise<void>): void {
  tune
    .command('sweep')
    .description(
      'List machines and jobs of tuning runs that platforms still have; exit 1 where one belongs to no run under way',
    )
    .option('--platform <name>', 'on this platform alone')
    .option('--terminate', 'end the orphans: those whose runs have ended or lost their process')
    .option('--foreign <id...>', 'with --terminate: end these as well, although no run of this store made them')
    .option(
      '--saved',
      'with --terminate: remove what ended runs have saved as well, so that they begin anew when resumed',
    )
    .option(...allowOriginOption)
    .option(...allowCommandsOption)
    .action((_options: unknown, command: Command) =>
      // The parent has --platform too, and takes it wherever it stands.
      run(() => sweep({ ...command.optsWithGlobals<SweepOptions>(), ...globalOptions(command) })),
    );
}

async function sweep(options: SweepOptions): Promise<ExitCode> {
  const { platform, terminate = false, foreign = [], saved = false } = options;
  if ((foreign.length > 0 || saved) && !terminate) {
    const option = saved ? '--saved' : '--foreign';
    throw new WorkbenchError('usage', `${option} says what --terminate ends as well, and --terminate is missing.`, {
      remedy: `Add --terminate, or leave ${option} out to list only.`,
    });
  }
  const host = createHost();
  const interrupts = watchInterrupts(host.clock);
  const { signal } = interrupts;
  try {
    return await withStore(host, process.cwd(), options.store, signal, async (store, workspace) => {
      const ports = await createRunPorts(host, workspace, createTerminalAccess(options), {}, signal);
      const platforms = sweptPlatforms(platform, workspace, store, ports);
      const sweepPorts = { store, clock: host.clock };
      const found = await findOrphans(platforms, sweepPorts, signal);
      requireKnown(foreign, found);
      const wanted = terminate
        ? found.jobs.filter(
            ({ id, verdict }) =>
              verdict === 'orphan' || (verdict === 'saved' && saved) || (verdict === 'foreign' && foreign.includes(id)),
          )
        : [];
      const ended = wanted.length === 0 ? undefined : await terminateOrphans(platforms, wanted, sweepPorts, signal);
      const all = merge(found, ended);
      if (options.json === true) printJson(all);
      else if (platforms.length === 0) printNote('No declared platform costs money.');
      else printResult(render(all, host.clock.now()));
      for (const { platform: name, message, remedy } of all.failures)
        printNote(pc.red(`${name}: ${message}${remedy === undefined ? '' : ` ${remedy}`}`));
      const left = all.jobs.some(({ verdict, terminated }) => verdict === 'orphan' && terminated !== true);
      return left || all.failures.length > 0 ? 1 : 0;
    });
  } finally {
    interrupts.dispose();
  }
}

function requireKnown(foreign: readonly string[], { jobs, failures }: Orphans): void {
  const unknown = foreign.filter(id => !jobs.some(job => job.id === id));
  if (unknown.length === 0 || failures.length > 0) return;
  throw new WorkbenchError('usage', `No platform shows ${unknown.join(', ')} with our tag.`, {
    remedy: 'List what is there with `aiwb tune sweep`, and name its ids.',
  });
}

function merge(found: Orphans, ended: Orphans | undefined): Orphans {
  if (ended === undefined) return found;
  const jobs = found.jobs.map(
    job => ended.jobs.find(({ platform, id }) => platform === job.platform && id === job.id) ?? job,
  );
  return { ...found, jobs, failures: [...found.failures, ...ended.failures] };
}

function render({ jobs, platforms }: Orphans, now: number): string {
  if (jobs.length === 0) return `Nothing of ours is left on ${platforms.join(', ')}.`;
  const lines = jobs.map(job => {
    const { platform, id, tag, raw, why } = job;
    const mark = job.terminated === true ? pc.green('ended  ') : marks[job.verdict];
    return `${mark}  ${platform}  ${id}  ${tag}  ${raw}${costOf(job, now)}\n         ${pc.dim(why)}`;
  });
  const left = jobs.filter(({ verdict, terminated }) => verdict === 'orphan' && terminated !== true);
  const hourly = left.reduce((sum, { hourlyPrice = 0 }) => sum + hourlyPrice, 0);
  const summary =
    left.length === 0
      ? 'No orphan is left.'
      : `${countOf(left.length, 'orphan')} left${hourly > 0 ? `, at ${hourly.toFixed(2)} USD an hour` : ''}. End them with \`aiwb tune sweep --terminate\`.`;
  return [...lines, summary].join('\n');
}

const marks: Readonly<Record<OrphanedJob['verdict'], string>> = {
  orphan: pc.red('orphan '),
  'in-use': pc.green('in use '),
  saved: pc.cyan('saved  '),
  foreign: pc.yellow('foreign'),
};

function costOf({ createdAt, hourlyPrice }: OrphanedJob, now: number): string {
  if (hourlyPrice === undefined) return '';
  const hours = createdAt === undefined ? undefined : Math.max(0, now - createdAt) / 3_600_000;
  const sofar = hours === undefined ? '' : `, ${(hours * hourlyPrice).toFixed(2)} USD so far`;
  return `  ${hourlyPrice.toFixed(2)} USD/h${sofar}`;
}
