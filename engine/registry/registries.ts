import { WorkbenchError } from '../base/errors.ts';
import { didYouMean } from '../base/suggest.ts';
import { fixedCredential, renewedCredential, type Credential } from '../models/http/credential.ts';
import { encodeBase64 } from '../base/base64.ts';
import type { Clock } from '../ports/clock.ts';
import type { Digest } from '../ports/digest.ts';
import type { CreateHttpClient, HttpOptions } from '../ports/http.ts';
import type { LocalRegistry, ModelRegistry } from '../ports/registry.ts';
import { toSecretReference, type SecretReference, type Secrets } from '../ports/secrets.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { declaredRegistries, type RegistryDeclaration } from './declared.ts';
import { openKubeflow } from './kubeflow/open.ts';
import { openMlflow } from './mlflow/open.ts';
import { createRestClient } from './rest/client.ts';

export { declaredRegistries, type RegistryDeclaration };

/** What asking registries elsewhere needs of the outside world. */
export interface RegistryAccess {
  readonly clock: Clock;
  readonly digest: Digest;
  readonly secrets: Secrets;
  readonly createHttp: CreateHttpClient;
  readonly networkFor: (origin: string) => Omit<HttpOptions, 'connections'>;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** The registries of one workspace: the local one, and those that workbench.yaml declares. */
export interface Registries {
  readonly local: LocalRegistry;
  /** Those elsewhere, in the order of their declaration. */
  readonly declared: readonly RegistryDeclaration[];
  /** `local`, absent, or a declared name. Asks nothing yet, and looks up no secret. Throws `registry-unknown`. */
  open(name: string | undefined): ModelRegistry;
  close(): Promise<void>;
}

export function createRegistries(workspace: Workspace, local: LocalRegistry, access: RegistryAccess): Registries {
  const declared = declaredRegistries(workspace);
  const opened = new Map<string, { readonly registry: ModelRegistry; close(): Promise<void> }>();
  return {
    local,
    declared,
    open(name) {
      if (name === undefined || name === 'local') return local;
      const known = opened.get(name);
      if (known !== undefined) return known.registry;
      const declaration = declared.find(one => one.name === name);
      if (declaration === undefined) throw unknown(name, workspace, declared);
      const made = openDeclared(declaration, access);
      opened.set(name, made);
      return made.registry;
    },
    async close() {
      for (const one of opened.values()) await one.close();
      opened.clear();
    },
  };
}

/** Most requests to one registry at once. */
const connections = 8;

function openDeclared({ name, settings }: RegistryDeclaration, access: RegistryAccess) {
  const { origin } = new URL(settings.url);
  const http = access.createHttp(origin, { connections, ...access.networkFor(origin) });
  const { scheme, credential } = credentialOf(settings, origin, access);
  const rest = createRestClient(
    { name, baseUrl: settings.url, scheme, credential },
    { http, clock: access.clock, random: access.random },
  );
  const context = { name, rest, clock: access.clock, digest: access.digest };
  const registry =
    settings.type === 'kubeflow' ? openKubeflow({ ...context, settings }) : openMlflow({ ...context, settings });
  return { registry, close: () => http.close() };
}

/** The token is looked up when something is first asked: what only shows what is known needs none. */
function credentialOf(
  settings: RegistryDeclaration['settings'],
  origin: string,
  { secrets, clock }: RegistryAccess,
): { readonly scheme: 'Bearer' | 'Basic'; readonly credential: Credential | undefined } {
  const fetch = (reference: SecretReference) => (signal: AbortSignal) => secrets.resolve(reference, origin, signal);
  if (settings.token !== undefined) {
    const reference = toSecretReference(settings.token);
    return { scheme: 'Bearer', credential: renewedCredential(undefined, fetch(reference), clock) };
  }
  if (settings.type !== 'mlflow' || settings.username === undefined) return { scheme: 'Bearer', credential: undefined };
  const { username, password } = settings;
  const basic = (word: string): string => encodeBase64(new TextEncoder().encode(`${username}:${word}`));
  if (password === undefined) return { scheme: 'Basic', credential: fixedCredential(basic('')) };
  const resolve = fetch(toSecretReference(password));
  return {
    scheme: 'Basic',
    credential: renewedCredential(undefined, async signal => basic(await resolve(signal)), clock),
  };
}

function unknown(name: string, { path }: Workspace, declared: readonly RegistryDeclaration[]): WorkbenchError {
  const names = ['local', ...declared.map(one => one.name)];
  return new WorkbenchError('registry-unknown', `No registry is called "${name}"${didYouMean(name, names)}.`, {
    remedy: `There are: ${names.join(', ')}. Declare others under \`registries\` in workbench.yaml.`,
    ...(path === undefined ? {} : { place: { path } }),
  });
}
