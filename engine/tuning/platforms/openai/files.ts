import { WorkbenchError } from '../../../base/errors.ts';
import { tagOf, type JobBundle } from '../../platform.ts';
import type { OpenedService } from './context.ts';
import { ServiceError } from './service-error.ts';
import { writeUploads, type UploadContent } from './rows.ts';
import type { ServiceFile } from './wire.ts';

/** Ids of the files that a job learns from and is measured by. */
export interface JobFiles {
  readonly training: string;
  readonly validation?: string;
}

/** Longest time a service may take to look through a file, in milliseconds. */
const longestCheck = 30 * 60_000;

/** The tag in the name of a file we uploaded; undefined for files of others. */
export function tagOfFile({ name }: ServiceFile): string | undefined {
  return /^(aiwb-.+)-(?:train|validation)-[0-9a-f]{16}\.jsonl$/.exec(name)?.[1];
}

/**
 * Uploads a job's rows, or finds the files that an earlier attempt has uploaded: they are named by tag and digest, so that a file whose
 * upload was never answered is found as well. `onFile` is awaited for each. Resolves when the service has accepted them.
 * Throws `dataset-invalid` where it does not.
 */
export async function provideFiles(
  bundle: JobBundle,
  opened: OpenedService,
  onFile: (id: string) => Promise<void>,
  signal: AbortSignal,
): Promise<JobFiles> {
  const there = await opened.service.listFiles(signal);
  const ids: Partial<Record<UploadContent['role'], string>> = {};
  for (const upload of writeUploads(bundle)) {
    const digest = opened.digest.sha256(upload.content).slice(0, 16);
    const name = `${tagOf(bundle.runId)}-${upload.role}-${digest}.jsonl`;
    const file = there.find(one => one.name === name && one.status !== 'error' && one.status !== 'deleted');
    const { id } = file ?? (await uploadOnce(name, upload.content, opened, signal));
    await onFile(id);
    ids[upload.role] = id;
  }
  for (const id of Object.values(ids)) await waitUntilProcessed(id, opened, signal);
  const { train = '', validation } = ids;
  return { training: train, ...(validation === undefined ? {} : { validation }) };
}

/** Where an answer is lost the file may be there: it is looked for before it is sent again. */
async function uploadOnce(
  name: string,
  content: Uint8Array,
  { service, clock }: OpenedService,
  signal: AbortSignal,
): Promise<ServiceFile> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await service.uploadFile(name, content, signal);
    } catch (error) {
      if (!(error instanceof ServiceError) || !error.passing || attempt >= 3) throw error;
      await clock.sleep(1000 * attempt, signal);
      const found = (await service.listFiles(signal)).find(file => file.name === name);
      if (found !== undefined) return found;
    }
  }
}

async function waitUntilProcessed(id: string, opened: OpenedService, signal: AbortSignal): Promise<void> {
  const { service, clock, connection } = opened;
  const begun = clock.monotonic();
  for (let wait = 500; ; wait = Math.min(wait * 2, 15_000)) {
    const file = await service.lookAtFile(id, signal);
    if (file === undefined || file.status === 'error') {
      const why = file?.reason === undefined ? '' : `: ${file.reason.slice(0, 300)}`;
      throw new WorkbenchError('dataset-invalid', `${connection} did not accept the training file ${id}${why}.`, {
        remedy: 'Look at the rows with `aiwb tune data`, and resume the run.',
      });
    }
    // OpenAI accepts files as they come; Azure looks them through first.
    if (file.status !== 'pending' && file.status !== 'running' && file.status !== 'notRunning') return;
    if (clock.monotonic() - begun > longestCheck)
      throw new WorkbenchError(
        'platform-unreachable',
        `${connection} has not looked through the file ${id} in half an hour.`,
        {
          remedy: 'Resume the run later: the file is found again.',
        },
      );
    await clock.sleep(wait, signal);
  }
}

/** Removes uploaded files. Says which could not be, and why. */
export async function removeFiles(
  ids: readonly (string | undefined)[],
  { service }: OpenedService,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const left: string[] = [];
  for (const id of ids) {
    if (id === undefined) continue;
    try {
      await service.removeFile(id, signal);
    } catch (error) {
      signal.throwIfAborted();
      const why = error instanceof Error ? error.message : String(error);
      left.push(`The uploaded file ${id} could not be removed (${why}); \`aiwb tune sweep\` finds it.`);
    }
  }
  return left;
}
