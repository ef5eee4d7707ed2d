import type { Message, ModelParameters } from '../model.ts';
import { publishedOrigin } from './endpoint.ts';
import type { Endpoint } from './endpoint.ts';

/** Builds request bodies. The parts that do not change from row to row are serialised once a parameter set. */
export type WriteBody = (messages: readonly Message[], parameters: ModelParameters, stream: boolean) => string;

/** `defaults` are the connection's parameters; the question's own win. */
export function createBodyWriter(endpoint: Endpoint, defaults: ModelParameters): WriteBody {
  const prefix = `{"model":${JSON.stringify(endpoint.model)},"messages":`;
  const plain = new WeakMap<ModelParameters, string>();
  const streamed = new WeakMap<ModelParameters, string>();

  return (messages, parameters, stream) => {
    const suffixes = stream ? streamed : plain;
    let suffix = suffixes.get(parameters);
    if (suffix === undefined) {
      suffix = writeSuffix(endpoint, mergeParameters(defaults, parameters), stream);
      suffixes.set(parameters, suffix);
    }
    return prefix + JSON.stringify(messages) + suffix;
  };
}

/** Both, where a value that is set in `own` wins over the same in `defaults`. */
export function mergeParameters(defaults: ModelParameters, own: ModelParameters): ModelParameters {
  const set = Object.entries(own).filter(([, value]) => value !== undefined);
  return { ...defaults, ...(Object.fromEntries(set) as ModelParameters) };
}

function writeSuffix(endpoint: Endpoint, parameters: ModelParameters, stream: boolean): string {
  // OpenAI itself deprecated max_tokens and its newer models refuse it; the other servers know only that.
  const limit = endpoint.origin === publishedOrigin ? 'max_completion_tokens' : 'max_tokens';
  const fields = {
    temperature: parameters.temperature,
    top_p: parameters.topP,
    [limit]: parameters.maxTokens,
    seed: parameters.seed,
    stop: parameters.stop && parameters.stop.length > 0 ? parameters.stop : undefined,
    stream,
    stream_options: stream ? { include_usage: true } : undefined,
  };
  return `,${JSON.stringify(fields).slice(1)}`;
}

/** Request headers by whether a stream is asked for; both objects are made once. */
export interface RequestHeaders {
  readonly plain: Readonly<Record<string, string>>;
  readonly stream: Readonly<Record<string, string>>;
}

/** `extra` cannot replace the headers the protocol itself needs. */
export function writeHeaders(apiKey: string | undefined, extra: Readonly<Record<string, string>>): RequestHeaders {
  const shared: Record<string, string> = { 'user-agent': 'ai-workbench' };
  for (const [name, value] of Object.entries(extra)) shared[name.toLowerCase()] = value;
  shared['content-type'] = 'application/json';
  shared['accept-encoding'] = 'identity';
  if (apiKey !== undefined) shared['authorization'] = `Bearer ${apiKey}`;
  return { plain: { ...shared, accept: 'application/json' }, stream: { ...shared, accept: 'text/event-stream' } };
}
