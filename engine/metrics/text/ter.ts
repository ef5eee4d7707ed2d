import { type BeamDistance, createBeamDistance } from './beam-distance.ts';
import { signatureVersion } from './signature.ts';
import { type TerOptions, tokenizeForTer } from './ter-tokenizer.ts';

/** Tercom's limits: longest block moved, farthest move, and moves tried for one pair of texts. */
const maxBlock = 10;
const maxReach = 50;
const maxCandidates = 1000;
/** Above this many words on a side no block is moved, since the search for moves could take minutes: such a pair's TER is then an upper bound. */
const maxMovedWords = 2000;

/** Numbers in one statistic: the least edits over the references, and the references' mean length in words. */
export const terStatisticsLength = 2;

/**
 * The sufficient statistics of one hypothesis; those of a corpus, or of a resample, are their sum.
 * Source: sacrebleu 2.6.0 (Snover and others 2006, after tercom).
 * @throws RangeError without a reference.
 */
export function terStatistics(hypothesis: string, references: readonly string[], options: TerOptions): Float64Array {
  if (references.length === 0) throw new RangeError('TER needs at least one reference.');
  const ids = new Map<string, number>();
  const words = internWords(tokenizeForTer(hypothesis, options), ids);
  let best = Infinity;
  let length = 0;
  for (const reference of references) {
    const wanted = internWords(tokenizeForTer(reference, options), ids);
    best = Math.min(best, countEdits(words, wanted));
    length += wanted.length;
  }
  return Float64Array.of(best, length / references.length);
}

/** TER, 0 and up (100 is as many edits as words): edits ÷ words of the references; 100 where only the references are empty. */
export function terScore(statistics: Float64Array): number {
  const edits = statistics[0]!;
  const length = statistics[1]!;
  if (length > 0) return 100 * (edits / length);
  return edits > 0 ? 100 : 0;
}

/** What a reader needs to compare the figure, in sacrebleu's words. `referenceCount` is per hypothesis; `undefined` where it varies. */
export function terSignature(options: TerOptions, referenceCount: number | undefined): string {
  return [
    `nrefs:${referenceCount ?? 'var'}`,
    `case:${options.caseSensitive ? 'mixed' : 'lc'}`,
    'tok:tercom',
    `norm:${options.normalized ? 'yes' : 'no'}`,
    `punct:${options.ignorePunctuation ? 'no' : 'yes'}`,
    `asian:${options.asianSupport ? 'yes' : 'no'}`,
    signatureVersion,
  ].join('|');
}

function internWords(words: readonly string[], ids: Map<string, number>): Int32Array {
  return Int32Array.from(words, word => {
    const id = ids.get(word) ?? ids.size;
    ids.set(word, id);
    return id;
  });
}

function countEdits(hypothesis: Int32Array, reference: Int32Array): number {
  if (reference.length === 0) return hypothesis.length;
  if (hypothesis.length === 0) return reference.length;
  const beam = createBeamDistance(reference, hypothesis.length);
  if (Math.max(hypothesis.length, reference.length) > maxMovedWords) return beam.align(hypothesis).distance;
  let words = hypothesis;
  let moves = 0;
  let tried = 0;
  while (true) {
    const { distance, move, candidates } = findMove(words, reference, beam, tried);
    tried = candidates;
    // Tercom gives up before it makes the move that used up the candidates.
    if (tried >= maxCandidates || move === undefined || move.gain <= 0) return moves + distance;
    words = moveBlock(words, move.start, move.length, move.target);
    moves++;
  }
}

interface Move {
  readonly gain: number;
  readonly start: number;
  readonly length: number;
  /** Before which word the block goes, counted as in `moveBlock`. */
  readonly target: number;
}

/** The move that gains most; of equal ones the longest block, then the earliest, then the earliest target. */
function findMove(
  words: Int32Array,
  reference: Int32Array,
  beam: BeamDistance,
  tried: number,
): { distance: number; move: Move | undefined; candidates: number } {
  const { distance, places, hypothesisErrors, referenceErrors } = beam.align(words);
  let best: Move | undefined;
  let candidates = tried;
  for (let start = 0; start < words.length; start++) {
    const last = Math.min(reference.length - 1, start + maxReach);
    for (let from = Math.max(0, start - maxReach); from <= last; from++) {
      const most = Math.min(maxBlock, words.length - start, reference.length - from);
      for (let length = 1; length <= most && words[start + length - 1] === reference[from + length - 1]; length++) {
        // Worth trying only where the block is wrong at home and wanted abroad, and not already lying across its target.
        if (hypothesisErrors[start + length] === hypothesisErrors[start]) continue;
        if (referenceErrors[from + length] === referenceErrors[from]) continue;
        if (places[from]! >= start && places[from]! < start + length) continue;
        let previous = -1;
        for (let offset = -1; offset < length; offset++) {
          const target = from + offset === -1 ? 0 : places[from + offset]! + 1;
          if (target === previous) continue;
          previous = target;
          const moved = moveBlock(words, start, length, target);
          const gain = distance - beam.distance(moved, Math.min(start, target));
          candidates++;
          const move = { gain, start, length, target };
          if (best === undefined || isBetter(move, best)) best = move;
        }
        if (candidates >= maxCandidates) return { distance, move: best, candidates };
      }
    }
  }
  return { distance, move: best, candidates };
}

function isBetter(move: Move, best: Move): boolean {
  if (move.gain !== best.gain) return move.gain > best.gain;
  if (move.length !== best.length) return move.length > best.length;
  if (move.start !== best.start) return move.start < best.start;
  return move.target < best.target;
}

function moveBlock(words: Int32Array, start: number, length: number, target: number): Int32Array {
  const moved = words.slice();
  if (target < start) {
    moved.set(words.subarray(start, start + length), target);
    moved.set(words.subarray(target, start), target + length);
  } else {
    // A target inside the block means that many words farther on.
    const end = target > start + length ? target : Math.min(words.length, length + target);
    moved.set(words.subarray(start + length, end), start);
    moved.set(words.subarray(start, start + length), end - length);
  }
  return moved;
}
