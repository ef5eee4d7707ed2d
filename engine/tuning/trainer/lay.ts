import { drain } from '../../base/drain.ts';
import type { Quarantine } from '../../ports/quarantine.ts';
import type { JobFile } from './job-folder.ts';
import { readChecked, type PackPorts } from './pack.ts';

export interface LayPorts extends PackPorts {
  readonly quarantine: Quarantine;
}

/**
 * Lays a job's files out in a folder. What lies on this machine gets a second name there instead of a copy, where the disk can; a file
 * with a digest is checked first. Throws `dataset-changed` where one no longer is what the job was made with.
 */
export async function layJob(
  jobFiles: readonly JobFile[],
  folder: string,
  ports: LayPorts,
  signal: AbortSignal,
): Promise<void> {
  const { files, quarantine } = ports;
  for (const file of jobFiles) {
    signal.throwIfAborted();
    const target = files.resolve(folder, file.path);
    if ('text' in file) {
      await files.writeText(target, file.text);
      continue;
    }
    if (file.digest !== undefined) await drain(readChecked(file, ports, signal));
    await quarantine.link(file.source, target);
  }
}
