import assert from 'node:assert/strict';
import { readGolden } from '../../../test/golden/read.ts';
import { WorkbenchError } from '../../base/errors.ts';
import { alignWords, countCharacterEdits, countWordEdits, type EditCounts, editRate } from './edit-rate.ts';

type Counts = readonly [substitutions: number, deletions: number, insertions: number, hits: number];
type Draw = readonly [seed: number, length: number, vocabulary: number, edits: number];
interface Golden {
  readonly pairs: readonly {
    words: Counts;
    wer: number;
    characters: Counts;
    cer: number;
    spans: readonly (readonly [string, number, number, number, number])[];
  }[];
  readonly corpus: readonly [{ wer: number; cer: number }];
  readonly long: readonly { draw: Draw; words?: Counts; characters?: Counts }[];
}

const golden = readGolden('jiwer.json') as Golden;
const { pairs } = readGolden('text-pairs.json') as { pairs: readonly (readonly [string, readonly string[]])[] };

function toCounts({ substitutions, deletions, insertions, hits }: EditCounts): Counts {
  return [substitutions, deletions, insertions, hits];
}

function add(a: EditCounts, b: EditCounts): EditCounts {
  return {
    substitutions: a.substitutions + b.substitutions,
    deletions: a.deletions + b.deletions,
    insertions: a.insertions + b.insertions,
    hits: a.hits + b.hits,
  };
}

/** The same texts as `draw_long` of the generator. */
function drawLong([seed, length, vocabulary, edits]: Draw): { reference: string; hypothesis: string } {
  let state = seed;
  const draw = (below: number): number => {
    state = Number((BigInt(state) * 1103515245n + 12345n) % 2147483648n);
    return (state >> 8) % below;
  };
  const reference = Array.from({ length }, () => draw(vocabulary));
  const hypothesis: number[] = [];
  for (const word of reference) {
    const roll = draw(300);
    if (roll < edits) hypothesis.push(draw(vocabulary));
    else if (roll < 2 * edits) hypothesis.push(word, draw(vocabulary));
    else if (roll >= 3 * edits) hypothesis.push(word);
  }
  const write = (words: readonly number[]): string => words.map(word => `w${word}`).join(' ');
  return { reference: write(reference), hypothesis: write(hypothesis) };
}

describe('word and character errors against jiwer', () => {
  it('counts, rates and alignments of every pair', () => {
    assert.equal(golden.pairs.length, pairs.length);
    golden.pairs.forEach((expected, index) => {
      const [hypothesis, [reference]] = pairs[index]!;
      const what = JSON.stringify(pairs[index]);
      const words = countWordEdits(reference!, hypothesis);
      assert.deepEqual(toCounts(words), expected.words, `words of ${what}`);
      assert.equal(editRate(words), expected.wer, `WER of ${what}`);
      const characters = countCharacterEdits(reference!, hypothesis);
      assert.deepEqual(toCounts(characters), expected.characters, `characters of ${what}`);
      assert.equal(editRate(characters), expected.cer, `CER of ${what}`);
      const spans = alignWords(reference!, hypothesis).spans.map(span => [
        span.kind,
        span.referenceStart,
        span.referenceEnd,
        span.hypothesisStart,
        span.hypothesisEnd,
      ]);
      assert.deepEqual(spans, expected.spans, `alignment of ${what}`);
    });
  });

  it('rates of the corpus', () => {
    const sum = (measure: typeof countWordEdits): number =>
      editRate(pairs.map(([hypothesis, [reference]]) => measure(reference!, hypothesis)).reduce(add));
    assert.equal(sum(countWordEdits), golden.corpus[0].wer);
    assert.equal(sum(countCharacterEdits), golden.corpus[0].cer);
  });

  for (const { draw, words, characters } of golden.long) {
    it(`${words ? 'words' : 'characters'} of long texts: ${draw.join(', ')}`, () => {
      const { reference, hypothesis } = drawLong(draw);
      if (words) assert.deepEqual(toCounts(countWordEdits(reference, hypothesis)), words);
      if (characters) assert.deepEqual(toCounts(countCharacterEdits(reference, hypothesis)), characters);
    });
  }

  it('gives the published figures', () => {
    const references = ['the quick  brown fox', 'hello world'];
    const hypotheses = ['the quick brown fx jumps', 'Hello'];
    const sum = (measure: typeof countWordEdits): number =>
      editRate(references.map((reference, index) => measure(reference, hypotheses[index]!)).reduce(add));
    assert.equal(sum(countWordEdits), 0.6666666666666666);
    assert.equal(sum(countCharacterEdits), 0.4838709677419355);
  });

  it('counts insertions where the reference is empty', () => {
    assert.equal(editRate(countWordEdits('', 'three extra words')), 3);
    assert.equal(editRate(countWordEdits('', '')), 0);
  });

  it('shows which words an alignment is of', () => {
    const { referenceWords, hypothesisWords, spans } = alignWords('one two three', 'one too three four');
    assert.deepEqual([referenceWords.length, hypothesisWords.length], [3, 4]);
    assert.deepEqual(
      spans.map(({ kind }) => kind),
      ['equal', 'substitute', 'equal', 'insert'],
    );
  });

  it('compares 20,000 words in linear memory and refuses what would take minutes', () => {
    const { reference, hypothesis } = drawLong([9, 20_000, 3000, 60]);
    const counts = countWordEdits(reference, hypothesis);
    assert.equal(counts.hits + counts.substitutions + counts.deletions, 20_000);
    const long = 'ab '.repeat(200_000);
    assert.throws(
      () => countWordEdits(long, long),
      (error: unknown) => error instanceof WorkbenchError && error.code === 'metric-unsuitable',
    );
  });
});
