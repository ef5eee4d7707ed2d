import assert from 'node:assert/strict';
import type { Metric as MetricEntry, MetricName } from '../../schemas/generated/files.ts';
import { WorkbenchError } from '../base/errors.ts';
import { schemaAt } from '../documents/schema.ts';
import { createMetric, metricCatalogue } from './catalogue.ts';
import type { Observation } from './metric.ts';

const options = { confidence: 0.95, seed: 7 };

function aggregate(entry: Parameters<typeof createMetric>[0], observations: readonly Observation[]) {
  const aggregator = createMetric(entry).startAggregate();
  for (const observation of observations) aggregator.add(observation);
  return { values: aggregator.values(options), confusion: aggregator.confusion?.() };
}

function answers(pairs: readonly (readonly [target: string, output: string])[]): Observation[] {
  return pairs.map(([target, output]) => ({ target, output }));
}

describe('metric catalogue', () => {
  /** Parameters of the metrics that need some, as the schema's examples have them. */
  const needed: Readonly<Record<string, object>> = Object.fromEntries(
    [...metricCatalogue.keys()].flatMap(name => {
      const { required, examples } = schemaAt('bench', ['metrics', 0, name]) ?? {};
      return required === undefined ? [] : [[name, examples?.[0] as object]];
    }),
  );
  const entryOf = (name: MetricName, parameters = needed[name]): MetricEntry =>
    parameters === undefined ? name : { [name]: parameters };

  it('has every metric the schema names, with parameters of its own', () => {
    const named = schemaAt('bench', ['metrics', 0])?.anyOf;
    assert.deepEqual([...metricCatalogue.keys()].sort(), [...(named?.[0]?.enum ?? [])].sort());
    assert.deepEqual(Object.keys(named?.[1]?.properties ?? {}).sort(), [...metricCatalogue.keys()].sort());
    for (const [name, { title, description, formula, source }] of metricCatalogue) {
      for (const text of [title, description, formula, source]) assert.ok(text.length > 1, name);
    }
  });

  it('computes the figures it announces, also without any answer', () => {
    for (const [name, definition] of metricCatalogue) {
      const metric = createMetric(entryOf(name));
      const { values } = aggregate(entryOf(name), []);
      assert.deepEqual(
        values.map(({ metric: figure }) => figure),
        metric.figures,
        name,
      );
      if (needed[name] === undefined) assert.deepEqual(metric.figures, definition.figures, name);
      const [leading] = values;
      assert.deepEqual(
        [leading?.kind, leading?.unit, leading?.direction],
        [metric.kind, metric.unit, metric.direction],
        name,
      );
      for (const value of values) {
        assert.deepEqual([value.value, value.n], [null, 0], name);
        assert.ok(value.note, name);
      }
    }
  });

  it('gives a metric and all its figures the name it is told, so that it can appear twice', () => {
    for (const [name, { figures }] of metricCatalogue) {
      const metric = createMetric(entryOf(name, { ...needed[name], name: 'mine' }));
      assert.equal(metric.id, 'mine');
      const values = aggregate(entryOf(name, { ...needed[name], name: 'mine' }), []).values;
      for (const figure of [...metric.figures, ...values.map(value => value.metric)])
        assert.ok(figure === 'mine' || figure.startsWith('mine.'), figure);
      if (needed[name] === undefined)
        assert.deepEqual(
          metric.figures,
          figures.map(figure => figure.replace(name, 'mine')),
        );
      // Those that measure outside the engine are labelled by what they measure with.
      if (metric.needs !== undefined) continue;
      const labels = aggregate(entryOf(name), []).values.map(({ label }) => label);
      assert.ok(
        values.every(({ label }) => !labels.includes(label)),
        `${name}: two figures of one label`,
      );
    }
  });

  it('refuses a name it does not know, and parameters that make no metric', () => {
    const isUnsuitable = (error: unknown) => error instanceof WorkbenchError && error.code === 'metric-unsuitable';
    const refused = [
      'blue',
      {},
      'regex',
      'json-schema',
      { regex: { pattern: '(' } },
      { accuracy: { extract: { regex: '(a)', group: 2 } } },
    ];
    const references = [{ fairness: { slice: 'a', metric: 'robustness' } }, { robustness: { metric: 'judge' } }];
    const schemas = [{ $ref: 'https://example.com/x.json' }, { pattern: '(a+)+$' }, { pattern: '(' }];
    for (const entry of [...refused, ...references, ...schemas.map(schema => ({ 'json-schema': { schema } }))])
      assert.throws(() => createMetric(entry as 'cost'), isUnsuitable, JSON.stringify(entry));
  });

  it('labels averages', () => {
    assert.equal(createMetric('f1').label, 'F1 (macro)');
    assert.equal(createMetric({ recall: { average: 'weighted' } }).label, 'Recall (weighted)');
  });
});

describe('accuracy and exact match', () => {
  it('accuracy ignores case and white space around a label', () => {
    const metric = createMetric('accuracy');
    const score = (target: string, output: string) => metric.score?.({ target, output });
    assert.equal(score('Billing', ' billing\n'), 1);
    assert.equal(score('Billing', 'billing.'), 0);
  });

  it('exact match trims only when asked, last', () => {
    const pair = { target: 'a', output: '2 a' };
    assert.equal(createMetric({ 'exact-match': { ignoreNumbers: true } }).score!(pair), 0);
    assert.equal(createMetric({ 'exact-match': { ignoreNumbers: true, trim: true } }).score!(pair), 1);
  });

  it("carry Wilson's interval", () => {
    const { values } = aggregate(
      'accuracy',
      answers([
        ['a', 'a'],
        ['a', 'b'],
        ['b', 'b'],
        ['b', 'b'],
      ]),
    );
    const [{ value, low, high, n, method, confidence }] = values as [(typeof values)[0]];
    assert.deepEqual([value, n, method, confidence], [0.75, 4, 'Wilson', 0.95]);
    assert.ok(low! > 0.3 && low! < 0.31 && high! > 0.95 && high! < 0.96);
  });
});

describe('class metrics', () => {
  const pairs = answers([
    ['a', 'A '],
    ['a', 'b'],
    ['b', 'b'],
    ['b', 'no idea'],
    ['c', 'd'],
  ]);

  it('count answers that are no label as missed', () => {
    const { values, confusion } = aggregate({ recall: { average: 'micro' } }, pairs);
    assert.equal(values[0]?.value, 2 / 5);
    assert.deepEqual(confusion, {
      labels: ['a', 'b', 'c'],
      counts: [
        [1, 1, 0],
        [0, 1, 0],
        [0, 0, 0],
      ],
      other: [0, 1, 1],
    });
    assert.equal(aggregate({ precision: { average: 'micro' } }, pairs).values[0]?.value, 2 / 3);
  });

  it('do not depend on the order of rows', () => {
    const forward = aggregate('f1', [...pairs, ...answers([['d', 'd']])]);
    const backward = aggregate('f1', [...pairs, ...answers([['d', 'd']])].reverse());
    assert.equal(forward.values[0]?.value, backward.values[0]?.value);
    const { counts, other } = forward.confusion ?? assert.fail('no matrix');
    assert.deepEqual(
      [counts[2], other],
      [
        [0, 0, 0, 1],
        [0, 1, 0, 0],
      ],
    );
  });

  it('stay uncertain where every row is right, or none', () => {
    const right = aggregate(
      'f1',
      answers([
        ['a', 'a'],
        ['b', 'b'],
        ['b', 'b'],
        ['b', 'b'],
        ['b', 'b'],
      ]),
    ).values[0]!;
    assert.deepEqual([right.value, right.high, right.method], [1, 1, 'Wilson']);
    assert.ok(right.low! > 0.4 && right.low! < 0.5, `${right.low}`);
    const wrong = aggregate(
      'f1',
      answers([
        ['a', 'b'],
        ['b', 'a'],
      ]),
    ).values[0]!;
    assert.deepEqual([wrong.value, wrong.low], [0, 0]);
    assert.ok(wrong.high! > 0.5);
  });

  it('drop the matrix beyond 200 labels and keep the figures', () => {
    const many = answers(
      Array.from({ length: 500 }, (_, row) => [`label ${row % 250}`, `label ${row % 5 ? row % 250 : 0}`]),
    );
    const { values, confusion } = aggregate('f1', many);
    assert.equal(confusion, undefined);
    const { value, low, high } = values[0]!;
    assert.ok(low! < value! && value! < high!, `${low} ${value} ${high}`);
  });

  it('give the same interval for the same seed', () => {
    assert.deepEqual(aggregate('f1', pairs).values, aggregate('f1', pairs).values);
  });
});

describe('latency, tokens and cost', () => {
  const observed = (extra: Partial<Observation>): Observation => ({ target: '', output: '', ...extra });

  it('latency has a mean and four percentiles, and bounds what it can', () => {
    const { values } = aggregate(
      'latency',
      Array.from({ length: 100 }, (_, index) => observed({ latencyMs: index + 1 })),
    );
    const figures = new Map(values.map(value => [value.metric, value]));
    assert.equal(figures.get('latency.mean')?.value, 50.5);
    assert.equal(figures.get('latency.p50')?.value, 50.5);
    assert.equal(figures.get('latency.p99')?.value, 99.01);
    assert.deepEqual([figures.get('latency.p50')?.low, figures.get('latency.p50')?.high], [40, 61]);
    assert.equal(figures.get('latency.p99')?.high, undefined);
    assert.match(figures.get('latency.p99')?.note ?? '', /Too few answers/);
  });

  it('first-token times count only answers that have one', () => {
    const { values } = aggregate('time-to-first-token', [observed({ firstTokenMs: 4 }), observed({ latencyMs: 9 })]);
    assert.deepEqual(
      values.map(({ value, n }) => [value, n]),
      Array(5).fill([4, 1]),
    );
    assert.equal(values[0]?.label, 'Time to first token, mean');
  });

  it('tokens are totals, marked when estimated', () => {
    const { values } = aggregate('tokens', [
      observed({ inputTokens: 10, outputTokens: 2 }),
      observed({ inputTokens: 20, outputTokens: 3, estimatedTokens: true }),
      observed({}),
    ]);
    assert.deepEqual(
      values.map(({ metric, value, n, estimated }) => [metric, value, n, estimated]),
      [
        ['tokens.input', 30, 2, true],
        ['tokens.output', 5, 2, true],
      ],
    );
    assert.equal(values[0]?.note, '1 of 3 answers carried no token counts.');
  });

  it('cost is a total and a mean over a thousand answers', () => {
    const { values } = aggregate('cost', [observed({ cost: 0.001 }), observed({ cost: 0.003 })]);
    assert.deepEqual(
      values.map(({ metric, value }) => [metric, value]),
      [
        ['cost', 0.004],
        ['cost.perThousand', 2],
      ],
    );
    assert.ok(values[1]!.low! < 2 && values[1]!.high! > 2);
    assert.equal(aggregate('cost', [observed({})]).values[0]?.note, 'No price is known for this model.');
  });
});
