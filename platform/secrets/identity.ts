import { readFile } from 'node:fs/promises';
import { WorkbenchError } from '../../engine/base/errors.ts';
import type { CreateHttpClient, HttpRequest } from '../../engine/ports/http.ts';
import type { AzureResource } from '../../engine/ports/secrets.ts';
import { createHttpClient } from '../http/client.ts';
import { runCredentialCommand } from './command.ts';

export type IdentityKind = 'entra' | 'google';

/** What finding out who runs this needs; the defaults are this machine. */
export interface IdentityOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly http?: CreateHttpClient;
  readonly runCommand?: (command: string, signal: AbortSignal) => Promise<string>;
  /** What a token of Entra is for. */
  readonly resource?: AzureResource | undefined;
}

interface Asked extends Required<Omit<IdentityOptions, 'resource'>> {
  /** Audience of a token of Entra. */
  readonly audience: string;
}

/** One way to a token: undefined where this machine does not have it. */
type Way = (options: Asked, signal: AbortSignal) => Promise<string | undefined>;

/** Audiences of Azure: its AI services, Azure OpenAI among them, where nothing else is named. */
const aiServices = 'https://cognitiveservices.azure.com';
const azureResources: Readonly<Record<AzureResource, string>> = {
  management: 'https://management.azure.com',
  'management-us-government': 'https://management.usgovcloudapi.net',
  'management-china': 'https://management.chinacloudapi.cn',
};
/** Milliseconds a machine's own token service may take: where there is none, nothing answers at all. */
const nearbyWait = 2000;
const remoteWait = 20_000;

const ways: Readonly<Record<IdentityKind, readonly (readonly [name: string, way: Way])[]>> = {
  entra: [
    ['workload identity (AZURE_FEDERATED_TOKEN_FILE)', askWorkloadIdentity],
    ['Azure CLI', askAzureCli],
    ['managed identity of the app (IDENTITY_ENDPOINT)', askAppIdentity],
    ['managed identity of the machine', askAzureMachine],
  ],
  google: [
    ['application default credentials of gcloud', askCommand('gcloud auth application-default print-access-token')],
    ['account of gcloud', askCommand('gcloud auth print-access-token')],
    ['metadata server of the machine', askGoogleMachine],
  ],
};

const remedies: Readonly<Record<IdentityKind, string>> = {
  entra: 'Run `az login`, give the machine a managed identity, or use `apiKey` instead of `auth`.',
  google: 'Run `gcloud auth application-default login`, or use `apiKey` instead of `auth`.',
};

/**
 * A token for whoever runs this: the ways are tried in order, and the first that this machine has wins.
 * Throws `secret-missing` naming each way and why it gave nothing. The token is in no message.
 */
export async function fetchIdentityToken(
  kind: IdentityKind,
  { env, http = createHttpClient, runCommand = runCredentialCommand, resource }: IdentityOptions,
  signal: AbortSignal,
): Promise<string> {
  const audience = resource === undefined ? aiServices : azureResources[resource];
  const reasons: string[] = [];
  for (const [name, way] of ways[kind]) {
    try {
      const token = await way({ env, http, runCommand, audience }, signal);
      if (token !== undefined && token !== '') return token;
      reasons.push(`${name}: not set up`);
    } catch (error) {
      signal.throwIfAborted();
      reasons.push(`${name}: ${error instanceof Error ? shorten(error.message) : 'failed'}`);
    }
  }
  throw new WorkbenchError('secret-missing', `No token could be had. ${reasons.join('. ')}.`, {
    remedy: remedies[kind],
  });
}

function askAzureCli({ runCommand, audience }: Asked, signal: AbortSignal): Promise<string> {
  return runCommand(`az account get-access-token --resource ${audience} --query accessToken -o tsv`, signal);
}

function askCommand(command: string): Way {
  return ({ runCommand }, signal) => runCommand(command, signal);
}

/** Kubernetes and CI: a token of the platform is exchanged for one of Entra (OAuth 2.0 client credentials with an assertion, RFC 7523). */
async function askWorkloadIdentity({ env, http, audience }: Asked, signal: AbortSignal): Promise<string | undefined> {
  const file = env['AZURE_FEDERATED_TOKEN_FILE'];
  const [client, tenant] = [env['AZURE_CLIENT_ID'], env['AZURE_TENANT_ID']];
  if (file === undefined || client === undefined || tenant === undefined) return undefined;
  const assertion = (await readFile(file, { encoding: 'utf8', signal })).trim();
  const form = new URLSearchParams({
    client_id: client,
    scope: `${audience}/.default`,
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  });
  const authority = new URL(env['AZURE_AUTHORITY_HOST'] ?? 'https://login.microsoftonline.com');
  return askToken(
    http,
    {
      method: 'POST',
      url: `${authority.origin}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    },
    remoteWait,
    signal,
  );
}

async function askAppIdentity({ env, http, audience }: Asked, signal: AbortSignal): Promise<string | undefined> {
  const [endpoint, header] = [env['IDENTITY_ENDPOINT'], env['IDENTITY_HEADER']];
  if (endpoint === undefined || header === undefined) return undefined;
  const url = new URL(endpoint);
  url.searchParams.set('api-version', '2019-08-01');
  url.searchParams.set('resource', audience);
  addClient(url, env);
  return askToken(http, { method: 'GET', url: url.href, headers: { 'x-identity-header': header } }, nearbyWait, signal);
}

async function askAzureMachine({ env, http, audience }: Asked, signal: AbortSignal): Promise<string | undefined> {
  const url = new URL('http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01');
  url.searchParams.set('resource', audience);
  addClient(url, env);
  return askToken(http, { method: 'GET', url: url.href, headers: { metadata: 'true' } }, nearbyWait, signal);
}

/** A machine may have several identities; the environment says which is meant. */
function addClient(url: URL, env: IdentityOptions['env']): void {
  const client = env['AZURE_CLIENT_ID'];
  if (client !== undefined) url.searchParams.set('client_id', client);
}

async function askGoogleMachine({ env, http }: Asked, signal: AbortSignal): Promise<string | undefined> {
  const host = env['GCE_METADATA_HOST'] ?? 'metadata.google.internal';
  const url = new URL(`http://${host}/computeMetadata/v1/instance/service-accounts/default/token`);
  return askToken(http, { method: 'GET', url: url.href, headers: { 'metadata-flavor': 'Google' } }, nearbyWait, signal);
}

const mostBytes = 64 * 1024;

/** Asks one token service. The answer is `{access_token: …}` everywhere. */
async function askToken(
  http: CreateHttpClient,
  request: HttpRequest,
  wait: number,
  signal: AbortSignal,
): Promise<string> {
  const { origin } = new URL(request.url);
  const client = http(origin, { connections: 1 });
  const pieces: Uint8Array[] = [];
  let size = 0;
  let status = 0;
  try {
    await client.send(
      { ...request, headTimeout: wait, idleTimeout: wait },
      {
        head: code => (status = code),
        data: chunk => {
          size += chunk.length;
          if (size <= mostBytes) pieces.push(chunk);
        },
      },
      AbortSignal.any([signal, AbortSignal.timeout(wait)]),
    );
  } finally {
    await client.close();
  }
  const body = readJson(Buffer.concat(pieces).toString());
  const token = body['access_token'];
  if (status === 200 && typeof token === 'string') return token;
  const said = body['error_description'] ?? body['error'];
  throw new Error(`HTTP ${status}${typeof said === 'string' ? `, ${said}` : ''}`);
}

function readJson(text: string): Readonly<Record<string, unknown>> {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  } catch {
    return {}; // A proxy's page, say: the status is told.
  }
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim().replace(/\.$/, '');
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}
