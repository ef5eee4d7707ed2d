import type { ModelIdentity } from '../../schemas/generated/messages.ts';
import { readTrainingRows } from '../datasets/scan.ts';
import { classifierKinds } from '../models/embedded/kinds.ts';
import { loadLinearClassifier } from '../models/embedded/linear-file.ts';
import { createEmbeddedModel, createTrainedModel } from '../models/embedded/model.ts';
import type { TrainingStep } from '../models/embedded/classifier.ts';
import type { Model } from '../models/model.ts';
import { openConnection } from '../models/connect.ts';
import type { PacingLimits } from '../models/pacing/pacer.ts';
import type { RecordedRuns } from '../models/connect-context.ts';
import { lentConcurrency } from '../models/lent/model.ts';
import { trainedModelDigest } from '../models/trained.ts';
import { parseBaseName } from '../models/transformers/names.ts';
import { openBase, openTransformers, type TransformersContext } from '../models/transformers/open.ts';
import type { Blobs } from '../ports/blobs.ts';
import type { LentDesk } from '../ports/lent.ts';
import type { Store } from '../ports/store.ts';
import { scratchOf } from './scratch.ts';
import { checkIdentity, identityOfWeights } from './identity-check.ts';
import { requireOrigin } from './needed-origins.ts';
import type { RunPlan, PlannedModel } from './plan.ts';
import type { RunPorts } from './ports.ts';
import type { TrainedModelReference } from '../ports/run-spec.ts';

/** A model opened for a run: trained, or connected with its secret. */
export interface OpenModel {
  readonly model: Model;
  readonly planned: PlannedModel;
  /** Most answers under way at once; 1 for embedded and trained models, which compute in this process. */
  readonly concurrency: number;
  readonly learningCurve: readonly TrainingStep[];
  /** Rows an embedded model was trained on; 0 for connections. */
  readonly trainingRows: number;
  /** Of a registered version. */
  readonly identity?: ModelIdentity;
  /** What the model's latest failed answer said. */
  lastFailure: string | undefined;
}

/** Trains the embedded models, loads the trained ones and connects the others. Secrets are resolved here, and live in the models alone. */
export async function openModels(
  plan: RunPlan,
  ports: RunPorts,
  store: OpenStore,
  lent: LentDesk,
  onTraining: (model: string, step: TrainingStep) => void,
  signal: AbortSignal,
): Promise<readonly OpenModel[]> {
  const opened: OpenModel[] = [];
  try {
    const train = trainEmbedded(plan, ports, onTraining, signal);
    for (const planned of plan.models) {
      opened.push(
        planned.kind === 'embedded'
          ? await train(planned)
          : planned.kind === 'trained'
            ? await loadTrained(planned, plan, ports, store, signal)
            : planned.kind === 'base'
              ? await openAsItIs(planned, plan, ports, store, signal)
              : await openConnected(planned, plan, ports, store, lent, signal),
      );
      signal.throwIfAborted();
    }
    return opened;
  } catch (error) {
    await closeModels(opened);
    throw error;
  }
}

export async function closeModels(models: readonly OpenModel[]): Promise<void> {
  for (const { model } of models) await model.close();
}

type Embedded = Extract<PlannedModel, { kind: 'embedded' }>;
type Trained = Extract<PlannedModel, { kind: 'trained' }>;
/** A connection by its name. */
export type Connected = Extract<PlannedModel, { kind: 'connection' }>;

/** What opening models needs of the store. */
export type OpenStore = RecordedRuns & Pick<Store, 'blobs' | 'path'>;

/** Asks the very weights the run was created with, whatever the name stands for by now. */
async function loadTrained(
  planned: Trained,
  plan: Pick<RunPlan, 'workspace'>,
  ports: RunPorts,
  store: OpenStore,
  signal: AbortSignal,
): Promise<OpenModel> {
  const { name, reference } = planned;
  if (reference === undefined) throw new Error(`The run was created without the weights of ${name}.`);
  const model =
    reference.format === 'transformers' || reference.format === 'peft'
      ? await openTransformers(name, reference, transformersContext(plan, ports, store), signal)
      : await loadClassifier(name, reference, ports, store.blobs);
  const identity = identityOfWeights(name, reference);
  return {
    model,
    planned,
    concurrency: 1,
    learningCurve: [],
    trainingRows: 0,
    ...(identity === undefined ? {} : { identity }),
    lastFailure: undefined,
  };
}

/** A model of the hub, or of a folder that the benchmark names from where it lies. */
async function openAsItIs(
  planned: Extract<PlannedModel, { kind: 'base' }>,
  plan: Pick<RunPlan, 'workspace' | 'base'>,
  ports: RunPorts,
  store: OpenStore,
  signal: AbortSignal,
): Promise<OpenModel> {
  const { name } = planned;
  const base = parseBaseName(name, path => ports.files.resolve(plan.base, path));
  if (base === undefined) throw new Error(`${name} names no base.`);
  const model = await openBase(name, base, undefined, transformersContext(plan, ports, store), signal);
  return { model, planned, concurrency: 1, learningCurve: [], trainingRows: 0, lastFailure: undefined };
}

async function loadClassifier(
  name: string,
  { weightsDigest }: TrainedModelReference,
  { clock, digest }: RunPorts,
  blobs: Blobs,
): Promise<Model> {
  const classifier = loadLinearClassifier(await blobs.read(weightsDigest), `The weights of ${name}`);
  return createTrainedModel(name, classifier, weightsDigest, clock, digest);
}

/** Models of Transformers are laid out in the store's folder for jobs, and answer in the environment of the local platform. */
function transformersContext(
  { workspace }: Pick<RunPlan, 'workspace'>,
  ports: RunPorts,
  { blobs, path }: Pick<Store, 'blobs' | 'path'>,
): TransformersContext {
  const { files, clock, digest, quarantine, trainer } = ports;
  const { folder, config } = workspace;
  return { blobs, files, clock, digest, quarantine, trainer, scratch: scratchOf(path, files), folder, config };
}

/** The training rows are read once, by the first embedded model. */
function trainEmbedded(
  plan: RunPlan,
  ports: RunPorts,
  onTraining: (model: string, step: TrainingStep) => void,
  signal: AbortSignal,
): (planned: Embedded) => Promise<OpenModel> {
  let training: ReturnType<typeof readTrainingRows> | undefined;
  return async planned => {
    training ??= readTrainingRows(ports.files, ports.digest, plan.selection, signal);
    const { rows, digest } = await training;
    const kind = classifierKinds.get(planned.embedded);
    if (kind === undefined)
      throw new Error(`The schema allows the embedded model ${planned.embedded}, and no such kind exists.`);
    const classifier = await kind.train(
      rows,
      {
        seed: plan.seed,
        onStep: step => {
          onTraining(planned.name, step);
        },
        pause: () => ports.clock.sleep(0, signal),
      },
      signal,
    );
    const model = createEmbeddedModel(kind, classifier, digest, plan.seed, ports.clock, ports.digest);
    return {
      model,
      planned,
      concurrency: 1,
      learningCurve: classifier.learningCurve,
      trainingRows: rows.length,
      lastFailure: undefined,
    };
  };
}

/**
 * Opens one connection with its secret, at the stricter of the benchmark's limits and its own. Asks no question yet; one that stands for a
 * registered version is asked what it serves. Throws `origin-not-allowed` before anything is sent to an address that only a registry names.
 */
export async function openConnected(
  planned: Connected,
  plan: Pick<RunPlan, 'limits' | 'workspace'>,
  ports: RunPorts,
  runs: RecordedRuns,
  lent: LentDesk,
  signal: AbortSignal,
): Promise<OpenModel> {
  const { name, connection, registered, trained } = planned;
  if (registered?.endpoint !== undefined)
    await requireOrigin(ports.secrets, new URL(registered.endpoint.url).origin, name, signal);
  const identity =
    trained === undefined ? await checkIdentity(planned, ports, signal) : identityOfWeights(name, trained);
  const limits = limitsOf(connection, plan);
  const context = { name, folder: plan.workspace.folder, limits, retries: plan.limits.retries, ports, runs, lent };
  const opened = await openConnection(connection, context, signal);
  // Evidence is matched to a version by its digest, whichever name it is asked by.
  const model =
    trained === undefined ? opened : withDigest(opened, trainedModelDigest(ports.digest, trained.weightsDigest));
  const { concurrency } = limits;
  return {
    model,
    planned,
    concurrency,
    learningCurve: [],
    trainingRows: 0,
    ...(identity === undefined ? {} : { identity }),
    lastFailure: undefined,
  };
}

function withDigest(model: Model, digest: string): Model {
  return {
    name: model.name,
    digest,
    answer: (question, signal) => model.answer(question, signal),
    ...(model.embed === undefined ? {} : { embed: model.embed.bind(model) }),
    close: () => model.close(),
  };
}

/** The stricter of the benchmark's limits and the connection's own. */
function limitsOf(connection: Connected['connection'], { limits }: Pick<RunPlan, 'limits'>): PacingLimits {
  const own = 'limits' in connection ? connection.limits : undefined;
  const requestsPerMinute = smaller(limits.requestsPerMinute, own?.requestsPerMinute);
  const tokensPerMinute = smaller(limits.tokensPerMinute, own?.tokensPerMinute);
  const concurrency = Math.min(
    limits.concurrency,
    own?.concurrency ?? usualConcurrency(connection) ?? limits.concurrency,
  );
  return {
    concurrency: connection.provider === 'vscode-lm' ? lentConcurrency(concurrency) : concurrency,
    ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }),
    ...(tokensPerMinute === undefined ? {} : { tokensPerMinute }),
  };
}

/** A program gets a question at a time, so that its latency is its own and no wait for others. */
function usualConcurrency(connection: Connected['connection']): number | undefined {
  return connection.provider === 'command' ? (connection.processes ?? 1) : undefined;
}

function smaller(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}
