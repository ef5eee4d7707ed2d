import type { Symbols } from './ngram-matcher.ts';
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

/** A part of a sequence: its elements from `from` to before `to`. */
interface Part {
  readonly ids: Int32Array;
  readonly from: number;
  readonly to: number;
}

/** Reused from call to call, since most texts are short; longer scripts get memory of their own. */
const keptScript = 65_536;
let sharedScript = new Uint8Array(1024);

/**
 * One operation for each element kept, replaced, deleted or inserted, in order; good until the next call. Elements are whole numbers ≥ 0 below `alphabet`.
 * The caller bounds the product of the lengths (see `checkEffort`).
 */
export function findEdits(reference: Symbols, hypothesis: Symbols, alphabet: number): Uint8Array {
  const most = reference.length + hypothesis.length;
  if (most <= keptScript && sharedScript.length < most) sharedScript = new Uint8Array(2 * most);
  const script = most <= keptScript ? sharedScript : new Uint8Array(most);
  script.fill(edit.equal, 0, most);
  const source = { ids: reference.ids, from: 0, to: reference.length };
  const target = { ids: hypothesis.ids, from: 0, to: hypothesis.length };
  return script.subarray(0, writeEdits(source, target, alphabet, script, 0));
}

/** Writes the operations from `at` on and returns where they end. */
function writeEdits(source: Part, target: Part, alphabet: number, script: Uint8Array, at: number): number {
  const from = { ...source };
  const to = { ...target };
  while (from.from < from.to && to.from < to.to && from.ids[from.from] === to.ids[to.from]) {
    from.from++;
    to.from++;
  }
  while (from.from < from.to && to.from < to.to && from.ids[from.to - 1] === to.ids[to.to - 1]) {
    from.to--;
    to.to--;
  }
  const wants = from.to - from.from;
  const has = to.to - to.from;
  // Equal is 0, which the script is already filled with.
  let end = at + from.from - source.from;
  if (wants === 0) {
    script.fill(edit.insert, end, (end += has));
  } else if (has === 0) {
    script.fill(edit.delete, end, (end += wants));
  } else if (wants * has < directCells || wants < 65 || has < 10) {
    end = traceEdits(from, to, alphabet, script, end);
  } else {
    const { row, column } = findMiddle(from, to, alphabet);
    end = writeEdits({ ...from, to: column }, { ...to, to: row }, alphabet, script, end);
    end = writeEdits({ ...from, from: column }, { ...to, from: row }, alphabet, script, end);
  }
  return end + source.to - from.to;
}

interface Rows {
  /** Bit i of row j, in words of 32: the distance grows (shrinks) by one from i to i+1 elements of the source, at j+1 elements of the target. */
  readonly grows: Int32Array;
  readonly shrinks: Int32Array;
}

let recordedGrows = new Int32Array(4096);
let recordedShrinks = new Int32Array(4096);

function traceEdits(source: Part, target: Part, alphabet: number, script: Uint8Array, at: number): number {
  let column = source.to - source.from;
  let row = target.to - target.from;
  const words = Math.ceil(column / 32);
  const size = words * row;
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
  let end = at + column + row;
  const last = end;
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
      const isSame = source.ids[source.from + column] === target.ids[target.from + row];
      script[--end] = isSame ? edit.equal : edit.substitute;
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
function sweep(source: Part, target: Part, alphabet: number, { grows, shrinks }: Rows, all: boolean): void {
  const words = Math.ceil((source.to - source.from) / 32);
  const masks = createMasks(source.ids, source.from, source.to, alphabet);
  const { bits, dense } = masks;
  grows.fill(-1, 0, words);
  shrinks.fill(0, 0, words);
  let before = 0;
  let row = 0;
  for (let index = target.from; index < target.to; index++) {
    const symbol = target.ids[index]!;
    const base = dense ? symbol * words : masks.start(symbol);
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
    if (!dense) masks.finish(symbol);
    before = row;
    if (all) row += words;
  }
}

/** The first place of the source where a shortest script can part it, when the target is parted in the middle. */
function findMiddle(source: Part, target: Part, alphabet: number): { row: number; column: number } {
  const row = target.from + ((target.to - target.from) >> 1);
  const left = lastRow(source, { ...target, to: row }, alphabet);
  const right = lastRow(reverse(source), reverse({ ...target, from: row }), alphabet);
  const length = source.to - source.from;
  let column = 1;
  for (let at = 1; at <= length; at++) {
    if (left[at]! + right[length - at]! < left[column]! + right[length - column]!) column = at;
  }
  return { row, column: source.from + column };
}

function reverse({ ids, from, to }: Part): Part {
  return { ids: ids.slice(from, to).reverse(), from: 0, to: to - from };
}

/** Distances of the first 0, 1, 2, … elements of the source from the whole target. */
function lastRow(source: Part, target: Part, alphabet: number): Int32Array {
  const length = source.to - source.from;
  const words = Math.ceil(length / 32);
  const grows = new Int32Array(words);
  const shrinks = new Int32Array(words);
  sweep(source, target, alphabet, { grows, shrinks }, false);
  const distances = new Int32Array(length + 1);
  distances[0] = target.to - target.from;
  for (let index = 0; index < length; index++) {
    const bit = index & 31;
    const change = ((grows[index >> 5]! >>> bit) & 1) - ((shrinks[index >> 5]! >>> bit) & 1);
    distances[index + 1] = distances[index]! + change;
  }
  return distances;
}
