import { WorkbenchError } from '../base/errors.ts';
import { createEndpoint } from '../models/http/endpoint.ts';
import { createExchange } from '../models/http/exchange.ts';
import { writeHeaders } from '../models/http/headers.ts';
import type { ReplyFormat } from '../models/http/protocol.ts';
import { AttemptFailure } from '../models/pacing/attempt-failure.ts';
import type { RunPorts } from '../runs/ports.ts';

/** What the hub tells of a model, or why it is not known. */
export type HubAnswer = { readonly config: unknown; readonly facts: unknown } | { readonly why: string };

/** Asks for the configuration of a model of the Hugging Face hub. Never throws for what it is not told. */
export type HubReader = (id: string, revision: string, signal: AbortSignal) => Promise<HubAnswer>;

export const hubAddress = 'https://huggingface.co';

/** Milliseconds one answer may take. */
const patience = 15_000;

/**
 * Reads public facts of models from the hub, without any key, and only where the person has allowed its address: what is planned needs no
 * network otherwise.
 */
export function createHubReader(
  { secrets, createHttp, networkFor, clock }: Pick<RunPorts, 'secrets' | 'createHttp' | 'networkFor' | 'clock'>,
  address = hubAddress,
): HubReader {
  return async (id, revision, signal) => {
    const endpoint = createEndpoint({ name: 'the hub', baseUrl: address, model: '', field: 'address' });
    try {
      if (secrets.requireOrigin === undefined) throw new WorkbenchError('origin-not-allowed', 'Nobody can be asked.');
      await secrets.requireOrigin(endpoint.origin, `hub:${id}`, signal);
    } catch (error) {
      if (!(error instanceof WorkbenchError) || error.code !== 'origin-not-allowed') throw error;
      return {
        why: `The hub was not asked: nobody has allowed ${endpoint.origin} (\`--allow-origin ${endpoint.origin}\`).`,
      };
    }
    const client = createHttp(endpoint.origin, { connections: 1, ...networkFor(endpoint.origin) });
    const exchange = createExchange(endpoint, client, clock);
    const read = async (path: string): Promise<unknown> => {
      let found: unknown;
      const format: ReplyFormat<undefined> = {
        reply: 'description of a model',
        remedy: 'Check the model’s name and revision.',
        readBody(body) {
          found = body;
          return true;
        },
      };
      const call = { method: 'GET', url: endpoint.urlOf(path) } as const;
      await exchange(call, writeHeaders({}).plain, format, undefined, patience, signal);
      return found;
    };
    const [name, at] = [id.split('/').map(encodeURIComponent).join('/'), encodeURIComponent(revision)];
    try {
      return {
        config: await read(`/${name}/resolve/${at}/config.json`),
        facts: await read(`/api/models/${name}/revision/${at}`),
      };
    } catch (error) {
      if (error instanceof AttemptFailure) return { why: error.message };
      throw error;
    } finally {
      await client.close();
    }
  };
}
