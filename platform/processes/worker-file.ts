import { existsSync } from 'node:fs';
import { WorkbenchError } from '../../engine/base/errors.ts';

/**
 * File of a worker thread: `worker.ts` beside the source that starts it, or `NAME.mjs` beside the bundle (whose chunks lie one folder
 * deeper). `from` is the starter's `import.meta.url`. Throws `internal` where an installation lacks it.
 */
export function locateWorker(from: string, name: string): URL {
  if (from.endsWith('.ts')) return new URL('./worker.ts', from);
  const candidates = [`./${name}.mjs`, `../${name}.mjs`].map(path => new URL(path, from));
  const found = candidates.find(candidate => existsSync(candidate));
  if (found !== undefined) return found;
  throw new WorkbenchError('internal', `${name}.mjs is missing beside ${from}.`, {
    remedy: 'Install AI Workbench again.',
  });
}
