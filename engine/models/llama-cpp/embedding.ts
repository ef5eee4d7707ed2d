import type { Endpoint } from '../http/endpoint.ts';
import { isRecord, readCount } from '../http/json.ts';
import type { EmbeddingFormat } from '../http/protocol.ts';
import { readVectors } from '../http/vectors.ts';

/** `/v1/embeddings` of a llama.cpp server that was started with `--embeddings`. */
export function createEmbedding(endpoint: Endpoint): EmbeddingFormat {
  const url = endpoint.urlOf('/v1/embeddings');
  return {
    batch: 32,
    reply: 'embeddings of llama.cpp',
    remedy: 'Check that the server was started with --embeddings.',
    write: texts => ({ url, body: JSON.stringify({ model: endpoint.model, input: texts }) }),
    readBody(body, draft, texts) {
      const data: unknown = isRecord(body) ? body['data'] : undefined;
      if (!isRecord(body) || !Array.isArray(data)) return false;
      const rows = data.toSorted((a, b) => indexOf(a) - indexOf(b));
      const vectors = readVectors(
        rows.map(row => (isRecord(row) ? row['embedding'] : undefined)),
        texts.length,
      );
      if (vectors === undefined) return false;
      draft.hasAnswer = true;
      draft.vectors = vectors;
      const { usage } = body;
      draft.inputTokens = isRecord(usage) ? readCount(usage['prompt_tokens']) : undefined;
      return true;
    },
  };
}

function indexOf(row: unknown): number {
  return isRecord(row) && typeof row['index'] === 'number' ? row['index'] : 0;
}
