import { WorkbenchError } from '../../base/errors.ts';
import { readSafePath } from '../../base/safe-path.ts';
import { quoteLine } from '../../models/command/quote.ts';
import type { Files } from '../../ports/files.ts';

/** Where a trainer's files are, on this machine or elsewhere. */
export interface TrainerOutput {
  /** Absolute path on this machine of a file below the output folder, fetched where it lies elsewhere; undefined where there is none. The path is safe. */
  locate(path: string, signal: AbortSignal): Promise<string | undefined>;
}

/** An output folder of this machine. A link in it that leads out is not followed. */
export function outputFolder(folder: string, files: Files): TrainerOutput {
  return {
    async locate(path) {
      const [root, file] = await Promise.all([files.realPath(folder), files.realPath(files.resolve(folder, path))]);
      if (root === undefined || file === undefined) return undefined;
      const inside = files.relative(root, file);
      return inside.startsWith('..') || files.resolve(root, inside) !== file || /^[A-Za-z]:/.test(inside)
        ? undefined
        : file;
    },
  };
}

/** The file that a trainer names. Throws `record-tampered` for a path that leads elsewhere, and where there is no such file. */
export async function locateOutput(
  output: TrainerOutput,
  path: string,
  what: string,
  signal: AbortSignal,
): Promise<string> {
  const safe = readSafePath(path);
  if ('why' in safe) throw refused(`names ${quoted(path)} as ${what}, and ${safe.why}`);
  const file = safe.path === '' ? undefined : await output.locate(safe.path, signal);
  if (file === undefined) throw refused(`names ${quoted(path)} as ${what}, and there is no such file in what it made`);
  return file;
}

/** What a trainer says is not so, or is nothing that may be taken. */
export function refused(why: string): WorkbenchError {
  return new WorkbenchError('record-tampered', `What the trainer made is not taken: it ${why}.`, {
    remedy:
      'Resume the run, so that it trains and tells it anew; look at the run’s log and at who can write where it trains.',
  });
}

function quoted(path: string): string {
  return JSON.stringify(quoteLine(path, 120));
}
