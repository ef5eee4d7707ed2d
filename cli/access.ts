import process from 'node:process';
import { WorkbenchError } from '../engine/base/errors.ts';
import type { Secrets } from '../engine/ports/secrets.ts';
import { programNotAllowed } from '../platform/processes/programs.ts';
import { splitCommand } from '../platform/secrets/command.ts';
import { defaultUserConfigPath, readUserConfig } from '../platform/secrets/user-config.ts';
import { collect } from './options.ts';
import { createTerminalSecrets } from './secrets.ts';

/** What a run may use of the person who started it. */
export interface Access {
  readonly secrets: Secrets;
  /** Whether a program that the workspace names may be started. */
  allowsProgram(command: readonly string[]): boolean;
}

export interface AccessOptions {
  /** Origins that keys may be sent to. */
  readonly allowOrigin?: readonly string[] | undefined;
  /** Whether every program the workspace names may be started. */
  readonly allowCommands?: boolean | undefined;
}

/** The access of a terminal or CI job: what its options and the user's own configuration allow. */
export function createTerminalAccess({ allowOrigin = [], allowCommands = false }: AccessOptions): Access {
  return {
    secrets: createTerminalSecrets(allowOrigin),
    allowsProgram(command) {
      if (allowCommands) return true;
      const { allowedCommands } = readUserConfig(defaultUserConfigPath(process.env));
      return allowsOne(allowedCommands.map(splitCommand), command);
    },
  };
}

/** The access of what only looks: no key is given out, and no program may start. */
export const withoutAccess: Access = {
  secrets: {
    resolve: () =>
      Promise.reject(new WorkbenchError('secret-missing', 'Nothing is sent here, so no key is given out.')),
  },
  allowsProgram: () => false,
};

/** Whether a list of commands has exactly this one. */
export function allowsOne(allowed: readonly (readonly string[])[], command: readonly string[]): boolean {
  const wanted = JSON.stringify(command);
  return allowed.some(one => JSON.stringify(one) === wanted);
}

/** Throws `program-not-allowed` for the first program that may not be started. */
export function checkPrograms(commands: readonly (readonly string[])[], access: Access): void {
  for (const command of commands) if (!access.allowsProgram(command)) throw programNotAllowed(command);
}

/** The option of commands that ask models. */
export const allowOriginOption = [
  '--allow-origin <origin>',
  'let keys, and what a registered model is asked where its registry says it is served, be sent to this address, such as http://localhost:8000 (may be repeated)',
  collect,
] as const;

/** The option of commands that run benchmarks and jobs. */
export const allowCommandsOption = [
  '--allow-commands',
  'let the programs that the workspace names be started, such as `provider: command` and metrics of your own',
] as const;
