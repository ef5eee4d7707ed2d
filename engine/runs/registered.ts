import type { Connection } from '../../schemas/generated/files.ts';
import type { ModelVersion } from '../../schemas/generated/messages.ts';
import { toWorkbenchError, WorkbenchError } from '../base/errors.ts';
import { nameAfter } from '../models/connection-name.ts';
import { loadLinearClassifier } from '../models/embedded/linear-file.ts';
import { isWeightsFile } from '../models/model-files.ts';
import { readDigest } from '../models/served-digests.ts';
import { trainedModelDigest } from '../models/trained.ts';
import type { Store } from '../ports/store.ts';
import { referenceOfVersion } from '../registry/checkpoint-artifacts.ts';
import { keys } from '../registry/keys.ts';
import { formatReference, parseReference } from '../registry/reference.ts';
import type { Registries } from '../registry/registries.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { RunPorts } from './ports.ts';
import { readEndpoint } from './registered-endpoint.ts';
import type { RegisteredModelReference, TrainedModelReference } from '../ports/run-spec.ts';
import { wholeBase } from './trained.ts';
import { isTrained, type RegisteredName } from '../documents/trained-name.ts';

/** What resolving registered versions looks at. */
export interface ResolveContext {
  readonly store: Store;
  readonly workspace: Workspace;
  readonly registries: Registries;
  readonly ports: Pick<RunPorts, 'digest' | 'files'>;
  /** False: no registry elsewhere is asked; what was read of it last has to do. */
  readonly asks: boolean;
}

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

/** Bytes of the weights of a linear classifier at most; larger files are those of language models, and are not read to find that out. */
const largestClassifier = 2 ** 30;

/**
 * Weights in the store by the digest that the registry tells, where the engine computes with such, in this process or in our trainer's
 * program; or the name of a model that a service keeps.
 */
async function findWeights(
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

function notFound(
  named: RegisteredName,
  remedy: string | undefined,
  { registries }: ResolveContext,
  cause?: unknown,
): WorkbenchError {
  const where = named.registry === undefined ? 'The local registry' : `The registry ${named.registry}`;
  const known = ['local', ...registries.declared.map(one => one.name)];
  return new WorkbenchError('registry-not-found', `${where} knows no ${formatReference({ ...named })}.`, {
    remedy: remedy ?? `Correct the name, or the registry before it. There are: ${known.join(', ')}.`,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The same error; for a local name it tells which other registries have one of it. It is looked for there by name only. */
async function describeMissing(named: RegisteredName, error: unknown, context: ResolveContext): Promise<unknown> {
  if (named.registry !== undefined) return error;
  const elsewhere: string[] = [];
  for (const { name } of context.registries.declared) {
    // A hint that cannot be had must not hide what is wrong.
    const row = await context.store.catalogue.findVersion(name, named.model, named.version).catch(() => undefined);
    if (row !== undefined) elsewhere.push(name);
  }
  const [first] = elsewhere;
  if (first === undefined) return error;
  const { message } = toWorkbenchError(error);
  return new WorkbenchError('registry-not-found', message, {
    remedy: `${elsewhere.join(' and ')} ${elsewhere.length === 1 ? 'has' : 'have'} one of this name: write registry:${formatReference({ ...named, registry: first })}.`,
    cause: error,
  });
}

/** A store keeps blobs by their digest: anything else a registry calls one must not come near a path. */
async function hasBlob({ weightsDigest }: ModelVersion, { store }: ResolveContext): Promise<boolean> {
  const digest = readDigest(weightsDigest);
  return digest !== undefined && (await store.blobs.has(digest));
}

function wordDigest({ weightsDigest }: Pick<ModelVersion, 'weightsDigest'>): string {
  return weightsDigest === undefined ? '' : ` (${weightsDigest.slice(0, 12)}…)`;
}

function pullRemedy({ registry, model }: RegisteredName, { version }: ModelVersion): string {
  return registry === undefined
    ? 'Restore the store from a backup, or run the tuning job again; the same seed gives the same weights.'
    : `Fetch them: aiwb registry pull ${formatReference({ registry, model, version })}.`;
}

/** Says every way to have it answered, ready to be copied. */
async function nothingToAsk(
  name: string,
  found: ModelVersion,
  named: RegisteredName,
  context: ResolveContext,
): Promise<WorkbenchError> {
  const { workspace } = context;
  const { model, version } = found;
  const isHere = await hasBlob(found, context);
  const weights = isHere
    ? 'its weights are here, but the engine cannot compute with them'
    : `its weights${wordDigest(found)} are not in the store`;
  const written = formatReference({ ...named, version });
  const taken = new Set(Object.keys(workspace.config.connections ?? {}));
  const yaml = `${nameAfter(model, taken)}: {provider: openai, baseUrl: "http://localhost:8000/v1", model: ${JSON.stringify(model)}, registered: ${JSON.stringify(written)}}`;
  const fetch = isHere ? '' : ` (2) ${pullRemedy(named, found)}`;
  return new WorkbenchError(
    isHere || named.registry !== undefined ? 'model-unsuitable' : 'blob-missing',
    `${name} cannot be asked: no connection says it serves it, ${weights}, and its registry names no endpoint.`,
    {
      remedy: `(1) Say who serves it, under \`connections\` in workbench.yaml: ${yaml}${fetch} (${isHere ? '2' : '3'}) Write where it is served into its registry: the properties ${keys.endpointUrl} and ${keys.endpointModel} of the version.`,
      ...(workspace.path === undefined ? {} : { place: { path: workspace.path } }),
    },
  );
}
