import process from 'node:process';
import type { Command } from 'commander';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import type { SigningKey } from '../../engine/ports/signing.ts';
import { createSigning, createSigningKey, signingKeyPath } from '../../platform/host/signing.ts';
import { createHost } from '../composition.ts';
import { globalOptions, type GlobalOptions } from '../options.ts';
import { print, type Run } from './governed.ts';

/** The key that people sign what they do with. */
export function addKeys(program: Command, run: Run): void {
  const keys = program.command('keys');
  keys
    .command('create')
    .description('Make a key, readable by you alone, outside every workspace')
    .action((_options: unknown, command: Command) => run(() => create(globalOptions(command))));
  keys
    .command('show')
    .description('Print the public part, for others to vouch for')
    .action((_options: unknown, command: Command) => run(() => show(globalOptions(command))));
}

async function create(options: GlobalOptions): Promise<ExitCode> {
  const key = createSigningKey();
  await tell(key, `Made in ${signingKeyPath(process.env)}. Others vouch for it in workbench.yaml:`, options);
  return 0;
}

async function show(options: GlobalOptions): Promise<ExitCode> {
  const key = await createSigning().ownKey();
  if (key === undefined) {
    throw new WorkbenchError('file-not-found', 'There is no signing key.', { remedy: 'Make one: `aiwb keys create`.' });
  }
  await tell(key, 'Others vouch for it in workbench.yaml:', options);
  return 0;
}

/** With the lines to add, under the address that git tells here. */
async function tell({ publicKey, keyId }: SigningKey, sentence: string, options: GlobalOptions): Promise<void> {
  const email = await createHost()
    .identities.whoAmI(process.cwd(), new AbortController().signal)
    .then(who => who.email, noIdentity);
  print({ publicKey, keyId }, `${sentence}\n\n  signers:\n    ${email}: ${publicKey}`, options);
}

/** A key can be made and shown where git knows nobody; whoever vouches for it writes the address. */
function noIdentity(error: unknown): string {
  if (error instanceof WorkbenchError) return 'you@example.com';
  throw error;
}
