import assert from 'node:assert/strict';
import type { DocumentCheck } from '../../../schemas/generated/files.ts';
import type { CheckState, DocumentAnswer, DocumentReview } from '../../../schemas/generated/messages.ts';
import { day, makeSubject, now, person, weights } from '../../../test/fakes/assessed.ts';
import { checkDocument, type AnswerEvidence, type CheckedQuote } from './document.ts';

const question = 'Was it tested?';

function documentCheck(changes: Partial<DocumentCheck> = {}): DocumentCheck {
  return { id: 'C.document', type: 'document', question, ...changes };
}

function quoted(changes: Partial<CheckedQuote['quote']> = {}, fault?: string): CheckedQuote {
  const quote = {
    document: 'd'.repeat(64),
    name: 'report.pdf',
    quote: 'It was tested.',
    page: 3,
    start: 10,
    end: 24,
    ...changes,
  };
  return { quote, ...(fault === undefined ? {} : { fault }) };
}

const model: DocumentAnswer['by'] = {
  kind: 'model',
  model: 'gpt',
  promptDigest: 'p'.repeat(64),
  askedBy: person('author'),
};

function answered(
  changes: Partial<DocumentAnswer> = {},
  reviews: readonly Partial<DocumentReview>[] = [],
  quotes: readonly CheckedQuote[] = [quoted()],
): AnswerEvidence {
  const answer: DocumentAnswer = {
    id: 'answer-1',
    model: 'triage',
    version: '3',
    weightsDigest: weights,
    control: 'C',
    check: 'C.document',
    question,
    verdict: 'met',
    quotes: quotes.map(({ quote }) => quote),
    by: { kind: 'person', identity: person('rita') },
    at: now - 5 * day,
    ...changes,
  };
  const digest = 'e'.repeat(64);
  const words = reviews.map((review): DocumentReview => ({
    answer: 'answer-1',
    answerDigest: digest,
    decision: 'confirmed',
    by: person('rita'),
    at: now - 4 * day,
    ...review,
  }));
  return { answer, digest, reviews: words, quotes };
}

const byPerson = (name: string): Partial<DocumentAnswer> => ({ by: { kind: 'person', identity: person(name) } });

describe('checkDocument', () => {
  const cases: readonly [what: string, found: AnswerEvidence[], state: CheckState, check?: Partial<DocumentCheck>][] = [
    ['nothing', [], 'missing'],
    ['a person’s answer with a quote', [answered()], 'pass'],
    ['the author’s answer', [answered(byPerson('author'))], 'fail'],
    ['the trainer’s', [answered(byPerson('trainer'))], 'fail'],
    [
      'the author’s, spelt otherwise',
      [answered({ by: { kind: 'person', identity: { ...person('author'), email: ' Author@X.example ' } } })],
      'fail',
    ],
    ['an answer without a quote', [answered({}, [], [])], 'missing'],
    ['an answer whose quote is not there', [answered({}, [], [quoted({}, 'Not there.')])], 'error'],
    [
      'one of two quotes that is not there',
      [answered({}, [], [quoted(), quoted({ start: 90 }, 'Not there.')])],
      'error',
    ],
    ['a person’s no', [answered({ verdict: 'not-met' }, [], [])], 'fail'],
    ['a person who cannot tell', [answered({ verdict: 'unclear' }, [], [])], 'missing'],
    ['a model’s answer', [answered({ by: model })], 'needs-review'],
    ['a model’s no', [answered({ by: model, verdict: 'not-met' })], 'needs-review'],
    ['a model’s answer that was confirmed', [answered({ by: model }, [{}])], 'pass'],
    ['a model’s no that was confirmed', [answered({ by: model, verdict: 'not-met' }, [{}])], 'fail'],
    ['a model that could not tell, confirmed', [answered({ by: model, verdict: 'unclear' }, [{}], [])], 'missing'],
    ['a model’s answer without a quote, confirmed', [answered({ by: model }, [{}], [])], 'missing'],
    ['a confirmed answer whose quote is not there', [answered({ by: model }, [{}], [quoted({}, 'Gone.')])], 'error'],
    ['a model’s answer that was rejected', [answered({ by: model }, [{ decision: 'rejected' }])], 'missing'],
    ['one that was confirmed after all', [answered({ by: model }, [{}, { decision: 'rejected' }])], 'pass'],
    ['one that was rejected after all', [answered({ by: model }, [{ decision: 'rejected' }, {}])], 'missing'],
    ['one that the author confirmed', [answered({ by: model }, [{ by: person('author') }])], 'needs-review'],
    [
      'one that the trainer rejected',
      [answered({ by: model }, [{ by: person('trainer'), decision: 'rejected' }, {}])],
      'pass',
    ],
    ['a newer no of a person', [answered({ verdict: 'not-met' }), answered()], 'fail'],
    ['a newer answer of a model', [answered({ by: model }), answered()], 'needs-review'],
    ['a newer answer to another question', [answered({ question: 'Why?', verdict: 'not-met' }), answered()], 'pass'],
    ['answers to another question alone', [answered({ question: 'Why?' })], 'missing'],
    ['an answer about other weights', [answered({ weightsDigest: 'b'.repeat(64) })], 'missing'],
    ['an answer in the role', [answered({ role: 'auditor' })], 'pass', { role: 'auditor' }],
    ['one in another role', [answered({ role: 'intern' })], 'missing', { role: 'auditor' }],
    ['one in no role', [answered()], 'missing', { role: 'auditor' }],
    ['one confirmed in the role', [answered({ by: model }, [{ role: 'auditor' }])], 'pass', { role: 'auditor' }],
    ['one confirmed in another', [answered({ by: model }, [{ role: 'intern' }])], 'needs-review', { role: 'auditor' }],
    ['quotes of a document that may answer', [answered()], 'pass', { documents: ['minutes.md', 'REPORT.*'] }],
    ['quotes of others alone', [answered()], 'missing', { documents: ['minutes.md'] }],
    [
      'a lost quote of a document that may not answer anyway',
      [answered({}, [], [quoted(), quoted({ name: 'x.md' }, 'Gone.')])],
      'pass',
      { documents: ['report*'] },
    ],
    ['the last moment of freshness', [answered()], 'pass', { freshness: 'P5D' }],
    ['a moment after it', [answered()], 'stale', { freshness: 'P4D' }],
    [
      'an old answer that was confirmed lately',
      [answered({ by: model }, [{ at: now }])],
      'stale',
      { freshness: 'P4D' },
    ],
    ['a record that was changed', [{ fault: 'It was changed.' }, answered()], 'error'],
  ];
  for (const [what, found, state, check] of cases) {
    it(`is ${state} for ${what}`, () => {
      const result = checkDocument(documentCheck(check), makeSubject(), found, now);
      assert.equal(result.state, state, result.reason);
      assert.equal(result.question, question);
    });
  }

  it('needs a look where nobody knows who trained it', () => {
    const unknown = makeSubject({ lineage: { runId: 'run-1', datasets: [], prompts: [] } });
    assert.equal(checkDocument(documentCheck(), unknown, [answered()], now).state, 'needs-review');
    assert.equal(checkDocument(documentCheck(), unknown, [answered({ by: model }, [{}])], now).state, 'needs-review');
  });

  it('leads to the words, and says how to answer', () => {
    const passed = checkDocument(documentCheck({ freshness: 'P10D' }), makeSubject(), [answered()], now);
    assert.deepEqual(passed.evidence, [
      {
        kind: 'document',
        title: 'Document report.pdf',
        digest: 'e'.repeat(64),
        collectedAt: now - 5 * day,
        expiresAt: now + 5 * day,
        by: person('rita'),
        quote: 'It was tested.',
        document: 'd'.repeat(64),
        page: 3,
        start: 10,
        end: 24,
      },
    ]);
    const missing = checkDocument(documentCheck({ role: 'auditor' }), makeSubject(), [], now);
    assert.match(
      missing.reason,
      /`aiwb evidence ask triage@3 C\.document`.*`aiwb evidence answer triage@3 C\.document --met/,
    );
  });
});
