import type { SamplePage, SampleRow } from '../../schemas/generated/messages.ts';

/** Rows a block holds, and blocks kept in memory. */
const blockSize = 200;
const blocksKept = 40;
const pageLimit = 1000;

type FetchPage = (after: number | undefined, limit: number, signal: AbortSignal) => Promise<SamplePage>;

interface Block {
  readonly rows: readonly SampleRow[];
  /** Id of the row before the first one, where that is known. */
  readonly after: number | undefined;
}

/**
 * A long list of samples, loaded in blocks around what is looked at. The host only pages forwards from an id ("keyset"), so a
 * jump starts at an estimated id: exact where ids are consecutive, close where a filter leaves gaps. Blocks that meet are kept
 * consistent: reading on from a block is always exact, and a later block that does not join is dropped and read again.
 */
export class RowWindow {
  /** Rows in the list; undefined until the first block is here. */
  total: number | undefined;
  readonly #fetch: FetchPage;
  readonly #blocks = new Map<number, Block>();
  /** Samples the ids of this run span, all models and states together. */
  readonly #idSpan: number;
  #base = 0;

  constructor(fetch: FetchPage, idSpan: number) {
    this.#fetch = fetch;
    this.#idSpan = idSpan;
  }

  rowAt(index: number): SampleRow | undefined {
    return this.#blocks.get(Math.floor(index / blockSize))?.rows[index % blockSize];
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
    if (this.total === undefined && block !== 0) await this.loadBlock(0, signal);
    const loaded = await this.#read(block, signal);
    signal.throwIfAborted();
    this.#blocks.set(block, loaded);
    this.#dropUnjoined(block);
    this.#forgetFar(block);
  }

  async #read(block: number, signal: AbortSignal): Promise<Block> {
    const before = this.#blocks.get(block - 1)?.rows;
    if (block === 0 || (before !== undefined && before.length === blockSize)) {
      return this.#readFrom(before?.at(-1)?.id, signal);
    }
    const end = this.#endOf(block);
    if (end !== undefined) return this.#readBefore(end, this.#slots(block), signal);
    const estimate = this.#base + Math.floor((block * blockSize * this.#idSpan) / (this.total ?? 1));
    const { rows } = await this.#readFrom(estimate, signal);
    if (rows.length >= this.#slots(block)) return { rows, after: undefined };
    return this.#readBefore(this.#base + this.#idSpan + 1, this.#slots(block), signal);
  }

  async #readFrom(after: number | undefined, signal: AbortSignal): Promise<Block> {
    const page = await this.#fetch(after, blockSize, signal);
    if (this.total === undefined || after === undefined) this.#base = (page.rows[0]?.id ?? 1) - 1;
    this.total = page.total;
    return { rows: page.rows, after: after ?? this.#base };
  }

  /** The last `slots` rows whose id is below `end`, reaching back further where a filter leaves gaps. */
  async #readBefore(end: number, slots: number, signal: AbortSignal): Promise<Block> {
    const gap = Math.max(1, this.#idSpan / Math.max(1, this.total ?? 1));
    let reach = Math.ceil(slots * gap);
    for (let attempt = 0; ; attempt++) {
      const after = Math.max(this.#base, end - 1 - reach);
      const rows = await this.#readBetween(after, end, signal);
      if (rows.length >= slots || after === this.#base || attempt === 4)
        return { rows: rows.slice(-slots), after: undefined };
      reach *= 3;
    }
  }

  async #readBetween(after: number, end: number, signal: AbortSignal): Promise<SampleRow[]> {
    const rows: SampleRow[] = [];
    for (let from = after; ;) {
      const page = await this.#fetch(from, pageLimit, signal);
      rows.push(...page.rows.filter(({ id }) => id < end));
      const last = page.rows.at(-1)?.id;
      if (last === undefined || last >= end || page.rows.length < pageLimit) return rows;
      from = last;
    }
  }

  /** The id a block must stay below: its successor's first, or past everything for the last block. */
  #endOf(block: number): number | undefined {
    const next = this.#blocks.get(block + 1)?.rows[0]?.id;
    if (next !== undefined) return next;
    const isLast = (block + 1) * blockSize >= (this.total ?? 0);
    return isLast ? this.#base + this.#idSpan + 1 : undefined;
  }

  #slots(block: number): number {
    return Math.min(blockSize, (this.total ?? 0) - block * blockSize);
  }

  /** Reading on from a block found other rows than the next block starts with: that one and all after it were estimates. */
  #dropUnjoined(block: number): void {
    const [own, next] = [this.#blocks.get(block), this.#blocks.get(block + 1)];
    const [last, first] = [own?.rows.at(-1)?.id, next?.rows[0]?.id];
    if (own?.after === undefined || last === undefined || first === undefined) return;
    if (next?.after === last || first === last + 1) return;
    for (const key of [...this.#blocks.keys()]) if (key > block) this.#blocks.delete(key);
  }

  #forgetFar(block: number): void {
    if (this.#blocks.size <= blocksKept) return;
    const farthest = [...this.#blocks.keys()].sort((a, b) => Math.abs(b - block) - Math.abs(a - block));
    for (const key of farthest.slice(0, this.#blocks.size - blocksKept)) this.#blocks.delete(key);
  }
}
