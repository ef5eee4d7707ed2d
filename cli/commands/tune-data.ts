import path from 'node:path';
import type { Command } from 'commander';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import { kindOfPath } from '../../engine/documents/kinds.ts';
import { inspectJob } from '../../engine/tuning/data/inspect-job.ts';
import { renderTuningData } from '../../engine/tuning/data/text.ts';
import { createHost, workspaceFolderOf } from '../composition.ts';
import { watchInterrupts } from '../interrupts.ts';
import { globalOptions, type GlobalOptions } from '../options.ts';
import { printJson, printResult, tableWidth } from '../output.ts';

export function addTuneData(tune: Command, run: (action: () => Promise<ExitCode>) => Promise<void>): void {
  tune
    .command('data')
    .description('Count and check the rows of a tuning job before anything is sent: tokens, cost, leaks, personal data')
    .argument('<file>', 'the .tune.yaml file')
    .action((file: string, _options: unknown, command: Command) =>
      run(() => inspect(path.resolve(file), globalOptions(command))),
    );
}

/** 1 where something keeps the job from being trained. */
async function inspect(file: string, options: GlobalOptions): Promise<ExitCode> {
  if (kindOfPath(file) !== 'tune') {
    throw new WorkbenchError('usage', `${file} is no tuning job.`, { remedy: 'Name a .tune.yaml file.' });
  }
  const host = createHost();
  const interrupts = watchInterrupts(host.clock);
  const { signal } = interrupts;
  try {
    const job = {
      text: await host.files.readText(file, signal),
      path: file,
      folder: await workspaceFolderOf(host, path.dirname(file)),
    };
    const report = await inspectJob(job, host, signal);
    if (options.json === true) printJson(report);
    else printResult(renderTuningData(report, tableWidth()));
    return report.problems.length === 0 ? 0 : 1;
  } finally {
    interrupts.dispose();
  }
}
