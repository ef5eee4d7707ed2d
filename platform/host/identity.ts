import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { WorkbenchError } from '../../engine/base/errors.ts';
import type { Identities } from '../../engine/ports/identity.ts';
import type { Identity } from '../../schemas/generated/messages.ts';

/** Milliseconds git may take. */
const patience = 10_000;
const longestEmail = 254;
const longestName = 200;

type Variables = Readonly<Record<string, string | undefined>>;

/** Who acts, by git's own rules: the environment first, then its configuration for the folder. */
export function createIdentities(environment: Variables = process.env, git = 'git'): Identities {
  return {
    async whoAmI(folder, signal) {
      signal.throwIfAborted();
      const ask = (name: string): Promise<string> => askGit(git, name, folder, environment, signal);
      const email = environment['GIT_AUTHOR_EMAIL']?.trim() || (await ask('user.email'));
      if (email === '') throw missing(`Git knows no e-mail address for ${folder}`);
      if (!isEmail(email)) throw missing(`${JSON.stringify(email.slice(0, 80))} is no e-mail address`);
      const name = cleanName(environment['GIT_AUTHOR_NAME']?.trim() || (await ask('user.name').catch(noName)));
      const identity: Identity = { email, assurance: 'self-asserted' };
      return name === '' ? identity : { name, ...identity };
    },
  };
}

/** One "@" with something on either side, no white space or control characters, shorter than addresses may be. */
function isEmail(text: string): boolean {
  return text.length < longestEmail && /^[^\s\p{C}@]+@[^\s\p{C}@]+$/u.test(text);
}

function cleanName(text: string): string {
  return text.replace(/\p{C}/gu, '').slice(0, longestName).trim();
}

/** People need no name: where git cannot be asked for it, the address stands alone. */
function noName(error: unknown): string {
  if (error instanceof WorkbenchError) return '';
  throw error;
}

/** A value of git's configuration for the folder; empty when it is not set. */
function askGit(
  git: string,
  name: string,
  folder: string,
  environment: Variables,
  signal: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { cwd: folder, env: { ...environment }, timeout: patience, windowsHide: true, signal };
    execFile(git, ['config', '--get', name], options, (error, output) => {
      if (error === null) resolve(output.trim());
      // Git ends with 1 when the name is not set.
      else if (error.code === 1) resolve('');
      else if (signal.aborted) reject(signal.reason);
      else reject(missing(describeFailure(error, folder), error));
    });
  });
}

function describeFailure(error: Error & { code?: number | string | null; killed?: boolean }, folder: string): string {
  if (!existsSync(folder)) return `There is no folder ${folder} to ask git in`;
  if (error.code === 'ENOENT') return 'Git is not installed (or not on PATH), so it cannot be asked';
  if (error.killed === true) return `Git did not answer within ${patience / 1000} s for ${folder}`;
  return `Git could not be asked for ${folder}: ${error.message.trim().split('\n').at(-1) ?? ''}`;
}

function missing(what: string, cause?: unknown): WorkbenchError {
  return new WorkbenchError('identity-missing', `${what}: nobody would be known to have done this.`, {
    remedy: 'Run `git config user.email you@example.com` (and user.name), or set GIT_AUTHOR_EMAIL.',
    cause,
  });
}
