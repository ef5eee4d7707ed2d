import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import { convertFile } from '../../engine/convert/convert-file.ts';
import { createHost } from '../composition.ts';
import { watchInterrupts } from '../interrupts.ts';
import { addOutput, globalOptions, type GlobalOptions } from '../options.ts';
import { printJson, printNote, printResult } from '../output.ts';

interface ConvertOptions extends GlobalOptions {
  readonly output?: string;
  readonly force?: boolean;
}

export function addConvert(program: Command, run: (action: () => Promise<ExitCode>) => Promise<void>): void {
  const command = program.command('convert').argument('<file>', 'promptfooconfig.yaml, or a task’s .yaml');
  addOutput(command, '<folder>', 'where the files are written (default: beside the file)')
    .option('--force', 'replace files that are there')
    .action((file: string, options: ConvertOptions, self: Command) =>
      run(() => convert(path.resolve(file), { ...options, ...globalOptions(self) })),
    );
}

async function convert(file: string, options: ConvertOptions): Promise<ExitCode> {
  const { files, clock } = createHost();
  const interrupts = watchInterrupts(clock);
  try {
    const converted = await convertFile(file, files, interrupts.signal);
    const folder = options.output === undefined ? path.dirname(file) : path.resolve(options.output);
    const targets = converted.files.map(({ path: name, text }) => ({ path: path.join(folder, name), text }));
    if (options.force !== true) {
      for (const target of targets) {
        if ((await files.facts(target.path)) !== undefined) throw alreadyThere(target.path);
      }
    }
    for (const target of targets) await files.writeText(target.path, target.text);
    if (options.json === true) {
      printJson({ files: targets.map(target => target.path), notes: converted.notes });
      return 0;
    }
    for (const target of targets) printResult(path.relative(process.cwd(), target.path));
    for (const note of converted.notes) printNote(note);
    return 0;
  } finally {
    interrupts.dispose();
  }
}

function alreadyThere(target: string): WorkbenchError {
  return new WorkbenchError('usage', `${target} is there already; nothing was written.`, {
    remedy: 'Name another folder with --output, or replace it with --force.',
    place: { path: target },
  });
}
