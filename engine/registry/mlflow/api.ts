import { WorkbenchError } from '../../base/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { RestError, type RestCall, type RestClient, type RestReply } from '../rest/client.ts';
import { fieldsOf, malformed } from './wire.ts';

export type Reply = Readonly<Record<string, unknown>>;
type Query = RestCall['query'];

/** MLflow's REST API, below `/api/2.0`. Every call but `create` may be repeated. */
export interface MlflowApi {
  /** As workbench.yaml names it. */
  readonly name: string;
  readonly clock: Clock;
  get(path: string, query: Query, signal: AbortSignal): Promise<Reply>;
  /** A search that is asked by POST: it changes nothing. */
  search(path: string, body: unknown, signal: AbortSignal): Promise<Reply>;
  /** Sets what may be set twice. Throws `usage` where the registry is read only, as all writes do. */
  set(method: 'POST' | 'PATCH' | 'DELETE', path: string, body: unknown, signal: AbortSignal): Promise<void>;
  /**
   * Makes something that a second call would make again. After an answer that never came it is looked for before it is asked for
   * again. Throws `registry-exists`.
   */
  create<Made>(
    path: string,
    body: unknown,
    made: { readonly read: (reply: Reply) => Made; readonly find: () => Promise<Made | undefined> },
    signal: AbortSignal,
  ): Promise<Made>;
  /** Names of the files in a folder of the artifact store. */
  listFiles(folder: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Throws `registry-not-found`. */
  readFile(path: string, signal: AbortSignal): Promise<Uint8Array>;
  writeFile(path: string, content: Uint8Array, signal: AbortSignal): Promise<void>;
}

const root = '/api/2.0/mlflow';
const files = '/api/2.0/mlflow-artifacts/artifacts';
const attempts = 3;

export function createApi(name: string, rest: RestClient, clock: Clock, readOnly: boolean): MlflowApi {
  async function send(call: RestCall, signal: AbortSignal): Promise<RestReply> {
    try {
      return await rest.send(call, signal);
    } catch (error) {
      throw error instanceof RestError ? translate(error, name) : error;
    }
  }

  async function ask(call: RestCall, signal: AbortSignal): Promise<Reply> {
    const { json } = await send({ repeatable: true, ...call }, signal);
    if (json === undefined) throw malformed('it is no JSON');
    return fieldsOf(json, 'answer');
  }

  function requireWritable(): void {
    if (!readOnly) return;
    throw new WorkbenchError('usage', `The registry ${name} is declared as read only.`, {
      remedy: `Remove \`readOnly\` from the registry ${name} in workbench.yaml to write to it.`,
    });
  }

  return {
    name,
    clock,
    get: (path, query = {}, signal) => ask({ method: 'GET', path: root + path, query }, signal),
    search: (path, body, signal) => ask({ method: 'POST', path: root + path, body }, signal),
    async set(method, path, body, signal) {
      requireWritable();
      for (let attempt = 1; ; attempt++) {
        try {
          await ask({ method, path: root + path, body }, signal);
          return;
        } catch (error) {
          if (!isCollision(error) || attempt === attempts) throw error;
        }
        await clock.sleep(50 * 2 ** attempt, signal);
      }
    },
    async create(path, body, { read, find }, signal) {
      requireWritable();
      for (let attempt = 1; ; attempt++) {
        try {
          return read(await ask({ method: 'POST', path: root + path, body, repeatable: false }, signal));
        } catch (error) {
          const open = error instanceof WorkbenchError && error.code === 'registry-unreachable';
          if (!open || attempt === attempts) throw error;
        }
        await clock.sleep(200 * 2 ** attempt, signal);
        const found = await find();
        if (found !== undefined) return found;
      }
    },
    async listFiles(folder, signal) {
      const reply = await ask({ method: 'GET', path: files, query: { path: folder } }, signal);
      const listed = Array.isArray(reply['files']) ? (reply['files'] as readonly unknown[]) : [];
      return listed.flatMap(one => {
        const { path, is_dir: isFolder } = fieldsOf(one, 'file');
        return typeof path === 'string' && isFolder !== true ? [path.slice(path.lastIndexOf('/') + 1)] : [];
      });
    },
    async readFile(path, signal) {
      return (await send({ method: 'GET', path: `${files}/${encodePath(path)}` }, signal)).bytes;
    },
    async writeFile(path, content, signal) {
      requireWritable();
      await send({ method: 'PUT', path: `${files}/${encodePath(path)}`, content }, signal);
    },
  };
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/** MLflow's own codes; what is not told by them is told by the status. */
function translate(error: RestError, name: string): WorkbenchError {
  const { kind, status, message } = error;
  if (kind === 'RESOURCE_ALREADY_EXISTS') return new WorkbenchError('registry-exists', message, { cause: error });
  // The server's guard against DNS rebinding answers in plain words, without a code.
  if (status === 403 && message.includes('Host header')) {
    const remedy = `Start the server with --allowed-hosts (or MLFLOW_SERVER_ALLOWED_HOSTS) naming the host in the url of ${name}.`;
    return new WorkbenchError('registry-refused', message, { remedy, cause: error });
  }
  if (status === 404 && kind === undefined) {
    return new WorkbenchError('registry-malformed', message, {
      remedy: `Check that the url of ${name} in workbench.yaml is that of an MLflow tracking server, without /api.`,
      cause: error,
    });
  }
  return error;
}

/** Whether two wrote the same row at once: MLflow lets its database's complaint through. Once the other is done it goes well. */
function isCollision(error: unknown): boolean {
  return error instanceof RestError && (error.kind === 'BAD_REQUEST' || error.status === 500);
}

/** Whether an error has this code. */
export function hasCode(error: unknown, code: WorkbenchError['code']): boolean {
  return error instanceof WorkbenchError && error.code === code;
}

/** What a call gives, or undefined where it finds nothing. */
export async function orUndefined<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (hasCode(error, 'registry-not-found')) return undefined;
    throw error;
  }
}
