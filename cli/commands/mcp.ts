import { statSync } from 'node:fs';
import type { Command } from 'commander';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import { allowCommandsOption, allowOriginOption } from '../access.ts';
import { globalOptions } from '../options.ts';

interface McpOptions {
  readonly workspace?: string;
  readonly readOnly?: boolean;
  readonly maxCost?: number;
  readonly allowOrigin?: readonly string[];
  readonly allowCommands?: boolean;
}

/** The server for agents. Loaded only when asked for. */
export function addMcp(program: Command, run: (action: () => Promise<ExitCode>) => Promise<void>): void {
  program
    .command('mcp')
    .requiredOption('--stdio', 'talk over the standard streams')
    .option('--workspace <folder>', 'the folder to work in (default: where it is started)', readFolder)
    .option('--read-only', 'offer only tools that start nothing and change nothing')
    .option('--max-cost <usd>', 'start no run whose estimate is above this, or whose cost cannot be known', readMoney)
    .option(...allowOriginOption)
    .option(...allowCommandsOption)
    .action((options: McpOptions, command: Command) =>
      run(async () => {
        const { serveMcp } = await import('../mcp/serve-mcp.ts');
        return serveMcp({
          workspace: options.workspace,
          store: globalOptions(command).store,
          readOnly: options.readOnly === true,
          ceiling: options.maxCost,
          allowOrigin: options.allowOrigin,
          allowCommands: options.allowCommands,
        });
      }),
    );
}

/** A folder that is there: a server of a misspelt one would find nothing and say so nowhere. Throws `usage`. */
function readFolder(text: string): string {
  if (statSync(text, { throwIfNoEntry: false })?.isDirectory() === true) return text;
  throw new WorkbenchError('usage', `There is no folder ${text}.`, { remedy: 'Name the workspace’s folder.' });
}

/** US dollars. Throws `usage`. */
function readMoney(text: string): number {
  const amount = Number(text);
  if (text.trim() !== '' && Number.isFinite(amount) && amount >= 0) return amount;
  throw new WorkbenchError('usage', `"${text}" is no amount of US dollars.`, {
    remedy: 'Write a number, such as 5 or 0.50.',
  });
}
