import type { JobInventory, TaggedJob } from '../../platform.ts';
import { hasEnded, type ServiceSession } from './context.ts';
import { tagOfFile } from './files.ts';
import { filesOf } from './submit.ts';
import type { ServiceJob } from './wire.ts';

/** Jobs that carry our tags, and files we uploaded that no job under way needs: rows of people lie in them. */
export function createInventory(open: (signal: AbortSignal) => Promise<ServiceSession>): JobInventory {
  return {
    async list(signal) {
      const opened = await open(signal);
      try {
        const jobs = await opened.service.listJobs(signal);
        const files = await opened.service.listFiles(signal);
        const tags = new Map(files.flatMap(file => [[file.id, tagOfFile(file)] as const]));
        const tagOfJob = (job: ServiceJob): string | undefined => job.tag ?? tags.get(job.trainingFile ?? '');
        const needed = new Set(jobs.filter(({ status }) => !hasEnded(status)).flatMap(filesOf));
        return [
          ...jobs.flatMap(job => describe(job.id, tagOfJob(job), job.status, hasEnded(job.status), job.createdAt)),
          ...files.flatMap(file =>
            needed.has(file.id) ? [] : describe(file.id, tagOfFile(file), 'uploaded file', false, file.createdAt),
          ),
        ];
      } finally {
        await opened.close();
      }
    },
    async terminate(id, signal) {
      const opened = await open(signal);
      try {
        const job = await opened.service.lookAtJob(id, signal);
        if (job === undefined) await opened.service.removeFile(id, signal);
        else if (!hasEnded(job.status)) await opened.service.cancelJob(id, signal);
      } finally {
        await opened.close();
      }
    },
  };
}

function describe(
  id: string,
  tag: string | undefined,
  raw: string,
  ended: boolean,
  createdAt: number | undefined,
): readonly TaggedJob[] {
  if (tag?.startsWith('aiwb-') !== true) return [];
  return [{ id, tag, raw, ended, ...(createdAt === undefined ? {} : { createdAt }) }];
}
