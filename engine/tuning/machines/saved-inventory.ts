import { formatBytes } from '../../reports/format.ts';
import type { JobInventory, TaggedJob } from '../platform.ts';
import { joinKey } from '../storage/keys.ts';
import type { JobStorage } from '../storage/storage.ts';

/** Where runs keep what is theirs in a storage. */
const runs = 'runs';

interface Left {
  bytes: number;
  objects: number;
  uploads: number;
}

/** What runs have left in a storage, one entry for each, by the key of its folder: saved states, results and uploads that nobody completed. */
export function createSavedInventory(storage: JobStorage): JobInventory {
  async function collect(signal: AbortSignal): Promise<ReadonlyMap<string, Left>> {
    const found = new Map<string, Left>();
    const leftBy = (key: string): Left | undefined => {
      const tag = key.split('/')[1] ?? '';
      if (!tag.startsWith('aiwb-')) return undefined;
      const left = found.get(tag) ?? { bytes: 0, objects: 0, uploads: 0 };
      found.set(tag, left);
      return left;
    };
    for (const { key, bytes } of await storage.list(runs, signal)) {
      const left = leftBy(key);
      if (left === undefined) continue;
      left.bytes += bytes;
      left.objects += 1;
    }
    for (const key of await storage.unfinished(runs, signal)) {
      const left = leftBy(key);
      if (left !== undefined) left.uploads += 1;
    }
    return found;
  }

  return {
    async list(signal) {
      const found = await collect(signal);
      signal.throwIfAborted();
      return [...found].map(([tag, left]): TaggedJob => ({
        id: joinKey(runs, tag),
        tag,
        raw: wordsOf(left),
        ended: false,
        isSaved: true,
      }));
    },
    terminate: (id, signal) => storage.remove(id, signal),
  };
}

function wordsOf({ bytes, objects, uploads }: Left): string {
  const stored = `${formatBytes(bytes)} in ${String(objects)} object${objects === 1 ? '' : 's'}`;
  return uploads === 0 ? stored : `${stored}, ${String(uploads)} unfinished upload${uploads === 1 ? '' : 's'}`;
}
