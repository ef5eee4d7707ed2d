import assert from 'node:assert/strict';
import { extractChoice } from './choices.ts';

const settled: readonly (readonly [answer: string, letter: string])[] = [
  ['The answer is (B).', 'B'],
  ['The answer is B because water boils.', 'B'],
  ['the answer is (b)', 'B'],
  ['So the answer is c.', 'C'],
  ['Final answer: **D**', 'D'],
  ['**Answer:** C', 'C'],
  ['Answer: B) Paris', 'B'],
  ['Answer:\nB', 'B'],
  ['The correct answer is option (A)', 'A'],
  ['The correct choice would be "D".', 'D'],
  ['Option A is wrong. The best option is: C', 'C'],
  ['First I thought the answer is A. No: the answer is B.', 'B'],
  ['Therefore $\\boxed{C}$.', 'C'],
  ['\\boxed{\\text{D}}', 'D'],
  ['The answer is A, so \\boxed{(B)}', 'B'],
  ['A is tempting, but (C) is correct.', 'C'],
  ['B', 'B'],
  ['b', 'B'],
  ['(a)', 'A'],
  ['B. Paris', 'B'],
  ['**C**: because', 'C'],
  ['D)\nBecause it is so.', 'D'],
  ['Option B', 'B'],
  ['Paris is the capital of France.\n\nB', 'B'],
  ['It must be Paris, (B), of course; again (B).', 'B'],
];
const unsettled = [
  '',
  'A matter of taste.',
  'The answer is a matter of taste',
  'I do not know.',
  'Either (A) or (B).',
  'The answer is not B or C',
  'Answer: E',
  'Bananas are yellow',
  'The answer is I think unclear',
];

describe('letters of multiple choice answers', () => {
  for (const [answer, letter] of settled)
    it(JSON.stringify(answer), () => assert.equal(extractChoice(answer, 4), letter));

  for (const answer of unsettled) {
    it(`none in ${JSON.stringify(answer)}`, () =>
      assert.equal(extractChoice(answer, answer.includes('I think') ? 10 : 4), undefined));
  }

  it('reads the end of a long answer, at once', () => {
    assert.equal(extractChoice(`${'The answer is A. '.repeat(50_000)}The answer is B.`, 4), 'B');
    for (const unit of ['answer ', 'answer: ', '(', '*', ' ', '\n', 'answer is **']) {
      assert.equal(extractChoice(unit.repeat(50_000), 4), undefined);
    }
    assert.throws(() => extractChoice('A', 0), RangeError);
  });
});
