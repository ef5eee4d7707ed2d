import type { Connection } from '../../../schemas/generated/files.ts';
import type { SecretReference } from '../../ports/secrets.ts';
import type { ConnectContext, ConnectPorts } from '../connect-context.ts';
import { addressOf, credentialOf, modelNameOf, originOf, parametersOf } from '../connections.ts';
import type { Model, ModelParameters } from '../model.ts';
import { fixedCredential, renewedCredential } from './credential.ts';
import type { Credential } from './credential.ts';
import { createEndpoint } from './endpoint.ts';
import type { Endpoint } from './endpoint.ts';
import { createHttpModel } from './model.ts';
import type { HttpModelDependencies } from './model.ts';
import type { Protocol } from './protocol.ts';

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

/** What tells a provider from others that are asked over HTTP. */
export interface HttpProvider {
  protocolFor(endpoint: Endpoint, defaults: ModelParameters): Protocol;
  /** How a key is sent. Default: as a bearer token. */
  readonly authorise?: (key: string) => Readonly<Record<string, string>>;
  /** The field of workbench.yaml that holds the address. Default `baseUrl`. */
  readonly field?: string;
  /** Headers of every request. Default: the connection's. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Opens a connection that has one address and at most one key. Throws what `openCredential` and `createHttpModel` throw. */
export async function openHttpModel(
  connection: Connection,
  context: ConnectContext,
  { protocolFor, authorise, field, headers = headersOf(connection) }: HttpProvider,
  signal: AbortSignal,
): Promise<Model> {
  const { name, limits, retries, ports } = context;
  const origin = originOf(connection) ?? '';
  const parameters = parametersOf(connection);
  const credential = await openCredential(connection, origin, ports, signal);
  const endpoint = createEndpoint({
    name,
    baseUrl: addressOf(connection) ?? '',
    model: modelNameOf(connection),
    apiKey: credential?.current(),
    headers,
    field,
  });
  return createHttpModel(
    protocolFor(endpoint, parameters),
    endpoint,
    { parameters, limits, retries, headers, credential, ...(authorise === undefined ? {} : { authorise }) },
    httpDependencies(origin, context),
  );
}

function headersOf(connection: Connection): Readonly<Record<string, string>> {
  return ('headers' in connection ? connection.headers : undefined) ?? {};
}
