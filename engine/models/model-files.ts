import type { Checkpoint, ModelFile, ServiceModel } from '../../schemas/generated/messages.ts';
import { weightsDigestOf, weightsManifest } from './weights-manifest.ts';
import type { Digest } from '../ports/digest.ts';

/** Whether a file of a model's folder holds weights. What is trained is saved as safetensors only. */
export function isWeightsFile(path: string): boolean {
  return path.endsWith('.safetensors');
}

/** The digest that names a folder's weights: that of the one weights file, else of their manifest; undefined where there are none. */
export function digestOfModel(files: readonly ModelFile[], digest: Digest): string | undefined {
  return weightsDigestOf(files.map(hashed), digest);
}

/** The manifest whose digest names the weights; undefined where they are one file, or none. */
export function manifestOfModel(files: readonly ModelFile[]): string | undefined {
  return files.filter(({ path }) => isWeightsFile(path)).length > 1 ? weightsManifest(files.map(hashed)) : undefined;
}

function hashed({ path, digest }: ModelFile): { path: string; sha256: string; role: 'weights' | 'other' } {
  return { path, sha256: digest, role: isWeightsFile(path) ? 'weights' : 'other' };
}

/** The digest that stands for a model which a service keeps: of the service's name of it, as nobody sees its weights. */
export function digestOfService({ model }: Pick<ServiceModel, 'model'>, digest: Digest): string {
  return digest.sha256(JSON.stringify(['service', model]));
}

/** The blobs that a checkpoint is made of; none where a service keeps it. */
export function blobsOf({ digest, format, files = [] }: Pick<Checkpoint, 'digest' | 'format' | 'files'>): string[] {
  if (format === 'service') return [];
  return format === undefined || format === 'linear' ? [digest] : files.map(file => file.digest);
}
