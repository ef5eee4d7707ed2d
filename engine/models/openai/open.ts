import type { Connection } from '../../../schemas/generated/files.ts';
import type { ConnectContext, Opener } from '../connect-context.ts';
import { addressOf, originOf, publishedOrigins } from '../connections.ts';
import { httpDependencies, openCredential } from '../http/open.ts';
import { createOpenAiModel, type OpenAiApi } from './model.ts';

type OpenAi = Extract<Connection, { provider: 'openai' }>;
type AzureOpenAi = Extract<Connection, { provider: 'azure-openai' }>;

export const openOpenAi: Opener<OpenAi> = async (connection, context, signal) => {
  const origin = originOf(connection) ?? '';
  return createOpenAiModel(
    {
      ...(await sharedSettings(connection, origin, context, signal)),
      baseUrl: addressOf(connection) ?? '',
      isOriginal: publishedOrigins.includes(origin),
    },
    httpDependencies(origin, context),
  );
};

/** The first version of the dated API that knows the newer names of fields. */
const firstModernVersion = '2024-12-01';

export const openAzureOpenAi: Opener<AzureOpenAi> = async (connection, context, signal) => {
  const origin = originOf(connection) ?? '';
  const { apiVersion, auth } = connection;
  return createOpenAiModel(
    {
      ...(await sharedSettings(connection, origin, context, signal)),
      baseUrl: azureBaseUrl(connection),
      field: 'endpoint',
      isOriginal: apiVersion === undefined || apiVersion >= firstModernVersion,
      ...(auth === undefined ? { authorise: (key: string) => ({ 'api-key': key }) } : {}),
    },
    httpDependencies(origin, context),
  );
};

async function sharedSettings(
  connection: OpenAi | AzureOpenAi,
  origin: string,
  context: ConnectContext,
  signal: AbortSignal,
) {
  const { model, headers = {}, parameters = {}, api, language } = connection;
  return {
    name: context.name,
    model,
    headers,
    parameters,
    api,
    language,
    limits: context.limits,
    retries: context.retries,
    credential: await openCredential(connection, origin, context.ports, signal),
  };
}

/** APIs whose address names the deployment in Azure's dated API. */
const deploymentApis: readonly OpenAiApi[] = ['chat', 'completions', 'embeddings', 'transcriptions'];

/** The version-free API takes the deployment as the model; the dated one has it in the address. */
function azureBaseUrl(connection: AzureOpenAi): string {
  const { apiVersion, model, api = 'chat' } = connection;
  if (apiVersion === undefined || !deploymentApis.includes(api)) return azureAccountUrl(connection);
  return `${azureResource(connection)}/openai/deployments/${encodeSegment(model)}?api-version=${apiVersion}`;
}

/** The address below which an Azure resource keeps what is no deployment's: files, jobs, models. */
export function azureAccountUrl(connection: AzureOpenAi): string {
  const { apiVersion } = connection;
  const base = azureResource(connection);
  return apiVersion === undefined ? `${base}/openai/v1` : `${base}/openai?api-version=${apiVersion}`;
}

/** The address is often copied with the path that its page shows. */
function azureResource({ endpoint }: AzureOpenAi): string {
  return endpoint.replace(/\/{1,8}$/, '').replace(/\/openai(?:\/v1)?$/, '');
}

/** A deployment's name as one segment of a path. */
function encodeSegment(text: string): string {
  return new URL(
    `http://x/${text.replaceAll('%', '%25').replaceAll('/', '%2F').replaceAll('?', '%3F').replaceAll('#', '%23')}`,
  ).pathname.slice(1);
}
