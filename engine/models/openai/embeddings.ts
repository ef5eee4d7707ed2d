import { decodeBase64 } from '../../base/base64.ts';
import type { Draft } from '../http/draft.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { isRecord } from '../http/json.ts';
import type { EmbeddingFormat, Protocol } from '../http/protocol.ts';
import { AnswerFailure } from '../model.ts';
import { compatibleRemedy, readUsage } from './shared.ts';

/** Texts a request: as many as the smallest common default among servers. */
const batch = 32;

/**
 * The embeddings API. `encoding` is asked for; base64 is a quarter of the size of numbers in JSON, but not every server knows it.
 * It answers no questions.
 */
export function createEmbeddingsProtocol(endpoint: Endpoint, encoding: 'float' | 'base64'): Protocol {
  const url = endpoint.urlOf('/embeddings');
  const embedding: EmbeddingFormat = {
    batch,
    reply: 'list of embeddings',
    remedy: compatibleRemedy(endpoint),
    write: texts => ({
      url,
      body: JSON.stringify({ model: endpoint.model, input: texts, encoding_format: encoding }),
    }),
    readBody,
  };
  return {
    id: 'openai-embeddings',
    version: 1,
    reply: embedding.reply,
    remedy: embedding.remedy,
    embedding,
    write() {
      throw new AnswerFailure('client', `${endpoint.name} gives embeddings and answers no questions.`, 0);
    },
    readBody: () => false,
  };
}

function readBody(body: unknown, draft: Draft, texts: readonly string[]): boolean {
  const data = isRecord(body) ? body['data'] : undefined;
  if (!isRecord(body) || !Array.isArray(data) || data.length !== texts.length) return false;
  const vectors = texts.map((): Float32Array | undefined => undefined);
  for (const [at, item] of data.entries()) {
    if (!isRecord(item)) return false;
    const { index, embedding } = item;
    const vector = readVector(embedding);
    const place = typeof index === 'number' ? index : at;
    if (vector === undefined || !Object.hasOwn(vectors, place) || vectors[place] !== undefined) return false;
    vectors[place] = vector;
  }
  const whole = vectors.filter(vector => vector !== undefined);
  const width = whole[0]?.length;
  if (whole.length !== texts.length || whole.some(vector => vector.length !== width)) return false;
  draft.vectors = whole;
  readUsage(body['usage'], draft);
  return true;
}

/** Numbers, or base64 of little-endian 32-bit floats. Undefined for anything else, and where a number is not finite. */
function readVector(embedding: unknown): Float32Array | undefined {
  const vector = typeof embedding === 'string' ? readFloats(embedding) : toFloats(embedding);
  if (vector === undefined || vector.length === 0 || !vector.every(Number.isFinite)) return undefined;
  return vector;
}

function toFloats(embedding: unknown): Float32Array | undefined {
  if (!Array.isArray(embedding) || !embedding.every(value => typeof value === 'number')) return undefined;
  return Float32Array.from(embedding as readonly number[]);
}

function readFloats(text: string): Float32Array | undefined {
  const bytes = decodeBase64(text);
  if (bytes === undefined || bytes.length % 4 !== 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length / 4 }, (_, at) => view.getFloat32(at * 4, true));
}
