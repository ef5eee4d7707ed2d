/** Above this many entries the working memory is given back after use: 2^20 of each array, 16 MB in all. */
const keptEntries = 1 << 20;

/**
 * Counts which n-grams of a hypothesis occur in its references, order by order. Symbols are whole numbers ≥ 0 (code points, word ids).
 *
 * An n-gram is named by a number: (the number of its first n−1 symbols, its last symbol), looked up in a hash table with open addressing, so that
 * no n-gram becomes a string. Only n-grams of references get a number: one of the hypothesis whose beginning has none cannot occur there.
 * Memory is linear in the length of the texts and does not grow with the order.
 */
export interface NgramMatcher {
  /**
   * Adds to `matches[at + n − 1]`, for every order n up to `maxOrder`, the n-grams of the hypothesis that occur in the references, each counted at most as
   * often as in the one reference that has it most often ("clipped").
   */
  match(hypothesis: Symbols, references: readonly Symbols[], maxOrder: number, matches: Float64Array, at: number): void;
}

/** The first `length` numbers of `ids`. */
export interface Symbols {
  readonly ids: Int32Array;
  readonly length: number;
}

interface Memory {
  readonly slots: Int32Array;
  readonly prefixes: Int32Array;
  readonly symbols: Int32Array;
  /** How often the hypothesis may still use an n-gram. */
  readonly limits: Int32Array;
  readonly counts: Int32Array;
  /** The number of the n-gram that starts at each place; all references one after another, then the hypothesis. */
  readonly numbers: Int32Array;
}

export function createNgramMatcher(): NgramMatcher {
  let memory = allocate(1024);
  return {
    match(hypothesis, references, maxOrder, matches, at) {
      let length = 0;
      for (const reference of references) length += reference.length;
      const needed = length + hypothesis.length;
      if (memory.numbers.length < needed) memory = allocate(needed);
      matchOrders(memory, length, hypothesis, references, maxOrder, matches, at);
      if (memory.numbers.length > keptEntries) memory = allocate(1024);
    },
  };
}

function allocate(entries: number): Memory {
  const size = 2 ** Math.ceil(Math.log2(entries));
  return {
    slots: new Int32Array(size * 2),
    prefixes: new Int32Array(size),
    symbols: new Int32Array(size),
    limits: new Int32Array(size),
    counts: new Int32Array(size),
    numbers: new Int32Array(size),
  };
}

function matchOrders(
  memory: Memory,
  referenceLength: number,
  hypothesis: Symbols,
  references: readonly Symbols[],
  maxOrder: number,
  matches: Float64Array,
  at: number,
): void {
  const { slots, prefixes, symbols, limits, counts, numbers } = memory;
  let size = 64;
  while (size < referenceLength * 2) size *= 2;
  const mask = size - 1;
  numbers.fill(0, 0, referenceLength + hypothesis.length);
  for (let order = 1; order <= maxOrder; order++) {
    slots.fill(0, 0, size);
    let known = 0;
    let base = 0;
    for (const { ids, length } of references) {
      counts.fill(0, 0, known);
      for (let start = 0; start + order <= length; start++) {
        const prefix = numbers[base + start]!;
        const symbol = ids[start + order - 1]!;
        let slot = hash(prefix, symbol) & mask;
        let number: number;
        while ((number = slots[slot]! - 1) >= 0 && (prefixes[number] !== prefix || symbols[number] !== symbol)) {
          slot = (slot + 1) & mask;
        }
        if (number < 0) {
          number = known++;
          slots[slot] = known;
          prefixes[number] = prefix;
          symbols[number] = symbol;
          limits[number] = 0;
          counts[number] = 0;
        }
        numbers[base + start] = number;
        const count = counts[number]! + 1;
        counts[number] = count;
        if (count > limits[number]!) limits[number] = count;
      }
      base += length;
    }
    if (known === 0) return;

    let matched = 0;
    const { ids, length } = hypothesis;
    for (let start = 0; start + order <= length; start++) {
      const prefix = numbers[base + start]!;
      if (prefix < 0) continue;
      const symbol = ids[start + order - 1]!;
      let slot = hash(prefix, symbol) & mask;
      let number: number;
      while ((number = slots[slot]! - 1) >= 0 && (prefixes[number] !== prefix || symbols[number] !== symbol)) {
        slot = (slot + 1) & mask;
      }
      numbers[base + start] = number;
      if (number >= 0 && limits[number]! > 0) {
        limits[number] = limits[number]! - 1;
        matched++;
      }
    }
    matches[at + order - 1] = matches[at + order - 1]! + matched;
  }
}

function hash(prefix: number, symbol: number): number {
  const mixed = Math.imul(prefix ^ Math.imul(symbol, 0x9e3779b1), 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}
