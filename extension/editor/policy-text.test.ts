import assert from 'node:assert/strict';
import { assessTarget, nestedScalar } from './policy-text.ts';

describe('assessTarget', () => {
  const cases: [text: string, expected: string | undefined][] = [
    ['assess:\n  model: ticket-triage@candidate\n', 'ticket-triage@candidate'],
    ['assess: {model: "ticket-triage@3", scorecard: a.scorecard.json}\n', 'ticket-triage@3'],
    ['assess:\n  # model: old@1\n  scorecard: x\n  model: new@2', 'new@2'],
    ['controls:\n  model: a@1\nassess:\n', undefined],
    ['assess:\n  scorecard: x\ncontrols:\n  model: a@1', undefined],
    ['', undefined],
  ];
  for (const [text, expected] of cases) {
    it(`finds ${expected ?? 'none'} in ${JSON.stringify(text)}`, () => assert.equal(assessTarget(text), expected));
  }
});

describe('nestedScalar', () => {
  const cases: [text: string, expected: string | undefined][] = [
    ['compare: {baseline: embedded:majority, confidence: 0.95}', 'embedded:majority'],
    ['compare:\n  confidence: 0.9 # baseline: old\n  \'baseline\': "gpt" # ours', 'gpt'],
    ['compare: {confidence: 0.9}\ngate: [{baseline: x}]', undefined],
    ['compare:\n  # baseline: old\n  baseline:', undefined],
    ['compare: {baseline', undefined],
  ];
  for (const [text, expected] of cases) {
    it(`finds ${expected ?? 'none'} in ${JSON.stringify(text)}`, () =>
      assert.equal(nestedScalar(text, 'compare', 'baseline'), expected));
  }
});
