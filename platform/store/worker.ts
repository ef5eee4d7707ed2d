import { parentPort, workerData } from 'node:worker_threads';
import { createContext } from './context.ts';
import { describeStoreFailure } from './failures.ts';
import { createHandlers } from './handlers.ts';
import { openDatabase } from './open.ts';
import { transferError, type StoreCalls, type StoreReply, type StoreRequest, type WorkerSettings } from './protocol.ts';

/** Entry point of the store's thread: opens the database, then answers requests one after the other. */
function serve(port: NonNullable<typeof parentPort>, settings: WorkerSettings): void {
  let now = settings.now;
  const driver = openDatabase(settings);
  const handlers = createHandlers(createContext(settings.folder, driver, settings.self, () => now));

  const answer = (request: StoreRequest): unknown => {
    now = request.now;
    if (request.method === 'close') {
      driver.close();
      return undefined;
    }
    const handler = handlers[request.method] as (...values: readonly unknown[]) => unknown;
    return handler(...request.arguments);
  };

  port.on('message', (request: StoreRequest) => {
    try {
      reply(port, { id: request.id, value: answer(request) });
    } catch (error) {
      reply(port, { id: request.id, failure: transferError(describeStoreFailure(error, driver.path)) });
    }
    if (request.method === 'close') port.close();
  });
}

/** Hands a batch's or list's numbers over instead of copying them. */
function reply(port: NonNullable<typeof parentPort>, message: StoreReply): void {
  port.postMessage(message, 'value' in message ? findTransferable(message.value) : []);
}

function findTransferable(value: unknown): ArrayBuffer[] {
  if (typeof value !== 'object' || value === null) return [];
  if (isStretch(value)) return [value.batch.numbers.buffer];
  return 'numbers' in value && value.numbers instanceof Float64Array && value.numbers.buffer instanceof ArrayBuffer
    ? [value.numbers.buffer]
    : [];
}

function isStretch(value: object): value is ReturnType<StoreCalls['readStretch']> {
  return 'batch' in value;
}

if (parentPort !== null) {
  try {
    serve(parentPort, workerData as WorkerSettings);
    reply(parentPort, { id: 0, value: undefined });
  } catch (error) {
    reply(parentPort, { id: 0, failure: transferError(error) });
    parentPort.close();
  }
}
