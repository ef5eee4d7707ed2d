import type { JobStorage as StorageSettings, Platform } from '../../schemas/generated/files.ts';
import { toSecretReference, type SecretReference } from '../ports/secrets.ts';
import { addressOf } from './platforms/azure-ml/workspace.ts';
import { denvrUrl } from './platforms/denvr/machines.ts';
import { runPodUrl } from './platforms/runpod/machines.ts';
import { addressOfS3 } from './storage/s3.ts';

export interface PlatformSecret {
  readonly reference: SecretReference;
  readonly origin: string;
}

/** The secrets that a platform and its storage will ask for, each with the origin it goes to; a service's are its connection's. Identities are not among them: each process has its own. */
export function platformSecretsOf(settings: Platform): readonly PlatformSecret[] {
  switch (settings.type) {
    case 'local':
    case 'openai':
      return [];
    case 'runpod':
      return [secret(settings.apiKey, settings.url ?? runPodUrl), ...storageSecretsOf(settings.storage)];
    case 'denvr':
      return [secret(settings.password, settings.url ?? denvrUrl), ...storageSecretsOf(settings.storage)];
    case 'azure-ml': {
      const { token, storage } = settings;
      return [...(token === undefined ? [] : [secret(token, addressOf(settings))]), ...storageSecretsOf(storage)];
    }
    case 'ray': {
      const { token, url, storage } = settings;
      return [...(token === undefined ? [] : [secret(token, url)]), ...storageSecretsOf(storage)];
    }
  }
}

function storageSecretsOf(settings: StorageSettings | undefined): readonly PlatformSecret[] {
  switch (settings?.type) {
    case 's3': {
      const { accessKey, secretKey, sessionToken } = settings;
      const address = addressOfS3(settings);
      return [accessKey, secretKey, ...(sessionToken === undefined ? [] : [sessionToken])].map(one => secret(one, address));
    }
    case 'azure-blob':
      return [secret(settings.sas, settings.container)];
    case 'folder':
    case undefined:
      return [];
  }
}

function secret(reference: Parameters<typeof toSecretReference>[0], address: string): PlatformSecret {
  return { reference: toSecretReference(reference), origin: new URL(address).origin };
}
