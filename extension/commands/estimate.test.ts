import assert from 'node:assert/strict';
import { describeEstimate } from './estimate.ts';

describe('describeEstimate', () => {
  const text = describeEstimate({
    name: 'triage',
    rows: 480,
    trainingRows: 720,
    repeats: 2,
    samples: 1920,
    inputTokens: 120_000,
    cost: 1.5,
    measuringCost: 0.25,
    variants: [
      {
        model: 'gpt',
        prompt: 'a.yml',
        samples: 960,
        inputTokens: 120_000,
        outputTokens: 9_600,
        cost: 1.5,
        firstRequest: 'say ```x```',
      },
      { model: 'embedded:knn', samples: 960, inputTokens: 0, outputTokens: 0 },
    ],
    notes: ['The price is | a guess.'],
  });

  it('multiplies in words', () => {
    assert.match(text, /\*\*1,920 samples\*\* = 480 rows × 2 variants × 2 repeats/);
    assert.match(text, /≈ \$1\.50/);
    assert.match(text, /≈ \$0\.25 for judges and embeddings/);
  });

  it('has a row for each variant', () => {
    assert.match(text, /\| gpt \| a\.yml \| 960 \| 120,000 \| 9,600 \| \$1\.50 \|/);
    assert.match(text, /\| embedded:knn \| – \| 960 \| 0 \| 0 \| – \|/);
  });

  it('keeps a request inside its code block', () => {
    assert.match(text, /\n````text\nsay ```x```\n````\n/);
  });

  it('tells what was found out about a platform, what stands in the way first', () => {
    const found = describeEstimate({
      ...{ name: 'tuned', rows: 10, trainingRows: 90, repeats: 1, samples: 10, variants: [], notes: [] },
      preflight: [
        { check: 'credentials', level: 'ok', message: 'The key may start pods.' },
        { check: 'memory', level: 'error', message: 'It needs 61 GB, and an L40S has 48.', remedy: 'Use LoRA.' },
      ],
    });
    assert.match(
      found,
      /## Before the start\n\n- \*\*Stands in the way:\*\* It needs 61 GB.* Use LoRA\.\n- \*\*In order:\*\*/,
    );
  });
});
