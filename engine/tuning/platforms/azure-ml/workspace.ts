import type { AzureMlPlatform } from '../../../../schemas/generated/files.ts';
import { renewedCredential, type Credential } from '../../../models/http/credential.ts';
import { isRecord } from '../../../models/http/json.ts';
import { toSecretReference, type AzureResource, type SecretReference } from '../../../ports/secrets.ts';
import type { RunPorts } from '../../../runs/ports.ts';
import { createPlatformClient, malformed, type PlatformCall, type PlatformReply } from '../../machines/rest.ts';
import { readArmError } from './wire.ts';

export type AzureMlPorts = Pick<RunPorts, 'clock' | 'digest' | 'secrets' | 'createHttp' | 'networkFor' | 'random'>;

export const product = 'Azure ML';
const defaultUrl = 'https://management.azure.com';
const apiVersion = '2024-04-01';
const mostPages = 50;

/** Azure Resource Managers of the clouds, with what tokens for them are asked by. */
const clouds: Readonly<Record<string, AzureResource>> = {
  'https://management.usgovcloudapi.net': 'management-us-government',
  'https://management.chinacloudapi.cn': 'management-china',
};

/** A workspace behind Azure Resource Manager. */
export interface AzureWorkspace {
  /** ARM id of the workspace. */
  readonly id: string;
  /** `path` is below the workspace. */
  send(call: PlatformCall, signal: AbortSignal, expect?: readonly number[]): Promise<PlatformReply>;
  /** The same below the subscription. */
  sendSubscription(call: PlatformCall, signal: AbortSignal, expect?: readonly number[]): Promise<PlatformReply>;
  /** All entries of a list, over its pages. */
  list(path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<unknown[]>;
}

export function createWorkspace(name: string, settings: AzureMlPlatform, ports: AzureMlPorts): AzureWorkspace {
  const baseUrl = addressOf(settings);
  const { origin } = new URL(baseUrl);
  const client = createPlatformClient(
    {
      name,
      product,
      baseUrl,
      credential: credentialOf(settings, origin, ports),
      keyRemedy:
        'Sign in (`az login`) as somebody who may run jobs in the workspace (role AzureML Data Scientist), in the subscription’s own tenant.',
      readError: readArmError,
    },
    {
      http: ports.createHttp(origin, { connections: 4, ...ports.networkFor(origin) }),
      clock: ports.clock,
      random: ports.random,
    },
  );
  const { subscription, resourceGroup, workspace } = settings;
  const above = `/subscriptions/${encodeURIComponent(subscription)}`;
  const id = `${above}/resourceGroups/${encodeURIComponent(resourceGroup)}/providers/Microsoft.MachineLearningServices/workspaces/${encodeURIComponent(workspace)}`;
  const versioned = (call: PlatformCall, path: string): PlatformCall => ({
    ...call,
    path,
    query: { 'api-version': apiVersion, ...call.query },
  });
  const send: AzureWorkspace['send'] = (call, signal, expect) =>
    client.send(versioned(call, id + call.path), signal, expect);

  return {
    id,
    send,
    sendSubscription: (call, signal, expect) => client.send(versioned(call, above + call.path), signal, expect),
    async list(path, query, signal) {
      const entries: unknown[] = [];
      let { json } = await send({ method: 'GET', path, query }, signal);
      for (let page = 0; page < mostPages; page++) {
        if (!isRecord(json) || !Array.isArray(json['value'])) throw malformed(product, name, 'list');
        entries.push(...(json['value'] as unknown[]));
        const next = json['nextLink'];
        // A link elsewhere would take the token there.
        if (typeof next !== 'string' || !next.startsWith(`${client.endpoint.baseUrl}/`)) return entries;
        const path = next.slice(client.endpoint.baseUrl.length);
        ({ json } = await client.send({ method: 'GET', path }, signal));
      }
      return entries;
    },
  };
}

/** Address of Azure Resource Manager. */
export function addressOf({ url = defaultUrl }: Pick<AzureMlPlatform, 'url'>): string {
  return url.replace(/\/+$/, '');
}

/** How whoever runs the job proves it to Azure Resource Manager. */
export function armReference({ token, url }: Pick<AzureMlPlatform, 'token' | 'url'>): SecretReference {
  if (token !== undefined) return toSecretReference(token);
  const { origin } = new URL(addressOf(url === undefined ? {} : { url }));
  return { identity: 'entra', resource: clouds[origin] ?? 'management' };
}

function credentialOf(settings: AzureMlPlatform, origin: string, { secrets, clock }: AzureMlPorts): Credential {
  const reference = armReference(settings);
  return renewedCredential(undefined, signal => secrets.resolve(reference, origin, signal), clock);
}
