import { once } from 'node:events';
import path from 'node:path';
import process from 'node:process';
import { Option, type Command } from 'commander';
import type { ExitCode } from '../../engine/base/errors.ts';
import { countOf } from '../../engine/reports/format.ts';
import { writeConverted } from '../../engine/tuning/data/convert/write.ts';
import { DataConverter } from '../../engine/tuning/data/convert/convert.ts';
import { dataForms, type DataForm } from '../../engine/tuning/data/convert/forms.ts';
import { createHost } from '../composition.ts';
import { watchInterrupts } from '../interrupts.ts';
import { addOutput, globalOptions, type GlobalOptions } from '../options.ts';
import { printJson, printNote } from '../output.ts';

interface ConvertOptions extends GlobalOptions {
  readonly to: DataForm;
  readonly output?: string;
  readonly force?: boolean;
  readonly input?: string;
  readonly target?: string;
}

export function addTuneConvert(tune: Command, run: (action: () => Promise<ExitCode>) => Promise<void>): void {
  const command = tune
    .command('convert')
    .description('Write rows to learn from in another form; what the form cannot hold is left out and counted')
    .argument('<file>', 'the dataset: JSON Lines, JSON, CSV, TSV, Parquet, or a Hugging Face folder')
    .addOption(new Option('--to <form>', 'the form to write').choices(dataForms).makeOptionMandatory());
  addOutput(command, '<file>', 'the file to write (default: the standard output); .json writes one list')
    .option('--force', 'replace a file that is there')
    .option('--input <column>', 'the column of the question, where the file has columns of its own')
    .option('--target <column>', 'the column of the answer')
    .action((file: string, options: ConvertOptions, self: Command) =>
      run(() => convert(path.resolve(file), { ...options, ...globalOptions(self) })),
    );
}

/** 1 where rows were left out. */
async function convert(file: string, options: ConvertOptions): Promise<ExitCode> {
  const { to, input, target, output, force } = options;
  const { files, clock } = createHost();
  const interrupts = watchInterrupts(clock);
  const { signal } = interrupts;
  try {
    const named = { ...(input === undefined ? {} : { input }), ...(target === undefined ? {} : { target }) };
    const written = output === undefined ? undefined : path.resolve(output);
    let converted;
    if (written === undefined) {
      const converter = new DataConverter({ path: file, to, named }, files);
      for await (const piece of converter.pieces(signal)) {
        if (!process.stdout.write(piece)) await once(process.stdout, 'drain', { signal });
      }
      converted = converter.outcome();
    } else {
      const request = { path: file, to, named, out: written, replace: force === true };
      converted = await writeConverted(request, files, signal);
    }
    const { rows, refused, from, faults } = converted;
    if (options.json === true && written !== undefined) printJson({ path: written, from, rows, refused, faults });
    else
      printNote(
        `${countOf(rows, 'row')} of ${from} written as ${to}${refused === 0 ? '' : `, ${countOf(refused, 'row')} left out:`}`,
      );
    if (options.json !== true || written === undefined) for (const fault of faults) printNote(`  ${fault}`);
    return refused === 0 ? 0 : 1;
  } finally {
    interrupts.dispose();
  }
}
