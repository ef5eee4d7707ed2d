import process from 'node:process';
import { Worker } from 'node:worker_threads';
import type { DocumentReader, ReadDocument } from '../../engine/ports/document-reader.ts';
import { locateWorker } from '../processes/worker-file.ts';
import { documentLimits, type DocumentLimits } from './limits.ts';
import type { DocumentReply, DocumentTask } from './protocol.ts';

const memoryCheckMs = 100;

/** Reads each document in a thread of its own, which is ended when it takes too long or too much. */
export function createDocumentReader(limits: DocumentLimits = documentLimits): DocumentReader {
  return {
    async read(bytes, mediaType, signal) {
      signal.throwIfAborted();
      // A copy of its own: the thread takes the memory over.
      return readInThread({ bytes: new Uint8Array(bytes), mediaType, limits }, signal);
    },
  };
}

function readInThread(task: DocumentTask, signal: AbortSignal): Promise<ReadDocument> {
  const { limits } = task;
  const worker = new Worker(locateWorker(import.meta.url, 'document-worker'), {
    workerData: task,
    transferList: [task.bytes.buffer],
    // Nothing of this process is a document's business.
    env: {},
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: 768, maxYoungGenerationSizeMb: 64 },
  });
  return new Promise((resolve, reject) => {
    const before = process.memoryUsage.rss();
    const leave = (): void => {
      clearTimeout(timer);
      clearInterval(watch);
      signal.removeEventListener('abort', stop);
      void worker.terminate();
    };
    const end = (result: ReadDocument): void => {
      leave();
      resolve(result);
    };
    const stop = (): void => {
      leave();
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      const seconds = Math.round(limits.milliseconds / 1000);
      end(tooMuch(`Reading it took longer than ${seconds} s and was ended. Split it, or save it anew, and add that.`));
    }, limits.milliseconds);
    const watch = setInterval(() => {
      if (process.memoryUsage.rss() - before > limits.memoryBytes) end(tooMuch(outOfMemory));
    }, memoryCheckMs);
    signal.addEventListener('abort', stop, { once: true });
    worker.once('message', (reply: DocumentReply) => end(reply));
    worker.once('error', (error: Error) => {
      const isMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      end(isMemory ? tooMuch(outOfMemory) : brokenBy(error.message));
    });
    worker.once('exit', () => end(brokenBy('its reader ended')));
  });
}

const outOfMemory =
  'Reading it took more memory than a document may, and was ended. Split it, or save it anew, and add that.';

function tooMuch(fault: string): ReadDocument {
  return { state: 'too-large', fault, notes: [] };
}

function brokenBy(why: string): ReadDocument {
  return { state: 'broken', fault: `It could not be read: ${why.slice(0, 300)}.`, notes: [] };
}
