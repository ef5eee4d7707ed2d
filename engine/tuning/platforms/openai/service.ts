import type { Digest } from '../../../ports/digest.ts';
import type { Endpoint } from '../../../models/http/endpoint.ts';
import { isRecord } from '../../../models/http/json.ts';
import type { ServiceClient } from './client.ts';
import type { ServiceCall } from './service-call.ts';
import { ServiceError } from './service-error.ts';
import { writeForm } from './form.ts';
import {
  readCheckpoint,
  readEvent,
  readFile,
  readJob,
  readPage,
  type ServiceCheckpoint,
  type ServiceEvent,
  type ServiceFile,
  type ServiceJob,
} from './wire.ts';

/** A service's API for files and fine-tuning jobs, as OpenAI publishes it. Everything throws ServiceError. */
export interface FineTuningService {
  /** Never repeated by itself: where the answer is lost, `listFiles` tells what came of it. */
  uploadFile(name: string, content: Uint8Array, signal: AbortSignal): Promise<ServiceFile>;
  lookAtFile(id: string, signal: AbortSignal): Promise<ServiceFile | undefined>;
  /** The files of this account that are for fine-tuning. */
  listFiles(signal: AbortSignal): Promise<readonly ServiceFile[]>;
  readFile(id: string, signal: AbortSignal): Promise<Uint8Array | undefined>;
  /** Nothing where it is gone. */
  removeFile(id: string, signal: AbortSignal): Promise<void>;
  /** Makes exactly one. Never repeated by itself: where the answer is lost, `listJobs` tells what came of it. */
  createJob(request: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<ServiceJob>;
  lookAtJob(id: string, signal: AbortSignal): Promise<ServiceJob | undefined>;
  /** Newest first, as many as the service keeps, up to 10,000. */
  listJobs(signal: AbortSignal): Promise<readonly ServiceJob[]>;
  /** Asks for its end; nothing where it has ended or is gone. */
  cancelJob(id: string, signal: AbortSignal): Promise<void>;
  /** A job's events, oldest first; only those after `known` where the service still has it. */
  listEvents(id: string, known: string | undefined, signal: AbortSignal): Promise<readonly ServiceEvent[]>;
  /** None where the service keeps none. */
  listCheckpoints(id: string, signal: AbortSignal): Promise<readonly ServiceCheckpoint[]>;
  /** What the service tells of a model; undefined where it does not know it. */
  lookAtModel(id: string, signal: AbortSignal): Promise<Readonly<Record<string, unknown>> | undefined>;
  /** One small question, answered by the model that the reply names. Undefined where nothing of this name is served. */
  askOnce(model: string, signal: AbortSignal): Promise<string | undefined>;
}

const mostPages = 100;
/** Files of many megabytes on a slow line. */
const uploadTimeout = 30 * 60_000;

export function createFineTuningService(endpoint: Endpoint, client: ServiceClient, digest: Digest): FineTuningService {
  const ask = async <Read>(
    call: ServiceCall,
    read: (json: unknown) => Read | undefined,
    what: string,
    signal: AbortSignal,
  ): Promise<Read> => {
    const { json } = await client.send(call, signal);
    return requireRead(read(json), what);
  };

  /** An answer that is no such thing, where something was made all the same, leaves open what happened. */
  function requireRead<Read>(value: Read | undefined, what: string): Read {
    if (value !== undefined) return value;
    throw new ServiceError('platform-refused', `${endpoint.name} answered something that is no ${what}.`, {
      remedy: `Check that ${endpoint.field} is the address of a service that speaks OpenAI's fine-tuning API.`,
      mayHaveActed: true,
      passing: true,
    });
  }

  async function lookAt<Read>(
    path: string,
    read: (json: unknown) => Read | undefined,
    what: string,
    signal: AbortSignal,
  ): Promise<Read | undefined> {
    const reply = await client.sendOrMiss({ method: 'GET', path }, signal);
    return reply === undefined ? undefined : requireRead(read(reply.json), what);
  }

  /** Pages until `enough`, or until the service has no more, or begins to repeat itself. */
  async function list<Entry extends { readonly id: string }>(
    path: string,
    read: (json: unknown) => Entry | undefined,
    what: string,
    enough: (entry: Entry) => boolean,
    signal: AbortSignal,
  ): Promise<readonly Entry[]> {
    const found = new Map<string, Entry>();
    let after: string | undefined;
    for (let page = 0; page < mostPages; page++) {
      const query = `${path.includes('?') ? '&' : '?'}limit=100${after === undefined ? '' : `&after=${encodeURIComponent(after)}`}`;
      const { entries, more } = await ask({ method: 'GET', path: path + query }, readPage, `list of ${what}`, signal);
      const before = found.size;
      for (const entry of entries) {
        const one = read(entry);
        if (one === undefined) continue;
        if (enough(one)) return [...found.values()];
        found.set(one.id, one);
        after = one.id;
      }
      if (!more || found.size === before) break;
    }
    return [...found.values()];
  }

  const pathOf = (id: string, more = ''): string => `/fine_tuning/jobs/${encodeURIComponent(id)}${more}`;
  const never = (): boolean => false;

  return {
    uploadFile: (name, content, signal) =>
      ask(
        {
          ...{ method: 'POST', path: '/files', timeout: uploadTimeout },
          form: writeForm([['purpose', 'fine-tune']], { name, content, mediaType: 'application/jsonl' }, digest),
        },
        readFile,
        'file',
        signal,
      ),
    lookAtFile: (id, signal) => lookAt(`/files/${encodeURIComponent(id)}`, readFile, 'file', signal),
    listFiles: signal => list('/files?purpose=fine-tune', readFile, 'files', never, signal),
    async readFile(id, signal) {
      const call = { method: 'GET', path: `/files/${encodeURIComponent(id)}/content` } as const;
      return (await client.sendOrMiss(call, signal))?.bytes;
    },
    async removeFile(id, signal) {
      await client.sendOrMiss({ method: 'DELETE', path: `/files/${encodeURIComponent(id)}` }, signal);
    },
    createJob: (json, signal) => ask({ method: 'POST', path: '/fine_tuning/jobs', json }, readJob, 'job', signal),
    lookAtJob: (id, signal) => lookAt(pathOf(id), readJob, 'job', signal),
    listJobs: signal => list('/fine_tuning/jobs', readJob, 'jobs', never, signal),
    async cancelJob(id, signal) {
      const call = { method: 'POST', path: pathOf(id, '/cancel'), repeatable: true } as const;
      try {
        await client.sendOrMiss(call, signal);
      } catch (error) {
        // One that has ended meanwhile cannot be cancelled.
        if (!(error instanceof ServiceError) || (error.status !== 400 && error.status !== 409)) throw error;
      }
    },
    async listEvents(id, known, signal) {
      const events = await list(pathOf(id, '/events'), readEvent, 'events', event => event.id === known, signal);
      return [...events].reverse();
    },
    async listCheckpoints(id, signal) {
      try {
        return await list(pathOf(id, '/checkpoints'), readCheckpoint, 'checkpoints', never, signal);
      } catch (error) {
        // Not every service that speaks this protocol keeps checkpoints.
        if (error instanceof ServiceError && error.status !== undefined && [404, 405, 501].includes(error.status))
          return [];
        throw error;
      }
    },
    lookAtModel: (id, signal) =>
      lookAt(`/models/${encodeURIComponent(id)}`, json => (isRecord(json) ? json : undefined), 'model', signal),
    async askOnce(model, signal) {
      const json = { model, messages: [{ role: 'user', content: 'Hello' }], max_completion_tokens: 16 };
      const call = { method: 'POST', path: '/chat/completions', json, repeatable: true } as const;
      const reply = await client.sendOrMiss(call, signal);
      if (reply === undefined || !isRecord(reply.json)) return undefined;
      return typeof reply.json['model'] === 'string' ? reply.json['model'] : model;
    },
  };
}
