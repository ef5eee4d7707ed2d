import { Worker } from 'node:worker_threads';
import { WorkbenchError } from '../../engine/base/errors.ts';
import { locateWorker } from '../processes/worker-file.ts';
import {
  restoreError,
  type StoreCalls,
  type StoreMethod,
  type StoreReply,
  type StoreRequest,
  type WorkerSettings,
} from './protocol.ts';

/** The main thread's end of the store's worker. */
export interface StoreThread {
  call<Method extends StoreMethod>(
    method: Method,
    values: Parameters<StoreCalls[Method]>,
    transfer?: readonly ArrayBuffer[],
  ): Promise<ReturnType<StoreCalls[Method]>>;
  close(): Promise<void>;
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Starts the worker; resolves once the store is open. The thread keeps the process alive only while a call is under way. */
export async function startThread(settings: WorkerSettings, now: () => number): Promise<StoreThread> {
  const worker = new Worker(locateWorker(import.meta.url, 'store-worker'), {
    workerData: settings,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    // Batches live for a moment only: a large young generation would be memory without use.
    resourceLimits: { maxYoungGenerationSizeMb: 16 },
  });
  const pending = new Map<number, Pending>();
  let nextId = 1;
  let gone: WorkbenchError | undefined;

  const end = (error: WorkbenchError): void => {
    gone ??= error;
    for (const { reject } of pending.values()) reject(gone);
    pending.clear();
  };
  worker.on('error', error => end(describeCrash(error)));
  worker.on('exit', () => end(new WorkbenchError('internal', 'The store is closed.')));
  worker.on('message', (reply: StoreReply) => {
    const waiting = pending.get(reply.id);
    pending.delete(reply.id);
    if (pending.size === 0) worker.unref();
    if ('failure' in reply) waiting?.reject(restoreError(reply.failure));
    else waiting?.resolve(reply.value);
  });

  const wait = (id: number): Promise<unknown> => {
    worker.ref();
    return new Promise((resolve, reject) => pending.set(id, { resolve, reject }));
  };
  const send = (method: StoreRequest['method'], values: readonly unknown[], transfer: readonly ArrayBuffer[] = []) => {
    if (gone !== undefined) return Promise.reject(gone);
    const id = nextId++;
    const answer = wait(id);
    worker.postMessage({ id, method, arguments: values, now: now() } satisfies StoreRequest, transfer);
    return answer;
  };

  await wait(0);
  return {
    call: (method, values, transfer) => send(method, values, transfer) as Promise<never>,
    async close() {
      if (gone !== undefined) return;
      const exited = new Promise(resolve => worker.once('exit', resolve));
      await send('close', []);
      gone ??= new WorkbenchError('internal', 'The store is closed.');
      worker.ref();
      await exited;
    },
  };
}

function describeCrash(error: unknown): WorkbenchError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ERR_UNKNOWN_BUILTIN_MODULE') {
    const message = `This Node (${process.versions.node}) has no SQLite (node:sqlite).`;
    const remedy = 'Use Node 24 or newer: set aiWorkbench.nodePath, or put it on PATH.';
    return new WorkbenchError('sqlite-missing', message, { remedy, cause: error });
  }
  const message = `The store's thread ended unexpectedly: ${error instanceof Error ? error.message : String(error)}`;
  return new WorkbenchError('internal', message, { cause: error });
}
