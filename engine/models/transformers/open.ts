import type { Workbench } from '../../../schemas/generated/files.ts';
import { WorkbenchError } from '../../base/errors.ts';
import type { TuningTask } from '../../documents/tune-kind.ts';
import type { Blobs } from '../../ports/blobs.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Digest } from '../../ports/digest.ts';
import type { Files } from '../../ports/files.ts';
import type { Quarantine } from '../../ports/quarantine.ts';
import type { Trainer } from '../../ports/trainer.ts';
import type { TrainedModelReference } from '../../ports/run-spec.ts';
import { createCommandModel } from '../command/model.ts';
import { AnswerFailure, type Model } from '../model.ts';
import { digestOfModel } from '../model-files.ts';
import { trainedModelDigest } from '../trained.ts';
import { baseOfReference, type BaseModel } from './base.ts';
import { requireEnvironment } from './environment.ts';
import { layModel } from './lay-model.ts';
import { listModelFolder } from './model-folder.ts';

/** What opening a model of Transformers needs of the outside world. */
export interface TransformersContext {
  readonly blobs: Pick<Blobs, 'has' | 'locate'>;
  readonly files: Files;
  readonly clock: Clock;
  readonly digest: Digest;
  readonly quarantine: Quarantine;
  readonly trainer: Trainer;
  /** Absolute path of the store's folder for jobs: models are laid out below it. */
  readonly scratch: string;
  /** Absolute path that a folder which an adapter stands on starts from. */
  readonly folder: string;
  /** `workbench.yaml`: its platform of type `local` says which Python, and what computes. */
  readonly config: Workbench;
  /** Is told what is being installed, where that is needed first. */
  readonly onStep?: (step: string) => void;
}

/** Raised when what is asked changes in a way that makes older answers differ. */
const version = 1;

/** Milliseconds a model may take to be fetched and loaded. */
const loading = 3_600_000;

/**
 * A checkpoint or a registered version in Transformers' or PEFT's format, as a model that answers in our trainer's program on this machine.
 * Its files are laid out of the store. Throws `environment-missing`, `environment-unusable`, `blob-missing`, `record-tampered` and
 * `model-unsuitable` for what cannot be loaded.
 */
export async function openTransformers(
  name: string,
  reference: TrainedModelReference,
  context: TransformersContext,
  signal: AbortSignal,
): Promise<Model> {
  const base = baseOfReference(name, reference);
  const digest = trainedModelDigest(context.digest, reference.weightsDigest);
  return openProgram(name, base, reference.task ?? 'auto', digest, context, signal);
}

/**
 * A model of the hub, or in a folder, as it is. The digest of one in a folder is that of its weights; of one of the hub it is the name's, so
 * name the revision. Without a `task` the model's own configuration decides. Throws as `openTransformers` does.
 */
export async function openBase(
  name: string,
  base: BaseModel,
  task: TuningTask | undefined,
  context: TransformersContext,
  signal: AbortSignal,
): Promise<Model> {
  const digest = await digestOfBase(base, context, signal);
  return openProgram(name, base, task ?? 'auto', digest, context, signal);
}

async function openProgram(
  name: string,
  base: BaseModel,
  task: TuningTask | 'auto',
  digest: string,
  context: TransformersContext,
  signal: AbortSignal,
): Promise<Model> {
  const { trainer, clock } = context;
  const { python, device } = localSettings(context.config);
  const environment = await requireEnvironment(trainer, python, context.onStep ?? (() => undefined), signal);
  const model = await placeOf(name, base, context, signal);
  const request = {
    arguments: [
      ...['--model', model.place],
      ...(model.base === undefined ? [] : ['--base', model.base]),
      ...['--task', task],
      ...(device === undefined ? [] : ['--device', device]),
    ],
    usesHub: model.usesHub,
  };
  let hasAnswered = false;
  const programs = {
    start: async (_command: readonly string[], { folder }: { readonly folder: string }, life: AbortSignal) => {
      const started = await trainer.answer(environment, request, folder, life);
      return {
        ...started,
        lines: (async function* () {
          for await (const line of started.lines) {
            hasAnswered = true;
            yield line;
          }
        })(),
      };
    },
    run: () => Promise.reject(new Error('A model is never run to its end.')),
  };
  const command = ['aiwb_trainer', 'answer', ...request.arguments];
  const asked = createCommandModel(
    { name, command, folder: context.folder },
    { programs, clock, digest: context.digest },
  );
  const opened = { ...asked, digest };
  try {
    await load(name, opened, () => hasAnswered, signal);
    return opened;
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/**
 * A question without content: whatever the program says to it, the model is loaded then, so that no row's latency has the loading in it, and
 * one that cannot be loaded is told before any row is asked.
 */
async function load(name: string, model: Model, hasAnswered: () => boolean, signal: AbortSignal): Promise<void> {
  try {
    await model.answer(
      { input: '', messages: [], parameters: { maxTokens: 1 }, stream: false, timeout: loading },
      signal,
    );
  } catch (error) {
    if (!(error instanceof AnswerFailure)) throw error;
    if (hasAnswered()) return;
    throw new WorkbenchError('model-unsuitable', `${name} could not be loaded: ${error.message}`, {
      remedy: 'Check its name or folder, the memory it needs, and the network where it comes from the hub.',
      cause: error,
    });
  }
}

interface ModelPlace {
  /** As the program is told: a folder, or `ORG/NAME[@REVISION]`. */
  readonly place: string;
  /** The same of what an adapter stands on. */
  readonly base?: string;
  readonly usesHub: boolean;
}

async function placeOf(
  name: string,
  base: BaseModel,
  context: TransformersContext,
  signal: AbortSignal,
): Promise<ModelPlace> {
  const { files } = context;
  switch (base.kind) {
    case 'hub':
      return { place: base.revision === undefined ? base.id : `${base.id}@${base.revision}`, usesHub: true };
    case 'folder': {
      const folder = files.resolve(context.folder, base.path);
      await listModelFolder(folder, files, signal);
      return { place: folder, usesHub: false };
    }
    case 'stored': {
      const place = await layModel(name, base.files, files.resolve(context.scratch, 'models'), context, signal);
      if (base.base === undefined) return { place, usesHub: false };
      const below = await placeOf(name, base.base, context, signal);
      if (below.base !== undefined) {
        throw new WorkbenchError('model-unsuitable', `${name} is an adapter on an adapter, which cannot be loaded.`, {
          remedy: 'Save the lower one merged (`method: {lora: {merge: true}}`).',
        });
      }
      return { place, base: below.place, usesHub: below.usesHub };
    }
    case 'embedded':
    case 'service':
      throw new Error(`A model of kind ${base.kind} is not asked by the trainer's program.`);
  }
}

/** The platform of type `local` that a workspace declares: that called `local` before all others. */
export function localSettings({ compute = {} }: Workbench): { readonly python?: string; readonly device?: string } {
  const own = Object.hasOwn(compute, 'local') ? compute['local'] : undefined;
  const found = [own, ...Object.values(compute)].find(platform => platform?.type === 'local');
  return found?.type === 'local' ? found : {};
}

async function digestOfBase(
  base: BaseModel,
  { files, digest, folder }: TransformersContext,
  signal: AbortSignal,
): Promise<string> {
  if (base.kind === 'stored') return trainedModelDigest(digest, base.digest);
  if (base.kind !== 'folder') return digest.sha256(JSON.stringify(['transformers', version, base]));
  const hashed = [];
  for (const { path, source, bytes } of await listModelFolder(files.resolve(folder, base.path), files, signal)) {
    if (!path.endsWith('.safetensors')) continue;
    const hash = digest.startSha256();
    for await (const chunk of files.stream(source, signal)) hash.update(chunk);
    hashed.push({ path, digest: hash.hex(), bytes });
  }
  return trainedModelDigest(digest, digestOfModel(hashed, digest) ?? '');
}
