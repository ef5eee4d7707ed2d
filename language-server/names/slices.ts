/** How many files are waited for at once. */
const readers = 16;
/** Milliseconds of work after which requests that wait get their turn. */
const slice = 8;

/** Visits all items, several at a time, and lets other work in between. Rejects with the signal's reason. */
export async function visitInSlices<T>(
  items: readonly T[],
  signal: AbortSignal,
  visit: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  let sliceStart = performance.now();
  async function readOn(): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const item = items[next];
      next += 1;
      if (next > items.length) return;
      await visit(item as T);
      if (performance.now() - sliceStart < slice) continue;
      await new Promise(resolve => setImmediate(resolve));
      sliceStart = performance.now();
    }
  }
  await Promise.all(Array.from({ length: Math.min(readers, items.length) }, readOn));
}
