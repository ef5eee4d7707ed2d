import { WorkbenchError } from '../../engine/base/errors.ts';
import type { Publications } from '../../engine/ports/catalogue.ts';
import type { StoreThread } from './worker-thread.ts';

export function createPublications(thread: StoreThread): Publications {
  void thread;
  const missing = (): Promise<never> => Promise.reject(new WorkbenchError('internal', 'No publications yet.'));
  return { begin: missing, end: missing, ofVersion: () => Promise.resolve([]), open: () => Promise.resolve([]) };
}
