/** Numbers of a dense table of masks; above it the mask of a row is made when it is needed. */
const denseMasks = 1 << 20;

/**
 * Where each symbol stands in a sequence, as bits in words of 32. `start` and `finish` enclose the use of a symbol's mask; only one is in use at a time.
 * The dense tables share their memory: masks are good until the next are created.
 */
export interface SymbolMasks {
  readonly bits: Int32Array;
  /** All masks are in `bits`, that of a symbol at symbol × words: `start` and `finish` may be left out. */
  readonly dense: boolean;
  /** Where the mask of a symbol starts in `bits`. */
  start(symbol: number): number;
  finish(symbol: number): void;
}

let sharedBits = new Int32Array(4096);

/** Masks of the elements from `from` to before `to`. Symbols are whole numbers ≥ 0 below `alphabet`. */
export function createMasks(source: Int32Array, from: number, to: number, alphabet: number): SymbolMasks {
  const words = Math.ceil((to - from) / 32);
  const size = alphabet * words;
  if (size > denseMasks) return createSparseMasks(source.subarray(from, to), words, alphabet);
  if (sharedBits.length < size) sharedBits = new Int32Array(2 ** Math.ceil(Math.log2(size)));
  const bits = sharedBits;
  bits.fill(0, 0, size);
  for (let index = from; index < to; index++) {
    const place = index - from;
    const at = source[index]! * words + (place >> 5);
    bits[at] = bits[at]! | (1 << (place & 31));
  }
  return { bits, dense: true, start: symbol => symbol * words, finish: ignore };
}

function ignore(): void {
  // Dense masks stay as they are.
}

/** One mask, set for the row's symbol and cleared after it; the places of each symbol stand together. */
function createSparseMasks(source: Int32Array, words: number, alphabet: number): SymbolMasks {
  const starts = new Int32Array(alphabet + 1);
  for (const symbol of source) starts[symbol + 1] = starts[symbol + 1]! + 1;
  for (let symbol = 0; symbol < alphabet; symbol++) starts[symbol + 1] = starts[symbol + 1]! + starts[symbol]!;
  const next = starts.slice();
  const places = new Int32Array(source.length);
  for (let index = 0; index < source.length; index++) {
    const symbol = source[index]!;
    places[next[symbol]!] = index;
    next[symbol] = next[symbol]! + 1;
  }
  const bits = new Int32Array(words);
  return {
    bits,
    dense: false,
    start(symbol) {
      for (let at = starts[symbol]!; at < starts[symbol + 1]!; at++) {
        const place = places[at]!;
        bits[place >> 5] = bits[place >> 5]! | (1 << (place & 31));
      }
      return 0;
    },
    finish(symbol) {
      for (let at = starts[symbol]!; at < starts[symbol + 1]!; at++) bits[places[at]! >> 5] = 0;
    },
  };
}
