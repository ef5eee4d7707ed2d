import assert from 'node:assert/strict';
import { figure, measure } from '../../test/fakes/metrics.ts';
import type { Metric as MetricEntry } from '../../schemas/generated/files.ts';
import type { MetricValue } from '../../schemas/generated/messages.ts';
import { createMetric } from './catalogue.ts';
import type { Observation } from './metric.ts';

function width({ low, high }: MetricValue): number {
  return high! - low!;
}

/** 200 rows, two of three right. */
const rows = Array.from({ length: 200 }, (_, row): Observation => {
  return { target: `word ${row % 7} of the text`, output: `word ${row % 3 === 0 ? 'x' : row % 7} of the text`, row };
});
const repeated = [...rows, ...rows, ...rows];

describe('intervals', () => {
  const entries: readonly MetricEntry[] = ['accuracy', 'f1', 'mcc', 'token-f1', 'bleu', 'chrf', 'wer', 'rouge'];

  it('are no narrower for asking every row three times', () => {
    for (const entry of entries) {
      const [once] = measure(entry, rows);
      const [thrice] = measure(entry, repeated);
      assert.equal(thrice!.n, 600);
      assert.ok(Math.abs(thrice!.value! - once!.value!) < 1e-9, JSON.stringify(entry));
      assert.ok(
        width(thrice!) > 0.9 * width(once!) && width(thrice!) < 1.2 * width(once!),
        `${JSON.stringify(entry)}: ${width(thrice!)} for ${width(once!)}`,
      );
      const [strangers] = measure(
        entry,
        repeated.map(({ target, output }) => ({ target, output })),
      );
      assert.ok(width(strangers!) < 0.75 * width(once!), JSON.stringify(entry));
    }
  });

  it('do not depend on the order of rows, nor on which repeat comes when', () => {
    for (const entry of entries) {
      const [forward] = measure(entry, repeated);
      const [backward] = measure(entry, [...repeated].reverse());
      assert.ok(Math.abs(width(forward!) - width(backward!)) < 0.2 * width(forward!), JSON.stringify(entry));
    }
  });

  it('of a corpus are made from 1,000 groups beyond 1,000 rows, which keep repeats together', () => {
    const draw = (times: number) =>
      Array.from({ length: 6000 }, (_, index): Observation => {
        const row = Math.floor(index / times);
        const wrong = (Math.imul(row, 0x9e3779b1) >>> 0) % 10 < 3;
        return { target: 'a b c d', output: wrong ? 'a x y d' : 'a b c d', row };
      });
    const [single] = measure('wer', draw(1));
    assert.match(single!.method!, /^bootstrap/);
    // A row's error rate is 0.5 with 3 of 10 rows, so its deviation is 0.5 · √0.21.
    const expected = (2 * 1.96 * 0.5 * Math.sqrt(0.21)) / Math.sqrt(6000);
    assert.ok(Math.abs(width(single!) / expected - 1) < 0.1, `${width(single!)} ${expected}`);
    const [sixfold] = measure('wer', draw(6));
    assert.ok(Math.abs(width(sixfold!) / (expected * Math.sqrt(6)) - 1) < 0.12, `${width(sixfold!)}`);
  });

  it('stay open where every answer is right', () => {
    const right = Array.from({ length: 40 }, (_, row): Observation => {
      return { target: 'one two three four five', output: 'one two three four five', row };
    });
    for (const entry of entries.filter(name => name !== 'mcc')) {
      const [{ value, low, high, method } = assert.fail()] = measure(entry, right);
      const isRate = entry === 'wer';
      const scale = entry === 'bleu' || entry === 'chrf' ? 100 : 1;
      assert.ok(Math.abs(value! - (isRate ? 0 : scale)) < 1e-9);
      if (entry === 'token-f1' || entry === 'rouge') continue;
      const room = isRate ? high! : scale - low!;
      assert.ok(room > 0.03 * scale && room < 0.2 * scale, `${JSON.stringify(entry)}: ${low} ${high} ${method}`);
    }
  });
});

describe('calibration', () => {
  it('takes label probabilities, or log-likelihoods of choices', () => {
    const observations: Observation[] = [
      { target: 'a', output: 'A', probabilities: { a: 0.7, b: 0.3 } },
      { target: 'b', output: 'a', probabilities: { a: 0.6, b: 0.4 } },
      { target: 'x', output: 'x', choices: ['x', 'y'], choiceLogprobs: [Math.log(0.8), Math.log(0.2)] },
      { target: 'a', output: 'a' },
      { target: 'a', output: 'a', probabilities: { a: 7 } },
    ];
    const values = measure('calibration', observations);
    assert.deepEqual(
      values.map(({ n }) => n),
      [3, 3, 3],
    );
    const brier = (0.3 ** 2 + 0.6 ** 2 + 0.2 ** 2) / 3;
    assert.ok(Math.abs(figure(values, 'calibration.brier').value! - brier) < 1e-12);
    assert.ok(values.every(({ note }) => note === '2 of 5 answers came without a confidence.'));
    assert.match(measure('calibration', [{ target: 'a', output: 'a' }])[0]?.note ?? '', /without a confidence/);
  });

  it('reads percentages, and refuses what is no share', () => {
    const metric = createMetric({ calibration: { confidence: 'sure' } });
    const take = (sure: unknown) => metric.take?.({ target: 'a', output: JSON.stringify({ sure, answer: 'a' }) });
    assert.equal(take('85 %')?.['calibration.confidence'], 0.85);
    assert.equal(take('0.5')?.['calibration.right'], 1);
    for (const nonsense of ['high', 1.2, -0.1, null, '', '200%', {}]) assert.equal(take(nonsense), undefined);
  });
});

describe('figures that would mislead', () => {
  it('say why', () => {
    const many = Array.from({ length: 300 }, (_, row): Observation => ({ target: `text ${row}`, output: 'x', row }));
    assert.match(measure('f1', many)[0]?.note ?? '', /look like free text/);
    assert.deepEqual(
      measure('wer', [{ target: '', output: 'a b' }]).map(({ value, note }) => [value, note]),
      [[null, 'Every target is empty: there is no rate.']],
    );
    assert.match(measure({ precision: { positive: 'spam' } }, rows)[0]?.note ?? '', /No target is spam/);
    assert.match(measure('retrieval', [{ target: '[]', output: 'd1' }])[0]?.note ?? '', /without relevant ids/);
    assert.match(measure('bleu', [{ target: 'a b c d', output: 'a b' }])[0]?.note ?? '', /no answer has four words/i);
    assert.match(measure('bleu', [{ target: '', output: 'a' }])[0]?.note ?? '', /Every target is empty/);
  });

  it('leave answers out that are too long to compare, and say how many', () => {
    const long = { target: 'a b c d', output: 'a b c d '.repeat(200_000) };
    for (const entry of ['bleu', 'wer', 'cer', 'chrf', 'ter', 'rouge', 'token-f1'] as const) {
      const [value] = measure(entry, [long, { target: 'a b c d', output: 'a b c d' }]);
      assert.deepEqual(
        [value?.n, value?.note],
        [1, '1 of 2 answers are too long to compare with their targets.'],
        entry,
      );
    }
  });

  it('say how texts were prepared', () => {
    assert.equal(
      measure({ bleu: { lowercase: true } }, [{ target: '["a", "b"]', output: 'a' }])[0]?.signature,
      'nrefs:2|case:lc|eff:no|tok:13a|smooth:exp|version:aiwb-1',
    );
    const [wer] = measure({ wer: { normalise: 'whisper-english', name: 'wer-en' } }, rows);
    assert.deepEqual([wer?.metric, wer?.label], ['wer-en', 'Word error rate (whisper-english) · wer-en']);
    assert.match(wer?.signature ?? '', /normalise:whisper-english/);
  });
});

describe('tokens', () => {
  it('tell reasoning apart once an answer does', () => {
    const values = measure('tokens', [
      { target: '', output: '', inputTokens: 1, outputTokens: 5, reasoningTokens: 3 },
      { target: '', output: '', inputTokens: 1, outputTokens: 5 },
    ]);
    const reasoning = figure(values, 'tokens.reasoning');
    assert.deepEqual([reasoning.value, reasoning.n, reasoning.note], [3, 1, '1 of 2 answers carried no token counts.']);
  });
});
