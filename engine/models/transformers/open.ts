import type { Workbench } from '../../../schemas/generated/files.ts';
import { WorkbenchError } from '../../base/errors.ts';
import { isRecord } from '../http/json.ts';
import type { Blobs } from '../../ports/blobs.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Digest } from '../../ports/digest.ts';
import type { Files } from '../../ports/files.ts';
import type { Quarantine } from '../../ports/quarantine.ts';
import type { Trainer } from '../../ports/trainer.ts';
import type { TrainedModelReference } from '../../runs/spec.ts';
import { baseOfReference } from '../../tuning/base.ts';
import type { BaseModel, TuningTask } from '../../tuning/platform.ts';
import { requireEnvironment } from '../../tuning/platforms/local/environment.ts';
import { listModelFolder } from '../../tuning/trainer/model-folder.ts';
import { createCommandModel } from '../command/model.ts';
import { AnswerFailure, type Model } from '../model.ts';
import { digestOfModel } from '../model-files.ts';
import { trainedModelDigest } from '../trained.ts';
import { layModel } from './lay-model.ts';

/** What opening a model of Transformers needs of the outside world. */
export interface TransformersContext {
  readonly blobs: Pick<Blobs, 'has' | 'locate' | 'read'>;
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
  const task = reference.task ?? (await taskOf(base, context, signal));
  return openProgram(name, base, task, trainedModelDigest(context.digest, reference.weightsDigest), context, signal);
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
  return openProgram(name, base, task ?? (await taskOf(base, context, signal)), digest, context, signal);
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
  const programs = {
    start: (_command: readonly string[], { folder }: { readonly folder: string }, life: AbortSignal) =>
      trainer.answer(environment, request, folder, life),
    run: () => Promise.reject(new Error('A model is never run to its end.')),
  };
  const command = ['aiwb_trainer', 'answer', ...request.arguments];
  const asked = createCommandModel(
    { name, command, folder: context.folder },
    { programs, clock, digest: context.digest },
  );
  const opened = { ...asked, digest };
  try {
    await load(name, opened, signal);
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
async function load(name: string, model: Model, signal: AbortSignal): Promise<void> {
  try {
    await model.answer(
      { input: '', messages: [], parameters: { maxTokens: 1 }, stream: false, timeout: loading },
      signal,
    );
  } catch (error) {
    if (!(error instanceof AnswerFailure)) throw error;
    const isLoaded = error.class === 'model' && error.attempts === 1;
    if (isLoaded) return;
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

/** What a model does, by its configuration; `auto` leaves it to the program, which reads it as well. */
async function taskOf(
  base: BaseModel,
  { files, blobs, folder }: TransformersContext,
  signal: AbortSignal,
): Promise<TuningTask | 'auto'> {
  if (base.kind === 'hub') return 'auto';
  if (base.kind === 'stored') {
    const file = base.files.find(({ path }) => path === 'config.json');
    if (file !== undefined) return taskIn(new TextDecoder().decode(await blobs.read(file.digest)));
    return base.base === undefined
      ? 'auto'
      : taskOf(base.base, { files, blobs, folder } as TransformersContext, signal);
  }
  if (base.kind !== 'folder') return 'auto';
  const path = files.resolve(files.resolve(folder, base.path), 'config.json');
  return (await files.facts(path)) === undefined ? 'auto' : taskIn(await files.readText(path, signal));
}

function taskIn(text: string): TuningTask | 'auto' {
  try {
    const config: unknown = JSON.parse(text);
    const architectures = isRecord(config) ? config['architectures'] : undefined;
    const [architecture] = Array.isArray(architectures) ? (architectures as unknown[]) : [];
    if (typeof architecture !== 'string') return 'auto';
    if (architecture.endsWith('ForSequenceClassification')) return 'text-classification';
    if (/^Whisper|ForSpeechSeq2Seq|ForCTC$/.test(architecture)) return 'automatic-speech-recognition';
    return architecture.endsWith('ForCausalLM') ? 'text-generation' : 'auto';
  } catch {
    // The program says what is wrong with it.
    return 'auto';
  }
}
