import path from 'node:path';
import type { Command } from 'commander';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import { diagnoseFile } from '../../engine/documents/diagnose.ts';
import { formatDiagnostics, type DiagnosticsFormat, type FileDiagnostics } from '../../engine/documents/format.ts';
import { createHost } from '../composition.ts';
import { globalOptions } from '../options.ts';
import { printResult } from '../output.ts';

const formats: readonly DiagnosticsFormat[] = ['text', 'json', 'sarif'];

export function addValidate(program: Command, run: (action: () => Promise<ExitCode>) => Promise<void>): void {
  program
    .command('validate')
    .description("Check the workbench's files, and what they refer to")
    .argument('<file...>', '.bench.yaml, .tune.yaml, .policy.yaml, .prompt.yml and workbench.yaml files')
    .option('--format <format>', 'text, json or sarif', 'text')
    .action((files: readonly string[], options: { readonly format: string }, command: Command) =>
      run(() => validate(files, globalOptions(command).json === true ? 'json' : options.format)),
    );
}

/** 1 when a file has errors; warnings alone are no failure. */
async function validate(files: readonly string[], format: string): Promise<ExitCode> {
  const chosen = formats.find(candidate => candidate === format);
  if (chosen === undefined) {
    throw new WorkbenchError('usage', `"${format}" is no format of diagnostics.`, {
      remedy: `Use one of: ${formats.join(', ')}.`,
    });
  }
  const host = createHost();
  const signal = new AbortController().signal;
  const checked: FileDiagnostics[] = [];
  for (const file of files) {
    const { text, diagnostics } = await diagnoseFile(path.resolve(file), host.files, signal, host.digest);
    checked.push({ path: file, text, diagnostics });
  }
  const text = formatDiagnostics(checked, chosen);
  if (text !== '') printResult(text);
  return checked.some(({ diagnostics }) => diagnostics.some(({ severity }) => severity === 'error')) ? 1 : 0;
}
