import type { Connection } from '../../schemas/generated/files.ts';
import type { ModelVersion } from '../../schemas/generated/messages.ts';
import { toWorkbenchError, WorkbenchError } from '../base/errors.ts';
import type { RegisteredName } from '../registry/trained-name.ts';
import { readDigest } from '../models/served-digests.ts';
import { trainedModelDigest } from '../models/trained.ts';
import type { RegisteredModelReference, TrainedModelReference } from '../ports/run-spec.ts';
import { keys } from '../registry/keys.ts';
import { parseReference } from '../base/registry-reference.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { readEndpoint } from './registered-endpoint.ts';
import { notFound, describeMissing, hasBlob, wordDigest, pullRemedy, nothingToAsk } from './registered-faults.ts';
import { findWeights } from './registered-weights.ts';
import type { ResolveContext } from './resolve-context.ts';

/** A registered version, and what answers for it. */
export type Resolved =
  | { readonly kind: 'weights'; readonly reference: TrainedModelReference }
  | { readonly kind: 'served'; readonly reference: RegisteredModelReference };

/** A version as it is now, or as it was read last. */
interface Found {
  readonly version: ModelVersion;
  readonly readAt?: number;
}

/**
 * What `registry:…` stands for now, and what answers for it: a connection that says it serves that version, else weights in the store
 * that the engine computes with, else the endpoint that the registry names. Sends nothing to any of them. Throws `registry-unknown`,
 * `registry-not-found`, what asking a registry throws, and `model-unsuitable` where there is nothing to ask.
 */
export async function resolveRegistered(
  name: string,
  named: RegisteredName,
  context: ResolveContext,
  signal: AbortSignal,
): Promise<Resolved> {
  const found = await findVersion(named, context, signal);
  const connection = await findServing(named, found?.version, context, signal);
  if (connection !== undefined)
    return { kind: 'served', reference: { ...describe(named, found, context), connection } };
  if (found === undefined) throw notFound(named, undefined, context);
  const weights = await findWeights(named, found.version, context, signal);
  if (weights !== undefined) return { kind: 'weights', reference: weights };
  const endpoint = readEndpoint(name, found.version);
  if (endpoint !== undefined) return { kind: 'served', reference: { ...describe(named, found, context), endpoint } };
  throw await nothingToAsk(name, found.version, named, context);
}

/** The weights of a registered version, for those who train on them. Throws what `resolveRegistered` throws. */
export async function requireWeights(
  name: string,
  named: RegisteredName,
  context: ResolveContext,
  signal: AbortSignal,
): Promise<TrainedModelReference> {
  const found = await findVersion(named, context, signal);
  if (found === undefined) throw notFound(named, undefined, context);
  const weights = await findWeights(named, found.version, context, signal);
  if (weights !== undefined) return weights;
  const { version } = found;
  const isHere = await hasBlob(version, context);
  throw new WorkbenchError(
    'blob-missing',
    isHere
      ? `${name}: its weights are here, and are none that tuning can start from.`
      : `${name}: its weights${wordDigest(version)} are not in the store, and tuning starts from weights.`,
    {
      remedy: isHere
        ? 'Start from a linear classifier that the workbench trained, or from `embedded:linear`.'
        : pullRemedy(named, version),
    },
  );
}

/** Whether a connection says that it serves what is named, by the very text of it. */
export function servesByText(connection: Connection, named: RegisteredName): boolean {
  const served = servedBy(connection, named);
  return served !== undefined && served === named.version;
}

/** The version, or alias, of the named model that a connection says it serves; absent where it is another model's, or none. */
function servedBy(connection: Connection, named: Pick<RegisteredName, 'registry' | 'model'>): string | undefined {
  const written = 'registered' in connection ? connection.registered : undefined;
  const reference = written === undefined ? undefined : parseReference(written);
  if (reference?.model !== named.model || reference.registry !== named.registry) return undefined;
  return reference.version;
}

/** Absent where the registry is out of reach and nothing was read of the version before. */
async function findVersion(
  named: RegisteredName,
  context: ResolveContext,
  signal: AbortSignal,
): Promise<Found | undefined> {
  const registry = context.registries.open(named.registry);
  if (!context.asks && named.registry !== undefined) return findKnown(named, named.registry, context);
  try {
    return { version: await registry.getVersion(named.model, named.version, signal) };
  } catch (error) {
    signal.throwIfAborted();
    const { code } = toWorkbenchError(error);
    if (code === 'registry-not-found') throw await describeMissing(named, error, context);
    if (code !== 'registry-unreachable' || named.registry === undefined) throw error;
    // Where nothing can be read of it either, that the registry is out of reach is what matters.
    const known = await findKnown(named, named.registry, context).catch(() => undefined);
    if (known !== undefined || hasServing(named, context)) return known;
    throw error;
  }
}

async function findKnown(
  { model, version }: RegisteredName,
  registry: string,
  { store }: ResolveContext,
): Promise<Found | undefined> {
  const row = await store.catalogue.findVersion(registry, model, version);
  const known = row === undefined ? undefined : await store.catalogue.readVersion(registry, model, row.version);
  return known === undefined ? undefined : { version: known.version, readAt: known.readAt };
}

function connectionsOf({ config }: Workspace): readonly (readonly [string, Connection])[] {
  return Object.entries(config.connections ?? {});
}

function hasServing(named: RegisteredName, { workspace }: ResolveContext): boolean {
  return connectionsOf(workspace).some(([, connection]) => servesByText(connection, named));
}

/** The first connection that says it serves the version, under its name, one of its aliases or whatever else now stands for it. */
async function findServing(
  named: RegisteredName,
  version: ModelVersion | undefined,
  { workspace, registries, asks }: ResolveContext,
  signal: AbortSignal,
): Promise<string | undefined> {
  const byText = connectionsOf(workspace).find(([, connection]) => servesByText(connection, named));
  if (byText !== undefined) return byText[0];
  if (version === undefined) return undefined;
  for (const [name, connection] of connectionsOf(workspace)) {
    const served = servedBy(connection, named);
    if (served === undefined) continue;
    if (served === version.version || version.aliases.includes(served)) return name;
    if (named.registry !== undefined && !asks) continue;
    const meant = await registries
      .open(named.registry)
      .getVersion(named.model, served, signal)
      .catch((error: unknown) => {
        signal.throwIfAborted();
        // What the connection names is not there, or cannot be told now: it does not serve this version as far as anyone knows.
        const { code } = toWorkbenchError(error);
        if (code === 'registry-not-found' || code === 'registry-unreachable') return undefined;
        throw error;
      });
    if (meant?.version === version.version) return name;
  }
  return undefined;
}

function describe(
  { registry, model, version: asked }: RegisteredName,
  found: Found | undefined,
  { ports }: ResolveContext,
): RegisteredModelReference {
  const { customProperties = {}, version = asked } = found?.version ?? {};
  // What is no digest cannot be matched, whatever the registry calls it.
  const weightsDigest = readDigest(found?.version.weightsDigest);
  const modelDigest =
    readDigest(found?.version.modelDigest) ??
    (weightsDigest === undefined ? undefined : trainedModelDigest(ports.digest, weightsDigest));
  const tokenizer = readDigest(customProperties[keys.tokenizerDigest]);
  return {
    ...(registry === undefined ? {} : { registry }),
    model,
    version,
    ...(weightsDigest === undefined ? {} : { weightsDigest }),
    ...(modelDigest === undefined ? {} : { modelDigest }),
    ...(tokenizer === undefined ? {} : { tokenizerDigest: tokenizer }),
    ...(found?.readAt === undefined ? {} : { readAt: found.readAt }),
  };
}
