import type {
  Artifact,
  Identity,
  ModelVersion,
  RegisteredModel,
  VersionStatus,
} from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { LocalVersion, ModelRegistry, NewModelVersion } from '../ports/registry.ts';
import { keys } from '../registry/keys.ts';
import { originOf } from '../registry/origin.ts';
import { nameOfVersion } from '../base/version-name.ts';
import { deliver, type Place } from './content.ts';
import { findThere } from './find-there.ts';
import { governanceParcels } from './governance-docs.ts';
import { lastStatus } from './outbox.ts';
import type { HandoffPorts, VersionThere } from './ports.ts';
import { requireDelivered, settleProperties } from './settle.ts';
import { isBehind } from '../registry/status.ts';
import { planStanding, requirePublishable, type Standing } from './status.ts';
import { summarise } from './summary.ts';
import { tutorialProperties } from '../registry/tutorial-keys.ts';
import { recordParcels, versionParcels, type FigureTerms } from './version-parcels.ts';
import { findParent, lineageFacts, modelFacts, versionProperties } from './version-facts.ts';

/** A local version to be put into another registry. */
export interface VersionToPublish {
  readonly version: LocalVersion;
  readonly registry: ModelRegistry;
  /** What the model is called there. */
  readonly name: string;
  readonly actor: Identity;
  /** What figures are published as that nobody published yet. */
  readonly figures?: FigureTerms;
  readonly tutorialKeys?: boolean;
  /** Only what a step of its life cycle changed: governance's files, who approved, aliases and status. */
  readonly step?: boolean;
}

/** What a version is called there when nobody says: what it was pulled as, else as here. */
export function nameThere(version: LocalVersion, registry: ModelRegistry): string {
  const origin = originOf(version);
  return origin?.registry === registry.name ? origin.model : version.model;
}

/**
 * Puts a local version into another registry, or adds to it what is missing there: the version, its files, figures and governance's
 * files, aliases, and at last the status. Killed anywhere and done again it ends the same, and no status is ever there before
 * everything else. Throws what `requirePublishable` and the registry throw, before anything was written where a person may not publish.
 */
export async function putVersion(
  request: VersionToPublish,
  ports: HandoffPorts,
  signal: AbortSignal,
): Promise<VersionThere> {
  const { version: local, registry, name, actor, step = false } = request;
  const { onProgress } = ports;
  const model = await findModel(name, registry, signal);
  if (!step && model?.state === 'ARCHIVED') throw archivedThere(model, registry);
  const found = model === undefined ? undefined : await findThere(local, name, registry, signal);
  const aliases = model?.aliases ?? {};
  const published = await lastStatus(local, { registry: registry.name, model: name }, ports.store);
  const plan = planStanding(local, found === undefined ? undefined : standing(found, aliases, published), step);
  const approver = plan.approves ? await requirePublishable(local, step ? undefined : actor, ports, signal) : undefined;
  const parent = await findParent(local, { registry, model: name }, ports.store.registry, signal);
  onProgress?.(`${found === undefined ? 'Registering' : 'Found'} ${nameOfVersion(local)} in ${registry.name}.`);
  const there = found ?? (await create(request, parent, ports, signal));
  const place: Place = { registry, model: name, version: there.version, actor };

  const known = await registry.listArtifacts(name, there.version, signal);
  const parcels = [
    ...(step
      ? await recordParcels(local, ports, signal)
      : await versionParcels(local, request.figures ?? {}, known, ports, signal)),
    ...(await governanceParcels(local, ports)),
  ];
  onProgress?.(`Adding files and figures to ${registry.name}/${name}@${there.version}.`);
  const kept = await deliver(parcels, place, ports, signal);
  const own = parcels.map(({ artifact }) => artifact);
  await requireDelivered(own, place, signal);
  const artifacts = await registry.listArtifacts(name, there.version, signal);
  const facts = versionProperties(local, parent);
  await settleProperties(
    place,
    current => ({
      ...(step ? {} : missingIn(current, facts)),
      ...(step ? {} : summarise(own, current.customProperties, { now: ports.clock.now(), digest: ports.digest })),
      ...(approver === undefined ? {} : { [keys.approvedBy]: approver.email }),
    }),
    signal,
  );
  const url = registry.pageOf(await registry.getModel(name, signal), there);
  const tutorialNotes = request.tutorialKeys === true ? await writeTutorialKeys(artifacts, place, url, signal) : [];
  const note = await stand(request, place, ports, signal);
  return {
    version: await registry.getVersion(name, there.version, signal),
    ...(url === undefined ? {} : { url }),
    notes: [...(note === undefined ? [] : [note]), ...describeKept(kept, registry), ...tutorialNotes],
  };
}

async function findModel(
  name: string,
  registry: ModelRegistry,
  signal: AbortSignal,
): Promise<RegisteredModel | undefined> {
  try {
    return await registry.getModel(name, signal);
  } catch (error) {
    if (error instanceof WorkbenchError && error.code === 'registry-not-found') return undefined;
    throw error;
  }
}

function archivedThere({ name }: RegisteredModel, registry: ModelRegistry): WorkbenchError {
  return new WorkbenchError('usage', `The model ${name} is archived in ${registry.name}.`, {
    remedy: 'Have it brought back there, or publish under another name: `--as NAME`.',
  });
}

/** Aliases and then the status, as they are to be by what is there now: others may have moved them meanwhile. */
async function stand(
  { version: local, registry, name, actor, step = false }: VersionToPublish,
  { version: there }: Place,
  ports: HandoffPorts,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { aliases } = await registry.getModel(name, signal);
  const version = await registry.getVersion(name, there, signal);
  const published = await lastStatus(local, { registry: registry.name, model: name }, ports.store);
  const plan = planStanding(local, standing(version, aliases, published), step);
  if (plan.approves) await requirePublishable(local, step ? undefined : actor, ports, signal);
  for (const alias of plan.aliases) {
    signal.throwIfAborted();
    await registry.setAlias(name, alias, there, actor, signal);
  }
  for (const alias of plan.dropped) {
    signal.throwIfAborted();
    await registry.setAlias(name, alias, undefined, actor, signal);
  }
  signal.throwIfAborted();
  if (plan.status === undefined) return plan.note;
  await registry.setStatus(name, there, plan.status, actor, signal);
  await keepStatus({ registry, model: name, version: there, actor }, plan.status, ports.clock, signal);
  return plan.note;
}

/** Milliseconds in which another publisher, who looked before the status was written, may still write an earlier one over it. */
const rest = 150;
const mostRewrites = 3;

/** Looks once more whether a status stayed: registries have no way to write it only where it is what was read. */
async function keepStatus(
  { registry, model, version, actor }: Place,
  status: VersionStatus,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  for (let round = 1; round <= mostRewrites; round += 1) {
    await clock.sleep(rest, signal);
    const there = await registry.getVersion(model, version, signal);
    if (!isBehind(there.status, status)) return;
    await registry.setStatus(model, version, status, actor, signal);
  }
}

function standing(version: ModelVersion, aliases: Standing['aliases'], published: Standing['published']): Standing {
  return { version, aliases, ...(published === undefined ? {} : { published }) };
}

async function create(
  { version: local, registry, name, actor }: VersionToPublish,
  parent: ModelVersion | undefined,
  { store }: HandoffPorts,
  signal: AbortSignal,
): Promise<ModelVersion> {
  const model = modelFacts(await store.registry.getModel(local.model, signal), name);
  const version: NewModelVersion = {
    model: name,
    ...(local.description === undefined ? {} : { description: local.description }),
    author: local.author,
    weightsDigest: local.weightsDigest,
    modelDigest: local.modelDigest,
    lineage: lineageFacts(local.lineage, parent),
    customProperties: versionProperties(local, parent),
    artifacts: [],
  };
  return registry.createVersion(version, model, actor, signal);
}

/** What others wrote since stays as it is. */
function missingIn({ customProperties }: ModelVersion, facts: ReturnType<typeof versionProperties>) {
  return Object.fromEntries(Object.entries(facts).filter(([name]) => !Object.hasOwn(customProperties, name)));
}

export async function writeTutorialKeys(
  artifacts: readonly Artifact[],
  place: Place,
  url: string | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { properties, notes } = tutorialProperties(artifacts, place.registry, url);
  await settleProperties(place, () => properties, signal);
  return notes;
}

export function describeKept(names: readonly string[], { name }: ModelRegistry): readonly string[] {
  if (names.length === 0) return [];
  return [
    `${name} keeps no files: ${names.join(', ')} ${names.length === 1 ? 'lies' : 'lie'} in this workspace's store, where nobody else can fetch ${names.length === 1 ? 'it' : 'them'}.`,
  ];
}

/** Throws `usage` for the local registry: a version is there already. */
export function requireElsewhere(registry: ModelRegistry, version: LocalVersion): void {
  if (registry.type !== 'local') return;
  throw new WorkbenchError('usage', `${nameOfVersion(version)} is in the local registry already.`, {
    remedy: 'Name another registry: `--to NAME`. `aiwb registry list` names those of the workspace.',
  });
}
