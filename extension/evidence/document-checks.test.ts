import assert from 'node:assert/strict';
import type { AssessmentRecord, CheckResult } from '../../schemas/generated/messages.ts';
import { documentChecks, reviewableAnswer, waitingAnswers } from './document-checks.ts';

function check(id: string, changes: Partial<CheckResult>): CheckResult {
  return { id, kind: 'document', title: id, state: 'missing', reason: 'Why.', evidence: [], ...changes };
}

function controlOf(...checks: CheckResult[]): Pick<AssessmentRecord, 'controls'> {
  const control = {
    title: 'C',
    severity: 'high',
    weight: 5,
    policy: 'p',
    outcome: 'not-assessed',
    value: 0,
    reason: '',
    mappings: [],
  } as const;
  return { controls: [{ ...control, mappings: [], id: 'C', checks }] };
}

describe('documentChecks', () => {
  it('names what documents are asked, open questions first', () => {
    const record = controlOf(
      check('a', { question: 'A?', state: 'pass' }),
      check('b', { kind: 'metric' }),
      check('c', { question: 'C?' }),
    );
    assert.deepEqual(
      documentChecks(record).map(({ control, check: { id } }) => [control, id]),
      [
        ['C', 'c'],
        ['C', 'a'],
      ],
    );
  });
});

describe('waitingAnswers', () => {
  it('has only what waits for a person, with its quotes as foreign text', () => {
    const evidence = [
      { kind: 'document', title: 'Document a\u202e.pdf', quote: 'It was\n$(bug) tested.', page: 3 },
    ] as const;
    const record = controlOf(
      check('a', { question: 'A?', answerId: '1', state: 'needs-review', evidence: [...evidence] }),
      check('b', { question: 'B?', answerId: '2', state: 'pass' }),
      check('c', { question: 'C?', state: 'needs-review' }),
    );
    assert.deepEqual(waitingAnswers(record), [
      {
        answerId: '1',
        check: 'a',
        question: 'A?',
        lines: ['Why.', '“It was \\$(bug) tested.” (Document a .pdf, page 3)'],
      },
    ]);
  });
});

describe('reviewableAnswer', () => {
  it('says what a model says, and what of it was dropped', () => {
    const answer = reviewableAnswer({
      id: 'answer-1',
      model: 'm',
      version: '1',
      weightsDigest: 'w',
      control: 'C',
      check: 'a',
      question: 'A?',
      verdict: 'unclear',
      explanation: 'Nothing is said.',
      quotes: [],
      lost: 2,
      by: {
        kind: 'model',
        model: 'gpt',
        promptDigest: 'p',
        askedBy: { email: 'a@x.example', assurance: 'self-asserted' },
      },
      at: 1,
    });
    assert.deepEqual(answer.lines, [
      'The documents do not say',
      'Nothing is said.',
      '2 quotes it gave stand in no document and were dropped.',
    ]);
  });
});
