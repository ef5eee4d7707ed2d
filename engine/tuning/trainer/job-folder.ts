import type { TrainerInput, TrainerJob, TrainerModel, TrainerRow } from '../../../schemas/generated/messages.ts';
import { WorkbenchError } from '../../base/errors.ts';
import type { Blobs } from '../../ports/blobs.ts';
import type { Digest } from '../../ports/digest.ts';
import type { Files } from '../../ports/files.ts';
import type { AskedRow, JobBundle, JobInput, LearningRow } from '../platform.ts';
import type { BaseModel } from '../../models/transformers/base.ts';
import { listModelFolder } from '../../models/transformers/model-folder.ts';
import { figureOf } from './figure.ts';

/** A file of a job's folder: text made here, or a file of this machine and the digest it must have. */
export type JobFile =
  | { readonly path: string; readonly text: string }
  | { readonly path: string; readonly source: string; readonly bytes: number; readonly digest?: string };

/** All that a trainer is given: `job.json` (first of the files) and what it names. Paths are relative, with forward slashes. */
export interface JobFolder {
  readonly job: TrainerJob;
  readonly files: readonly JobFile[];
}

export interface JobFolderPorts {
  readonly files: Files;
  readonly blobs: Pick<Blobs, 'locate'>;
  readonly digest: Digest;
}

export interface TrainerOptions {
  readonly device?: TrainerJob['device'];
}

/**
 * What a job is for our trainer: its description, its rows as JSON lines, its sounds under their digests, and the base model where it lies on
 * this machine. The same bundle gives the same bytes, but for the deadline. Throws `metric-unsuitable`, `model-unsuitable`, `file-not-found`.
 */
export async function writeTrainerJob(
  bundle: JobBundle,
  ports: JobFolderPorts,
  options: TrainerOptions,
  signal: AbortSignal,
): Promise<JobFolder> {
  const files = new Map<string, JobFile>();
  const base = await layBase(bundle.base, 'base', files, ports, signal);
  const inputs: TrainerInput[] = [];
  for (const [index, input] of bundle.inputs.entries()) {
    inputs.push(await layInput(bundle, input, index, files, ports));
    signal.throwIfAborted();
  }
  const job = describeJob(bundle, base, inputs, options);
  const description: JobFile = { path: 'job.json', text: `${JSON.stringify(job, undefined, 2)}\n` };
  return { job, files: [description, ...files.values()] };
}

function describeJob(
  bundle: JobBundle,
  base: TrainerModel,
  inputs: readonly TrainerInput[],
  { device }: TrainerOptions,
): TrainerJob {
  const { hyperparameters, evaluation, keepEvery, method } = bundle;
  const { every, select, patience, limit, maxTokens } = evaluation;
  const { maxSteps } = hyperparameters;
  return {
    protocol: 1,
    runId: bundle.runId,
    name: bundle.name,
    task: bundle.task,
    base,
    method: describeMethod(method),
    inputs: [...inputs],
    labels: [...bundle.labels],
    hyperparameters: {
      epochs: hyperparameters.epochs,
      ...(maxSteps === undefined ? {} : { maxSteps }),
      learningRate: hyperparameters.learningRate,
      batchSize: hyperparameters.batchSize ?? 8,
      gradientAccumulation: hyperparameters.gradientAccumulation ?? 1,
      weightDecay: hyperparameters.weightDecay ?? 0,
      warmupRatio: hyperparameters.warmupRatio ?? 0.03,
      scheduler: hyperparameters.scheduler ?? 'linear',
      maxLength: hyperparameters.maxLength ?? 1024,
      precision: hyperparameters.precision ?? 'auto',
      gradientCheckpointing: hyperparameters.gradientCheckpointing ?? false,
      lossOn: hyperparameters.lossOn ?? 'answer',
    },
    seed: bundle.seed,
    evaluation: {
      everySteps: every.steps ?? 0,
      everyEpochs: every.epochs ?? 0,
      select: {
        aspect: select.aspect,
        metric: select.metric,
        figure: figureOf(evaluation),
        direction: select.direction,
      },
      ...(patience === undefined ? {} : { patience }),
      limit,
      maxTokens,
    },
    checkpoints: { everySteps: keepEvery?.steps ?? 0, everyEpochs: keepEvery?.epochs ?? 0 },
    ...(bundle.deadline === undefined ? {} : { deadline: bundle.deadline }),
    ...(device === undefined ? {} : { device }),
  };
}

function describeMethod(method: JobBundle['method']): TrainerJob['method'] {
  if (method.name === 'full') return { name: 'full' };
  const { targetModules, ...rest } = method;
  return { ...rest, ...(targetModules === undefined ? {} : { targetModules: [...targetModules] }) };
}

async function layBase(
  base: BaseModel,
  folder: string,
  files: Map<string, JobFile>,
  ports: JobFolderPorts,
  signal: AbortSignal,
): Promise<TrainerModel> {
  switch (base.kind) {
    case 'hub':
      return { kind: 'hub', id: base.id, ...(base.revision === undefined ? {} : { revision: base.revision }) };
    case 'folder': {
      for (const { path, source, bytes } of await listModelFolder(base.path, ports.files, signal))
        files.set(`${folder}/${path}`, { path: `${folder}/${path}`, source, bytes });
      return { kind: 'folder', path: folder };
    }
    case 'stored': {
      for (const { path, digest, bytes } of base.files)
        files.set(`${folder}/${path}`, {
          path: `${folder}/${path}`,
          source: ports.blobs.locate(digest),
          bytes,
          digest,
        });
      if (base.format === 'transformers') return { kind: 'folder', path: folder };
      if (base.base === undefined) {
        throw new WorkbenchError('model-unsuitable', 'The base is an adapter, and what it stands on is not known.', {
          remedy: 'Train from a model whose adapter is merged (`method: {lora: {merge: true}}`), or from its base.',
        });
      }
      return {
        kind: 'adapter',
        path: folder,
        base: await layBase(base.base, `${folder}-base`, files, ports, signal),
      };
    }
    case 'embedded':
    case 'service':
      throw new WorkbenchError('model-unsuitable', `A base of kind ${base.kind} is not trained by the trainer.`, {
        remedy: 'Name a base of the hub (`hub:…`), a folder (`folder:…`), or an earlier checkpoint of such a one.',
      });
  }
}

async function layInput(
  { task }: JobBundle,
  input: JobInput,
  index: number,
  files: Map<string, JobFile>,
  ports: JobFolderPorts,
): Promise<TrainerInput> {
  const { role, aspect, weight } = input;
  const path = `inputs/${String(index)}-${role}-${aspect}.jsonl`;
  const lines: string[] = [];
  for (const [position, row] of input.rows.entries()) {
    lines.push(`${JSON.stringify(await writeRow(row, position, task, files, ports))}\n`);
  }
  const text = lines.join('');
  files.set(path, { path, text });
  return { role, aspect, weight, path, rows: input.rows.length, digest: ports.digest.sha256(text) };
}

async function writeRow(
  row: AskedRow | LearningRow,
  position: number,
  task: JobBundle['task'],
  files: Map<string, JobFile>,
  ports: JobFolderPorts,
): Promise<TrainerRow> {
  const label = 'label' in row ? { label: row.label } : {};
  if (task === 'text-classification') return { row: position, text: row.text, ...label };
  if (task === 'automatic-speech-recognition') {
    if (row.audio === undefined) throw new Error(`Row ${String(position)} has no sound.`);
    return { row: position, audio: await laySound(row.audio, files, ports), ...label };
  }
  const messages = row.messages?.map(({ role, content }) => ({ role, content }));
  return { row: position, messages: messages ?? [{ role: 'user', content: row.text }], ...label };
}

/** A sound once, whatever rows name it, under its digest: file names tell nothing about people. */
async function laySound(
  { path: source, digest }: NonNullable<AskedRow['audio']>,
  files: Map<string, JobFile>,
  ports: JobFolderPorts,
): Promise<string> {
  const ending = /\.[A-Za-z0-9]{1,5}$/.exec(source)?.[0].toLowerCase() ?? '';
  const path = `sounds/${digest}${ending}`;
  if (!files.has(path)) {
    const facts = await ports.files.facts(source);
    if (facts?.kind !== 'file') {
      throw new WorkbenchError('file-not-found', `There is no sound ${source}.`, {
        remedy: 'Check the column `audio` of the dataset; its paths start from the dataset’s folder.',
        place: { path: source },
      });
    }
    files.set(path, { path, source, bytes: facts.size, digest });
  }
  return path;
}
