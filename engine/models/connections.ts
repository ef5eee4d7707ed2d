import type { Connection, Price } from '../../schemas/generated/files.ts';
import { toSecretReference, type SecretReference } from '../ports/secrets.ts';

/** Addresses asked where a connection names none. */
export const defaultAddresses = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com',
  gemini: 'https://generativelanguage.googleapis.com/v1beta',
  ollama: 'http://localhost:11434',
  'llama-cpp': 'http://localhost:8080',
} as const;

/** Where providers and platforms serve their own APIs: the origins their keys may go to without anyone being asked. */
export const publishedOrigins: readonly string[] = [
  'https://api.openai.com',
  'https://api.anthropic.com',
  'https://generativelanguage.googleapis.com',
  'https://api.runpod.io',
  'https://api.cloud.denvrdata.com',
  'https://management.azure.com',
];

/** The address a connection asks, as messages show it; undefined for those that ask none. Takes a validated connection. */
export function addressOf(connection: Connection): string | undefined {
  switch (connection.provider) {
    case 'openai':
    case 'anthropic':
    case 'gemini':
    case 'ollama':
    case 'llama-cpp':
      return connection.baseUrl ?? defaultAddresses[connection.provider];
    case 'azure-openai':
      return connection.endpoint;
    case 'http':
      return connection.url;
    case 'vscode-lm':
    case 'command':
    case 'replay':
      return undefined;
  }
}

/** The origin a connection's credential goes to; undefined for those that ask no address. Throws nothing for a validated connection. */
export function originOf(connection: Connection): string | undefined {
  const address = addressOf(connection);
  // The host of a template holds no placeholder: what follows it does not matter here.
  const start = /^https?:\/\/[^/?#]+/i.exec(address ?? '')?.[0];
  return start !== undefined && URL.canParse(start) ? new URL(start).origin : undefined;
}

/** Where a connection's key or token comes from; undefined for those without. */
export function credentialOf(connection: Connection): SecretReference | undefined {
  if ('auth' in connection && connection.auth !== undefined) return { identity: connection.auth };
  if ('apiKey' in connection && connection.apiKey !== undefined) return toSecretReference(connection.apiKey);
  return undefined;
}

/** What a connection says answers: a model's name, or the closest thing its provider has to one. */
export function modelNameOf(connection: Connection): string {
  switch (connection.provider) {
    case 'vscode-lm':
      return connection.vendor === undefined ? connection.family : `${connection.vendor}/${connection.family}`;
    case 'http':
      return connection.model ?? connection.url;
    case 'command':
      return connection.model ?? connection.command.join(' ');
    case 'replay':
      return connection.model ?? connection.path ?? connection.run ?? '';
    case 'llama-cpp':
      return connection.model ?? 'the model it has loaded';
    case 'openai':
    case 'azure-openai':
    case 'anthropic':
    case 'gemini':
    case 'ollama':
      return connection.model;
  }
}

/** What a connection's tokens cost; undefined where no price is known. Lent models have none: nobody counts their tokens. */
export function priceOf(connection: Connection): Price | undefined {
  return 'price' in connection ? connection.price : undefined;
}

/** A connection's sampling parameters; empty for those that take none. */
export function parametersOf(
  connection: Connection,
): NonNullable<Extract<Connection, { provider: 'openai' }>['parameters']> {
  return ('parameters' in connection ? connection.parameters : undefined) ?? noParameters;
}

const noParameters = {};
