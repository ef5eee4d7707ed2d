import type { ModelVersion } from '../../schemas/generated/messages.ts';
import { toWorkbenchError } from '../base/errors.ts';
import { isTrained, type RegisteredName } from '../registry/trained-name.ts';
import { loadLinearClassifier } from '../models/embedded/linear-file.ts';
import { isWeightsFile } from '../models/model-files.ts';
import { readDigest } from '../models/served-digests.ts';
import type { TrainedModelReference } from '../ports/run-spec.ts';
import type { Store } from '../ports/store.ts';
import { referenceOfVersion } from '../registry/checkpoint-artifacts.ts';
import { keys } from '../registry/keys.ts';
import type { ResolveContext } from './resolve-context.ts';
import { wholeBase } from './trained.ts';

/** Bytes of the weights of a linear classifier at most; larger files are those of language models, and are not read to find that out. */
const largestClassifier = 2 ** 30;

/**
 * Weights in the store by the digest that the registry tells, where the engine computes with such, in this process or in our trainer's
 * program; or the name of a model that a service keeps.
 */
export async function findWeights(
  named: RegisteredName,
  version: ModelVersion,
  context: ResolveContext,
  signal: AbortSignal,
): Promise<TrainedModelReference | undefined> {
  return version.customProperties[keys.modelFormat] === undefined
    ? findClassifier(named, version, context)
    : findModel(named, version, context, signal);
}

async function findModel(
  { registry }: RegisteredName,
  version: ModelVersion,
  { store, workspace, ports }: ResolveContext,
  signal: AbortSignal,
): Promise<TrainedModelReference | undefined> {
  // What another registry tells of its files are addresses there: only a version that was pulled has them here.
  if (registry !== undefined) return undefined;
  const artifacts = await store.registry.listArtifacts(version.model, version.version, signal);
  const found = referenceOfVersion(version, artifacts);
  if (found === undefined) return undefined;
  const { format, files = [], service, base } = found;
  if (service !== undefined && workspace.config.connections?.[service.connection] === undefined) return undefined;
  if (service === undefined && !files.some(({ path }) => isWeightsFile(path))) return undefined;
  for (const { digest } of files) if (!(await store.blobs.has(digest))) return undefined;
  const { lineage } = version;
  const under =
    format !== 'peft' || base === undefined || !isTrained(base)
      ? undefined
      : await findUnder(base, lineage.runId, store);
  return {
    ...found,
    ...(base === undefined
      ? {}
      : { base: wholeBase(base, ports.files.resolve(workspace.folder, 'workbench.yaml'), ports.files) }),
    ...(under === undefined ? {} : { baseReference: under }),
    model: version.model,
    version: version.version,
    ...(lineage.runId === undefined ? {} : { runId: lineage.runId }),
    ...(lineage.epoch === undefined ? {} : { epoch: lineage.epoch }),
  };
}

/** The weights an adapter stands on, as its training run was created with them. */
async function findUnder(
  base: string,
  runId: string | undefined,
  store: Store,
): Promise<TrainedModelReference | undefined> {
  if (runId === undefined) return undefined;
  try {
    const { spec } = await store.getRun(runId);
    return Object.hasOwn(spec.trained ?? {}, base) ? spec.trained?.[base] : undefined;
  } catch (error) {
    if (toWorkbenchError(error).code === 'run-not-found') return undefined;
    throw error;
  }
}

async function findClassifier(
  { registry }: RegisteredName,
  { model, version, lineage, ...found }: ModelVersion,
  { store, ports }: ResolveContext,
): Promise<TrainedModelReference | undefined> {
  const weightsDigest = readDigest(found.weightsDigest);
  if (weightsDigest === undefined || !(await store.blobs.has(weightsDigest))) return undefined;
  const size = (await ports.files.facts(store.blobs.locate(weightsDigest)))?.size ?? 0;
  if (size > largestClassifier) return undefined;
  try {
    loadLinearClassifier(await store.blobs.read(weightsDigest), 'The weights');
  } catch (error) {
    if (toWorkbenchError(error).code === 'file-invalid') return undefined;
    throw error;
  }
  return {
    weightsDigest,
    ...(registry === undefined ? {} : { registry }),
    model,
    version,
    ...(lineage.runId === undefined || registry !== undefined ? {} : { runId: lineage.runId }),
    ...(lineage.epoch === undefined || registry !== undefined ? {} : { epoch: lineage.epoch }),
  };
}
