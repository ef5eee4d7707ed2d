import type { Artifact, Ingestion } from '../../schemas/generated/messages.ts';
import type { ModelRegistry, NewModelVersion, NewRegisteredModel } from '../ports/registry.ts';
import type { IngestPorts } from './ports.ts';

/** Documents above this are named by their digest alone. */
const largestDocument = 4 * 2 ** 20;

/**
 * Publishes a version that was taken in to another registry: weights by the address they came from, documents as files where the registry
 * keeps any. Repeating it finds what is there. Returns what came of it, as the end of a sentence.
 */
export async function publishElsewhere(
  registry: ModelRegistry,
  version: NewModelVersion,
  model: NewRegisteredModel,
  { source, by }: Ingestion,
  { store }: Pick<IngestPorts, 'store'>,
  signal: AbortSignal,
): Promise<string> {
  const isOwn = ({ uri }: { readonly uri?: string }): boolean => uri?.startsWith('blob:') === true;
  const artifacts = version.artifacts.map((artifact): Artifact =>
    artifact.artifactType === 'model-artifact' && isOwn(artifact) ? { ...artifact, uri: source.address } : artifact,
  );
  const documents = artifacts.filter(artifact => artifact.artifactType === 'doc-artifact' && isOwn(artifact));
  const others = artifacts.filter(artifact => !documents.includes(artifact));
  const made = await registry.createVersion({ ...version, artifacts: others }, model, by, signal);
  const placed: Artifact[] = [];
  for (const document of documents) {
    if (document.artifactType !== 'doc-artifact' || document.digest === undefined) continue;
    const fits = registry.capabilities.keepsContent && (document.bytes ?? 0) <= largestDocument;
    if (!fits) {
      placed.push(document);
      continue;
    }
    const name = document.name.replaceAll(/[^A-Za-z0-9._-]+/g, '-');
    const content = await store.blobs.read(document.digest);
    placed.push({ ...document, uri: await registry.putContent(made.model, made.version, name, content, by, signal) });
  }
  if (placed.length > 0) await registry.addArtifacts(made.model, made.version, placed, by, signal);
  return `${made.model}@${made.version} in ${registry.name}`;
}
