import process from 'node:process';
import type { SecretRequest, SecretResponse } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../../engine/base/errors.ts';
import { publishedOrigins } from '../../engine/models/connections.ts';
import { originNotAllowed, type SecretReference, type Secrets } from '../../engine/ports/secrets.ts';
import { runCredentialCommand } from '../../platform/secrets/command.ts';
import { fetchIdentityToken } from '../../platform/secrets/identity.ts';

/** Secrets of an editor's window: it asks its user about the origin and looks into its own secret storage. */
export function createHostSecrets(ask: (request: SecretRequest) => Promise<SecretResponse>): Secrets {
  return {
    async requireOrigin(origin, served, signal) {
      const { allowed } = await ask({ origin, published: false, served });
      signal.throwIfAborted();
      if (!allowed)
        throw originNotAllowed(
          origin,
          served,
          'Run it again and allow the address if you trust it, or leave the model out.',
        );
    },
    async resolve(reference, origin, signal) {
      const response = await ask({ ...reference, origin, published: publishedOrigins.includes(origin) });
      signal.throwIfAborted();
      if (!response.allowed) {
        throw new WorkbenchError('origin-not-allowed', `Sending ${describe(reference)} to ${origin} was not allowed.`, {
          remedy: 'Run it again and allow the address if you trust it, or correct the address in workbench.yaml.',
        });
      }
      if (response.value !== undefined) return response.value;
      if (reference.env !== undefined) return fromEnvironment(reference.env);
      if (reference.command !== undefined) return runCredentialCommand(reference.command, signal);
      if (reference.identity !== undefined)
        return fetchIdentityToken(reference.identity, { env: process.env, resource: reference.resource }, signal);
      throw new WorkbenchError('secret-missing', `No key is saved under the name "${reference.secret}".`, {
        remedy: 'Save it with "AI Workbench: Set API Key".',
      });
    },
  };
}

function fromEnvironment(name: string): string {
  const value = process.env[name];
  if (value !== undefined && value !== '') return value;
  throw new WorkbenchError('secret-missing', `The environment variable ${name} is not set where VS Code runs.`, {
    remedy: `Set ${name} and restart VS Code, or save the key with "AI Workbench: Set API Key" and name it as {secret: …}.`,
  });
}

function describe(reference: SecretReference): string {
  if (reference.env !== undefined) return `the key in ${reference.env}`;
  if (reference.secret !== undefined) return `the saved key "${reference.secret}"`;
  return reference.identity === undefined ? 'the key a command prints' : 'a token of your account';
}
