import assert from 'node:assert/strict';
import type { Metric as MetricEntry } from '../../schemas/generated/files.ts';
import type { MetricValue } from '../../schemas/generated/messages.ts';
import { createMetric } from './catalogue.ts';
import type { Observation } from './metric.ts';
import { scoreObservation } from './score.ts';

const options = { confidence: 0.95, seed: 7 };

/** What a run does: scores each answer when it comes, then adds it up. */
function measure(entry: MetricEntry, observations: Iterable<Observation>, siblings: readonly MetricEntry[] = []) {
  const metric = createMetric(entry, siblings);
  const aggregator = metric.startAggregate();
  for (const observation of observations) {
    aggregator.add({ ...observation, scores: scoreObservation(observation, [metric], metric) });
  }
  return aggregator.values(options);
}

function figure(values: readonly MetricValue[], id: string): MetricValue {
  return values.find(({ metric }) => metric === id) ?? assert.fail(`no figure ${id}`);
}

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

describe('answers read', () => {
  const score = (entry: MetricEntry, output: string, target: string): number | undefined =>
    createMetric(entry).score?.({ output, target });

  it('by the part that is compared', () => {
    const reasoning = 'Two and two… so 4.\nFinal answer: **(B)**, which costs $1,250.00.';
    assert.equal(score({ accuracy: { extract: 'choice' } }, reasoning, 'b'), 1);
    assert.equal(score({ accuracy: { extract: 'number' } }, reasoning, '1250'), 1);
    assert.equal(score({ 'exact-match': { extract: 'number' } }, reasoning, '1,250.0'), 1);
    assert.equal(score({ accuracy: { extract: 'first-line' } }, '\n  Paris \nbecause', 'paris'), 1);
    assert.equal(score({ 'exact-match': { extract: 'json' } }, 'Sure:\n```json\n{ "a": 1 }\n```', '{"a":1}'), 1);
    const extract = { regex: 'costs \\$(?P<whole>[0-9,]+)\\.([0-9]+)' };
    assert.equal(score({ 'exact-match': { extract } }, reasoning, '1,250'), 1);
    assert.equal(score({ 'exact-match': { extract: { ...extract, group: 2 } } }, reasoning, '00'), 1);
    assert.equal(score({ 'exact-match': { extract: { ...extract, group: 0 } } }, reasoning, 'costs $1,250.00'), 1);
    assert.equal(score({ accuracy: { extract: 'number' } }, 'none', 'none'), 0);
    const counts = measure({ recall: { extract: 'first-line', average: 'micro' } }, [
      { target: 'a', output: 'A\nsure' },
      { target: 'b', output: '' },
    ]);
    assert.equal(counts[0]?.value, 0.5);
  });

  it('by an expression that no answer can make slow', () => {
    const output = `${'a'.repeat(50_000)}!`;
    assert.equal(score({ accuracy: { extract: { regex: '(a+)+$' } } }, output, 'a'), 0);
    const [value] = measure({ regex: { pattern: '(a|aa)+$' } }, [
      { output, target: '' },
      { output: 'aa', target: '' },
    ]);
    assert.deepEqual([value?.value, value?.n, value?.note], [1, 1, '1 of 2 answers take too long to search.']);
  });

  it('by a regular expression, with the target in it', () => {
    assert.equal(score({ regex: { pattern: 'yes|no' } }, 'oh no!', ''), 1);
    assert.equal(score({ regex: { pattern: 'yes|no', mode: 'matches' } }, 'oh no!', ''), 0);
    assert.equal(score({ regex: { pattern: 'yes|no', mode: 'matches', ignoreCase: true } }, 'NO', ''), 1);
    assert.equal(score({ regex: { pattern: 'as an AI', forbidden: true } }, 'as an AI, I', ''), 0);
    assert.equal(score({ regex: { pattern: '= {{target}}$' } }, 'x = (1+1)*', '(1+1)*'), 1);
    assert.equal(score({ regex: { pattern: '= {{target}}$' } }, 'x = 2', '(1+1)*'), 0);
  });

  it('by a JSON schema, its own or a file’s', () => {
    const schema = { type: 'object', required: ['total'], properties: { total: { type: 'number' } } };
    assert.equal(score({ 'json-schema': { schema } }, '{"total": 3}', ''), 1);
    assert.equal(score({ 'json-schema': { schema } }, '{"total": "3"}', ''), 0);
    assert.equal(score({ 'json-schema': { schema } }, 'Here: {"total": 3}', ''), 0);
    assert.equal(score({ 'json-schema': { schema, extract: true } }, 'Here: {"total": 3}', ''), 1);
    const nested = { $ref: '#/$defs/tree', $defs: { tree: { type: 'array', items: { $ref: '#/$defs/tree' } } } };
    assert.equal(score({ 'json-schema': { schema: nested } }, `${'['.repeat(40_000)}${']'.repeat(40_000)}`, ''), 0);
    const metric = createMetric({ 'json-schema': { schema: 'invoice.json' } });
    assert.deepEqual(metric.needs, { files: ['invoice.json'] });
    assert.throws(() => metric.prepare?.(() => '[1]'), /holds no JSON schema/);
    metric.prepare?.(path => (path === 'invoice.json' ? JSON.stringify(schema) : assert.fail(path)));
    assert.equal(metric.score?.({ output: '{"total": 3}', target: '' }), 1);
  });

  it('as numbers, with how far they are off', () => {
    const answers = [
      { target: '10', output: 'about 10.4 km' },
      { target: '100', output: '-100' },
      { target: '7', output: 'seven' },
      { target: 'none', output: '3' },
    ];
    const values = measure({ numeric: { relative: 0.05 } }, answers);
    assert.deepEqual(
      [values[0]?.value, values[0]?.n, values[0]?.note],
      [1 / 3, 3, '1 of 4 answers belong to rows whose target is no number.'],
    );
    assert.deepEqual(
      [figure(values, 'numeric.mae').value, figure(values, 'numeric.mae').n],
      [(200 + (10.4 - 10)) / 2, 2],
    );
  });

  it('as words, whatever their order, and as nothing where nothing is wanted', () => {
    assert.equal(score('token-f1', 'The Eiffel tower.', '["eiffel tower", "la tour Eiffel"]'), 1);
    assert.equal(score('token-f1', '', '[]'), 1);
    assert.equal(score('token-f1', 'unanswerable', '[]'), 0);
    assert.equal(figure(measure('token-f1', [{ target: 'x b', output: 'b' }]), 'token-f1.em').value, 0);
  });

  it('as fields of JSON, each with its share', () => {
    const target = JSON.stringify({ invoice: 'A1', total: 3, lines: [{ sku: 'x', n: 2 }] });
    const answers = [
      { target, output: target },
      { target, output: '{"invoice": "a1", "total": 3.004, "lines": [], "extra": true}' },
      { target, output: 'I cannot read it.' },
    ];
    const values = measure('json-fields', answers);
    // Right: 4 + 0 + 0; made up: 0 + 4 + 0; missed: 0 + 4 + 4.
    assert.equal(values[0]?.value, (2 * 4) / (2 * 4 + 4 + 8));
    assert.ok(Math.abs(figure(values, 'json-fields.mean').value! - 1 / 3) < 1e-12);
    assert.deepEqual(
      [figure(values, 'json-fields.invoice').value, figure(values, 'json-fields.invoice').n],
      [1 / 3, 3],
    );
    const lenient = { fields: ['invoice', 'total', 'lines.0.sku'], ignoreCase: true, tolerance: 0.01 };
    const picked = measure({ 'json-fields': lenient }, answers);
    assert.deepEqual(
      picked.slice(2).map(({ metric, value }) => [metric, value]),
      [
        ['json-fields.invoice', 2 / 3],
        ['json-fields.total', 2 / 3],
        ['json-fields.lines.0.sku', 1 / 3],
      ],
    );
    assert.match(measure('json-fields', [{ target: 'x', output: '{}' }])[0]?.note ?? '', /no JSON object or list/);
  });

  it('as tool calls', () => {
    const target = '[{"name": "search", "arguments": {"q": "cats", "n": 3}}, {"name": "open", "arguments": {"id": 1}}]';
    const call = (name: string, args: object | string) => ({
      name,
      arguments: typeof args === 'string' ? args : JSON.stringify(args),
    });
    const values = measure('tool-call', [
      { target, output: '', toolCalls: [call('open', { id: 1 }), call('search', { q: 'cats', n: 3 })] },
      { target, output: '', toolCalls: [call('search', { q: 'Cats', n: 3, deep: true }), call('open', '{broken')] },
      { target, output: JSON.stringify({ name: 'search', arguments: { q: 'cats', n: 3 } }) },
      { target: '[]', output: 'Hello!' },
      { target: 'search', output: '', toolCalls: [call('search', { anything: 1 })] },
      { target: '{"no": "call"}', output: '' },
    ]);
    assert.deepEqual(
      values.map(({ metric, value, n }) => [metric, value, n]),
      [
        ['tool-call', 3 / 5, 5],
        ['tool-call.name', 4 / 5, 5],
        // Right: 3 + 1 + 2; made up: 0 + 3 + 0 (q, deep, the broken one) + 0 + 1; missed: 0 + 2 + 1. A name alone asks for no arguments.
        ['tool-call.arguments', 12 / (12 + 3 + 3), 5],
      ],
    );
    const [ordered] = measure({ 'tool-call': { ordered: true } }, [
      { target, output: '', toolCalls: [call('open', { id: 1 }), call('search', { q: 'cats', n: 3 })] },
    ]);
    assert.equal(ordered?.value, 0);
  });

  it('as one of the choices, by letter or text, where there are no log-likelihoods', () => {
    const choices = ['New York', 'New York City', 'Paris'];
    const values = measure('multiple-choice', [
      { target: 'Paris', output: 'Paris.', choices },
      { target: 'C', output: 'The answer is C) Paris', choices },
      { target: '1', output: 'It is New York City, of course', choices },
      { target: '0', output: 'either New York or Paris', choices },
      { target: 'C', output: 'London', choices },
      { target: 'Rome', output: 'Paris', choices },
      { target: 'Paris', output: 'Paris' },
    ]);
    const acc = figure(values, 'multiple-choice.acc');
    assert.deepEqual([acc.value, acc.n], [3 / 5, 5]);
    assert.match(acc.note ?? '', /^2 of 7 answers belong to rows without choices/);
    assert.match(figure(values, 'multiple-choice.acc-norm').note ?? '', /without log-likelihoods/);
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
