import type { SamplePage, SampleQuery, SampleRow } from '../../schemas/generated/messages.ts';

/** Rows a block holds, and blocks kept in memory. */
const blockSize = 200;
const blocksKept = 40;

/** Which rows to read: behind one that is here, from a position, or the block around one. */
type PagePlace = Pick<SampleQuery, 'after' | 'offset' | 'find' | 'limit'>;
type FetchPage = (place: PagePlace, signal: AbortSignal) => Promise<SamplePage>;

/**
 * A long list of samples in any order, loaded in blocks around what is looked at. What follows a block that is here is read on from its
 * last row, which costs the host least; a jump asks for a position.
 */
export class RowWindow {
  /** Rows in the list; undefined until the first block is here. */
  total: number | undefined;
  readonly #fetch: FetchPage;
  readonly #blocks = new Map<number, readonly SampleRow[]>();

  constructor(fetch: FetchPage) {
    this.#fetch = fetch;
  }

  rowAt(index: number): SampleRow | undefined {
    return this.#blocks.get(Math.floor(index / blockSize))?.[index % blockSize];
  }

  /** The first block between two rows that is not here; undefined where nothing is missing. */
  missingBlock(first: number, last: number): number | undefined {
    if (this.total === undefined) return 0;
    const end = Math.floor(Math.max(0, Math.min(last, this.total - 1)) / blockSize);
    for (let block = Math.floor(Math.max(0, first) / blockSize); block <= end; block++) {
      if (!this.#blocks.has(block) && block * blockSize < this.total) return block;
    }
    return undefined;
  }

  async loadBlock(block: number, signal: AbortSignal): Promise<void> {
    const page = await this.#fetch({ ...this.#placeOf(block), limit: blockSize }, signal);
    signal.throwIfAborted();
    this.#keep(block, page);
  }

  /** Loads the block that holds a sample; its position, or undefined where it is not in the list. */
  async locate(id: number, signal: AbortSignal): Promise<number | undefined> {
    const page = await this.#fetch({ find: id, limit: blockSize }, signal);
    signal.throwIfAborted();
    this.#keep(Math.floor((page.offset ?? 0) / blockSize), page);
    return page.found;
  }

  #placeOf(block: number): Pick<PagePlace, 'after' | 'offset'> {
    if (block === 0) return {};
    const before = this.#blocks.get(block - 1);
    const last = before?.length === blockSize ? before.at(-1)?.id : undefined;
    return last === undefined ? { offset: block * blockSize } : { after: last };
  }

  #keep(block: number, { rows, total }: SamplePage): void {
    this.total = total;
    this.#blocks.set(block, rows);
    if (this.#blocks.size <= blocksKept) return;
    const farthest = [...this.#blocks.keys()].sort((a, b) => Math.abs(b - block) - Math.abs(a - block));
    for (const key of farthest.slice(0, this.#blocks.size - blocksKept)) this.#blocks.delete(key);
  }
}
