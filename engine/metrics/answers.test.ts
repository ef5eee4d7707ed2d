import assert from 'node:assert/strict';
import { figure, measure } from '../../test/fakes/metrics.ts';
import type { Metric as MetricEntry } from '../../schemas/generated/files.ts';
import { createMetric } from './catalogue.ts';

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
