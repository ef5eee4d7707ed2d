import type { ModelVersion, VersionEndpoint } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { keys } from '../registry/keys.ts';

const longestAddress = 2000;
const longestName = 500;

/** The address and name that a registry tells: anybody who may write there chose them. Throws `model-unsuitable`. */
export function readEndpoint(
  name: string,
  version: ModelVersion,
): { readonly url: string; readonly model: string } | undefined {
  const endpoint = version.endpoint ?? endpointIn(version.customProperties);
  if (endpoint === undefined) return undefined;
  const { model } = version;
  const served = endpoint.model ?? model;
  if (isPlainAddress(endpoint) && served !== '' && served.length <= longestName && !/\p{Cc}/u.test(served))
    return { url: endpoint.url, model: served };
  throw new WorkbenchError('model-unsuitable', `${name}: the endpoint that its registry names is no plain address.`, {
    remedy: `Correct the property \`${keys.endpointUrl}\` of the version: an http(s) address without a user, query or fragment.`,
  });
}

/** Registries without a field of their own for it keep it among the properties. */
function endpointIn(properties: ModelVersion['customProperties']): VersionEndpoint | undefined {
  const url = properties[keys.endpointUrl];
  const model = properties[keys.endpointModel];
  if (typeof url !== 'string' || url === '') return undefined;
  return { url, ...(typeof model === 'string' && model !== '' ? { model } : {}) };
}

function isPlainAddress({ url }: VersionEndpoint): boolean {
  if (url.length > longestAddress || !URL.canParse(url)) return false;
  const { protocol, username, password } = new URL(url);
  return /^https?:$/.test(protocol) && username === '' && password === '' && !/[?#]/.test(url);
}
