import type { AzureMlPlatform } from '../../../../schemas/generated/files.ts';
import { defaultImage } from '../default-image.ts';
import type { AzureMlPorts, AzureWorkspace } from './workspace.ts';

/**
 * Id of the environment that jobs run in: the named one, the workspace's own before a curated one of that name; else one that is made of
 * `image`, once for each image.
 */
export async function resolveEnvironment(
  workspace: AzureWorkspace,
  { environment, image = defaultImage }: AzureMlPlatform,
  { digest }: AzureMlPorts,
  signal: AbortSignal,
): Promise<string> {
  if (environment === undefined) return makeEnvironment(workspace, image, digest.sha256(image).slice(0, 12), signal);
  if (environment.startsWith('/') || environment.startsWith('azureml://')) return environment;
  const [, name = environment, version = '1'] = /^(?:azureml:)?(.+):([^:]+)$/.exec(environment) ?? [];
  const path = `/environments/${encodeURIComponent(name)}/versions/${encodeURIComponent(version)}`;
  const { status } = await workspace.send({ method: 'GET', path }, signal, [404]);
  return status === 404 ? `azureml://registries/azureml/environments/${name}/versions/${version}` : workspace.id + path;
}

async function makeEnvironment(
  workspace: AzureWorkspace,
  image: string,
  digest: string,
  signal: AbortSignal,
): Promise<string> {
  const path = `/environments/aiwb-${digest}/versions/1`;
  const { status } = await workspace.send({ method: 'GET', path }, signal, [404]);
  if (status === 404) {
    const properties = { image, osType: 'Linux', description: `${image}, for tuning jobs.` };
    await workspace.send({ method: 'PUT', path, body: { properties } }, signal);
  }
  return workspace.id + path;
}
