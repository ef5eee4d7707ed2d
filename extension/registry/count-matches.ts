import { toFailure } from '../base/failure.ts';
import { localRegistry, type RegistryBook } from './registry-book.ts';

export interface Matches {
  /** In all registries together, as far as they were read. */
  readonly models: number;
  /** Words of the filter that mean nothing in any of them. */
  readonly unmatched: readonly string[];
}

/** How many models a filter lets through. A registry that cannot be asked counts for none: its own row says why. */
export async function countMatches(
  book: RegistryBook,
  filter: string,
  archived: boolean,
  signal: AbortSignal,
): Promise<Matches> {
  await book.load();
  const places = book.folders().flatMap(({ folder, registries }) =>
    registries
      // Counting reads no registry that nobody has looked at yet.
      .filter(({ name, cache }) => name === localRegistry || cache.syncedAt !== undefined)
      .map(({ name }) => ({ folder, name })),
  );
  const pages = await Promise.all(
    places.map(async ({ folder, name }) => {
      try {
        const query = {
          registry: name,
          limit: 1,
          ...(archived ? { archived } : {}),
          ...(filter === '' ? {} : { filter }),
        };
        return [await book.models(folder, query, signal)];
      } catch (error) {
        if (signal.aborted || toFailure(error).code === 'cancelled') throw error;
        return [];
      }
    }),
  );
  const answered = pages.flat();
  const [first, ...rest] = answered.map(({ unmatched = [] }) => unmatched);
  return {
    models: answered.reduce((sum, { total }) => sum + total, 0),
    unmatched: (first ?? []).filter(word => rest.every(other => other.includes(word))),
  };
}
