import { createMasks } from './symbol-masks.ts';

/**
 * The least number of substitutions, deletions and insertions that turn one sequence into another, and which ones.
 *
 * Bit-parallel: Myers (1999) in the form of Hyyrö (2003), 32 cells a step. Where the recorded matrix would take more than `directCells` cells, the work is halved
 * as Hirschberg (1975) does, so memory is linear in the lengths and time stays that of a few passes. Among equally short scripts the one of
 * rapidfuzz 3 (which jiwer uses) is found: its trace prefers deletion, then insertion, then substitution, from the end; and its halving takes the first best place.
 */

/** rapidfuzz records up to 1 MiB of bits, two a cell. */
const directCells = 4 * 1024 * 1024;

/** What happened to one element; in the order of the reference. */
export const edit = { equal: 0, substitute: 1, delete: 2, insert: 3 } as const;

/**
 * One operation for each element kept, replaced, deleted or inserted, in order. Elements are whole numbers ≥ 0 below `alphabet`.
 * The caller bounds the product of the lengths (see `checkEffort`).
 */
export function findEdits(reference: Int32Array, hypothesis: Int32Array, alphabet: number): Uint8Array {
  const script = new Uint8Array(reference.length + hypothesis.length);
  return script.subarray(0, writeEdits(reference, hypothesis, alphabet, script, 0));
}

/** Writes the operations from `at` on and returns where they end. */
function writeEdits(source: Int32Array, target: Int32Array, alphabet: number, script: Uint8Array, at: number): number {
  const prefix = commonPrefix(source, target);
  const suffix = commonSuffix(source, target, prefix);
  const from = source.subarray(prefix, source.length - suffix);
  const to = target.subarray(prefix, target.length - suffix);
  // Equal is 0, which the script is already filled with.
  let end = at + prefix;
  if (from.length === 0) {
    script.fill(edit.insert, end, (end += to.length));
  } else if (to.length === 0) {
    script.fill(edit.delete, end, (end += from.length));
  } else if (from.length * to.length < directCells || from.length < 65 || to.length < 10) {
    end = traceEdits(from, to, alphabet, script, end);
  } else {
    const { row, column } = findMiddle(from, to, alphabet);
    end = writeEdits(from.subarray(0, column), to.subarray(0, row), alphabet, script, end);
    end = writeEdits(from.subarray(column), to.subarray(row), alphabet, script, end);
  }
  return end + suffix;
}

function commonPrefix(source: Int32Array, target: Int32Array): number {
  const most = Math.min(source.length, target.length);
  let length = 0;
  while (length < most && source[length] === target[length]) length++;
  return length;
}

function commonSuffix(source: Int32Array, target: Int32Array, prefix: number): number {
  const most = Math.min(source.length, target.length) - prefix;
  let length = 0;
  while (length < most && source[source.length - 1 - length] === target[target.length - 1 - length]) length++;
  return length;
}

interface Rows {
  /** Bit i of row j, in words of 32: the distance grows (shrinks) by one from i to i+1 elements of the source, at j+1 elements of the target. */
  readonly grows: Int32Array;
  readonly shrinks: Int32Array;
}

let recordedGrows = new Int32Array(4096);
let recordedShrinks = new Int32Array(4096);

function traceEdits(source: Int32Array, target: Int32Array, alphabet: number, script: Uint8Array, at: number): number {
  const words = Math.ceil(source.length / 32);
  const size = words * target.length;
  // Small matrices, by far the most, share their memory.
  const shared = size <= 65_536;
  if (shared && recordedGrows.length < size) {
    recordedGrows = new Int32Array(size);
    recordedShrinks = new Int32Array(size);
  }
  const grows = shared ? recordedGrows : new Int32Array(size);
  const shrinks = shared ? recordedShrinks : new Int32Array(size);
  sweep(source, target, alphabet, { grows, shrinks }, true);

  // Backwards into the room the script has at most, then to where it belongs.
  let end = at + source.length + target.length;
  const last = end;
  let column = source.length;
  let row = target.length;
  while (row > 0 && column > 0) {
    const place = column - 1;
    const bit = 1 << (place & 31);
    const word = place >> 5;
    if ((grows[(row - 1) * words + word]! & bit) !== 0) {
      column--;
      script[--end] = edit.delete;
      continue;
    }
    row--;
    if (row > 0 && (shrinks[(row - 1) * words + word]! & bit) !== 0) {
      script[--end] = edit.insert;
    } else {
      column--;
      script[--end] = source[column] === target[row] ? edit.equal : edit.substitute;
    }
  }
  while (column-- > 0) script[--end] = edit.delete;
  while (row-- > 0) script[--end] = edit.insert;
  script.copyWithin(at, end, last);
  const length = last - end;
  script.fill(edit.equal, at + length, last);
  return at + length;
}

/** Fills `rows`: all of them, or only the last. */
function sweep(source: Int32Array, target: Int32Array, alphabet: number, { grows, shrinks }: Rows, all: boolean): void {
  const words = Math.ceil(source.length / 32);
  const masks = createMasks(source, alphabet);
  grows.fill(-1, 0, words);
  shrinks.fill(0, 0, words);
  let before = 0;
  let row = 0;
  for (let index = 0; index < target.length; index++) {
    const symbol = target[index]!;
    const { bits } = masks;
    const base = masks.start(symbol);
    let carryUp = 1;
    let carryDown = 0;
    for (let word = 0; word < words; word++) {
      const grow = grows[before + word]!;
      const shrink = shrinks[before + word]!;
      const match = bits[base + word]! | carryDown;
      const zero = ((((match & grow) + grow) | 0) ^ grow) | match | shrink;
      let up = shrink | ~(zero | grow);
      let down = zero & grow;
      const nextUp = up >>> 31;
      const nextDown = down >>> 31;
      up = (up << 1) | carryUp;
      down = (down << 1) | carryDown;
      carryUp = nextUp;
      carryDown = nextDown;
      grows[row + word] = down | ~(zero | up);
      shrinks[row + word] = up & zero;
    }
    masks.finish(symbol);
    before = row;
    if (all) row += words;
  }
}

/** The first place of the source where a shortest script can part it, when the target is parted in the middle. */
function findMiddle(source: Int32Array, target: Int32Array, alphabet: number): { row: number; column: number } {
  const row = target.length >> 1;
  const left = lastRow(source, target.subarray(0, row), alphabet);
  const right = lastRow(source.slice().reverse(), target.slice(row).reverse(), alphabet);
  let column = 1;
  for (let at = 1; at <= source.length; at++) {
    const here = left[at]! + right[source.length - at]!;
    if (here < left[column]! + right[source.length - column]!) column = at;
  }
  return { row, column };
}

/** Distances of the first 0, 1, 2, … elements of the source from the whole target. */
function lastRow(source: Int32Array, target: Int32Array, alphabet: number): Int32Array {
  const words = Math.ceil(source.length / 32);
  const grows = new Int32Array(words);
  const shrinks = new Int32Array(words);
  sweep(source, target, alphabet, { grows, shrinks }, false);
  const distances = new Int32Array(source.length + 1);
  distances[0] = target.length;
  for (let index = 0; index < source.length; index++) {
    const bit = index & 31;
    const change = ((grows[index >> 5]! >>> bit) & 1) - ((shrinks[index >> 5]! >>> bit) & 1);
    distances[index + 1] = distances[index]! + change;
  }
  return distances;
}
