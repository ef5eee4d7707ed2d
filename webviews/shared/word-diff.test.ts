import assert from 'node:assert/strict';
import { diffWords } from './word-diff.ts';

describe('the differences between two texts, word by word', () => {
  const write = (target: string, output: string): string | undefined =>
    diffWords(target, output)
      ?.map(part => (part.kind === 'same' ? part.words : `[${part.wanted}|${part.got}]`))
      .join(' ');
  const cases: readonly [target: string, output: string, told: string][] = [
    ['one two three', 'one two three', 'one two three'],
    ['one two three', 'one too three', 'one [two|too] three'],
    ['one two three', 'one three', 'one [two|] three'],
    ['one three', 'one two three', 'one [|two] three'],
    ['a b c d', 'x a c d y z', '[a b|x a] c d [|y z]'],
    ['the the the', 'the', 'the [the the|]'],
    ['', 'said something', '[|said something]'],
    ['all of it', '', '[all of it|]'],
    ['', '', ''],
    ['white  space\n only', 'white space only', 'white space only'],
  ];
  for (const [target, output, told] of cases)
    it(`are ${told || 'none'} between “${target}” and “${output}”`, () => assert.equal(write(target, output), told));

  it('are not looked for where that would take long', () => {
    const long = (word: string): string => `${word} `.repeat(3_000);
    assert.equal(diffWords(long('a'), long('b')), undefined);
    assert.deepEqual(diffWords(long('a'), long('a'))?.length, 1);
  });

  it('are as few as there can be', () => {
    let seed = 7;
    const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    const text = (): string[] =>
      Array.from({ length: Math.floor(random() * 12) }, () => 'abc'[Math.floor(random() * 3)] ?? '');
    for (let trial = 0; trial < 300; trial++) {
      const [a, b] = [text(), text()];
      const parts = diffWords(a.join(' '), b.join(' ')) ?? [];
      const count = (words: string): number => (words === '' ? 0 : words.split(' ').length);
      const edits = parts.map(part => (part.kind === 'same' ? 0 : Math.max(count(part.wanted), count(part.got))));
      assert.equal(
        edits.reduce((sum, edit) => sum + edit, 0),
        distance(a, b),
      );
      const rebuilt = parts.map(part => (part.kind === 'same' ? part.words : part.got)).filter(words => words !== '');
      assert.equal(rebuilt.join(' '), b.join(' '));
    }
  });
});

function distance(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return a.length + b.length;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [index, word] of a.entries()) {
    const next = [index + 1];
    for (const [column, other] of b.entries())
      next.push(
        Math.min((row[column] ?? 0) + Number(word !== other), (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1),
      );
    row = next;
  }
  return row.at(-1) ?? 0;
}
