import type { Connection, Platform } from '../../../../schemas/generated/files.ts';
import { WorkbenchError } from '../../../base/errors.ts';
import { didYouMean } from '../../../base/suggest.ts';
import { addressOf, originOf, publishedOrigins } from '../../../models/connections.ts';
import { createEndpoint } from '../../../models/http/endpoint.ts';
import { openCredential } from '../../../models/http/open.ts';
import { azureAccountUrl } from '../../../models/openai/open.ts';
import type { PlatformPorts } from '../../platform-ports.ts';
import { createServiceClient } from './client.ts';
import type { ServiceSession } from './context.ts';
import { createFineTuningService } from './service.ts';

export type OpenAiPlatform = Extract<Platform, { type: 'openai' }>;
type ServiceConnection = Extract<Connection, { provider: 'openai' | 'azure-openai' }>;

/** Opens the service that a platform names. Sends nothing yet, but may fetch a token. Throws what `openCredential` throws, and `file-invalid`. */
export async function openService(
  name: string,
  settings: OpenAiPlatform,
  ports: PlatformPorts,
  signal: AbortSignal,
): Promise<ServiceSession> {
  const connection = findConnection(name, settings.connection, ports);
  const origin = originOf(connection) ?? '';
  const credential = await openCredential(connection, origin, ports, signal);
  const isAzure = connection.provider === 'azure-openai';
  const endpoint = createEndpoint({
    name: settings.connection,
    baseUrl: isAzure ? azureAccountUrl(connection) : (addressOf(connection) ?? ''),
    model: '',
    apiKey: credential?.current(),
    headers: connection.headers,
    field: isAzure ? 'endpoint' : 'baseUrl',
  });
  const { clock, digest, random } = ports;
  const http = ports.createHttp(endpoint.origin, { connections: 2, ...ports.networkFor(origin) });
  const usesKeyHeader = isAzure && connection.auth === undefined;
  const client = createServiceClient(
    endpoint,
    {
      credential,
      authorise: key => writeKey(key, usesKeyHeader),
      headers: connection.headers ?? {},
    },
    { http, clock, random },
  );
  const { trainingType, deployment, price, hostingPrice } = settings;
  return {
    ...{ platform: name, connection: settings.connection, clock, digest, price, hostingPrice },
    service: createFineTuningService(endpoint, client, digest),
    azure: isAzure
      ? {
          ...(trainingType === undefined ? {} : { trainingType }),
          ...(deployment === undefined ? {} : { deployment }),
        }
      : undefined,
    isOriginal: isAzure || publishedOrigins.includes(origin),
    close: () => http.close(),
  };
}

/** Azure takes keys in a header of its own, and tokens as everybody does. */
function writeKey(key: string, usesKeyHeader: boolean): Readonly<Record<string, string>> {
  return usesKeyHeader ? { 'api-key': key } : { authorization: `Bearer ${key}` };
}

function findConnection(platform: string, name: string, { config }: PlatformPorts): ServiceConnection {
  const declared = config.connections ?? {};
  const connection = Object.hasOwn(declared, name) ? declared[name] : undefined;
  if (connection?.provider === 'openai' || connection?.provider === 'azure-openai') return connection;
  const fitting = Object.entries(declared).flatMap(([key, { provider }]) =>
    provider === 'openai' || provider === 'azure-openai' ? [key] : [],
  );
  const what =
    connection === undefined
      ? `No connection is called "${name}"${didYouMean(name, fitting)}.`
      : `The connection "${name}" is of ${connection.provider}, which does not train models for others.`;
  throw new WorkbenchError('file-invalid', `The platform ${platform}: ${what}`, {
    remedy: 'Name a connection of provider `openai` or `azure-openai` as its `connection` in workbench.yaml.',
  });
}
