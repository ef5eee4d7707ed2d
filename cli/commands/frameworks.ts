import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import type { FrameworkUpgrade } from '../../schemas/generated/messages.ts';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import { createDocumentLibrary, type DocumentLibrary } from '../../engine/documents/library.ts';
import { compareForPolicies, type VersionStep } from '../../engine/policies/framework-changes.ts';
import { importFramework, type FrameworkFormat } from '../../engine/frameworks/import/import-framework.ts';
import { listKnownFrameworks, showFramework } from '../../engine/frameworks/show.ts';
import { planUpgrade } from '../../engine/policies/framework-upgrade.ts';
import { createHost, workspaceFolderOf, type Host } from '../composition.ts';
import { comparisonText, listText, showText, upgradeText } from '../framework-text.ts';
import { watchInterrupts } from '../interrupts.ts';
import { collect, globalOptions, type GlobalOptions } from '../options.ts';
import { printNote } from '../output.ts';
import { print, type Run } from './governed.ts';

interface ImportOptions {
  readonly format?: string;
  readonly id?: string;
  readonly version?: string;
  readonly title?: string;
  readonly withText?: boolean;
  readonly output?: string;
  readonly force?: boolean;
}

interface UpgradeOptions {
  readonly policy?: readonly string[];
  readonly write?: boolean;
}

export function addFrameworks(program: Command, run: Run): void {
  const frameworks = program.command('frameworks');
  frameworks
    .command('list')
    .description('Every version of every framework, built in and of the workspace')
    .action((_options: unknown, command: Command) => run(() => list(globalOptions(command))));
  frameworks
    .command('show')
    .description('The ids of a framework, or what one of them is about')
    .argument('<framework>', 'ID, or ID@VERSION; the newest version without one')
    .argument('[entry]', 'an id of it, such as AML.T0051')
    .action((name: string, entry: string | undefined, _options: unknown, command: Command) =>
      run(() => show(name, entry, globalOptions(command))),
    );
  frameworks
    .command('import')
    .description('Make a .framework.yaml of MITRE’s ATLAS data, an OSCAL catalogue or a table')
    .argument('<file>', 'YAML, JSON, CSV or TSV')
    .option('--format <format>', 'atlas, oscal or csv (default: found out)')
    .option('--id <id>', 'what policies name it by')
    .option('--version <version>', 'the framework’s own version')
    .option('--title <title>', 'its name')
    .option('--with-text', 'take the publisher’s texts over too; look at its licence first')
    .option('-o, --output <file>', 'where it is written (default: in frameworks/, by id and version)')
    .option('--force', 'replace a file that is there')
    .action((file: string, options: ImportOptions, command: Command) =>
      run(() => importFile(file, options, globalOptions(command))),
    );
  addVersionCommands(frameworks, run);
}

function addVersionCommands(frameworks: Command, run: Run): void {
  frameworks
    .command('compare')
    .description('What changed between two versions, and which controls of the workspace’s policies that concerns')
    .argument('<framework>', 'its id')
    .argument('<from>', 'the version policies have now')
    .argument('<to>', 'the other version')
    .action((id: string, from: string, to: string, _options: unknown, command: Command) =>
      run(() => compare({ id, from, to }, globalOptions(command))),
    );
  frameworks
    .command('upgrade')
    .description('Bring policies to another version; exit code 1 while mappings are left that a person must decide')
    .argument('<framework>', 'its id')
    .argument('<from>', 'the version policies have now')
    .argument('<to>', 'the version they shall have')
    .option('-p, --policy <file>', 'a policy file (may be repeated; default: all that mean FROM)', collect)
    .option('--write', 'write the files; without it the edits are only shown')
    .action((id: string, from: string, to: string, options: UpgradeOptions, command: Command) =>
      run(() => upgrade({ id, from, to }, options, globalOptions(command))),
    );
}

/** The workspace this is called in, without its store. */
async function withDocuments(
  use: (documents: DocumentLibrary, host: Host, folder: string, signal: AbortSignal) => Promise<ExitCode>,
): Promise<ExitCode> {
  const host = createHost();
  const interrupts = watchInterrupts(host.clock);
  try {
    const folder = await workspaceFolderOf(host, process.cwd());
    return await use(createDocumentLibrary(host.files, folder), host, folder, interrupts.signal);
  } finally {
    interrupts.dispose();
  }
}

function list(options: GlobalOptions): Promise<ExitCode> {
  return withDocuments(async (documents, _host, _folder, signal) => {
    const frameworks = await listKnownFrameworks(documents, signal);
    print({ frameworks }, listText(frameworks), options);
    return 0;
  });
}

function show(name: string, entry: string | undefined, options: GlobalOptions): Promise<ExitCode> {
  const at = name.indexOf('@');
  const [id, version] = at < 0 ? [name, undefined] : [name.slice(0, at), name.slice(at + 1)];
  return withDocuments(async (documents, _host, _folder, signal) => {
    const asked = { id, ...(version === undefined ? {} : { version }), ...(entry === undefined ? {} : { entry }) };
    const details = await showFramework(asked, documents, signal);
    print(details, showText(details, entry !== undefined), options);
    return 0;
  });
}

function importFile(file: string, options: ImportOptions, global: GlobalOptions): Promise<ExitCode> {
  const { output, force, format, ...named } = options;
  return withDocuments(async (_documents, host, folder, signal) => {
    const request = {
      ...named,
      path: path.resolve(file),
      ...(format === undefined ? {} : { format: readFormat(format) }),
    };
    const { definition, text, name, notes } = await importFramework(request, host, signal);
    const target = output === undefined ? path.join(folder, 'frameworks', name) : path.resolve(output);
    if (!/\.framework\.ya?ml$/i.test(target)) {
      throw new WorkbenchError('usage', `${target} would be no framework file.`, {
        remedy: 'Let its name end in .framework.yaml.',
      });
    }
    if (force !== true && (await host.files.facts(target)) !== undefined) {
      throw new WorkbenchError('usage', `${target} is there already; nothing was written.`, {
        remedy: 'Name another file with --output, or replace it with --force.',
        place: { path: target },
      });
    }
    await host.files.writeText(target, text);
    const { id, version, title, entries, retired = [], source } = definition;
    const counts = { entries: entries.length, retired: retired.length };
    const told = `${path.relative(process.cwd(), target)}: ${title} ${version} (${id}), ${counts.entries} ids${counts.retired === 0 ? '' : ` and ${counts.retired} retired`}`;
    print({ path: target, id, version, title, ...counts, source, notes }, told, global);
    for (const note of notes) printNote(note);
    return 0;
  });
}

function readFormat(text: string): FrameworkFormat {
  if (text === 'atlas' || text === 'oscal' || text === 'csv') return text;
  throw new WorkbenchError('usage', `"${text}" is no format of frameworks.`, {
    remedy: 'Use one of: atlas, oscal, csv.',
  });
}

function compare(step: VersionStep, options: GlobalOptions): Promise<ExitCode> {
  return withDocuments(async (documents, _host, _folder, signal) => {
    const { comparison } = await compareForPolicies(step, documents, signal);
    print(comparison, comparisonText(comparison), options);
    return 0;
  });
}

function upgrade(step: VersionStep, { policy, write }: UpgradeOptions, options: GlobalOptions): Promise<ExitCode> {
  return withDocuments(async (documents, host, folder, signal) => {
    const files = policy?.map(file => host.files.relative(folder, path.resolve(file)));
    const { comparison, policies } = await planUpgrade(step, files, documents, signal);
    if (write === true) {
      for (const { path: target, text, edits } of policies)
        if (edits.length > 0) await host.files.writeText(target, text);
    }
    const plan: FrameworkUpgrade = {
      comparison,
      policies: policies.map(({ path: target, file, policy: id, edits, open }) => ({
        path: target,
        file,
        policy: id,
        edits,
        open,
      })),
    };
    print(plan, upgradeText(plan, write === true), options);
    if (policies.length === 0) printNote(`No policy here means ${step.id} ${step.from}.`);
    else if (write !== true) printNote('Nothing was written; --write does. Raise each policy’s own version as well.');
    return policies.some(({ open }) => open.length > 0) ? 1 : 0;
  });
}
