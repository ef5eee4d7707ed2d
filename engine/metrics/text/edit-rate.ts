import { edit, findEdits } from './edit-script.ts';
import type { Symbols } from './ngram-matcher.ts';
import { isSpace, strip } from './python-text.ts';
import { checkEffort } from './work-limit.ts';

/** How an answer became its target: words or characters replaced, left out, added, and right. Those of a corpus are the sum. */
export interface EditCounts {
  readonly substitutions: number;
  readonly deletions: number;
  readonly insertions: number;
  readonly hits: number;
}

/** A run of words of one kind, from `start` to before `end` in the reference's and the hypothesis's words. */
export interface AlignmentSpan {
  readonly kind: keyof typeof edit;
  readonly referenceStart: number;
  readonly referenceEnd: number;
  readonly hypothesisStart: number;
  readonly hypothesisEnd: number;
}

export interface WordAlignment {
  readonly referenceWords: readonly string[];
  readonly hypothesisWords: readonly string[];
  readonly spans: readonly AlignmentSpan[];
}

/**
 * What a word error rate counts. Words are parted by a space or by two and more of any white space; nothing is lower-cased or stripped of punctuation.
 * Source: jiwer 4.0.0, `process_words` with its defaults.
 * @throws WorkbenchError `metric-unsuitable` above about 190,000 words a side (see `checkEffort`).
 */
export function countWordEdits(reference: string, hypothesis: string): EditCounts {
  const ids = new Map<string, number>();
  const wants = internWords(splitSpaced(reference), ids, 'reference');
  const has = internWords(splitSpaced(hypothesis), ids, 'hypothesis');
  return count('WER', wants, has, ids.size);
}

/**
 * What a character error rate counts: Unicode code points, spaces among them, without white space at either end. Source: jiwer 4.0.0, `process_characters`.
 * @throws WorkbenchError `metric-unsuitable` above about 190,000 characters a side (see `checkEffort`).
 */
export function countCharacterEdits(reference: string, hypothesis: string): EditCounts {
  const used: number[] = [];
  const wants = internCharacters(strip(reference), used, 'reference');
  const has = internCharacters(strip(hypothesis), used, 'hypothesis');
  for (const point of used) characterIds[point] = 0;
  return count('CER', wants, has, used.length);
}

/** (S + D + I) ÷ (H + S + D); with nothing in the references, the number of insertions, as jiwer has it. */
export function editRate({ substitutions, deletions, insertions, hits }: EditCounts): number {
  const length = hits + substitutions + deletions;
  return length === 0 ? insertions : (substitutions + deletions + insertions) / length;
}

/** Which words of a hypothesis are right, replaced, left out or added, for display; the same alignment that `countWordEdits` counts. */
export function alignWords(reference: string, hypothesis: string): WordAlignment {
  const referenceWords = splitSpaced(reference);
  const hypothesisWords = splitSpaced(hypothesis);
  checkEffort('WER', referenceWords.length, hypothesisWords.length);
  const ids = new Map<string, number>();
  const wants = internWords(referenceWords, ids, 'reference');
  const has = internWords(hypothesisWords, ids, 'hypothesis');
  return { referenceWords, hypothesisWords, spans: joinSpans(findEdits(wants, has, ids.size)) };
}

const kinds = ['equal', 'substitute', 'delete', 'insert'] as const;

function joinSpans(script: Uint8Array): AlignmentSpan[] {
  const spans: AlignmentSpan[] = [];
  let referenceEnd = 0;
  let hypothesisEnd = 0;
  for (let start = 0, end = 0; start < script.length; start = end) {
    const operation = script[start]!;
    while (end < script.length && script[end] === operation) end++;
    const referenceStart = referenceEnd;
    const hypothesisStart = hypothesisEnd;
    if (operation !== edit.insert) referenceEnd += end - start;
    if (operation !== edit.delete) hypothesisEnd += end - start;
    spans.push({ kind: kinds[operation]!, referenceStart, referenceEnd, hypothesisStart, hypothesisEnd });
  }
  return spans;
}

function count(metric: string, reference: Symbols, hypothesis: Symbols, alphabet: number): EditCounts {
  checkEffort(metric, reference.length, hypothesis.length);
  const script = findEdits(reference, hypothesis, alphabet);
  let substitutions = 0;
  let hits = 0;
  for (let index = 0; index < script.length; index++) {
    const operation = script[index]!;
    if (operation === edit.equal) hits++;
    else if (operation === edit.substitute) substitutions++;
  }
  return {
    substitutions,
    deletions: reference.length - hits - substitutions,
    insertions: hypothesis.length - hits - substitutions,
    hits,
  };
}

/** Words between single spaces or longer runs of white space: a lone tab or line break does not part words, which is jiwer's way. */
function splitSpaced(text: string): string[] {
  const line = strip(text);
  const words: string[] = [];
  let start = 0;
  for (let index = 0; index < line.length; index++) {
    const unit = line.charCodeAt(index);
    if (!isSpace(unit)) continue;
    let end = index + 1;
    while (isSpace(line.charCodeAt(end))) end++;
    if (end === index + 1 && unit !== 32) continue;
    words.push(line.slice(start, index));
    start = end;
    index = end - 1;
  }
  if (start < line.length) words.push(line.slice(start));
  return words;
}

/** Memory for the ids of one text a side, reused since most texts are short. */
const memory = { reference: new Int32Array(1024), hypothesis: new Int32Array(1024) };
const keptIds = 65_536;

function takeMemory(side: keyof typeof memory, length: number): Int32Array {
  if (length > keptIds) return new Int32Array(length);
  if (memory[side].length < length) memory[side] = new Int32Array(2 * length);
  return memory[side];
}

function internWords(words: readonly string[], known: Map<string, number>, side: keyof typeof memory): Symbols {
  const ids = takeMemory(side, words.length);
  for (let index = 0; index < words.length; index++) {
    let id = known.get(words[index]!);
    if (id === undefined) known.set(words[index]!, (id = known.size));
    ids[index] = id;
  }
  return { ids, length: words.length };
}

/** 1 + the id of each code point; all 0 between calls. */
const characterIds = new Int32Array(0x110000);

/** `used` receives the code points in the order of their ids. */
function internCharacters(text: string, used: number[], side: keyof typeof memory): Symbols {
  const ids = takeMemory(side, text.length);
  let length = 0;
  for (let index = 0; index < text.length; index++) {
    let point = text.charCodeAt(index);
    if (point >= 0xd800 && point < 0xdc00) {
      point = text.codePointAt(index)!;
      if (point > 0xffff) index++;
    }
    let id = characterIds[point]!;
    if (id === 0) {
      id = used.push(point);
      characterIds[point] = id;
    }
    ids[length++] = id - 1;
  }
  return { ids, length };
}
