import type { Checkpoint, RunSummary } from '../../schemas/generated/messages.ts';
import { WorkbenchError, toWorkbenchError } from '../base/errors.ts';
import { didYouMean } from '../base/suggest.ts';
import { parseDocument } from '../documents/parse.ts';
import type { CheckpointName } from '../registry/trained-name.ts';
import { blobsOf } from '../models/model-files.ts';
import type { Files } from '../ports/files.ts';
import type { TrainedModelReference } from '../ports/run-spec.ts';
import type { RunRecord, Store } from '../ports/store.ts';
import { formatEpoch } from '../reports/format.ts';

/** The weights that a checkpoint stands for now. A job's name means its newest succeeded run. Throws `model-unknown`, `checkpoint-missing` and `blob-missing`. */
export async function resolveCheckpoint(
  name: string,
  parsed: CheckpointName,
  store: Store,
  files: Pick<Files, 'resolve' | 'parent'>,
): Promise<TrainedModelReference> {
  const reference = await findCheckpoint(name, parsed, store, files);
  const { weightsDigest, format, files: own = [] } = reference;
  const needed = blobsOf({ digest: weightsDigest, ...(format === undefined ? {} : { format }), files: own });
  for (const digest of needed) if (!(await store.blobs.has(digest))) throw weightsMissing(name, reference);
  return reference;
}

async function findCheckpoint(
  name: string,
  { job, which }: CheckpointName,
  store: Store,
  files: Pick<Files, 'resolve' | 'parent'>,
): Promise<TrainedModelReference> {
  const run = await findTuningRun(name, job, store);
  const { checkpoints } = await store.readTraining(run.id);
  const found = checkpoints.find(
    checkpoint =>
      checkpoint.epoch === which || (which === 'best' && checkpoint.best) || (which === 'last' && checkpoint.last),
  );
  if (found === undefined) throw notKept(name, run, which, checkpoints);
  const { digest, epoch, format } = found;
  if (format === undefined || format === 'linear') return { weightsDigest: digest, runId: run.id, epoch };
  return { ...referenceOf(found, await store.getRun(run.id), files), runId: run.id, epoch };
}

/** What a checkpoint of another format than the embedded model's is, with what it stands on. */
export function referenceOf(
  { digest, format, files: own, service }: Checkpoint,
  { spec, tuning }: Pick<RunRecord, 'spec' | 'tuning'>,
  files: Pick<Files, 'resolve' | 'parent'>,
): TrainedModelReference {
  const base = tuning?.base ?? parseDocument('tune', spec.text).value?.base;
  const under = base !== undefined && Object.hasOwn(spec.trained ?? {}, base) ? spec.trained?.[base] : undefined;
  return {
    weightsDigest: digest,
    ...(format === undefined ? {} : { format }),
    ...(own === undefined ? {} : { files: own }),
    ...(service === undefined ? {} : { service }),
    ...(tuning?.task === undefined ? {} : { task: tuning.task }),
    ...(base === undefined ? {} : { base: wholeBase(base, spec.path, files) }),
    ...(under === undefined ? {} : { baseReference: under }),
  };
}

/** A base as it is found from anywhere: a folder by its absolute path. */
export function wholeBase(base: string, path: string, files: Pick<Files, 'resolve' | 'parent'>): string {
  const folder = /^folder:(.*)$/s.exec(base)?.[1];
  return folder === undefined ? base : `folder:${files.resolve(files.parent(path), folder)}`;
}

/** The newest succeeded run of the job, else the tuning run of this id, whose checkpoints may be asked for even if it did not succeed. */
async function findTuningRun(name: string, job: string, store: Store): Promise<RunSummary> {
  const runs = await store.listRuns({ kind: 'tune', name: job });
  const succeeded = runs.find(({ state }) => state === 'succeeded');
  if (succeeded !== undefined) return succeeded;
  const byId = await runWithId(job, store);
  if (byId !== undefined) return byId;
  const [newest] = runs;
  if (newest !== undefined) {
    throw new WorkbenchError(
      'checkpoint-missing',
      `No run of the tuning job "${job}" has succeeded yet; its newest, ${newest.id}, is ${newest.state}.`,
      { remedy: `Finish it first, or name a checkpoint of that run: checkpoint:${newest.id}@last.` },
    );
  }
  const known = [...new Set((await store.listRuns({ kind: 'tune' })).map(run => run.name))];
  throw new WorkbenchError('model-unknown', `${name}: no tuning job "${job}" has run here${didYouMean(job, known)}.`, {
    remedy:
      known.length === 0
        ? 'Run a tuning job first: `aiwb tune my.tune.yaml`.'
        : `Checkpoints were made by: ${known.slice(0, 20).join(', ')}.`,
  });
}

async function runWithId(id: string, store: Store): Promise<RunSummary | undefined> {
  try {
    const { summary } = await store.getRun(id);
    return summary.id === id && summary.kind === 'tune' ? summary : undefined;
  } catch (error) {
    if (toWorkbenchError(error).code === 'run-not-found') return undefined;
    throw error;
  }
}

function notKept(
  name: string,
  run: RunSummary,
  which: string | number,
  checkpoints: readonly Checkpoint[],
): WorkbenchError {
  const wanted = typeof which === 'number' ? `of epoch ${String(which)}` : `that is its ${which}`;
  return new WorkbenchError('checkpoint-missing', `${name}: run ${run.id} keeps no checkpoint ${wanted}.`, {
    remedy:
      checkpoints.length === 0
        ? 'It saved none; run the tuning job again.'
        : `It keeps: ${checkpoints.map(({ epoch }) => formatEpoch(epoch)).join(', ')}. Say which are kept with \`checkpoints.every\`.`,
  });
}

function weightsMissing(name: string, { weightsDigest }: TrainedModelReference): WorkbenchError {
  return new WorkbenchError(
    'blob-missing',
    `${name}: its weights (${weightsDigest.slice(0, 12)}…) are not in the store.`,
    {
      remedy: 'Restore the store from a backup, or run the tuning job again; the same seed gives the same weights.',
    },
  );
}
