import { WorkbenchError } from '../../../base/errors.ts';
import type { Credential } from '../../../models/http/credential.ts';
import { isRecord } from '../../../models/http/json.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { PlatformClient } from '../../machines/rest.ts';
import { malformed } from '../../machines/rest.ts';
import { readResult } from './wire.ts';

/** A token is fetched anew this many milliseconds before it expires. */
const margin = 60_000;

export interface DenvrLogin {
  readonly name: string;
  readonly username: string;
  readonly password: (signal: AbortSignal) => Promise<string>;
}

/**
 * Logs in by name and password (`TokenAuth/Authenticate`) when a token is first needed, before it expires, and when it is no longer accepted.
 * `client` is the one that the token is for.
 */
export function createDenvrCredential(login: DenvrLogin, client: () => PlatformClient, clock: Clock): Credential {
  let token: string | undefined;
  let until = 0;
  let renewing: Promise<string> | undefined;

  async function authenticate(signal: AbortSignal): Promise<string> {
    const password = await login.password(signal);
    if (password === '') {
      throw new WorkbenchError('secret-missing', `The password of ${login.name} is empty.`, {
        remedy: 'Set it again.',
      });
    }
    client().endpoint.hide(password);
    const body = { userNameOrEmailAddress: login.username, password };
    const call = { method: 'POST', path: '/api/TokenAuth/Authenticate', body, open: true, repeatable: true } as const;
    const { json } = await client().send(call, signal);
    const result = readResult(json);
    if (!isRecord(result) || typeof result['accessToken'] !== 'string') throw malformed('Denvr', login.name, 'login');
    const seconds = typeof result['expireInSeconds'] === 'number' ? result['expireInSeconds'] : 900;
    token = result['accessToken'];
    until = clock.now() + Math.max(10_000, seconds * 1000 - margin);
    return token;
  }

  return {
    current: () => (clock.now() < until ? token : undefined),
    renew(signal) {
      renewing ??= authenticate(signal).finally(() => {
        renewing = undefined;
      });
      return renewing;
    },
  };
}
