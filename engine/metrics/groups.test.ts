import assert from 'node:assert/strict';
import type { Metric as MetricEntry } from '../../schemas/generated/files.ts';
import { aggregateOptions, measureWith } from '../../test/fakes/metrics.ts';
import { createMetric } from './catalogue.ts';
import { createMetrics } from './benchmark-metrics.ts';
import type { Metric, Observation } from './metric.ts';
import { VariantAggregate } from '../reports/aggregate.ts';

function measure(metric: Metric, observations: readonly Observation[]) {
  return new Map(measureWith(metric, observations).map(value => [value.metric, value]));
}

/** Rows of two groups; in the second, one of two is wrong. */
function twoGroups(times = 1): Observation[] {
  return Array.from({ length: 120 * times }, (_, index) => {
    const row = index % 120;
    const group = row % 3 === 0 ? 'south' : 'north';
    const target = row % 2 === 0 ? 'yes' : 'no';
    const output = group === 'south' && row % 4 < 2 ? 'yes' : target;
    return { row, target, output, slices: { region: group } };
  });
}

describe('fairness', () => {
  it('names the groups that are furthest apart, with an interval that holds for all pairs', () => {
    const metric = createMetric({ fairness: { slice: 'region', metric: 'accuracy', positive: 'yes' } });
    const values = measure(metric, twoGroups());
    const gap = values.get('fairness.max-gap')!;
    assert.equal(gap.value, 0.25);
    assert.equal(gap.label, 'Largest gap in Accuracy (region)');
    assert.match(gap.note!, /Highest for “north”, lowest for “south”/);
    assert.ok(gap.low! > 0.05 && gap.high! < 0.45 && gap.low! < gap.high!);
    assert.deepEqual([values.get('fairness.ratio')?.value, values.get('fairness.ratio')?.direction], [0.75, 'higher']);
    assert.equal(values.get('fairness.demographic-parity-difference')?.value, 0.25);
    const odds = values.get('fairness.equalised-odds-difference')!;
    assert.equal(odds.value, 0.5);
    assert.match(odds.note!, /false positive rate/);
  });

  it('is as unsure with repeats as without', () => {
    const metric = createMetric({ fairness: { slice: 'region', metric: 'accuracy', positive: 'yes' } });
    const once = measure(metric, twoGroups());
    const fourfold = measure(metric, twoGroups(4));
    for (const [id, { low, high, value }] of once) {
      const other = fourfold.get(id)!;
      assert.ok(Math.abs(other.value! - value!) < 1e-9, id);
      assert.ok(other.high! - other.low! > 0.8 * (high! - low!), id);
      assert.ok(Number.isInteger(other.n), id);
    }
  });

  it('compares any metric, such as the error rate of speakers', () => {
    const entries: readonly MetricEntry[] = [{ wer: { name: 'wer-en', normalise: 'whisper-english' } }];
    const metric = createMetric({ fairness: { slice: 'accent', metric: 'wer-en' } }, entries);
    const observations = Array.from({ length: 80 }, (_, row): Observation => {
      const accent = row % 2 === 0 ? 'a' : 'b';
      const output = accent === 'a' || row % 3 === 0 ? "it's RED, um, and blue" : 'It is read';
      return { row, target: 'It is red and blue', output, slices: { accent } };
    });
    const gap = measure(metric, observations).get('fairness.max-gap')!;
    assert.equal(gap.label, 'Largest gap in Word error rate (whisper-english) · wer-en (accent)');
    assert.ok(gap.value! > 0.3 && gap.note!.startsWith('Highest for “b”'), JSON.stringify(gap));
  });

  it('says why there is nothing to compare', () => {
    const metric = createMetric({ fairness: { slice: 'region', metric: 'accuracy', positive: 'yes' } });
    const one = twoGroups().map(observation => ({ ...observation, slices: { region: 'x' } }));
    for (const value of measure(metric, one).values()) {
      assert.equal(value.value, null);
      assert.match(value.note!, /one group only/);
    }
    const none = twoGroups().map(({ row, target, output }) => ({ row, target, output }));
    assert.match(measure(metric, none).get('fairness.max-gap')!.note!, /No answer has a value of the slice region/);
    const ids = twoGroups().map(observation => ({ ...observation, slices: { region: `id ${observation.row}` } }));
    assert.match(
      measure(metric, ids).get('fairness.max-gap')!.note!,
      /20 answers belong to groups beyond the first 100/,
    );
  });
});

/** 60 rows as they are and under two perturbations; typos break a third of the answers, capitals none. */
function perturbed(wrong: (row: number, perturbation: string | undefined) => boolean): Observation[] {
  return [undefined, 'typos', 'case'].flatMap(perturbation =>
    Array.from({ length: 60 }, (_, row): Observation => {
      const target = `a b c ${row % 4}`;
      const output = wrong(row, perturbation) ? 'a x c' : target;
      return { row, target, output, ...(perturbation === undefined ? {} : { perturbation }) };
    }),
  );
}

describe('robustness', () => {
  const observations = perturbed((row, perturbation) => row % 5 === 0 || (perturbation === 'typos' && row % 3 === 0));

  it('tells the loss under each perturbation, row by row, and the worst', () => {
    const values = measure(createMetric({ robustness: { metric: 'accuracy' } }), observations);
    assert.deepEqual([...values.keys()], ['robustness', 'robustness.case', 'robustness.typos']);
    const typos = values.get('robustness.typos')!;
    // Of 60 rows 20 break under typos, 4 of which were wrong before.
    assert.ok(Math.abs(typos.value! - 16 / 60) < 1e-12 && typos.n === 60);
    assert.ok(typos.low! > 0.1 && typos.high! < 0.45);
    const capitals = values.get('robustness.case')!;
    assert.deepEqual([capitals.value, capitals.n], [0, 60]);
    assert.ok(capitals.low! < 0 && capitals.high! > 0.03, 'no loss in 60 rows is no proof of none');
    const worst = values.get('robustness')!;
    assert.equal(worst.value, typos.value);
    assert.ok(worst.low! < typos.low! && worst.high! > typos.high!);
    assert.match(worst.note!, /Worst under “typos”/);
  });

  it('measures whatever the metric: error rates the other way round, corpus figures, averages', () => {
    for (const entry of ['wer', 'bleu', 'f1', { f1: { positive: 'a b c 1' } }, 'token-f1'] as const) {
      const values = measure(createMetric({ robustness: {} }, [entry]), observations);
      const typos = values.get('robustness.typos')!;
      assert.ok(typos.value! > 0 && typos.low! < typos.value! && typos.high! > typos.value!, JSON.stringify(typos));
      assert.ok(Math.abs(values.get('robustness.case')!.value!) < 1e-12);
    }
  });

  it('pairs only rows that have both', () => {
    const some = observations.filter(({ perturbation, row }) => perturbation === undefined || row! % 3 === 0);
    for (const metric of ['accuracy', 'wer'] as const) {
      const typos = measure(createMetric({ robustness: { metric } }), some).get('robustness.typos')!;
      assert.equal(typos.n, 20);
    }
    assert.match(measure(createMetric('robustness'), []).get('robustness')!.note!, /No row was asked perturbed/);
  });

  it('stays bounded and exact to a sample of the rows for corpus figures', () => {
    const metric = createMetric({ robustness: { metric: 'wer' } });
    const aggregator = metric.startAggregate();
    for (let row = 0; row < 50_000; row++) {
      aggregator.add({ row, target: 'a b', output: 'a b' });
      aggregator.add({ row, target: 'a b', output: row % 2 === 0 ? 'a' : 'a b', perturbation: 'typos' });
    }
    const [worst] = aggregator.values(aggregateOptions);
    assert.ok(worst!.n > 8000 && worst!.n <= 20_000);
    assert.ok(worst!.low! < 0.25 && worst!.high! > 0.25 && worst!.high! - worst!.low! < 0.02, JSON.stringify(worst));
  });
});

describe('a variant’s results', () => {
  it('are over rows as they are, but for robustness and the perturbations’ own slice', () => {
    const metrics = createMetrics({
      metrics: ['accuracy', 'robustness', { fairness: { slice: 'region', metric: 'accuracy' } }],
    });
    const aggregate = new VariantAggregate(metrics);
    for (const perturbation of [undefined, 'typos']) {
      for (let row = 0; row < 20; row++) {
        const slices = { region: row % 2 === 0 ? 'n' : 's', perturbation: perturbation ?? 'none' };
        const output = perturbation === undefined ? 'a' : 'b';
        aggregate.addAnswered(
          { row, target: 'a', output, slices, ...(perturbation === undefined ? {} : { perturbation }) },
          slices,
        );
      }
    }
    const { metrics: values, slices } = aggregate.result(
      'r',
      { variant: 0, model: 'm', modelDigest: '' },
      aggregateOptions,
      [],
    );
    assert.deepEqual(
      values.map(({ metric, value, n }) => [metric, value, n]),
      [
        ['accuracy', 1, 20],
        ['robustness', 1, 20],
        ['robustness.typos', 1, 20],
        ['fairness.max-gap', 0, 20],
        ['fairness.ratio', 1, 20],
      ],
    );
    assert.deepEqual(
      slices.map(({ column, value, n, metrics: own }) => [column, value, n, own.map(({ value: figure }) => figure)]),
      [
        ['perturbation', 'none', 20, [1]],
        ['perturbation', 'typos', 20, [0]],
        ['region', 'n', 10, [1]],
        ['region', 's', 10, [1]],
      ],
    );
  });
});
