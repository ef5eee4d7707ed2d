import type { Checkpoint, ModelFile, TrainerResult } from '../../../schemas/generated/messages.ts';
import { createNameCheck, readSafePath } from '../../base/safe-path.ts';
import { digestOfModel } from '../../models/model-files.ts';
import type { Blobs } from '../../ports/blobs.ts';
import type { Digest } from '../../ports/digest.ts';
import type { Files } from '../../ports/files.ts';
import type { JobBundle, JobResult } from '../platform.ts';
import { orderAnswers, readAnswers } from './answers.ts';
import { locateOutput, refused, type TrainerOutput } from './output.ts';

export interface ResultPorts {
  readonly files: Files;
  readonly blobs: Blobs;
  readonly digest: Digest;
}

const mostCheckpoints = 1000;
const mostFiles = 10_000;
const pickled = /\.(?:bin|pt|pth|ckpt|pkl|pickle|py)$/i;

/**
 * What a trainer says it has made, taken into the store: every file must lie where it says, below its folder, and have the digest it says.
 * Throws `record-tampered` for what does not.
 */
export async function takeResult(
  bundle: JobBundle,
  result: TrainerResult,
  notes: readonly string[],
  output: TrainerOutput,
  ports: ResultPorts,
  signal: AbortSignal,
): Promise<JobResult> {
  if (result.checkpoints.length === 0 || result.checkpoints.length > mostCheckpoints)
    throw refused(`tells of ${String(result.checkpoints.length)} checkpoints`);
  for (const which of ['best', 'last'] as const) {
    const marked = result.checkpoints.filter(checkpoint => checkpoint[which]).length;
    if (marked !== 1) throw refused(`marks ${String(marked)} checkpoints as the ${which}`);
  }
  const checkpoints: Checkpoint[] = [];
  for (const checkpoint of result.checkpoints)
    checkpoints.push(await takeCheckpoint(checkpoint, output, ports, signal));
  const tests = bundle.inputs.filter(({ role }) => role === 'test');
  const read = async (path: string) => {
    const file = await locateOutput(output, path, 'answers', signal);
    return orderAnswers(bundle, await readAnswers(file, tests, ports.files, signal));
  };
  return {
    checkpoints: checkpoints.sort((a, b) => a.epoch - b.epoch),
    answers: { base: await read(result.answers.base), tuned: await read(result.answers.tuned) },
    stoppedEarly: result.stoppedEarly,
    notes,
  };
}

async function takeCheckpoint(
  { step, epoch, best, last, format, folder, files }: TrainerResult['checkpoints'][number],
  output: TrainerOutput,
  { blobs, digest }: ResultPorts,
  signal: AbortSignal,
): Promise<Checkpoint> {
  if (!(epoch > 0) || !Number.isFinite(epoch) || step < 1) throw refused('tells of a checkpoint before the first step');
  if (files.length === 0 || files.length > mostFiles)
    throw refused(`tells of a checkpoint of ${String(files.length)} files`);
  const collides = createNameCheck();
  const taken: ModelFile[] = [];
  for (const file of files) {
    signal.throwIfAborted();
    const safe = readSafePath(file.path);
    if ('why' in safe || safe.path === '') throw refused('names a file of a checkpoint that may not be there');
    if (pickled.test(safe.path)) throw refused(`has saved ${safe.path}, which runs code when it is loaded`);
    if (collides(safe.path) !== undefined) throw refused(`names ${safe.path} twice`);
    const found = await locateOutput(output, `${folder}/${safe.path}`, 'a file of a checkpoint', signal);
    const facts = await blobs.adopt(found, file.digest, true);
    if (facts.bytes !== file.bytes) throw refused(`tells another length of ${safe.path} than it has`);
    taken.push({ path: safe.path, digest: facts.digest, bytes: facts.bytes });
  }
  const weights = digestOfModel(taken, digest);
  if (weights === undefined) throw refused('has saved a checkpoint without weights');
  const bytes = taken.reduce((sum, file) => sum + file.bytes, 0);
  return { epoch, step, digest: weights, bytes, best, last, format, files: taken };
}
