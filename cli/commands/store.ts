import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import { readDuration } from '../../engine/base/durations.ts';
import { countOf, groupDigits } from '../../engine/reports/format.ts';
import type { Store } from '../../engine/ports/store.ts';
import { createHost, withStore, type Host } from '../composition.ts';
import { globalOptions, type GlobalOptions } from '../options.ts';
import { printJson, printResult } from '../output.ts';

export function addStore(program: Command, run: (action: () => Promise<ExitCode>) => Promise<void>): void {
  const store = program.command('store');
  store
    .command('info')
    .description('Where it is and what it holds')
    .action((_options: unknown, command: Command) => run(() => showInfo(globalOptions(command))));
  store
    .command('gc')
    .description('Delete archived runs that nothing rests on and what nothing refers to, and give the space back')
    .option('--older-than <days>', 'only runs that ended at least this many days ago', '30')
    .action((options: { readonly olderThan: string }, command: Command) =>
      run(() => collectGarbage(options.olderThan, globalOptions(command))),
    );
  store
    .command('backup')
    .description('Write a consistent copy while runs go on: the database to FILE, weights and documents to FILE.blobs')
    .argument('<file>')
    .action((file: string, _options: unknown, command: Command) => run(() => backUp(file, globalOptions(command))));
}

async function useStore(options: GlobalOptions, use: (store: Store, host: Host) => Promise<void>): Promise<ExitCode> {
  const host = createHost();
  await withStore(host, process.cwd(), options.store, new AbortController().signal, store => use(store, host));
  return 0;
}

function showInfo(options: GlobalOptions): Promise<ExitCode> {
  return useStore(options, async store => {
    const facts = await store.facts();
    if (options.json === true) {
      printJson(facts);
      return;
    }
    printResult(
      [
        `Store     ${facts.path}`,
        `Size      ${inMegabytes(facts.bytes)}${facts.blobBytes > 0 ? `, ${inMegabytes(facts.blobBytes)} of them weights and documents` : ''}`,
        `Runs      ${groupDigits(facts.runs)}`,
        `Samples   ${groupDigits(facts.samples)}`,
        `Models    ${groupDigits(facts.models)} with ${countOf(facts.versions, 'version')}`,
        `Records   ${groupDigits(facts.records)} of governance`,
        `Format    version ${String(facts.schemaVersion)}, SQLite ${facts.sqlite}, journal ${facts.journalMode}`,
        ...(facts.unreferencedRows > 0
          ? [`Unused    ${countOf(facts.unreferencedRows, 'row')}; \`aiwb store gc\` frees them`]
          : []),
      ].join('\n'),
    );
  });
}

function collectGarbage(days: string, options: GlobalOptions): Promise<ExitCode> {
  const age = Number(days);
  if (!Number.isFinite(age) || age < 0) {
    throw new WorkbenchError('usage', `"${days}" is no number of days.`, {
      remedy: 'Give a number, such as --older-than 30.',
    });
  }
  return useStore(options, async (store, host) => {
    const freed = await store.collectGarbage(host.clock.now() - age * readDuration('PT24H'));
    if (options.json === true) printJson(freed);
    else {
      const answers = freed.answers === 0 ? '' : ` and ${countOf(freed.answers, 'cached answer')}`;
      printResult(`Deleted ${countOf(freed.runs, 'archived run')}${answers}; ${inMegabytes(freed.bytes)} freed.`);
    }
  });
}

function backUp(file: string, options: GlobalOptions): Promise<ExitCode> {
  return useStore(options, async store => {
    const { folder, blobs, bytes, unavailable } = await store.backup(path.resolve(file));
    if (options.json === true) {
      printJson({ path: path.resolve(file), ...(folder === undefined ? {} : { folder }), blobs, bytes, unavailable });
      return;
    }
    const files = `${countOf(blobs, 'file')} of weights and documents (${inMegabytes(bytes)})`;
    const lacking = unavailable.map(digest => `Missing or damaged in the store, so not copied: sha256:${digest}`);
    printResult([`Copied to ${file}${blobs === 0 ? '' : `, ${files} to ${file}.blobs`}.`, ...lacking].join('\n'));
  });
}

function inMegabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
