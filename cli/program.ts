import process from 'node:process';
import { Command, CommanderError } from 'commander';
import { WorkbenchError, type ExitCode } from '../engine/base/errors.ts';
import { commandGroups } from './command-list.ts';
import type { Run } from './commands/governed.ts';
import type { GlobalOptions } from './options.ts';
import { printFailure } from './output.ts';
import { version } from './version.ts';

/** Runs the command that `args` name; the exit code is the process's. */
export async function runProgram(args: readonly string[]): Promise<void> {
  const program = createProgram();
  const fail = (error: unknown): ExitCode => {
    const { json, verbose } = program.opts<GlobalOptions>();
    return printFailure(error, json === true, verbose === true);
  };
  // A command's exit code becomes the program's, and a failure is told in full.
  const run: Run = async action => {
    try {
      process.exitCode = await action();
    } catch (error) {
      process.exitCode = fail(error);
    }
  };
  try {
    await addCommands(program, run, namedCommand(args));
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else process.exitCode = fail(error);
  }
}

function createProgram(): Command {
  return new Command('aiwb')
    .description('Benchmark AI models from files, and keep what was measured.')
    .option('--store <folder>', 'the store to use (default: .aiwb beside workbench.yaml)')
    .option('--json', 'print results as JSON')
    .option('--verbose', 'print more about failures')
    .addHelpText(
      'after',
      '\nExit codes: 0 done; 1 a gate not met, or validate found errors; 2 wrong usage or invalid input; 3 the run failed; 130 interrupted.',
    )
    .exitOverride()
    .configureOutput({ writeErr: text => process.stderr.write(text) });
}

/** The named command as its module makes it; the others only as lines of the help, and for what a misspelt name may have meant. */
export async function addCommands(program: Command, run: Run, named: string | undefined): Promise<void> {
  for (const { commands, load } of commandGroups) {
    if (named !== undefined && Object.hasOwn(commands, named)) (await load())(program, run);
    for (const [name, [usage, description]] of Object.entries(commands)) {
      const loaded = program.commands.find(command => command.name() === name);
      const command = loaded ?? program.command(`${name} ${usage}`, { hidden: description === undefined });
      command.description(description ?? '');
      if (loaded === undefined) command.action(() => refuse(name));
    }
  }
  // `--version` belongs to the program where no command is named: `registry publish` has one of its own.
  const isKnown = program.commands.some(command => command.name() === named);
  if (!isKnown) program.version(version);
}

function refuse(name: string): never {
  throw new WorkbenchError('usage', `The command ${name} stands where it is not looked for.`, {
    remedy: `Write it first: \`aiwb ${name}\`.`,
  });
}

/** The first argument that is neither an option nor the store's folder; after `help` the one that help is asked for. */
export function namedCommand(args: readonly string[]): string | undefined {
  const operands: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] ?? '';
    if (argument === '--store') index += 1;
    else if (!argument.startsWith('-') || argument === '-') operands.push(argument);
  }
  return operands[0] === 'help' ? operands[1] : operands[0];
}
