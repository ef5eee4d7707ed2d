import type { Artifact, Identity } from '../../schemas/generated/messages.ts';
import type { Digest } from '../ports/digest.ts';
import type { ModelRegistry } from '../ports/registry.ts';
import type { Store } from '../ports/store.ts';
import { keys } from '../registry/keys.ts';

/** What a version in another registry is given: an artifact, and its content where that is not in the store yet. */
export interface Parcel {
  readonly artifact: Artifact;
  /** Asked for only where the artifact is missing there. */
  readonly content?: () => Promise<Uint8Array>;
}

export interface Place {
  readonly registry: ModelRegistry;
  readonly model: string;
  readonly version: string;
  readonly actor: Identity;
}

export function artifactKey({ artifactType, name }: Artifact): string {
  return `${artifactType} ${name}`;
}

/**
 * Adds what is missing there: files first where the registry keeps files, then everything of which they are part, figures last. Returns
 * the names of artifacts whose content nobody but their publisher can fetch.
 */
export async function deliver(
  parcels: readonly Parcel[],
  place: Place,
  { store, digest }: { readonly store: Store; readonly digest: Digest },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { registry, model, version, actor } = place;
  const there = new Set((await registry.listArtifacts(model, version, signal)).map(artifactKey));
  const missing = parcels.filter(({ artifact }) => !there.has(artifactKey(artifact)));
  const ready: Artifact[] = [];
  const kept: string[] = [];
  for (const { artifact, content } of missing) {
    signal.throwIfAborted();
    const placed = await placeContent(artifact, content, place, { store, digest });
    if (isKeptByPublisher(placed)) kept.push(placed.name);
    ready.push(placed);
  }
  const isFigure = ({ artifactType }: Artifact): boolean => artifactType === 'metric';
  for (const group of [ready.filter(one => !isFigure(one)), ready.filter(isFigure)]) {
    signal.throwIfAborted();
    if (group.length > 0) await registry.addArtifacts(model, version, group, actor, signal);
  }
  return kept;
}

function keptByPublisher({ customProperties }: Artifact): Artifact['customProperties'] {
  return { ...customProperties, [keys.keptBy]: 'publisher' };
}

function isKeptByPublisher({ customProperties }: Artifact): boolean {
  return customProperties?.[keys.keptBy] === 'publisher';
}

/** The artifact with an address that leads to its content there; where the registry keeps none, the address it has. */
async function placeContent(
  artifact: Artifact,
  content: Parcel['content'],
  { registry, model, version, actor }: Place,
  { store, digest }: { readonly store: Store; readonly digest: Digest },
): Promise<Artifact> {
  if (artifact.artifactType !== 'model-artifact' && artifact.artifactType !== 'doc-artifact') return artifact;
  const blob = /^blob:sha256:([0-9a-f]{64})$/.exec(artifact.uri)?.[1];
  if (content === undefined && blob === undefined) return artifact;
  // Files that were not ours when the version was pulled lie where they did.
  if (content === undefined && isKeptByPublisher(artifact) && !(await store.blobs.has(blob ?? ''))) return artifact;
  const bytes = content === undefined ? undefined : await content();
  if (registry.type !== 'local' && registry.capabilities.keepsContent) {
    const read = bytes ?? (await store.blobs.read(blob ?? ''));
    const uri = await registry.putContent(model, version, fileName(artifact), read, actor);
    return { ...artifact, uri, digest: digest.sha256(read), bytes: read.length };
  }
  const facts = bytes === undefined ? undefined : await store.blobs.put(bytes);
  return {
    ...artifact,
    ...(facts === undefined ? {} : { uri: `blob:sha256:${facts.digest}`, ...facts }),
    ...(registry.type === 'local' ? {} : { customProperties: keptByPublisher(artifact) }),
  };
}

/** `weights.safetensors`, `model-card.md`, `run-1/results.json`: what a person who finds the file can open. */
function fileName(artifact: Artifact): string {
  const name = artifact.name.replace(/[^A-Za-z0-9._/-]+/g, '-').replace(/(^|\/)\.+/g, '$1');
  if (artifact.artifactType === 'model-artifact') {
    const format = artifact.modelFormatName?.replace(/[^A-Za-z0-9]+/g, '') ?? '';
    return format === '' || name.endsWith(`.${format}`) ? name : `${name}.${format}`;
  }
  if (/\.[a-z]{2,5}$/.test(name)) return name;
  return artifact.name === 'model-card' ? `${name}.md` : `${name}.json`;
}
