import { formatBytes } from '../../../reports/format.ts';
import type { PreflightFinding } from '../../../../schemas/generated/messages.ts';
import { WorkbenchError } from '../../../base/errors.ts';
import type { PlatformPorts } from '../../platform-ports.ts';
import type { JobBundle } from '../../platform.ts';
import type { BaseModel } from '../../../models/transformers/base.ts';
import { listModelFolder } from '../../../models/transformers/model-folder.ts';

/** Weights that a job keeps at a time: the best, the last and the one that is being written. */
const checkpointsAtATime = 3;

/** Of a saved state, as a multiple of the weights that learn: they themselves and the optimizer's two averages. */
const stateFactor = 3;

/** Whether the disk has room for what the job will save. Says nothing where the size of the base is not known here. */
export async function checkRoom(
  bundle: JobBundle,
  scratch: string,
  ports: Pick<PlatformPorts, 'files' | 'trainer'>,
  signal: AbortSignal,
): Promise<readonly PreflightFinding[]> {
  const weights = await measureBase(bundle.base, ports, signal);
  const room = await ports.trainer.room(scratch);
  if (weights === undefined || room === undefined) return [];
  const isWhole = bundle.method.name === 'full';
  const saved = isWhole || bundle.method.merge ? checkpointsAtATime * weights : 0;
  const states = isWhole ? 2 * stateFactor * weights : 0;
  const needed = saved + states;
  if (needed === 0) return [];
  const [need, has] = [formatBytes(needed), formatBytes(room)];
  if (room >= needed)
    return [{ check: 'storage', level: 'ok', message: `The job saves about ${need}; the disk has ${has}.` }];
  return [
    {
      check: 'storage',
      level: room < weights ? 'error' : 'warning',
      message: `The job saves about ${need}, and the disk of ${scratch} has ${has}.`,
      remedy:
        'Free some space (`aiwb store gc`), train an adapter (`method: lora`), or keep the store on a larger disk.',
    },
  ];
}

/** Bytes of the base's weights; undefined where they are not on this machine. */
async function measureBase(
  base: BaseModel,
  { files }: Pick<PlatformPorts, 'files'>,
  signal: AbortSignal,
): Promise<number | undefined> {
  if (base.kind === 'stored') {
    const below = base.base === undefined ? 0 : await measureBase(base.base, { files }, signal);
    return below === undefined ? undefined : below + sumOf(base.files);
  }
  if (base.kind !== 'folder') return undefined;
  try {
    return sumOf(await listModelFolder(base.path, files, signal));
  } catch (error) {
    // What is wrong with the folder is told when the job is written.
    if (error instanceof WorkbenchError) return undefined;
    throw error;
  }
}

function sumOf(files: readonly { readonly path: string; readonly bytes: number }[]): number {
  return files.reduce((sum, { path, bytes }) => sum + (path.endsWith('.safetensors') ? bytes : 0), 0);
}
