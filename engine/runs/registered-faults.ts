import type { ModelVersion } from '../../schemas/generated/messages.ts';
import { toWorkbenchError, WorkbenchError } from '../base/errors.ts';
import type { RegisteredName } from '../registry/trained-name.ts';
import { nameAfter } from '../models/connection-name.ts';
import { readDigest } from '../models/served-digests.ts';
import { keys } from '../registry/keys.ts';
import { formatReference } from '../base/registry-reference.ts';
import type { ResolveContext } from './resolve-context.ts';

export function notFound(
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
export async function describeMissing(
  named: RegisteredName,
  error: unknown,
  context: ResolveContext,
): Promise<unknown> {
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
export async function hasBlob({ weightsDigest }: ModelVersion, { store }: ResolveContext): Promise<boolean> {
  const digest = readDigest(weightsDigest);
  return digest !== undefined && (await store.blobs.has(digest));
}

export function wordDigest({ weightsDigest }: Pick<ModelVersion, 'weightsDigest'>): string {
  return weightsDigest === undefined ? '' : ` (${weightsDigest.slice(0, 12)}…)`;
}

export function pullRemedy({ registry, model }: RegisteredName, { version }: ModelVersion): string {
  return registry === undefined
    ? 'Restore the store from a backup, or run the tuning job again; the same seed gives the same weights.'
    : `Fetch them: aiwb registry pull ${formatReference({ registry, model, version })}.`;
}

/** Says every way to have it answered, ready to be copied. */
export async function nothingToAsk(
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
