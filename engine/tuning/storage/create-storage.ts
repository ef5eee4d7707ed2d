import type { JobStorage as StorageSettings } from '../../../schemas/generated/files.ts';
import { createAzureBlobStorage } from './azure-blob.ts';
import { createFolderStorage } from './folder.ts';
import type { StoragePorts } from './ports.ts';
import { createS3Storage } from './s3.ts';
import type { JobStorage } from './storage.ts';

/** The storage that `workbench.yaml` declares. Nothing is asked, and no secret looked up, before it is used. */
export function createStorage(settings: StorageSettings, ports: StoragePorts): JobStorage {
  if (settings.type === 's3') return createS3Storage(settings, ports);
  if (settings.type === 'azure-blob') return createAzureBlobStorage(settings, ports);
  return createFolderStorage(settings, ports);
}
