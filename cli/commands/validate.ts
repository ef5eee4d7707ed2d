import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import { createDiagnoser } from '../../engine/diagnostics/diagnose.ts';
import { hasErrors, type Diagnostic } from '../../engine/documents/diagnostic.ts';
import { formatDiagnostics, type DiagnosticsFormat, type FileDiagnostics } from '../../engine/diagnostics/format.ts';
import { createHost } from '../composition.ts';
import { openMemory } from '../memory.ts';
import { globalOptions } from '../options.ts';
import { printResult } from '../output.ts';

const formats: readonly DiagnosticsFormat[] = ['text', 'json', 'sarif'];

export function addValidate(program: Command, run: (action: () => Promise<ExitCode>) => Promise<void>): void {
  program
    .command('validate')
    .argument(
      '<file...>',
      '.bench.yaml, .tune.yaml, .policy.yaml, .framework.yaml, .prompt.yml and workbench.yaml files',
    )
    .option('--format <format>', 'text, json or sarif', 'text')
    .action((files: readonly string[], options: { readonly format: string }, command: Command) =>
      run(() => validate(files, globalOptions(command).json === true ? 'json' : options.format, command)),
    );
}

/** 1 when a file has errors; warnings alone are no failure. */
async function validate(files: readonly string[], format: string, command: Command): Promise<ExitCode> {
  const chosen = formats.find(candidate => candidate === format);
  if (chosen === undefined) {
    throw new WorkbenchError('usage', `"${format}" is no format of diagnostics.`, {
      remedy: `Use one of: ${formats.join(', ')}.`,
    });
  }
  const host = createHost();
  const signal = new AbortController().signal;
  const stores = openMemory(host, globalOptions(command).store);
  const checked: FileDiagnostics[] = [];
  try {
    const diagnoser = createDiagnoser(host.files, stores.memory);
    for (const file of files) {
      const { text, diagnostics } = await diagnoser.diagnose(path.resolve(file), signal);
      checked.push({ path: file, text, diagnostics: diagnostics.map(nameRelated) });
    }
  } finally {
    await stores.close();
  }
  const text = formatDiagnostics(checked, chosen);
  if (text !== '') printResult(text);
  return checked.some(({ diagnostics }) => hasErrors(diagnostics)) ? 1 : 0;
}

/** Other files by the way people would name them from here. */
function nameRelated(diagnostic: Diagnostic): Diagnostic {
  if (diagnostic.related === undefined) return diagnostic;
  const related = diagnostic.related.map(place => {
    if (place.path === undefined) return place;
    const relative = path.relative(process.cwd(), place.path);
    const shown = relative.startsWith('..') || path.isAbsolute(relative) ? place.path : relative;
    return { ...place, path: shown.replaceAll('\\', '/') };
  });
  return { ...diagnostic, related };
}
