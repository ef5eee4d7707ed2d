import type { Command } from 'commander';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import { allowCommandsOption, allowOriginOption } from '../access.ts';
import { collect, globalOptions } from '../options.ts';
import { exportNotebookFile, type ExportNotebookOptions } from './notebook-export.ts';
import { listResults } from './notebook-results.ts';
import type { RunNotebookOptions } from './notebook-options.ts';
import { runNotebook } from './notebook-run.ts';

type Run = (action: () => Promise<ExitCode>) => Promise<void>;

export function addNotebook(program: Command, run: Run): void {
  const notebook = program.command('notebook');
  notebook
    .command('run')
    .description('Execute the cells of a notebook in order and write their outputs into it')
    .argument('<file>', 'the .ipynb file')
    .option('-o, --output <file>', 'write to this file and leave the notebook as it is')
    .option('-c, --cell <cell>', 'only this cell: its id, or its number from 1 (may be repeated)', collect)
    .option('--allow-errors', 'go on after a cell that failed')
    .option('--stop-at-gate', 'stop after the first cell whose gate is not met')
    .option('--resume', 'keep the cells that are done and go on with the run that did not finish')
    .option('--timeout <seconds>', 'cancel a cell that takes longer', readSeconds)
    .option(...allowOriginOption)
    .option(...allowCommandsOption)
    .action((file: string, _options: unknown, command: Command) =>
      run(() => runNotebook(file, { ...command.opts<RunNotebookOptions>(), ...globalOptions(command) })),
    );
  notebook
    .command('export')
    .description('Write a notebook with its outputs as one self-contained page or as Markdown')
    .argument('<file>', 'the .ipynb file')
    .requiredOption('--to <format>', 'html, markdown')
    .option('-o, --output <file>', 'write to this file instead of the standard output')
    .action((file: string, _options: unknown, command: Command) =>
      run(() => exportNotebookFile(file, { ...command.opts<ExportNotebookOptions>(), ...globalOptions(command) })),
    );
  notebook
    .command('results')
    .description('The named results of a notebook, read from its outputs')
    .argument('<file>', 'the .ipynb file')
    .action((file: string, _options: unknown, command: Command) =>
      run(() => listResults(file, globalOptions(command))),
    );
}

function readSeconds(text: string): number {
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds > 0) return seconds;
  throw new WorkbenchError('usage', `"${text}" is no number of seconds.`, { remedy: 'Give a number above 0.' });
}
