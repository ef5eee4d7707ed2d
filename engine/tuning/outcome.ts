import type { Checkpoint } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { digestOfModel, digestOfService, manifestOfModel } from '../models/model-files.ts';
import type { Blobs } from '../ports/blobs.ts';
import type { Digest } from '../ports/digest.ts';
import type { JobAnswers, JobResult } from './platform.ts';
import type { AspectRows } from './rows.ts';
import { formatEpoch } from '../reports/format.ts';

type Answers = NonNullable<JobResult['answers']>;

/** A result must say what is best, and what its checkpoints are. Throws `run-failed`. */
export function checkCheckpoints(checkpoints: readonly Checkpoint[], platform: string): void {
  const best = checkpoints.filter(checkpoint => checkpoint.best).length;
  const nameless = checkpoints.find(({ format }) => format === undefined || format === 'linear');
  const empty = checkpoints.find(({ format, files = [], service }) =>
    format === 'service' ? service === undefined : files.length === 0,
  );
  if (best === 1 && nameless === undefined && empty === undefined) return;
  const why =
    best === 1
      ? `its checkpoint of epoch ${formatEpoch((nameless ?? empty)?.epoch ?? 0)} has no content`
      : `it names ${String(best)} best checkpoints`;
  throw malformed(platform, why);
}

/**
 * The checkpoints under the digests that name them here, whatever the platform said: of the weights' files, or of a service's name of the
 * model. The manifest of several files is kept as well, as what its digest is of.
 */
export async function nameCheckpoints(
  checkpoints: readonly Checkpoint[],
  blobs: Blobs,
  digest: Digest,
): Promise<readonly Checkpoint[]> {
  const named: Checkpoint[] = [];
  for (const checkpoint of checkpoints) {
    const { files = [], service } = checkpoint;
    const manifest = manifestOfModel(files);
    if (manifest !== undefined) await blobs.put(new TextEncoder().encode(manifest));
    const own = service === undefined ? digestOfModel(files, digest) : digestOfService(service, digest);
    named.push(own === undefined ? checkpoint : { ...checkpoint, digest: own });
  }
  return named;
}

/** Answers must be of this job's rows. Throws `run-failed`. */
export function checkAnswers(answers: Answers, aspects: readonly AspectRows[], platform: string): void {
  for (const [who, given] of Object.entries(answers) as [string, JobAnswers | undefined][]) {
    for (const { name, test } of given === undefined ? [] : aspects) {
      const rows = given?.[name]?.length;
      if (rows === undefined || rows === test.length) continue;
      throw malformed(platform, `its ${who} answers to ${name} are ${String(rows)} for ${String(test.length)} rows`);
    }
  }
}

function malformed(platform: string, why: string): WorkbenchError {
  return new WorkbenchError('run-failed', `The result of the job on ${platform} cannot be used: ${why}.`, {
    remedy: 'Resume the run; if it fails again, report it with the job’s log.',
  });
}

/** Keeps a job's answers until they are measured. Gives the blob's digest. */
export async function writeAnswers(answers: Answers, blobs: Blobs): Promise<string> {
  // JSON has no undefined within lists: an answer that is missing is null.
  const { digest } = await blobs.put(new TextEncoder().encode(JSON.stringify(answers)));
  return digest;
}

export async function readAnswers(digest: string, blobs: Blobs): Promise<Answers> {
  const kept = JSON.parse(new TextDecoder().decode(await blobs.read(digest))) as Record<
    string,
    Record<string, readonly (string | null)[]>
  >;
  const restore = (side: Record<string, readonly (string | null)[]>): JobAnswers =>
    Object.fromEntries(Object.entries(side).map(([aspect, given]) => [aspect, given.map(text => text ?? undefined)]));
  return {
    ...(kept['base'] === undefined ? {} : { base: restore(kept['base']) }),
    tuned: restore(kept['tuned'] ?? {}),
  };
}
