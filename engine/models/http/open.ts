import type { Connection } from '../../../schemas/generated/files.ts';
import type { SecretReference } from '../../ports/secrets.ts';
import type { ConnectContext, ConnectPorts } from '../connect-context.ts';
import { credentialOf } from '../connections.ts';
import { fixedCredential, renewedCredential } from './credential.ts';
import type { Credential } from './credential.ts';
import type { HttpModelDependencies } from './model.ts';

/**
 * The credential a connection names, for use at one origin; undefined where it names none. Resolved at once, so that a run that lacks
 * it fails before its first question. Throws `origin-not-allowed`, `secret-missing` or `secret-command-failed`.
 */
export async function openCredential(
  connection: Connection,
  origin: string,
  { secrets, clock }: ConnectPorts,
  signal: AbortSignal,
): Promise<Credential | undefined> {
  const reference = credentialOf(connection);
  if (reference === undefined) return undefined;
  const first = await secrets.resolve(reference, origin, signal);
  if (!expires(reference)) return fixedCredential(first);
  return renewedCredential(first, stop => secrets.resolve(reference, origin, stop), clock);
}

/** Commands and identities give tokens that expire; what is written down somewhere does not change during a run. */
function expires({ command, identity }: SecretReference): boolean {
  return command !== undefined || identity !== undefined;
}

/** What `createHttpModel` needs for one origin. */
export function httpDependencies(origin: string, { ports, limits }: ConnectContext): HttpModelDependencies {
  return {
    http: ports.createHttp,
    httpOptions: { connections: limits.concurrency, ...ports.networkFor(origin) },
    clock: ports.clock,
    digest: ports.digest,
    random: ports.random,
  };
}
