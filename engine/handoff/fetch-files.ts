import type { Artifact, DocArtifact, ModelArtifact, ModelFile } from '../../schemas/generated/messages.ts';
import { WorkbenchError, type ErrorCode } from '../base/errors.ts';
import { digestOfModel } from '../models/model-files.ts';
import type { ModelRegistry } from '../ports/registry.ts';
import { filesOf, isKeptByService } from '../registry/checkpoint-artifacts.ts';
import { modelCardName } from '../registry/version-cards.ts';
import type { HandoffPorts } from './ports.ts';

/** A file of a version as it was fetched, and the artifact it belongs to. */
export interface Fetched {
  readonly artifact: ModelArtifact | DocArtifact;
  readonly bytes: Uint8Array;
}

const unfetchable: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['blob-missing', 'registry-not-found', 'usage']);

/** Weights and card, each checked against its digest. What cannot be had is told; what is wrong throws. */
export async function fetchFiles(
  artifacts: readonly Artifact[],
  weightsDigest: string,
  reference: string,
  registry: ModelRegistry,
  { store, digest }: HandoffPorts,
  signal: AbortSignal,
): Promise<{ readonly fetched: readonly Fetched[]; readonly notes: readonly string[] }> {
  const fetched: Fetched[] = [];
  const notes: string[] = [];
  const fetchOne = async (artifact: ModelArtifact | DocArtifact, expected: string | undefined): Promise<boolean> => {
    let bytes: Uint8Array;
    try {
      bytes = await registry.readContent(artifact.uri, signal);
    } catch (error) {
      if (error instanceof WorkbenchError && unfetchable.has(error.code)) return false;
      throw error;
    }
    const actual = digest.sha256(bytes);
    if (expected !== undefined && actual !== expected) throw notAsSaid(artifact, reference, expected, actual);
    fetched.push({ artifact, bytes });
    return true;
  };

  const folder = filesOf(artifacts);
  if (isKeptByService(artifacts)) {
    notes.push(`${reference} is kept by the service that trained it: only its name travels.`);
  } else if (folder.length > 0) {
    const missing: string[] = [];
    for (const { artifact, file } of folder) {
      if (await store.blobs.has(file.digest)) continue;
      if (!(await fetchOne(artifact, file.digest))) missing.push(file.path);
    }
    if (missing.length > 0) notes.push(missingFiles(reference, missing));
    requireSameWeights(
      folder.map(({ file }) => file),
      weightsDigest,
      reference,
      digest,
    );
  } else {
    const weights = artifacts.filter((one): one is ModelArtifact => one.artifactType === 'model-artifact');
    const own = weights.find(one => one.digest === weightsDigest) ?? (weights.length === 1 ? weights[0] : undefined);
    if (!(await store.blobs.has(weightsDigest))) {
      const isThere = own !== undefined && (await fetchOne(own, weightsDigest));
      if (!isThere) notes.push(missingWeights(reference, own));
    }
  }
  for (const artifact of artifacts) {
    if (artifact.artifactType !== 'doc-artifact' || artifact.name !== modelCardName) continue;
    if (artifact.digest !== undefined && (await store.blobs.has(artifact.digest))) continue;
    if (!(await fetchOne(artifact, artifact.digest))) notes.push(`The model card of ${reference} could not be had.`);
  }
  return { fetched, notes };
}

function missingFiles(reference: string, paths: readonly string[]): string {
  const shown = paths.slice(0, 3).join(', ');
  const more = paths.length > 3 ? ` and ${String(paths.length - 3)} more` : '';
  return `Files of ${reference} could not be had: ${shown}${more}. Ask it where it is served: registry:${reference}.`;
}

/** Its files must be those that its digest names: otherwise something else would answer under its name. */
function requireSameWeights(
  files: readonly ModelFile[],
  weightsDigest: string,
  reference: string,
  digest: HandoffPorts['digest'],
): void {
  if (digestOfModel(files, digest) === weightsDigest) return;
  throw new WorkbenchError(
    'registry-malformed',
    `The files of ${reference} are not the weights that its digest names (${weightsDigest.slice(0, 12)}…). Nothing was kept.`,
    { remedy: 'Tell its publisher: the version was registered with other files.' },
  );
}

function missingWeights(reference: string, artifact: ModelArtifact | undefined): string {
  const where = artifact === undefined ? 'its registry does not say where they lie' : `they lie at ${artifact.uri}`;
  return `The weights of ${reference} could not be had (${where}). Ask it where it is served: registry:${reference}.`;
}

function notAsSaid({ name }: Artifact, reference: string, expected: string, actual: string): WorkbenchError {
  return new WorkbenchError(
    'registry-malformed',
    `${name} of ${reference} is not what its digest says: ${actual.slice(0, 12)}… in place of ${expected.slice(0, 12)}…. Nothing was kept.`,
    { remedy: 'Tell its publisher. Do not use the file: it was changed, or broke on its way.' },
  );
}
