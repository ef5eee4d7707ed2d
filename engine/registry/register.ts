import type { Artifact, Checkpoint, DocArtifact, Identity, TuningReport } from '../../schemas/generated/messages.ts';
import type { LocalVersion } from '../ports/registry.ts';
import { WorkbenchError } from '../base/errors.ts';
import { blobsOf } from '../models/model-files.ts';
import { trainedModelDigest } from '../models/trained.ts';
import type { Clock } from '../ports/clock.ts';
import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';
import type { Store } from '../ports/store.ts';
import type { RunSpec } from '../ports/run-spec.ts';
import { loadWorkspace } from '../workspace/workspace.ts';
import { blobUri } from './blob-uri.ts';
import { checkpointArtifacts, formatProperties } from './checkpoint-artifacts.ts';
import { lineageOf } from './lineage.ts';
import { cardsOf, modelCardName } from './version-cards.ts';
import { readCard } from './read-card.ts';
import { tuningArtifacts } from './tuning-artifacts.ts';
import { nameFromWorkspace } from './workspace-paths.ts';

/** A checkpoint of a succeeded tuning run, and what it is to be registered as. */
export interface Registration {
  readonly report: TuningReport;
  readonly spec: RunSpec;
  /** The registered model's name; it is created when it is new. */
  readonly model: string;
  /** Default: the best checkpoint. */
  readonly epoch?: number;
  readonly description?: string;
  /** Moved to the version; default `candidate`. Guarded aliases are refused. */
  readonly alias?: string;
  /** Absolute path of the model card. */
  readonly card?: string;
  /** Of the model, when it is new. */
  readonly tasks?: readonly string[];
  readonly license?: string;
  /** Facts policies ask for, such as a risk tier; kept with the version. */
  readonly properties?: Readonly<Record<string, string | number | boolean>>;
  readonly author: Identity;
  /** Absolute path of the workspace folder. */
  readonly folder: string;
}

export interface RegistryPorts {
  readonly store: Store;
  readonly files: Files;
  readonly clock: Clock;
  readonly digest: Digest;
}

/**
 * Registers a tuning run's checkpoint as a model version, with where it comes from, what it was measured at and its card.
 * Registering the same checkpoint of the same run again returns the version there is: a card it lacked is added, and an alias
 * moves only where one was asked for. Throws `checkpoint-missing`, `blob-missing`, `registry-exists` where the version has another
 * card, `usage` for a name, alias or archived model that cannot be used, and what is wrong with the card.
 */
export async function registerCheckpoint(
  registration: Registration,
  ports: RegistryPorts,
  signal: AbortSignal,
): Promise<LocalVersion> {
  const { report, model, author } = registration;
  const { registry, blobs } = ports.store;
  const checkpoint = checkpointOf(report, registration.epoch);
  for (const digest of blobsOf(checkpoint)) if (!(await blobs.has(digest))) throw weightsMissing(report, checkpoint);
  const earlier = await findVersions(model, ports, signal);
  const existing = earlier.find(
    ({ weightsDigest, lineage }) => weightsDigest === checkpoint.digest && lineage.runId === report.run.id,
  );
  const card = await storeCard(registration, ports, signal);
  if (existing !== undefined) await requireSameCard(existing, card, ports, signal);
  signal.throwIfAborted();
  const alias = registration.alias ?? (existing === undefined ? 'candidate' : undefined);
  const provider = await providerOf(checkpoint, registration, ports, signal);
  const facts = factsOf(registration, checkpoint, earlier, ports, card, provider);
  return registry.createVersion({ ...facts.version, ...(alias === undefined ? {} : { alias }) }, facts.model, author);
}

function factsOf(
  registration: Registration,
  checkpoint: Checkpoint,
  earlier: readonly LocalVersion[],
  { digest, clock, files }: RegistryPorts,
  card: DocArtifact | undefined,
  provider: string | undefined,
) {
  const { spec, model, author, description, license, tasks, properties } = registration;
  const report = nameFromWorkspace(registration.report, spec, files);
  const lineage = lineageOf({ report, spec, model, checkpoint, author, earlier, digest });
  const artifacts: Artifact[] = [
    ...checkpointArtifacts(checkpoint),
    ...(card === undefined ? [] : [card]),
    ...tuningArtifacts(report, checkpoint, clock.now()),
  ];
  return {
    version: {
      model,
      author,
      weightsDigest: checkpoint.digest,
      modelDigest: trainedModelDigest(digest, checkpoint.digest),
      lineage,
      artifacts,
      ...(description === undefined ? {} : { description }),
      customProperties: {
        ...properties,
        'aiw.status': 'candidate',
        'aiw.weights_digest': checkpoint.digest,
        'aiw.train_run_id': report.run.id,
        ...(report.baseDigest === undefined ? {} : { 'aiw.base_digest': report.baseDigest }),
        ...(lineage.parentVersion === undefined ? {} : { 'aiw.parent_version_id': lineage.parentVersion }),
        ...formatProperties(checkpoint, report, provider),
      },
    },
    model: {
      name: model,
      owner: author.email,
      ...(license === undefined ? {} : { license }),
      ...(tasks === undefined ? {} : { tasks }),
    },
  };
}

/** Provider of the connection that serves a service's model, as far as `workbench.yaml` still declares it. */
async function providerOf(
  { service }: Checkpoint,
  { folder }: Registration,
  { files }: RegistryPorts,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (service === undefined) return undefined;
  const { connections = {} } = (await loadWorkspace(files, folder, signal)).config;
  return Object.hasOwn(connections, service.connection) ? connections[service.connection]?.provider : undefined;
}

function checkpointOf({ run, checkpoints }: TuningReport, epoch: number | undefined): Checkpoint {
  const found = checkpoints.find(checkpoint => (epoch === undefined ? checkpoint.best : checkpoint.epoch === epoch));
  if (found !== undefined) return found;
  const kept = checkpoints.map(checkpoint => checkpoint.epoch).join(', ');
  const which = epoch === undefined ? 'no best checkpoint' : `no checkpoint of epoch ${epoch}`;
  throw new WorkbenchError('checkpoint-missing', `Run ${run.id} of ${run.name} kept ${which}.`, {
    remedy: kept === '' ? 'Run the tuning job again.' : `There are checkpoints of these epochs: ${kept}.`,
  });
}

function weightsMissing({ run }: TuningReport, { digest, epoch }: Checkpoint): WorkbenchError {
  return new WorkbenchError(
    'blob-missing',
    `The weights of epoch ${epoch} of run ${run.id} (${digest.slice(0, 12)}…) are no longer in the store.`,
    { remedy: 'Run the tuning job again; the same seed gives the same weights.' },
  );
}

/** The card is kept as it is now: later edits of the file do not change the version. */
async function storeCard(
  { card, folder }: Registration,
  { store, files, digest }: RegistryPorts,
  signal: AbortSignal,
): Promise<DocArtifact | undefined> {
  if (card === undefined) return undefined;
  const path = files.relative(folder, card);
  const { bytes } = await readCard(files, card, path, signal);
  const kept = await store.blobs.put(bytes);
  if (kept.digest !== digest.sha256(bytes)) throw new Error(`The card ${path} was stored under another digest.`);
  return {
    artifactType: 'doc-artifact',
    name: modelCardName,
    uri: blobUri(kept.digest),
    digest: kept.digest,
    bytes: kept.bytes,
    path,
  };
}

/** The versions there are, newest first; none for a model that is new. Throws `usage` for an archived model. */
async function findVersions(
  model: string,
  { store: { registry } }: RegistryPorts,
  signal: AbortSignal,
): Promise<readonly LocalVersion[]> {
  try {
    const { state } = await registry.getModel(model, signal);
    if (state !== 'ARCHIVED') return await registry.listVersions(model, signal);
  } catch (error) {
    if (error instanceof WorkbenchError && error.code === 'registry-not-found') return [];
    throw error;
  }
  throw new WorkbenchError('usage', `The model ${model} is archived.`, {
    remedy: `Bring it back (\`aiwb registry archive ${model} --undo\`), or register under another name.`,
  });
}

/** A version's card is never exchanged: what was assessed and approved included it. */
async function requireSameCard(
  { model, version }: LocalVersion,
  card: DocArtifact | undefined,
  { store: { registry } }: RegistryPorts,
  signal: AbortSignal,
): Promise<void> {
  if (card === undefined) return;
  const kept = cardsOf(await registry.listArtifacts(model, version, signal));
  if (kept.length === 0 || kept.some(({ digest }) => digest === card.digest)) return;
  throw new WorkbenchError(
    'registry-exists',
    `These weights are ${model}@${version} already, with another model card.`,
    {
      remedy: `A version keeps its card. \`aiwb registry card ${model}@${version} --import FILE\` adds a newer one beside it.`,
    },
  );
}
