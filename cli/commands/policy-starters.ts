import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import type { DraftedPolicies, PolicyTemplate } from '../../schemas/generated/messages.ts';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import { draftStarter, listStarters } from '../../engine/policy-starters/starters.ts';
import { createHost, templatesFolder, workspaceFolderOf } from '../composition.ts';
import { collect, globalOptions, type GlobalOptions } from '../options.ts';
import { printJson, printNote, printResult } from '../output.ts';
import type { Run } from './governed.ts';

interface InitOptions {
  readonly output?: string;
  readonly benchmark?: readonly string[];
  readonly metric?: readonly string[];
  readonly slice?: readonly string[];
}

export function addStarters(policy: Command, run: Run): void {
  policy
    .command('templates')
    .description('The starter policies, what each is for, and which names in it stand for your own')
    .action((_options: unknown, command: Command) => run(() => templates(globalOptions(command))));
  policy
    .command('init')
    .description('Write a starter policy, and those it builds on that the workspace lacks')
    .argument('<template>', 'its id: see `aiwb policy templates`')
    .option('-o, --output <file>', 'where the policy goes; others go beside it (default: policies/)')
    .option('-b, --benchmark <name=own>', 'your benchmark for a name of the template (may be repeated)', collect)
    .option('--metric <name=own>', 'your metric for one of the template (may be repeated)', collect)
    .option('--slice <name=own>', 'your slice column for one of the template (may be repeated)', collect)
    .action((template: string, options: InitOptions, command: Command) =>
      run(() => init(template, options, globalOptions(command))),
    );
}

async function templates(options: GlobalOptions): Promise<ExitCode> {
  const found = await listStarters(createHost().files, templatesFolder, new AbortController().signal);
  if (options.json === true) printJson({ templates: found });
  else printResult(found.map(renderTemplate).join('\n\n'));
  return 0;
}

function renderTemplate({ id, title, level, description, controls, benchmarks, ...rest }: PolicyTemplate): string {
  const names = benchmarks.map(
    ({ name, metrics, slices }) => `${name} (${[...metrics, ...slices.map(slice => `by ${slice}`)].join(', ')})`,
  );
  return [
    `${id}: ${title} (${level}, ${String(controls)} controls)`,
    `  ${description}`,
    ...(rest.extends.length === 0 ? [] : [`  builds on ${rest.extends.join(', ')}`]),
    ...(names.length === 0 ? [] : [`  benchmarks to name: ${names.join(', ')}`]),
  ].join('\n');
}

async function init(template: string, options: InitOptions, global: GlobalOptions): Promise<ExitCode> {
  const host = createHost();
  const signal = new AbortController().signal;
  const folder = await workspaceFolderOf(host, process.cwd());
  const request = {
    template,
    benchmarks: readPairs(options.benchmark, '--benchmark'),
    metrics: readPairs(options.metric, '--metric'),
    slices: readPairs(options.slice, '--slice'),
  };
  const drafted = await draftStarter(request, host.files, templatesFolder, folder, signal);
  const targets = placeFiles(drafted, options.output, folder);
  // Nothing is written before everything can be.
  for (const { path: target } of targets) {
    if ((await host.files.facts(target)) === undefined) continue;
    throw new WorkbenchError('usage', `${target} is there already.`, {
      remedy: 'Name another file with --output; nothing was written.',
    });
  }
  for (const { path: target, text } of targets) await host.files.writeText(target, text);
  const written = targets.map(({ id, path: target }) => ({ id, path: host.files.relative(process.cwd(), target) }));
  if (global.json === true) printJson({ written });
  else printResult(written.map(file => `${file.path} (${file.id})`).join('\n'));
  await noteOpenNames(template, request.benchmarks);
  return 0;
}

/** The policy where it was asked for, and those before it in the same folder. */
function placeFiles({ files }: DraftedPolicies, output: string | undefined, folder: string) {
  const target = output === undefined ? undefined : path.resolve(output);
  const beside = target === undefined ? path.join(folder, 'policies') : path.dirname(target);
  return files.map(({ id, file, text }, index) => ({
    id,
    text,
    path: target !== undefined && index === files.length - 1 ? target : path.join(beside, file),
  }));
}

async function noteOpenNames(template: string, given: Readonly<Record<string, string>>): Promise<void> {
  const starters = await listStarters(createHost().files, templatesFolder, new AbortController().signal);
  const own = starters.find(({ id }) => id === template)?.benchmarks ?? [];
  const open = own.map(({ name }) => name).filter(name => !Object.hasOwn(given, name));
  if (open.length > 0)
    printNote(
      `${open.join(', ')}: ${open.length === 1 ? 'a name that stands' : 'names that stand'} for benchmarks of yours. Write your own into the file, or start again with --benchmark ${open[0] ?? ''}=NAME.`,
    );
}

function readPairs(given: readonly string[] = [], option: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    given.map(pair => {
      const at = pair.indexOf('=');
      if (at > 0 && at < pair.length - 1) return [pair.slice(0, at), pair.slice(at + 1)];
      throw new WorkbenchError('usage', `"${pair}" is no NAME=OWN.`, {
        remedy: `Write it like ${option} quality=triage-core.`,
      });
    }),
  );
}
