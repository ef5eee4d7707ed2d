import type {
  Artifact,
  Identity,
  Lineage,
  ModelVersion,
  PullVersion,
  VersionOrigin,
} from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { omit } from '../base/omit.ts';
import { manifestOfModel } from '../models/model-files.ts';
import { trainedModelDigest } from '../models/trained.ts';
import type { LocalVersion, ModelRegistry, Properties } from '../ports/registry.ts';
import type { Store } from '../ports/store.ts';
import { keyPrefix, keys } from '../registry/keys.ts';
import { checkModelName } from '../registry/names.ts';
import { formatOrigin } from '../registry/origin.ts';
import { formatReference } from '../base/registry-reference.ts';
import { blobUri } from '../registry/blob-uri.ts';
import { filesOf } from '../registry/checkpoint-artifacts.ts';
import { fetchFiles, type Fetched } from './fetch-files.ts';
import { weightsOf } from './find-there.ts';
import type { HandoffPorts } from './ports.ts';
import { modelFacts } from './version-facts.ts';

export interface PulledVersion {
  readonly version: LocalVersion;
  readonly notes: readonly string[];
}

/**
 * Makes a local version of another registry's: its facts, its artifacts as evidence of where it comes from, and its card and weights
 * where they can be had. It starts as a candidate: what was decided there is told and counts for nothing here. Pulled again it is the
 * same version, with what is new. Throws `usage` for a version without a weights digest, a revoked one and a name local models
 * cannot have, and `registry-malformed` where a file is not what its digest says: then nothing is kept.
 */
export async function pullVersion(
  request: PullVersion & { readonly folder: string },
  ports: HandoffPorts,
  signal: AbortSignal,
): Promise<PulledVersion> {
  const { store, registries, digest, identities, onProgress } = ports;
  const registry = registries.open(request.registry);
  const name = request.name ?? request.model;
  requireElsewhere(registry);
  requireName(name, request);
  await requireInUse(name, store, signal);
  const actor = await identities.whoAmI(request.folder, signal);
  const { version: found, artifacts } = await registry.readVersion(request.model, request.version, signal);
  const reference = formatReference({ registry: registry.name, model: found.model, version: found.version });
  const weightsDigest = requireWeightsDigest(found, reference);
  requireUsable(found, reference);
  const model = await registry.getModel(found.model, signal);
  onProgress?.(`Fetching card and weights of ${reference}.`);
  const { fetched, notes } = await fetchFiles(artifacts, weightsDigest, reference, registry, ports, signal);
  signal.throwIfAborted();
  // From here on something is kept: everything was looked at before.
  for (const { bytes } of fetched) await store.blobs.put(bytes);
  const manifest = manifestOfModel(filesOf(artifacts).map(({ file }) => file));
  if (manifest !== undefined) await store.blobs.put(new TextEncoder().encode(manifest));
  const origin: VersionOrigin = {
    registry: registry.name,
    model: found.model,
    version: found.version,
    ...(found.id === undefined ? {} : { id: found.id }),
  };
  const local: Artifact[] = [];
  for (const artifact of artifacts) local.push(await asLocal(artifact, fetched, origin, store));
  const version = await store.registry.createVersion(
    {
      model: name,
      ...(found.description === undefined ? {} : { description: found.description }),
      author: selfAsserted(found.author),
      weightsDigest,
      modelDigest: trainedModelDigest(digest, weightsDigest),
      lineage: await lineageHere(found.lineage, name, origin, store, signal),
      customProperties: propertiesHere(found, weightsDigest, origin),
      artifacts: local,
    },
    modelFacts(model, name),
    actor,
  );
  return { version, notes };
}

function requireElsewhere({ name, type }: ModelRegistry): void {
  if (type !== 'local') return;
  throw new WorkbenchError('usage', 'What is in the local registry is here already.', {
    remedy: `Name another registry: \`aiwb registry pull REGISTRY/MODEL@VERSION\`, not ${name}.`,
  });
}

function requireName(name: string, { registry, model, version }: PullVersion): void {
  try {
    checkModelName(name);
  } catch (error) {
    if (!(error instanceof WorkbenchError)) throw error;
    throw new WorkbenchError('usage', error.message, {
      remedy: `Give it another name here: \`aiwb registry pull ${registry}/${model}@${version} --as NAME\`.`,
      cause: error,
    });
  }
}

async function requireInUse(name: string, { registry }: Store, signal: AbortSignal): Promise<void> {
  const known = await registry.getModel(name, signal).catch((error: unknown) => {
    if (error instanceof WorkbenchError && error.code === 'registry-not-found') return undefined;
    throw error;
  });
  if (known?.state !== 'ARCHIVED') return;
  throw new WorkbenchError('usage', `The model ${name} is archived here.`, {
    remedy: `Bring it back (\`aiwb registry archive ${name} --undo\`), or give it another name: \`--as NAME\`.`,
  });
}

function requireWeightsDigest(found: ModelVersion, reference: string): string {
  const digest = weightsOf(found);
  if (digest !== undefined && /^[0-9a-f]{64}$/.test(digest)) return digest;
  throw new WorkbenchError(
    'usage',
    `${reference} does not say what its weights are (${keys.weightsDigest}): a local version of it could be matched to nothing.`,
    {
      remedy: `Ask it where it is served: name registry:${reference} in a benchmark. Or have its publisher add the SHA-256 of its weights.`,
    },
  );
}

function requireUsable({ status }: ModelVersion, reference: string): void {
  if (status !== 'revoked') return;
  throw new WorkbenchError('usage', `${reference} is revoked: it may no longer be used.`, {
    remedy: 'Choose another version; its registry says why it was revoked.',
  });
}

/** The artifact with an address in this store where its file is here, and a word on where it comes from. */
async function asLocal(
  artifact: Artifact,
  fetched: readonly Fetched[],
  { registry, model, version }: VersionOrigin,
  { blobs }: Store,
): Promise<Artifact> {
  const from = formatReference({ registry, model, version });
  const customProperties = { ...artifact.customProperties, [keys.origin]: from };
  const marked = { ...omit(artifact, 'id'), customProperties } as Artifact;
  if (marked.artifactType !== 'model-artifact' && marked.artifactType !== 'doc-artifact') return marked;
  const got = fetched.find(one => one.artifact === artifact);
  const { [keys.keptBy]: kept, ...properties } = marked.customProperties ?? {};
  if (got !== undefined) {
    const { digest, bytes } = await blobs.put(got.bytes);
    return { ...marked, customProperties: properties, uri: blobUri(digest), digest, bytes };
  }
  if (marked.digest === undefined || !(await blobs.has(marked.digest))) {
    return kept === undefined ? marked : { ...marked, customProperties: { ...properties, [keys.keptBy]: kept } };
  }
  return { ...marked, customProperties: properties, uri: blobUri(marked.digest) };
}

/** Whatever a registry claims about it: nothing here was signed. */
function selfAsserted({ name, email }: Identity): Identity {
  return { ...(name === undefined ? {} : { name }), email, assurance: 'self-asserted' };
}

/** The lineage as it is told there; its parent is the version here that the parent there was pulled as. */
async function lineageHere(
  { parentVersion, trainer, ...lineage }: Lineage,
  name: string,
  { registry, model }: VersionOrigin,
  store: Store,
  signal: AbortSignal,
): Promise<Lineage> {
  const parent = parentVersion === undefined ? undefined : await findPulled();
  return {
    ...lineage,
    ...(trainer === undefined ? {} : { trainer: selfAsserted(trainer) }),
    ...(parent === undefined ? {} : { parentVersion: parent.version }),
  };

  async function findPulled(): Promise<LocalVersion | undefined> {
    try {
      const versions = await store.registry.listVersions(name, signal);
      return versions.find(
        ({ origin }) => origin?.registry === registry && origin.model === model && isParent(origin, parentVersion),
      );
    } catch (error) {
      if (error instanceof WorkbenchError && error.code === 'registry-not-found') return undefined;
      throw error;
    }
  }
}

/** Registries name a parent by its version or by its id. */
function isParent({ version, id }: VersionOrigin, parent: string | undefined): boolean {
  return parent !== undefined && (version === parent || id === parent);
}

/** Facts that are said here anew, or that hold in their own registry alone. */
const leftOut: ReadonlySet<string> = new Set<string>([keys.status, keys.origin, keys.parentVersion, keys.modelDigest]);

/** What is said of it there. Figures come as artifacts, which are evidence; their summary would grow old here. */
function propertiesHere({ customProperties }: ModelVersion, weightsDigest: string, origin: VersionOrigin): Properties {
  const summary = ['baseline.', 'custom.', 'context.'].map(part => keyPrefix + part);
  const kept = Object.entries(customProperties).filter(
    ([name]) => !leftOut.has(name) && !summary.some(prefix => name.startsWith(prefix)),
  );
  return {
    ...Object.fromEntries(kept),
    [keys.status]: 'candidate',
    [keys.weightsDigest]: weightsDigest,
    [keys.origin]: formatOrigin(origin),
  };
}
