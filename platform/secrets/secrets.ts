import { WorkbenchError } from '../../engine/base/errors.ts';
import { originNotAllowed, type SecretReference, type Secrets } from '../../engine/ports/secrets.ts';
import { runCredentialCommand } from './command.ts';
import { fetchIdentityToken } from './identity.ts';
import { readUserConfig } from './user-config.ts';

export interface CliSecretsOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Origins given with --allow-origin. */
  readonly allowOrigins: readonly string[];
  /** Providers' own published origins. */
  readonly publishedOrigins: readonly string[];
  readonly userConfigPath: string;
}

/** Secrets of a terminal or CI job. The user's configuration is read when a secret is first needed. */
export function createCliSecrets(options: CliSecretsOptions): Secrets {
  return {
    // A provider's own origin is no exception: its key may go there, but nobody has said that these rows may.
    requireOrigin(origin, served) {
      const { allowedOrigins } = readUserConfig(options.userConfigPath);
      if ([...options.allowOrigins, ...allowedOrigins].map(originOf).includes(origin)) return Promise.resolve();
      return Promise.reject(originNotAllowed(origin, served, remedyFor(origin, options.userConfigPath)));
    },
    async resolve(reference, origin, signal) {
      const config = readUserConfig(options.userConfigPath);
      const allowed = [...options.publishedOrigins, ...options.allowOrigins, ...config.allowedOrigins].map(originOf);
      if (!allowed.includes(origin)) throw notAllowed(reference, origin, options.userConfigPath);
      if (reference.env !== undefined) return fromEnvironment(reference.env, options.env);
      if (reference.secret !== undefined) return fromEnvironment(variableOf(reference.secret), options.env);
      if (reference.identity !== undefined)
        return fetchIdentityToken(reference.identity, { env: options.env, resource: reference.resource }, signal);
      if (config.allowedCommands.includes(reference.command)) return runCredentialCommand(reference.command, signal);
      throw new WorkbenchError(
        'origin-not-allowed',
        `The workspace wants to run \`${reference.command}\` to get a key.`,
        {
          remedy: `If you trust it, add it to "allowedCommands" in ${options.userConfigPath}.`,
        },
      );
    },
  };
}

/**
 * Secrets that another process resolved and passed on. Each is given only for the origin it was resolved for. One that expires is
 * passed on once; asked for again, it is fetched anew by `renew`: whoever passed it on had asked whether it may be. `origins` are those
 * that registries name and the person has allowed.
 */
export function createRelayedSecrets(
  values: readonly { readonly reference: SecretReference; readonly origin: string; readonly value: string }[],
  renew: (reference: SecretReference, signal: AbortSignal) => Promise<string>,
  origins: readonly string[] = [],
): Secrets {
  const byKey = new Map(values.map(({ reference, origin, value }) => [keyOf(reference, origin), value]));
  const given = new Set<string>();
  return {
    requireOrigin(origin, served) {
      if (origins.includes(origin)) return Promise.resolve();
      return Promise.reject(
        originNotAllowed(origin, served, 'Start the run again, and allow the address if you trust it.'),
      );
    },
    resolve(reference, origin, signal) {
      const key = keyOf(reference, origin);
      const value = byKey.get(key);
      const expires = reference.command !== undefined || reference.identity !== undefined;
      if (value !== undefined && expires && given.has(key)) return renew(reference, signal);
      given.add(key);
      if (value !== undefined) return Promise.resolve(value);
      return Promise.reject(
        new WorkbenchError('secret-missing', `No key was passed on for ${origin}.`, {
          remedy: 'workbench.yaml changed while the run was being started; start it again.',
        }),
      );
    },
  };
}

/** Fetches a credential that expires once more, for an origin that it was already given to. */
export function renewCredential(
  reference: SecretReference,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<string> {
  if (reference.identity === undefined) return runCredentialCommand(reference.command ?? '', signal);
  return fetchIdentityToken(reference.identity, { env, resource: reference.resource }, signal);
}

/** The environment variable a saved secret is read from outside VS Code: `open-ai` is `AIWB_SECRET_OPEN_AI`. */
export function variableOf(secret: string): string {
  return `AIWB_SECRET_${secret.toUpperCase().replaceAll('-', '_')}`;
}

function originOf(text: string): string {
  return URL.canParse(text) ? new URL(text).origin : text;
}

function keyOf(reference: SecretReference, origin: string): string {
  return JSON.stringify([
    reference.env,
    reference.secret,
    reference.command,
    reference.identity,
    reference.identity && reference.resource,
    origin,
  ]);
}

function fromEnvironment(name: string, env: Readonly<Record<string, string | undefined>>): string {
  const value = env[name];
  if (value !== undefined && value !== '') return value;
  throw new WorkbenchError('secret-missing', `The environment variable ${name} is not set.`, {
    remedy: `Set ${name} to the key and run it again.`,
  });
}

function notAllowed(reference: SecretReference, origin: string, configPath: string): WorkbenchError {
  const what =
    reference.env ?? reference.secret ?? (reference.identity === undefined ? 'from a command' : 'of your account');
  return new WorkbenchError(
    'origin-not-allowed',
    `The workspace wants to send the key ${what} to ${origin}, which nobody has allowed.`,
    { remedy: remedyFor(origin, configPath) },
  );
}

function remedyFor(origin: string, configPath: string): string {
  return `If you trust that address, run it again with \`--allow-origin ${origin}\`, or add it to "allowedOrigins" in ${configPath}.`;
}
