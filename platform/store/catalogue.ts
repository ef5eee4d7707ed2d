import { WorkbenchError } from '../../engine/base/errors.ts';
import type { Catalogue } from '../../engine/ports/catalogue.ts';
import type { StoreThread } from './worker-thread.ts';

export function createCatalogue(thread: StoreThread): Catalogue {
  void thread;
  const missing = (): Promise<never> => Promise.reject(new WorkbenchError('internal', 'No catalogue yet.'));
  return {
    state: () => Promise.resolve({ models: 0, versions: 0 }),
    pageModels: missing,
    pageVersions: missing,
    findVersion: missing,
    readVersion: missing,
    beginSync: missing,
    addStretch: missing,
    endSync: missing,
    keepVersion: missing,
    retain: missing,
  };
}
