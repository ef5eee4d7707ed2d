import { Option, type Command } from 'commander';
import { WorkbenchError } from '../engine/base/errors.ts';

/** Options that work with every command. */
export interface GlobalOptions {
  readonly store?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
}

export function globalOptions(command: Command): GlobalOptions {
  return command.optsWithGlobals<GlobalOptions>();
}

/** Collects an option that may be given several times. */
export function collect(value: string, earlier: readonly string[] | undefined): readonly string[] {
  return [...(earlier ?? []), value];
}

/** A whole number of rows above 0. Throws `usage`. */
export function readCount(text: string): number {
  return readNumberOf('rows', text);
}

/** A whole number above 0 of what is counted, such as `runs`. Throws `usage`. */
export function readNumberOf(what: string, text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new WorkbenchError('usage', `"${text}" is no number of ${what}.`, { remedy: 'Give a whole number above 0.' });
}

/** `-o, --output`, called alike by every command that writes a file; `--out`, as some called it, is understood and not shown. */
export function addOutput(command: Command, placeholder: string, description: string): Command {
  return command
    .option(`-o, --output ${placeholder}`, description)
    .addOption(new Option(`--out ${placeholder}`).hideHelp())
    .on('option:out', (value: string) => {
      command.setOptionValue('output', value);
    });
}
