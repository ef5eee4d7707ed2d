import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import { toWorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import type { ImportedSummary } from '../../engine/imports/import-file.ts';
import type { StatedVersion } from '../../engine/imports/imported.ts';
import type { Store } from '../../engine/ports/store.ts';
import { findLiveVersion } from '../../engine/registry/version-of-use.ts';
import { formatNumber } from '../../engine/reports/format.ts';
import { createHost, withStore, type Host } from '../composition.ts';
import { importInto, sortImported } from '../imports.ts';
import { watchInterrupts } from '../interrupts.ts';
import { globalOptions, type GlobalOptions } from '../options.ts';
import { requireLocalVersion } from '../version-reference.ts';
import { printFailure, printJson, printResult } from '../output.ts';

interface ImportCommandOptions extends GlobalOptions {
  readonly input?: string;
  readonly target?: string;
  readonly about?: string;
}

export function addImport(program: Command, run: (action: () => Promise<ExitCode>) => Promise<void>): void {
  program
    .command('import')
    .argument('<file...>', 'results_….json, benchmarks.json, a promptfoo output or a .eval log')
    .option('--input <field>', 'field of the rows that is the input, so that rows pair with a benchmark’s')
    .option('--target <field>', 'field that is the expected answer')
    .option('--about <version>', 'MODEL@V that these results are of, by your word; policies then look at them')
    .action((files: readonly string[], options: ImportCommandOptions, command: Command) =>
      run(() => importAll(files, { ...options, ...globalOptions(command) })),
    );
}

/** A file that cannot be read is told, and the others come in all the same. */
async function importAll(paths: readonly string[], options: ImportCommandOptions): Promise<ExitCode> {
  const host = createHost();
  const interrupts = watchInterrupts(host.clock);
  const { signal } = interrupts;
  const { input, target } = options;
  const fields = { ...(input === undefined ? {} : { input }), ...(target === undefined ? {} : { target }) };
  try {
    return await withStore(host, process.cwd(), options.store, signal, async (store, workspace) => {
      const about =
        options.about === undefined
          ? undefined
          : await stateVersion(options.about, host, store, workspace.folder, signal);
      const choices = { ...fields, ...(about === undefined ? {} : { about }) };
      const imported: ImportedSummary[] = [];
      let code: ExitCode = 0;
      for (const file of paths) {
        try {
          const runs = await importInto(store, host, workspace.folder, path.resolve(file), choices, signal);
          imported.push(...runs);
          if (options.json !== true) for (const each of runs) printResult(describe(each));
        } catch (error) {
          signal.throwIfAborted();
          const failed = printFailure(toWorkbenchError(error), false, options.verbose === true);
          if (code === 0) code = failed;
        }
      }
      if (options.json === true) printJson(sortImported(imported));
      return code;
    });
  } finally {
    interrupts.dispose();
  }
}

/** The version that results are said to be of, and who says so. */
async function stateVersion(
  name: string,
  { identities }: Host,
  store: Store,
  folder: string,
  signal: AbortSignal,
): Promise<StatedVersion> {
  const { model, version, weightsDigest, modelDigest } = await findLiveVersion(
    requireLocalVersion(name),
    store,
    signal,
  );
  return { model, version, weightsDigest, modelDigest, by: await identities.whoAmI(folder, signal) };
}

function describe({ summary, isNew }: ImportedSummary): string {
  const best = summary.headlines[0];
  const figure = best === undefined ? '' : `, ${best.label} ${formatNumber(best.value, best.unit ?? 'ratio')}`;
  const samples = `${String(summary.progress.done)} samples`;
  const what = `${summary.name}: ${summary.progress.variants.map(({ model }) => model).join(', ')}`;
  return isNew ? `${summary.id}  ${what} (${samples}${figure})` : `${summary.id}  ${what} was there already`;
}
