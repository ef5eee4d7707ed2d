import assert from 'node:assert/strict';
import { confirmAssessment, confirmCancel, confirmRun, confirmUnestimated, progressOf } from './confirmations.ts';

const evil = '[x](command:y) <img src=z>\n# Title `';

describe('confirmations', () => {
  it('show what a run would ask and cost, and the limit that was set', () => {
    const { title, message } = confirmRun(
      { file: 'a.bench.yaml', maxCost: 2 },
      {
        name: 'triage',
        rows: 10,
        trainingRows: 0,
        repeats: 1,
        samples: 10,
        inputTokens: 100,
        cost: 1.25,
        measuringCost: 0.5,
        variants: [
          { model: 'gpt', samples: 5, inputTokens: 100, outputTokens: 10, cost: 1.25 },
          { model: 'house', samples: 5, inputTokens: 0, outputTokens: 10 },
        ],
        unpriced: ['house'],
        notes: ['A note.'],
      },
    );
    assert.equal(title, 'Start this run for $1.75 or more?');
    assert.doesNotMatch(message, /[|*]/);
    for (const part of [
      'triage from a.bench.yaml',
      '10 samples',
      '$1.25',
      '$0.50 for judges',
      'gpt: $1.25',
      'house: cost unknown',
      'A note.',
      '2 USD',
    ])
      assert.ok(message.includes(part), `${part}: ${message}`);
  });

  it('show what comes from an agent as text', () => {
    const failure = { code: 'file-invalid', message: evil };
    const shown = [
      confirmUnestimated({ file: evil }, failure).message,
      confirmCancel({ run: evil }).message,
      confirmAssessment({ model: evil, version: evil, policies: [evil, { a: 1 }] }).message,
      progressOf('aiwb_run', { file: evil }),
      progressOf('aiwb_results', { file: { toString: null } }),
    ];
    for (const text of shown) assert.doesNotMatch(text, /(^|[^\\])[[`<#]/, text);
    assert.ok(confirmCancel({ run: 'x'.repeat(5000) }).message.length < 400);
  });
});
