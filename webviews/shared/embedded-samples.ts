import type { SamplePage } from '../../schemas/generated/messages.ts';
import { pageOfRows, selectRows } from '../../schemas/select-samples.ts';
import type { SamplesSource } from './samples-source.ts';

/** Rows that travel inside a self-contained file, asked like a host's. */
export function createEmbeddedSamples({ rows }: SamplePage): SamplesSource {
  return {
    async samples(query, signal) {
      signal.throwIfAborted();
      return pageOfRows(selectRows(rows, query), query);
    },
  };
}
