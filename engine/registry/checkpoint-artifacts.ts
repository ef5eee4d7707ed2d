import type {
  Artifact,
  Checkpoint,
  DocArtifact,
  ModelArtifact,
  ModelFile,
  ModelVersion,
  TuningReport,
} from '../../schemas/generated/messages.ts';
import { isWeightsFile } from '../models/model-files.ts';
import { readDigest } from '../models/served-digests.ts';
import type { Properties } from '../ports/registry.ts';
import type { TrainedModelReference } from '../ports/run-spec.ts';
import { blobUri } from './blob-uri.ts';
import { keys } from './keys.ts';

type Facts = Pick<Checkpoint, 'digest' | 'bytes' | 'format' | 'files' | 'service'>;

/** A checkpoint's files as artifacts of the version made of it; of a model that a service keeps one that says where. */
export function checkpointArtifacts({ digest, bytes, format, files = [], service }: Facts): Artifact[] {
  if (service !== undefined) {
    // Its digest is of a name: nobody can fetch what is behind it.
    const uri = `service:${service.connection}/${service.model}`;
    return [{ artifactType: 'model-artifact', name: 'weights', uri, digest, modelFormatName: 'service' }];
  }
  if (format === undefined || format === 'linear') {
    const weights = { name: 'weights', uri: blobUri(digest), digest, bytes, modelFormatName: 'safetensors' };
    return [{ artifactType: 'model-artifact', ...weights }];
  }
  return files.map((file): Artifact => {
    const kept = { uri: blobUri(file.digest), digest: file.digest, bytes: file.bytes };
    const customProperties = { [keys.modelFile]: file.path };
    return isWeightsFile(file.path)
      ? { artifactType: 'model-artifact', name: file.path, ...kept, modelFormatName: 'safetensors', customProperties }
      : { artifactType: 'doc-artifact', name: file.path, ...kept, customProperties };
  });
}

/** What a version says of the kind of model it is; nothing of the embedded model's weights. */
export function formatProperties(
  { format, service }: Facts,
  { task }: Pick<TuningReport, 'task'>,
  provider: string | undefined,
): Properties {
  if (format === undefined || format === 'linear') return {};
  return {
    [keys.modelFormat]: format,
    ...(task === undefined ? {} : { [keys.task]: task }),
    ...(service === undefined
      ? {}
      : {
          ...(provider === undefined ? {} : { [keys.serviceProvider]: provider }),
          [keys.serviceConnection]: service.connection,
          [keys.serviceModel]: service.model,
        }),
  };
}

/**
 * The model behind a registered version that says of which format it is, with its files as far as they are told; undefined of any other
 * version.
 */
export function referenceOfVersion(
  { customProperties, weightsDigest, lineage }: Pick<ModelVersion, 'customProperties' | 'weightsDigest' | 'lineage'>,
  artifacts: readonly Artifact[],
): TrainedModelReference | undefined {
  const digest = readDigest(weightsDigest);
  const format = customProperties[keys.modelFormat];
  if (digest === undefined) return undefined;
  const task = taskIn(customProperties[keys.task]);
  const base = lineage.base?.name;
  const shared = {
    weightsDigest: digest,
    ...(task === undefined ? {} : { task }),
    ...(base === undefined ? {} : { base }),
  };
  if (format === 'service') {
    const [connection, model] = [customProperties[keys.serviceConnection], customProperties[keys.serviceModel]];
    if (typeof connection !== 'string' || typeof model !== 'string') return undefined;
    return { ...shared, format, service: { connection, model } };
  }
  if (format !== 'transformers' && format !== 'peft') return undefined;
  return { ...shared, format, files: filesOf(artifacts).map(({ file }) => file) };
}

/** The files of a model's folder among a version's artifacts; none of the embedded model's weights. */
export function filesOf(
  artifacts: readonly Artifact[],
): readonly { readonly artifact: ModelArtifact | DocArtifact; readonly file: ModelFile }[] {
  return artifacts.flatMap(artifact => {
    if (artifact.artifactType !== 'model-artifact' && artifact.artifactType !== 'doc-artifact') return [];
    const path = artifact.customProperties?.[keys.modelFile];
    const digest = readDigest(artifact.digest);
    if (typeof path !== 'string' || digest === undefined) return [];
    return [{ artifact, file: { path, digest, bytes: artifact.bytes ?? 0 } }];
  });
}

/** Whether a version's weights lie with a service, so that there is nothing to fetch. */
export function isKeptByService(artifacts: readonly Artifact[]): boolean {
  return artifacts.some(artifact => artifact.artifactType === 'model-artifact' && artifact.uri.startsWith('service:'));
}

const tasks = ['text-generation', 'text-classification', 'automatic-speech-recognition'] as const;

function taskIn(value: unknown): TrainedModelReference['task'] {
  return tasks.find(task => task === value);
}
