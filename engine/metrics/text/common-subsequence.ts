import { createMasks, type SymbolMasks } from './symbol-masks.ts';

/** Numbers of rows kept at once; above it rows are computed anew, block by block. */
const keptNumbers = 1 << 20;

/**
 * Longest common subsequences of one reference with other sequences, 32 cells a step (Crochemore and others 2001). In a row's words a bit is 0 where the
 * length grows by one from i to i+1 elements of the reference. Good until the next masks are created; the caller bounds the product of the lengths.
 */
export interface CommonSubsequence {
  length(other: Int32Array): number;
  /** Which elements of the reference are in it, last first. From the end, an element of the other sequence is dropped only where that keeps the longer rest. */
  places(other: Int32Array): number[];
}

export function createCommonSubsequence(reference: Int32Array, alphabet: number): CommonSubsequence {
  const masks = createMasks(reference, 0, reference.length, alphabet);
  const words = Math.ceil(reference.length / 32);
  return {
    length(other) {
      const state = new Int32Array(words).fill(-1);
      sweep(masks, state, other);
      let length = 0;
      for (let index = 0; index < reference.length; index++) if (!hasBit(state, 0, index)) length++;
      return length;
    },
    places(other) {
      const blockRows = words * other.length <= keptNumbers ? other.length : Math.ceil(Math.sqrt(other.length));
      const starts: Int32Array[] = [];
      const state = new Int32Array(words).fill(-1);
      for (let row = 0; row < other.length; row += blockRows) {
        starts.push(state.slice());
        if (row + blockRows < other.length) sweep(masks, state, other.subarray(row, row + blockRows));
      }
      const places: number[] = [];
      const rows = new Int32Array(words * blockRows);
      let left = reference.length;
      for (let block = starts.length - 1; block >= 0; block--) {
        const part = other.subarray(block * blockRows, (block + 1) * blockRows);
        sweep(masks, starts[block]!, part, rows);
        left = trace(reference, part, rows, words, left, places);
      }
      return places;
    },
  };
}

/** Walks from `left` elements of the reference back through one block, and returns how many are left before it. */
function trace(
  reference: Int32Array,
  part: Int32Array,
  rows: Int32Array,
  words: number,
  left: number,
  places: number[],
): number {
  let column = left;
  let row = part.length;
  while (row > 0 && column > 0) {
    if (reference[column - 1] === part[row - 1]) {
      places.push(--column);
      row--;
    } else if (hasBit(rows, (row - 1) * words, column - 1)) column--;
    else row--;
  }
  return column;
}

function hasBit(bits: Int32Array, at: number, index: number): boolean {
  return ((bits[at + (index >> 5)]! >>> (index & 31)) & 1) === 1;
}

/** Takes `state` through the elements of `other`; `rows` receives what it is after each. */
function sweep(masks: SymbolMasks, state: Int32Array, other: Int32Array, rows?: Int32Array): void {
  for (let index = 0; index < other.length; index++) {
    const symbol = other[index]!;
    const base = masks.start(symbol);
    let carry = 0;
    for (let word = 0; word < state.length; word++) {
      const before = state[word]!;
      const taken = before & masks.bits[base + word]!;
      const sum = (before >>> 0) + (taken >>> 0) + carry;
      carry = sum > 0xffffffff ? 1 : 0;
      state[word] = sum | 0 | (before & ~taken);
    }
    masks.finish(symbol);
    rows?.set(state, index * state.length);
  }
}
