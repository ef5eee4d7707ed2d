import type { TuningDataReport } from '../../../schemas/generated/messages.ts';
import { diagnoseTuningJob } from '../../diagnostics/diagnose.ts';
import { hasErrors } from '../../documents/diagnostic.ts';
import { invalidFileError } from '../../documents/failure.ts';
import { parseDocument } from '../../documents/parse.ts';
import { aspectsOf, namedBaseOf, namedTaskOf } from '../../documents/tune-kind.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Digest } from '../../ports/digest.ts';
import type { Files } from '../../ports/files.ts';
import { loadWorkspace } from '../../workspace/workspace.ts';
import { readAspects } from '../rows.ts';
import { inspectTuningData } from './inspect.ts';

/** A tuning job whose data is looked at. */
export interface InspectedJob {
  readonly text: string;
  /** Absolute path of the file; relative paths in the text start from its folder. */
  readonly path: string;
  /** Absolute path of the workspace folder. */
  readonly folder: string;
}

export interface InspectPorts {
  readonly files: Files;
  readonly digest: Digest;
  readonly clock: Clock;
}

/**
 * Reads all rows of a job and tells what is in them; sends and trains nothing. Throws `file-invalid` for a job with errors, but for its platform's,
 * and `dataset-…` with all rows that are at fault.
 */
export async function inspectJob(
  { text, path, folder }: InspectedJob,
  { files, digest, clock }: InspectPorts,
  signal: AbortSignal,
): Promise<TuningDataReport> {
  const parsed = parseDocument('tune', text);
  const diagnostics = (await diagnoseTuningJob(parsed, path, files, signal)).filter(
    ({ code }) => code !== 'unknown-platform' && code !== 'unfit-platform',
  );
  const job = parsed.value;
  if (job === undefined || hasErrors(diagnostics)) throw invalidFileError(path, diagnostics);
  const base = namedBaseOf(job);
  const task = namedTaskOf(job) ?? 'text-classification';
  const aspects = await readAspects(aspectsOf(job), files.parent(path), files, digest, signal, {
    task,
    folder,
    // Nothing is kept of what is only looked at.
    keepSound: (_bytes, sha256) => Promise.resolve(sha256),
  });
  const { config } = await loadWorkspace(files, folder, signal);
  const platform = job.platform === undefined ? undefined : config.compute?.[job.platform];
  const price = platform?.type === 'openai' ? platform.price : undefined;
  const { epochs, maxLength } = job.hyperparameters ?? {};
  return inspectTuningData(
    aspects,
    {
      name: job.name,
      task,
      epochs: epochs ?? (base === 'embedded' ? 25 : 3),
      ...(base === 'embedded' || base === 'service' ? {} : { maxLength: maxLength ?? 1024 }),
      ...(price === undefined ? {} : { price }),
      breathe: () => clock.sleep(0, signal),
    },
    signal,
  );
}
