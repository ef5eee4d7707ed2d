import type { JobStorage, Platform } from '../../schemas/generated/files.ts';
import { parseDocument } from '../documents/parse.ts';
import { credentialOf, originOf } from '../models/connections.ts';
import { toSecretReference, type SecretReference } from '../ports/secrets.ts';
import type { RunSpec } from '../ports/run-spec.ts';
import { connectionNamed, type Workspace } from '../workspace/workspace.ts';
import { choosePlatform } from './choose-platform.ts';
import { platformNameOf } from './job.ts';
import { addressOf as armAddress, armReference } from './platforms/azure-ml/workspace.ts';
import { denvrUrl } from './platforms/denvr/machines.ts';
import { runPodUrl } from './platforms/runpod/machines.ts';
import { addressOf as bucketAddress } from './storage/s3.ts';

/** A secret and the origin it is sent to. */
export interface NeededSecret {
  readonly reference: SecretReference;
  readonly origin: string;
}

/** The secrets that the platform of a tuning run and its storage need; none for other runs. */
export function platformSecretsOf(spec: RunSpec, workspace: Workspace): readonly NeededSecret[] {
  if (spec.kind !== 'tune') return [];
  const job = parseDocument('tune', spec.text).value;
  if (job === undefined) return []; // The plan says what is wrong with it.
  return secretsOf(choosePlatform(platformNameOf(job, spec.platform), workspace).settings, workspace);
}

function secretsOf(platform: Platform, workspace: Workspace): readonly NeededSecret[] {
  switch (platform.type) {
    case 'local':
      return [];
    case 'openai': {
      const connection = connectionNamed(workspace, platform.connection);
      const [reference, origin] = [credentialOf(connection), originOf(connection)];
      return reference === undefined || origin === undefined ? [] : [{ reference, origin }];
    }
    case 'runpod':
      return [secretAt(platform.url ?? runPodUrl, platform.apiKey), ...storageSecrets(platform.storage)];
    case 'denvr':
      return [secretAt(platform.url ?? denvrUrl, platform.password), ...storageSecrets(platform.storage)];
    case 'azure-ml':
      return [
        { reference: armReference(platform), origin: new URL(armAddress(platform)).origin },
        ...storageSecrets(platform.storage),
      ];
    case 'ray': {
      const { url, token, storage } = platform;
      return [...(token === undefined ? [] : [secretAt(url, token)]), ...storageSecrets(storage)];
    }
  }
}

function storageSecrets(storage: JobStorage): readonly NeededSecret[] {
  switch (storage.type) {
    case 'folder':
      return [];
    case 'azure-blob':
      return [secretAt(storage.container, storage.sas)];
    case 's3': {
      const { accessKey, secretKey, sessionToken } = storage;
      return [accessKey, secretKey, ...(sessionToken === undefined ? [] : [sessionToken])].map(secret =>
        secretAt(bucketAddress(storage), secret),
      );
    }
  }
}

function secretAt(url: string, written: Parameters<typeof toSecretReference>[0]): NeededSecret {
  return { reference: toSecretReference(written), origin: new URL(url).origin };
}
