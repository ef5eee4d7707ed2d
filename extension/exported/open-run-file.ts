import { Worker } from 'node:worker_threads';
import type {
  DisagreementPage,
  DisagreementQuery,
  SamplePage,
  SampleQuery,
  SampleReference,
  SampleRow,
} from '../../schemas/generated/messages.ts';
import type { Disposable } from '../base/emitter.ts';
import { FailureError } from '../base/failure.ts';
import { t } from '../base/translate.ts';
import type { OpenedRunFile, WorkerReply, WorkerRequest, WorkerSource } from './worker-protocol.ts';

/** Memory a file may take, in MiB: a file that needs more is told to be too large, and nothing else suffers. */
const mostMemory = 2048;

/** A file that is open. Failures are FailureErrors. */
export interface RunFile extends OpenedRunFile, Disposable {
  samples(query: SampleQuery): Promise<SamplePage>;
  sample(reference: SampleReference): Promise<SampleRow>;
  disagreements(query: DisagreementQuery): Promise<DisagreementPage>;
}

interface Waiting {
  resolve(reply: WorkerReply): void;
  reject(error: Error): void;
}

/**
 * Reads a `*.run.json` file in a thread of its own, which stays to answer questions about its samples.
 * @param script absolute path of the worker
 */
export async function openRunFile(script: string, source: WorkerSource, name: string): Promise<RunFile> {
  const worker = new Worker(script, {
    workerData: { source, name },
    resourceLimits: { maxOldGenerationSizeMb: mostMemory },
    ...('bytes' in source ? { transferList: [source.bytes.buffer as ArrayBuffer] } : {}),
  });
  const waiting = new Map<number, Waiting>();
  let last = 0;
  const fail = (error: Error): void => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on('message', (reply: WorkerReply) => {
    const own = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ('failure' in reply) own?.reject(new FailureError(reply.failure));
    else own?.resolve(reply);
  });
  worker.on('error', (error: NodeJS.ErrnoException) =>
    fail(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooLarge(name) : error),
  );
  worker.on('exit', () => fail(new FailureError({ code: 'cancelled', message: t('The file was closed.') })));
  const next = (id: number): Promise<WorkerReply> =>
    new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  const ask = (question: WorkerRequest['ask']): Promise<WorkerReply> => {
    const id = ++last;
    const reply = next(id);
    worker.postMessage({ id, ask: question } satisfies WorkerRequest);
    return reply;
  };

  try {
    const reply = await next(0);
    if (!('opened' in reply)) throw new Error('The worker did not say what it opened.');
    return {
      ...reply.opened,
      async samples(query) {
        const page = await ask({ kind: 'samples', query });
        if ('samples' in page) return page.samples;
        throw new Error('The worker answered something else.');
      },
      async sample(reference) {
        const row = await ask({ kind: 'sample', reference });
        if ('sample' in row) return row.sample;
        throw new Error('The worker answered something else.');
      },
      async disagreements(query) {
        const page = await ask({ kind: 'disagreements', query });
        if ('disagreements' in page) return page.disagreements;
        throw new Error('The worker answered something else.');
      },
      dispose: () => void worker.terminate(),
    };
  } catch (error) {
    void worker.terminate();
    throw error;
  }
}

function tooLarge(name: string): FailureError {
  return new FailureError({
    code: 'file-too-large',
    message: t('{0} needs more memory than a page may take.', name),
    remedy: t('Import it, or export the run again with fewer samples.'),
  });
}
